"""What the team typed at Slack while nobody heard it: found by looking, handled once and in its order.

Slack's events of a gap are lost (`Fault.lost`), as they are after an outage of its own, of ours or of the network.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.platforms.faults import Fault
from tests.platforms.graph import StoryCustomer
from tests.stories.conftest import Tell, only
from tests.stories.slack_team import SlackAgent, SlackTicket
from tests.stories.story import Story

database = only("sqlite")
LOOKED = "11m"
"""Until the threads were read again, ten minutes after the last time."""


@contextmanager
def deaf(story: Story) -> Iterator[None]:
    """Slack tells nobody what is typed meanwhile, and never will."""
    for words in ("message", "message.[!b]*"):
        story.slack.faults.always(words, Fault.lost())
    yield
    for words in ("message", "message.[!b]*"):
        story.slack.faults.clear(words)


async def told(story: Story, ticket: SlackTicket) -> list[str]:
    """All messages of the ticket, in the order in which they became part of it."""
    store = story.running.store
    entries = await store.entries(ticket.id)
    ids = [entry.message for entry in entries if entry.message is not None]
    messages = await store.messages(ids)
    return [messages[each].text for each in ids]


async def opened(story: Story, ana: StoryCustomer | None = None) -> SlackTicket:
    ticket = await story.opened(ana or story.customer(), "Where is my order?")
    assert isinstance(ticket, SlackTicket)
    return ticket


def at_slack(story: Story) -> SlackAgent:
    assert isinstance(story.mei, SlackAgent)
    return story.mei


async def test_what_was_typed_while_we_were_away_is_found_in_its_order(story: Story) -> None:
    ana = story.customer()
    ticket, mei = await opened(story, ana), at_slack(story).at_slack
    await story.stops()
    thread = ticket.thread
    for text in ("The carrier has lost it.", "!r It left yesterday.", "Tell Li when she is back."):
        await mei.types(text, thread)
    await mei.uploads("photo.jpg", b"a lamp", "", thread)
    await story.forward("1h")
    await story.begins()
    await story.forward("10s")
    expected = ["Where is my order?", "The carrier has lost it.", "It left yesterday.", "Tell Li when she is back.", ""]
    assert await told(story, ticket) == expected
    await ana.sees_nothing_but(["It left yesterday."])
    await story.forward("1d")
    assert await told(story, ticket) == expected
    await story.ada.was_never_told("does not tell me all")


async def test_after_a_lost_connection_it_is_looked_at_once(story: Story) -> None:
    ticket = await opened(story)
    await story.forward("20m")
    with deaf(story):
        await story.mei.types("!claim", ticket)
    connections = len(story.slack.calls("apps.connections.open"))
    await story.slack.outbox.hangs_up()
    await story.slack.until(lambda: len(story.slack.calls("apps.connections.open")) > connections, "a new connection")
    await story.slack.connected()
    await story.forward("1m")
    await story.forward("2m")
    await ticket.shows("Mei took the ticket.")
    await story.ada.was_never_told("does not tell me all")


async def test_events_that_slack_drops_are_found_and_the_admins_told_once(story: Story) -> None:
    ticket = await opened(story)
    with deaf(story):
        await story.mei.types("!claim", ticket)
        await story.forward("5m")
        await story.mei.types("The carrier has lost it.", ticket)
        await story.forward(LOOKED)
        await ticket.shows("Mei took the ticket.")
        await story.mei.types("And found it again.", ticket)
        await story.forward(LOOKED)
    assert await told(story, ticket) == ["Where is my order?", "The carrier has lost it.", "And found it again."]
    await story.ada.was_told_once("Slack does not tell me all that is typed there, since Mon, Mar 2, 09:05 at least.")


async def test_what_came_is_not_done_again_by_looking(story: Story) -> None:
    """A refused command least of all: what was wrong with it may be right by now."""
    ticket = await opened(story)
    await story.li.types("!claim", ticket)
    await story.mei.types("!close", ticket)
    await story.mei.types("A note.", ticket)
    await story.mei.was_told_once("Li")
    await story.li.types("!release", ticket)
    heard = await story.mei.heard()
    await story.forward(LOOKED)
    assert await story.mei.heard() == heard
    assert await told(story, ticket) == ["Where is my order?", "A note."]


async def test_what_comes_after_it_was_found_is_not_done_again(story: Story) -> None:
    ana = story.customer()
    ticket = await opened(story, ana)
    story.slack.faults.next("message", Fault.late(), times=2)
    await story.mei.types("!r It left yesterday.", ticket)
    await story.mei.types("A note.", ticket)
    await story.forward(LOOKED)
    await story.forward("10s")
    await ana.sees_nothing_but(["It left yesterday."])
    story.slack.outbox.release()
    await story.forward("1m")
    await ana.sees_nothing_but(["It left yesterday."])
    assert await told(story, ticket) == ["Where is my order?", "It left yesterday.", "A note."]


async def test_a_late_reply_is_held_back_when_the_customer_has_written_since(story: Story) -> None:
    ana = story.customer()
    ticket = await opened(story, ana)
    with deaf(story):
        await story.mei.types("!r It left yesterday.", ticket)
    await ana.writes("I have it now, thank you!")
    await story.forward(LOOKED)
    assert ana.received == []
    await story.mei.was_told_once("It left yesterday.")
    await story.mei.clicks("Send anyway")
    await story.forward("1m")
    await ana.sees_nothing_but(["It left yesterday."])


async def test_a_late_close_buries_nothing_that_the_customer_has_written_since(story: Story) -> None:
    ana = story.customer()
    ticket = await opened(story, ana)
    await story.mei.types("!claim", ticket)
    with deaf(story):
        await story.mei.types("!close", ticket)
    await story.forward("5s")
    await ana.writes("It is the wrong one!")
    await story.forward(LOOKED)
    await story.mei.was_told_once("I found your !close only now, and the customer has written since.")
    await ticket.card_shows("open")


async def test_words_that_were_changed_meanwhile_are_found_as_they_are_now(story: Story) -> None:
    ana = story.customer()
    ticket = await opened(story, ana)
    with deaf(story):
        note = await story.mei.types("Lost.", ticket)
        await story.mei.edits(note, "Lost by the carrier.")
        reply = await story.mei.types("Where is it?", ticket)
        await story.mei.edits(reply, "!r It left yesterday.")
        gone = await story.mei.types("!r Never mind.", ticket)
        await story.mei.deletes(gone)
    await story.forward(LOOKED)
    assert await told(story, ticket) == ["Where is my order?", "Lost by the carrier."]
    assert ana.received == []  # an edit never sends by itself
    await story.mei.clicks("Send")
    await story.forward("1m")
    await ana.sees_nothing_but(["It left yesterday."])


async def test_an_edit_that_was_not_heard_is_made_up_for(story: Story) -> None:
    ticket = await opened(story)
    note = await story.mei.types("Lost.", ticket)
    with deaf(story):
        await story.mei.edits(note, "Lost by the carrier.")
    await story.forward(LOOKED)
    assert await told(story, ticket) == ["Where is my order?", "Lost by the carrier."]


async def test_late_words_are_never_taken_for_live_ones(story: Story) -> None:
    ana = story.customer()
    ticket = await opened(story, ana)
    await story.mei.types("!claim", ticket)
    with deaf(story):
        await story.mei.types("What a strange customer.", ticket)
    await story.forward("5m")
    await story.mei.types("!live", ticket)
    await story.forward(LOOKED)
    assert ana.received == []
    assert "What a strange customer." in await told(story, ticket)


async def test_slack_asks_for_patience_while_it_is_read(story: Story) -> None:
    """The answer says how long; it is begun where it was left."""
    ticket = await opened(story)
    for _ in range(4):
        await story.forward("2m")  # what is looked at twice after the start
    before = len(story.slack.calls("conversations.replies"))
    with deaf(story):
        await story.mei.types("A note.", ticket)
        await story.mei.types("Another.", ticket)
    story.slack.faults.next("conversations.replies", Fault.rate_limited(120))
    await story.forward(LOOKED)
    await story.forward("110s")
    assert len(story.slack.calls("conversations.replies")) == before + 1
    await story.forward("30s")
    assert await told(story, ticket) == ["Where is my order?", "A note.", "Another."]
    assert len(story.slack.calls("conversations.replies")) == before + 2


async def test_what_was_typed_while_the_bot_was_out_is_found_when_it_is_back(story: Story) -> None:
    ticket, room = await opened(story), story.slack.channel("C_SALES")
    room.loses()
    await story.mei.types("Where is everybody?", ticket)
    await story.forward("2h")
    assert await told(story, ticket) == ["Where is my order?"]
    room.invites()
    await story.forward(LOOKED)
    assert await told(story, ticket) == ["Where is my order?", "Where is everybody?"]


async def test_a_silence_longer_than_slack_is_looked_back_is_told_to_the_team(story: Story) -> None:
    ticket, mei = await opened(story), at_slack(story).at_slack
    await story.forward("2m")
    await story.stops()
    await mei.types("Far too early.", ticket.thread)
    await story.clock.forward("4d")
    await mei.types("Just before.", ticket.thread)
    await story.clock.forward("1h")
    await story.begins()
    await story.forward("10s")
    assert await told(story, ticket) == ["Where is my order?", "Just before."]
    await story.forward("1h")
    await story.mei.was_told_once("what was typed there between Mon, Mar 2, 09:02 and")


async def test_slack_says_that_it_holds_events_back(tell: Tell) -> None:
    story: Story = await tell(slack_mode="http")
    await opened(story)
    payload = {"type": "app_rate_limited", "team_id": "T0DRAGOMAN", "minute_rate_limited": 1518467820}
    for _ in range(3):
        story.slack.outbox.deliver("events_api", "app_rate_limited", payload | {"api_app_id": "A0DRAGOMAN"})
        await story.settled()
    await story.forward("1m")
    await story.ada.was_told_once("Slack holds events back because there are too many of them.")
