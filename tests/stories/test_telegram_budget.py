"""Telegram lets a bot write about 20 times a minute into a group. What a ticket costs of that, and what goes first."""

from collections import Counter
from collections.abc import Sequence

from tests.platforms.faults import Fault
from tests.platforms.graph import StoryCustomer
from tests.platforms.telegram import Topic
from tests.stories.agents import Seen
from tests.stories.conftest import Tell, only
from tests.stories.story import Story

database = only("sqlite")

MOST = 20
LIFE = {
    "createForumTopic": 1,
    "sendMessage": 7,  # card, two messages of the customer, two replies, "took the ticket", "closed the ticket"
    "editMessageText": 9,  # the card five times, each reply twice: delivered, read
    "editForumTopic": 2,  # open, closed
    "closeForumTopic": 1,
}
"""What an ordinary ticket writes: claimed, answered, read, asked again, answered, read, closed. docs/operations.md
says how many tickets an hour that makes."""


def writes(story: Story) -> Counter[str]:
    """What was written into the group so far, but for the overview, which all tickets share."""
    board = {"message_id": str(story.support.pinned[0].id)} if story.support.pinned else {}
    to_group = [
        call for call in story.telegram.calls() if call.ok and call.args.get("chat_id") == str(story.support.id)
    ]
    counted = [call.method for call in to_group if not board.items() <= call.args.items()]
    return Counter(method for method in counted if method in {write.method for write in story.support.writes})


def check_budget(story: Story) -> None:
    """In no minute more than Telegram allows, so that it never had to say so."""
    at = [write.at for write in story.support.writes]
    busiest = max(sum(start <= each < start + 60 for each in at) for start in at)
    assert busiest <= MOST
    assert [call.error for call in story.telegram.calls() if "Too Many Requests" in call.error] == []


def places(words: Sequence[str], topic: Topic) -> list[int]:
    text = "\n".join(topic.texts)
    assert all(text.count(each) == 1 for each in words), text
    return [text.index(each) for each in words]


async def crowd(story: Story, size: int) -> list[StoryCustomer]:
    """Customers who all write at once."""
    customers = [story.customer(f"Customer{number:02}", f"346001112{number:02}") for number in range(size)]
    for each in customers:
        await each.writes(f"{each.name} is here.")
    await story.settled()
    return customers


async def test_what_an_ordinary_ticket_costs(at_telegram: Story) -> None:
    story, ana, mei = at_telegram, at_telegram.customer(), at_telegram.mei
    await story.forward("5m")
    before = writes(story)
    ticket = await story.opened(ana, "Where is my order?")
    await mei.clicks("Claim", ticket)
    await story.forward("2m")
    for reply, answer in (("One moment.", "Thank you, I wait."), ("It left yesterday.", "")):
        await mei.types(f"!r {reply}", ticket)
        await story.forward("2m")
        await ana.reads()
        await story.forward("2m")
        if answer:
            await ana.writes(answer)
            await story.forward("2m")
    await mei.types("!close solved", ticket)
    await story.forward("2m")
    assert writes(story) - before == LIFE
    assert sum(LIFE.values()) == 20
    check_budget(story)


async def test_a_crowd_is_served_within_the_budget(at_telegram: Story) -> None:
    """Thirty at once: their words come before anything that only looks nicer, each topic in its order."""
    story = at_telegram
    await story.forward("2m")
    customers = await crowd(story, 30)
    for each in customers:
        await each.writes(f"{each.name} waits.")
    await story.forward("7m")
    check_budget(story)
    assert len(story.support.topics) == len(customers)
    for each in customers:
        topic = story.support.topic(each.name)
        here, waits = places([f"{each.name} is here.", f"{each.name} waits."], topic)
        assert here < waits


