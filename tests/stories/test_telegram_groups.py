"""Groups as the places of a queue: how one is made known, what befalls it, and several of them for one queue."""

import pytest

from tests.platforms.faults import Fault
from tests.stories.conftest import Tell, only
from tests.stories.recovering import MENDED
from tests.stories.story import READING, Story
from tests.stories.telegram_team import AtTelegram, TelegramTeam, TelegramTicket

database = only("postgres")


def team(story: Story) -> TelegramTeam:
    at_telegram = story.teams["telegram"]
    assert isinstance(at_telegram, TelegramTeam)
    return at_telegram


async def knows(story: Story) -> None:
    """Until every process knows where a group is. The copy in memory is read anew at the end of a leap."""
    await story.forward("6s")
    await story.forward("6s")


async def opened(story: Story, words: str = "Where is my order?") -> TelegramTicket:
    ticket = await story.opened(story.customer(), words)
    assert isinstance(ticket, TelegramTicket)
    return ticket


async def unbound(tell: Tell) -> Story:
    """Nobody has typed /setup yet, and the group is as people make them: no topics, the bot a plain member."""
    story: Story = await tell(desk="telegram", rates=1.0, at_telegram=AtTelegram(set_up=False))
    story.support.turns_topics_off()
    story.support.demotes_bot()
    return story


# --- setting up ---------------------------------------------------------------------------------------------------


async def test_setup_names_what_is_missing_until_it_works_and_then_what_waited_comes(tell: Tell) -> None:
    story = await unbound(tell)
    group, owner = story.support, story.telegram.person("Owner")
    ana, code = story.customer(), await team(story).code("support")
    await ana.writes("Where is my order?")
    await story.forward("1h")
    await ana.writes("Hello?")
    await story.forward("1h")
    await story.ada.was_told_once("This group is not set up yet.")
    assert group.topics == []

    async def says() -> str:
        await owner.types(group, f"/setup {code}")
        await story.settled()
        return group.last.text

    said = await says()
    assert "Topics are off. Turn them on: group name > Edit > Topics." in said
    assert "I am not an administrator here." in said
    group.turns_topics_on()
    group.promotes_bot("can_pin_messages")
    said = await says()
    assert "Almost there. Nothing was changed, and your code is still good." in said
    assert "I may not manage topics." in said
    assert "I may not delete messages." in said
    assert "pin" not in said
    assert group.topics == []
    group.promotes_bot()
    assert "This group is now “support”: the tickets of Sales come here" in await says()

    await knows(story)
    ticket = await story.ticket("Where is my order?")
    await ticket.shows_once("Where is my order?")
    await ticket.shows_once("Hello?")
    await story.forward("1m")
    assert len(group.pinned) == 1
    await story.mei.types("!r It left yesterday.", ticket)
    await story.forward("8s")
    await ana.sees_nothing_but(["It left yesterday."])


async def test_a_code_works_once_in_a_group_and_for_a_day(at_telegram: Story) -> None:
    story, owner = at_telegram, at_telegram.telegram.person("Boss", started=True)
    other = story.telegram.group("Other")
    refusal = "This code is unknown, used or expired."
    code = await team(story).code("support")
    await owner.types_to_bot(f"/setup {code}")
    await story.settled()
    assert owner.dms.shows("This is for a group")
    for typed in ("/setup", "/setup nonsense"):
        await owner.types(other, typed)
        await story.settled()
        assert refusal in other.last.text
    await story.forward("25h")
    await owner.types(other, f"/setup {code}")
    await story.settled()
    assert refusal in other.last.text
    code = await team(story).code("support")
    await owner.types(other, f"/setup {code}")
    await story.settled()
    assert "This group is now “support”" in other.last.text
    await owner.types(other, f"/setup {code}")
    await story.settled()
    assert refusal in other.last.text


async def test_a_queue_moves_to_another_group_with_what_is_open(at_telegram: Story) -> None:
    """Typed in a second group the name goes there: tickets open there anew when something happens in them."""
    story, other = at_telegram, at_telegram.telegram.group("Other")
    await opened(story)
    await story.telegram.person("Owner").types(other, f"/setup {await team(story).code('support')}")
    await knows(story)
    await story.graph.customers[0].writes("Hello?")
    await story.forward(READING)
    [topic] = other.topics
    assert topic.shows("Where is my order?")
    assert topic.shows("Hello?")


# --- what befalls a group -----------------------------------------------------------------------------------------


async def test_a_topic_that_somebody_deleted_is_opened_anew_with_its_history(at_telegram: Story) -> None:
    story, owner = at_telegram, at_telegram.telegram.person("Owner")
    ticket = await opened(story)
    await story.mei.types("!r It left yesterday.", ticket)
    await story.forward("1m")
    await owner.deletes_topic(ticket.topic)
    [ana] = story.graph.customers
    await ana.writes("Hello?")
    await story.forward("1m")
    again = await story.ticket("Hello?")
    assert again.id == ticket.id
    assert [topic.name for topic in story.support.topics] == ["📬 T-1 Ana 🇪🇸"]
    await again.shows("Where is my order?", "It left yesterday.", "Mei took the ticket.")
    await again.shows_once("Hello?")
    await again.card_shows("Mei", "[Close]")
    assert await story.running.store.parked() == []


