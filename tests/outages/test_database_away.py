"""PostgreSQL goes away and comes back: nothing is lost, nothing happens twice, and nobody has to do anything."""

import asyncio

import pytest

from tests.outages.conftest import Tell
from tests.outages.wire import Wire
from tests.platforms.faults import Fault, Gate
from tests.stories.story import Story

SEND = "POST */messages"
BACK = "15s"
"""How soon everything goes on by itself."""


async def nothing_counted(story: Story) -> None:
    """The outage says nothing against a delivery or a job."""
    assert await story.running.store.parked() == []
    row = await story.running.store.session.one("SELECT max(attempts) AS n FROM inbox")
    assert row == {"n": 0}


async def test_what_a_customer_wrote_meanwhile_arrives(story: Story, wire: Wire) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    wire.cut()
    await ana.writes("Are you there?")
    await story.forward("1m")
    wire.mend()
    await story.graph.redeliver()
    await story.forward(BACK)
    await ticket.shows_once("Are you there?")
    await nothing_counted(story)


async def test_what_was_stored_before_is_worked_on_after(story: Story, wire: Wire) -> None:
    """The delivery is durable and acked; the database goes before it is taken in, and no other one wakes the worker."""
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    wire.cut_at_commit(2)
    await ana.writes("Are you there?")
    await wire.answer_lost()
    await story.forward("1m")
    wire.mend()
    await story.forward(BACK)
    await ticket.shows_once("Are you there?")
    await nothing_counted(story)


@pytest.mark.parametrize("commit", [1, 2, 3, 4])
async def test_a_command_whose_commit_nobody_knows_of(tell: Tell, wire: Wire, commit: int) -> None:
    """Stored, taken, done, ticked off: wherever the answer is lost, the reply goes out once."""
    story = await tell(slack_mode="http")
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    wire.cut_at_commit(commit)
    await story.mei.types("!r It left yesterday.", ticket)
    await wire.answer_lost()
    await story.forward("1m")
    wire.mend()
    story.slack.outbox.retries()
    await story.forward("1m")
    await ana.sees_nothing_but(["It left yesterday."])
    await ticket.shows_once("Mei took the ticket.")
    await nothing_counted(story)


async def test_an_event_that_was_not_stored_is_not_acked(tell: Tell, wire: Wire) -> None:
    story = await tell(slack_mode="http")
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    wire.cut()
    await story.mei.types("!r It left yesterday.", ticket)
    assert not story.slack.outbox.log[-1].acked
    await story.forward("1m")
    wire.mend()
    story.slack.outbox.retries()
    await story.forward("1m")
    await ana.sees_nothing_but(["It left yesterday."])


async def test_events_of_a_thread_keep_their_order(tell: Tell, wire: Wire) -> None:
    """The first waits for the database; the second comes when that is back."""
    story = await tell(slack_mode="http")
    ticket = await story.opened(story.customer(), "Where is my order?")
    wire.cut_at_commit(2)
    await story.mei.types("!claim", ticket)
    await wire.answer_lost()
    wire.mend()
    await story.li.types("!claim", ticket)
    await story.forward(BACK)
    await ticket.shows_once("Mei took the ticket.")
    await ticket.lacks("Li took the ticket.")


async def test_a_reply_that_left_is_known_to_have_left(story: Story, wire: Wire) -> None:
    """WhatsApp has it, and the database went before that could be written down."""
    ana, gate = story.customer(), Gate()
    ticket = await story.opened(ana, "Where is my order?")
    await story.mei.types("!r It left yesterday.", ticket)
    story.graph.auto_statuses = ()
    story.graph.faults.next(SEND, Fault.hang_after(gate))
    deed = asyncio.ensure_future(story.clock.forward("8s"))
    await gate.reached()
    wire.cut()
    gate.open()
    await deed
    await story.forward("1m")
    wire.mend()
    await story.forward(BACK)
    await ana.sees_nothing_but(["It left yesterday."])
    await ticket.shows("Sent")
    await ticket.lacks("not certain")
    await nothing_counted(story)


@pytest.mark.parametrize("commit", [1, 2, 3])
async def test_a_reply_around_whose_sending_a_commit_is_lost(story: Story, wire: Wire, commit: int) -> None:
    """While it is taken, written down as sent, or right after that."""
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await story.mei.types("!r It left yesterday.", ticket)
    wire.cut_at_commit(commit)
    deed = asyncio.ensure_future(story.clock.forward("8s"))
    await wire.answer_lost()
    await deed
    wire.mend()
    await story.forward("5m")
    await ana.sees_nothing_but(["It left yesterday."])
    await ticket.lacks("not certain")
    await nothing_counted(story)


async def test_a_post_that_stands_is_not_posted_again(story: Story, wire: Wire) -> None:
    ana, gate = story.customer(), Gate()
    ticket = await story.opened(ana, "Where is my order?")
    story.slack.faults.next("chat.postMessage", Fault.hang_after(gate))
    deed = asyncio.ensure_future(ana.writes("Are you there?"))
    await gate.reached()
    wire.cut()
    gate.open()
    await deed
    await story.forward("3m")
    wire.mend()
    await story.graph.redeliver()
    await story.forward(BACK)
    await ticket.shows_once("Are you there?")


async def test_deadlines_that_passed_meanwhile_fire_once(story: Story, wire: Wire) -> None:
    ticket = await story.opened(story.customer(), "Where is my order?")
    await story.forward("3h50m")
    wire.cut()
    await story.forward("15m")
    wire.mend()
    await story.forward(BACK)
    await ticket.shows_once("First reply is late")


async def test_telegram_is_asked_again_for_what_was_not_stored(tell: Tell, wire: Wire) -> None:
    story = await tell(desk="telegram")
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    wire.cut()
    await story.mei.types("/r It left yesterday.", ticket)
    await story.forward("1m")
    wire.mend()
    await story.forward(BACK)
    await ana.sees_nothing_but(["It left yesterday."])
    await nothing_counted(story)
