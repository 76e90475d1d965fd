"""One queue on Slack and on Telegram: one ticket, a thread on each, and the same state in both."""

import asyncio
from datetime import timedelta

import pytest

from core.people import Role
from tests.platforms.faults import Fault
from tests.stories.agents import Seen
from tests.stories.conftest import Tell, only
from tests.stories.story import DeskChoice, Story
from tests.stories.test_bursts_and_files import jpeg

database = only("postgres")

DESKS: tuple[DeskChoice, ...] = ("slack", "telegram")
NAP = timedelta(seconds=30)


@pytest.fixture
async def story(tell: Tell) -> Story:
    begun: Story = await tell(also=["telegram"])
    return begun


async def both(story: Story, words: str) -> tuple[Seen, Seen]:
    """The newest ticket that shows these words, as it is seen at Slack and at Telegram."""
    at_slack, at_telegram = [await story.ticket(words, desk) for desk in DESKS]
    assert at_slack.id == at_telegram.id
    return at_slack, at_telegram


async def opened(story: Story) -> tuple[Seen, Seen]:
    await story.opened(story.customer(), "Where is my order?")
    return await both(story, "Where is my order?")


async def test_first_message_to_solved_on_both(story: Story) -> None:
    here, there = await opened(story)
    [ana] = story.graph.customers
    mei, li = story.mei, story.at("telegram", story.li)
    await mei.types("!claim", here)
    await li.types("She asked twice by mail already.", there)
    await mei.types("!r It left yesterday.", here)
    await story.forward("8s")
    assert ana.received == ["It left yesterday."]
    await ana.writes("Thank you!")
    await story.forward("5s")
    await mei.types("!close solved", here)
    for ticket in (here, there):
        for words in ("Where is my order?", "She asked twice by mail already.", "Thank you!"):
            await ticket.shows_once(words)
        await ticket.shows_once("Mei took the ticket.")
        await ticket.shows_once("Mei closed the ticket: solved")
        await ticket.shows("It left yesterday.", "Delivered")
        await ticket.card_shows("closed", "Mei", "[Reopen]")
    assert (len(story.sales.threads), len(story.support.topics)) == (1, 1)


@pytest.mark.parametrize("desk", DESKS)
async def test_a_claim_at_one_is_seen_at_the_other(story: Story, desk: DeskChoice) -> None:
    tickets = dict(zip(DESKS, await opened(story), strict=True))
    await story.at(desk, story.mei).clicks("Claim", tickets[desk])
    for ticket in tickets.values():
        await ticket.shows_once("Mei took the ticket.")
        await ticket.card_shows("Mei")


@pytest.mark.parametrize("desk", DESKS)
async def test_a_reply_typed_at_one_stands_at_the_other_with_where_it_is(story: Story, desk: DeskChoice) -> None:
    tickets = dict(zip(DESKS, await opened(story), strict=True))
    [ana] = story.graph.customers
    await story.at(desk, story.mei).types("!r It left yesterday.", tickets[desk])
    for ticket in tickets.values():
        await ticket.shows_once("Goes to the customer at")
    await story.forward("8s")
    await ana.reads()
    await story.settled()
    for name, ticket in tickets.items():
        await ticket.shows_once("Read")
        texts = await ticket.texts()
        assert sum("It left yesterday." in text for text in texts) == 1, (name, texts)


async def test_an_undo_at_the_other_desk_stops_it(story: Story) -> None:
    here, there = await opened(story)
    [ana] = story.graph.customers
    await story.mei.types("!r It is lost.", here)
    await story.at("telegram", story.mei).clicks("Undo", there)
    await story.forward("1h")
    assert ana.received == []
    for ticket in (here, there):
        await ticket.shows_once("Undone: the customer never saw it")


async def test_two_claim_at_once_at_two_desks(story: Story) -> None:
    here, there = await opened(story)
    mei, li = story.mei, story.at("telegram", story.li)
    await asyncio.gather(mei.types("!claim", here), li.types("!claim", there))
    texts = "\n".join(await here.texts())
    assert texts.count("took the ticket.") == 1
    owner, loser, at = (mei, li, there) if "Mei took the ticket." in texts else (li, mei, here)
    await loser.was_told(f"{owner.name} took this ticket", "[Take over]")
    await loser.clicks("Take over", at)
    for ticket in (here, there):
        await ticket.shows_once(f"{loser.name} took the ticket over from {owner.name}.")
        await ticket.card_shows(loser.name)


async def test_who_is_pinged_is_pinged_at_both(story: Story) -> None:
    """Nobody can know at which one they are."""
    here, _ = await opened(story)
    await story.mei.types("!claim", here)
    slack, telegram = story.slack.person("Mei"), story.telegram.person("Mei")
    before = len(slack.pings), len(telegram.pings)
    await story.graph.customers[0].writes("Hello?")
    await story.forward("5s")
    assert (len(slack.pings), len(telegram.pings)) == (before[0] + 1, before[1] + 1)