async def test_a_card_that_somebody_deleted_comes_back(at_telegram: Story) -> None:
    story, owner = at_telegram, at_telegram.telegram.person("Owner")
    ticket = await opened(story)
    topic = ticket.topic
    await owner.deletes(topic.first)
    await story.telegram.person("Mei").types(topic, "!claim")
    await story.graph.customers[0].writes("Hello?")
    await story.forward("1m")
    [card] = [each for each in topic if "Assignee Mei" in each.text]
    assert [button["text"] for button in card.keyboard[0]][:1] == ["Reply"]
    assert await story.running.store.parked() == []


@pytest.mark.parametrize("told", [True, False], ids=["told", "found out"])
async def test_a_group_that_became_a_supergroup_goes_on(at_telegram: Story, told: bool) -> None:
    story = at_telegram
    ticket = await opened(story)
    if not told:
        story.telegram.faults.next("message", Fault.lost(), times=2)
    story.support.migrates()
    await knows(story)
    await story.graph.customers[0].writes("Hello?")
    await knows(story)
    await ticket.shows_once("Hello?")
    await story.mei.types("!claim", ticket)
    await story.forward("1m")
    await ticket.shows_once("Mei took the ticket.")
    await ticket.card_shows("Mei")
    assert len(story.support.topics) == 1
    [group] = [each for each in await story.running.store.groups() if each.place == "support"]
    assert group.chat == str(story.support.id)


async def test_a_bot_that_was_removed_says_so_and_goes_on_where_it_stopped(at_telegram: Story) -> None:
    story, ana = at_telegram, at_telegram.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.support.kicks_bot()
    await story.settled()
    await story.ada.was_told_once("support")
    await ana.writes("Hello?")
    await story.forward("25m")
    await ana.writes("Anybody?")
    await story.forward("25m")
    await story.ada.was_never_told("does not take our posts")
    story.support.adds_bot()
    story.support.promotes_bot()
    await story.forward(MENDED)
    await ticket.shows_once("Hello?")
    await ticket.shows_once("Anybody?")
    texts = "\n".join(await ticket.texts())
    assert texts.index("Hello?") < texts.index("Anybody?")
    assert await story.running.store.parked() == []


async def test_a_bot_that_was_demoted_loses_nothing(at_telegram: Story) -> None:
    """New topics wait; words in the old ones do not."""
    story, ana = at_telegram, at_telegram.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.support.demotes_bot()
    await story.settled()
    await story.ada.was_told_once("may no longer manage topics")
    await ana.writes("Hello?")
    ben = story.customer("Ben", "34600111333")
    await ben.writes("I need an invoice.")
    await story.forward("1m")
    await ticket.shows_once("Hello?")
    assert len(story.support.topics) == 1
    story.support.promotes_bot()
    await story.forward(MENDED)
    await (await story.ticket("I need an invoice.")).shows_once("I need an invoice.")
    assert len(story.support.topics) == 2


async def test_moving_to_another_queue_closes_the_topic_behind_a_pointer(at_telegram: Story) -> None:
    story, ana = at_telegram, at_telegram.customer()
    ticket = await story.opened(ana, "I need an invoice.")
    await story.mei.types("!r One moment.", ticket)
    await story.forward("30s")
    await story.mei.types("!assign billing", ticket)
    await story.forward("1m")
    [old], [new] = story.support.topics, story.accounts.topics
    assert old.closed
    assert "T-1 has moved to Billing." in old.texts[0]
    assert "[" not in old.texts[0]
    for words in ("I need an invoice.", "One moment.", "Mei moved the ticket from Sales to Billing."):
        assert new.shows(words)
    await ana.writes("Are you there?")
    await story.forward(READING)
    assert new.shows("Are you there?")
    assert not old.shows("Are you there?")


async def test_a_topic_that_is_closed_by_hand_closes_its_ticket(at_telegram: Story) -> None:
    story, ana = at_telegram, at_telegram.customer()
    mei = story.telegram.person("Mei")
    ticket = await story.opened(ana, "Where is my order?")
    await story.forward("1m")
    [topic] = story.support.topics
    await mei.closes_topic(topic)
    await story.forward("1m")
    assert topic.closed
    assert "✅" in topic.name
    await ticket.shows_once("Mei closed the ticket.")
    await mei.reopens_topic(topic)
    await story.forward("1m")
    assert not topic.closed
    assert "✅" not in topic.name
    await ticket.shows_once("Mei reopened the ticket.")


# --- several groups for one queue ---------------------------------------------------------------------------------


async def test_several_groups_share_a_queues_tickets(tell: Tell) -> None:
    """Each ticket stays where it began; each group has the whole queue's overview, with links to its own topics."""
    story: Story = await tell(desk="telegram", rates=1.0, at_telegram=AtTelegram(groups=("support", "front")))
    front = team(story).group("front")
    customers = [story.customer(f"Customer {number}", f"3460011120{number}") for number in range(6)]
    for each in customers:
        await each.writes(f"{each.name} is here")
    await story.forward("1m")
    assert (len(story.support.topics), len(front.topics)) == (3, 3)
    for each in customers:
        await each.writes(f"{each.name} again")
    await story.forward("2m")
    assert (len(story.support.topics), len(front.topics)) == (3, 3)
    for each in customers:
        ticket = await story.ticket(f"{each.name} is here")
        await ticket.shows_once(f"{each.name} again")
    for group in (story.support, front):
        [board] = group.pinned
        assert "6 open tickets" in board.text
        links = [each["url"] for each in board.entities if "t.me/c/" in each.get("url", "")]
        assert len(links) == 3
        assert all(f"/{str(group.id).removeprefix('-100')}/" in link for link in links)