async def test_at_twice_its_load_a_group_gets_every_word_at_once(at_telegram: Story) -> None:
    """150 tickets an hour, each claimed, answered and closed: cards and names fall behind, words do not."""
    story, mei = at_telegram, at_telegram.telegram.person("Mei")
    await story.forward("2m")
    steps: Counter[int | None] = Counter()
    for number in range(16):
        await story.customer(f"Customer{number:02}", f"346001112{number:02}").writes("Where is my order?")
        for topic in story.support.topics:
            steps[topic.id] += 1
            match steps[topic.id]:
                case 2:
                    await mei.presses("Claim", topic.first, wait=False)
                case 5:
                    await mei.types(topic, "!r It left yesterday.")
                case 8:
                    await mei.types(topic, "!close")
        await story.forward("24s")
        assert story.support.topic(f"Customer{number:02}").shows("Where is my order?")
    check_budget(story)
    await story.forward("15m")
    closed = [each for each in story.support.topics if "✅" in each.name and each.closed]
    assert len(closed) == sum(times >= 8 for times in steps.values()) > 5
    check_budget(story)


async def test_what_pings_somebody_waits_for_nothing_that_only_looks_nicer(at_telegram: Story) -> None:
    story, mei, li = at_telegram, at_telegram.mei, at_telegram.li
    await story.forward("2m")
    await crowd(story, 20)
    await story.forward("5m")
    tickets = [await story.ticket(f"Customer{number:02} is here.") for number in range(20)]
    for ticket in tickets:
        await mei.types("!claim", ticket)
    await story.forward("1m")
    waiting = [ticket for ticket in tickets if not await _shows(ticket, "Mei took the ticket.")]
    assert waiting, "the group is not full"
    await li.types("!claim over", tickets[-1])
    await tickets[-1].shows("Li took the ticket over from Mei.")
    for ticket in waiting[:-1]:
        await ticket.lacks("Mei took the ticket.")
    await story.forward("10m")
    for ticket in tickets:
        await ticket.shows_once("Mei took the ticket.")
    check_budget(story)


async def _shows(ticket: Seen, words: str) -> bool:
    return any(words in text for text in await ticket.texts())


async def test_a_storm_of_429_loses_nothing_and_keeps_the_order(tell: Tell) -> None:
    """An outbox that knows of no limits runs into Telegram's: it waits as long as it is told."""
    story: Story = await tell(desk="telegram")
    customers = await crowd(story, 15)
    for number in range(3):
        for each in customers:
            await each.writes(f"{each.name} says {number}.")
        await story.forward("20s")
    story.telegram.faults.next("sendMessage", Fault.rate_limited(35), times=3)
    await story.forward("20m")
    assert any("Too Many Requests" in call.error for call in story.telegram.calls())
    for each in customers:
        words = [f"{each.name} is here.", *(f"{each.name} says {number}." for number in range(3))]
        found = places(words, story.support.topic(each.name))
        assert found == sorted(found)
    assert len(story.support.topics) == len(customers)
    assert await story.running.store.parked() == []


async def test_a_question_comes_however_full_the_group_is(at_telegram: Story) -> None:
    """Or whoever typed the reply would believe that it left."""
    story, ana, mei = at_telegram, at_telegram.customer(), at_telegram.mei
    ticket = await story.opened(ana, "Where is my order?")
    await ana.writes("I found it!")
    await story.forward("4s")
    story.telegram.faults.next("sendMessage", Fault.rate_limited(17), times=2)
    await mei.types("!r We are looking for it.", ticket)
    await mei.was_never_told("The customer wrote something that you may not have read yet.")
    await story.forward("35s")
    await mei.was_told_once("The customer wrote something that you may not have read yet.")
    await mei.clicks("Cancel", ticket)
    await story.forward("5m")
    assert ana.received == []


async def test_what_is_told_in_private_takes_nothing_from_the_group(at_telegram: Story) -> None:
    story, mei = at_telegram, at_telegram.mei
    ticket = await story.opened(story.customer(), "Where is my order?")
    await story.forward("2m")
    before = len(story.support.writes)
    await mei.types("!login")
    await mei.types("!mine")
    await mei.clicks("Deadlines", ticket)
    assert len(story.support.writes) == before