async def test_files_of_either_side_stand_at_both(story: Story) -> None:
    here, there = await opened(story)
    [ana] = story.graph.customers
    theirs, ours = jpeg(), jpeg()
    await ana.sends_file("lamp.jpg", theirs, "image/jpeg")
    await story.forward("1m")
    await story.mei.uploads("!r Like this?", here, {"new.jpg": ours})
    await story.forward("1m")
    at_slack = [file.content for message in story.sales for file in message.files]
    at_telegram = [message.media.file.content for message in story.support if message.media is not None]
    assert sorted(at_slack) == sorted([theirs, ours])
    assert sorted(at_telegram) == sorted([theirs, ours])
    await there.shows_once("Like this?")


async def test_words_are_unread_where_they_have_not_come(story: Story) -> None:
    """What counts is what the asker's own desk has shown."""
    here, there = await opened(story)
    [ana] = story.graph.customers
    story.telegram.faults.always("sendMessage", Fault.http(503))
    await ana.writes("I found it!")
    await story.forward("2m")
    await here.shows_once("I found it!")
    await there.lacks("I found it!")
    li = story.telegram.person("Li")
    await li.types(story.support.topic("T-1"), "!r We are looking for it.")
    await story.forward("1m")
    assert ana.received == []
    await story.mei.types("!r I am glad.", here)
    await story.forward("8s")
    assert ana.received == ["I am glad."]


@pytest.mark.parametrize("down", DESKS)
async def test_one_desk_is_down_and_catches_up_in_order(story: Story, down: DeskChoice) -> None:
    tickets = dict(zip(DESKS, await opened(story), strict=True))
    [ana] = story.graph.customers
    up: DeskChoice = "telegram" if down == "slack" else "slack"
    sim = story.slack if down == "slack" else story.telegram
    sim.faults.always("*", Fault.http(503))
    for number in range(3):
        await ana.writes(f"line {number}")
        await story.forward("10m")
    await story.at(up, story.mei).types("!r It left yesterday.", tickets[up])
    await story.forward("10m")
    assert ana.received == ["It left yesterday."]
    lines = [*(f"line {number}" for number in range(3)), "It left yesterday.", "Mei took the ticket."]
    await tickets[up].shows(*lines)
    await tickets[down].lacks(*lines)
    sim.faults.clear("*")
    await story.forward("11m")
    texts = "\n".join(await tickets[down].texts())
    assert all(texts.count(words) == 1 for words in lines), texts
    places = [texts.index(words) for words in lines]
    assert places[:3] == sorted(places[:3])
    assert places[2] < places[3]
    await tickets[down].card_shows("Mei")
    assert await story.running.store.parked() == []


async def test_an_alarm_is_told_at_every_desk_and_acknowledged_at_one(story: Story) -> None:
    here, there = await opened(story)
    await story.forward("4h")
    sol = story.at("telegram", story.sol)
    for each in (story.sol, sol):
        await each.was_told_once("T-1: the customer has waited past the target. Level 1.")
    await sol.clicks("Acknowledge")
    for ticket in (here, there):
        await ticket.shows_once("Sol acknowledged the escalation (level 1).")
    await story.forward("1d")
    await story.ada.was_never_told("level 2")


async def test_a_queue_that_is_on_one_of_them_only_leaves_the_other(story: Story) -> None:
    here, there = await opened(story)
    await story.mei.types("!assign billing", here)
    await story.forward("1m")
    assert [len(story.billing.threads), len(story.accounts.topics)] == [1, 1]
    assert story.support.topics[0].closed
    await here.shows("Mei moved the ticket from Sales to Billing.")
    await there.shows("Mei moved the ticket from Sales to Billing.")


async def test_a_newcomer_is_one_person_at_both(story: Story) -> None:
    bo = await story.hires("Bo", Role.SUPERVISOR)
    here, there = await opened(story)
    await bo.types("!claim", here)
    await story.at("telegram", bo).types("!release", there)
    for ticket in (here, there):
        await ticket.shows_once("Bo took the ticket.")
        await ticket.shows_once("Bo gave the ticket back.")


async def test_restarts_lose_nothing_at_either(tell: Tell) -> None:
    story = await tell(also=["telegram"], nap=NAP)
    here, there = await opened(story)
    [ana] = story.graph.customers
    await story.slack.person("Mei").types("!claim", story.sales.thread("T-1"))
    await story.slack.settled()
    await story.crashes()
    await ana.writes("Hello?")
    await story.telegram.person("Li").types(story.support.topic("T-1"), "He called as well.")
    await story.begins()
    await story.graph.redeliver()
    await story.forward("3m")
    for ticket in (here, there):
        await ticket.shows_once("Hello?")
        await ticket.shows_once("Mei took the ticket.")
        await ticket.shows_once("He called as well.")
