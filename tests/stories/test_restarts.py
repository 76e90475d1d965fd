"""The program dies in the middle of each step and comes back: nothing is lost, nothing is done twice.

A gate holds a request in the simulator, so that the death falls exactly there.
"""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

import pytest

from core.ids import TicketId
from tests.platforms.faults import Fault, Gate
from tests.stories.conftest import Tell
from tests.stories.story import Story

SEND = "POST */messages"
LEASES_END = "3m"
NAP = timedelta(seconds=30)
UNCERTAIN = "May or may not have arrived."


@pytest.fixture
async def story(tell: Tell) -> Story:
    begun: Story = await tell(nap=NAP)
    return begun


async def dies_at(story: Story, gate: Gate, doing: Awaitable[object]) -> None:
    """Crash when a request stands at the gate."""
    deed = asyncio.ensure_future(doing)
    await gate.reached()
    await story.crashes()
    await deed


async def test_before_the_webhook_was_acked(story: Story) -> None:
    ana = story.customer()
    await story.crashes()
    await ana.writes("Where is my order?")
    await story.begins()
    assert await story.graph.redeliver() == 0
    await story.forward(LEASES_END)
    await (await story.ticket("Where is my order?")).shows_once("Where is my order?")
    assert len(story.sales.threads) == 1


@pytest.mark.parametrize("taken", [False, True], ids=["waiting", "taken"])
async def test_after_the_ack_and_before_it_became_a_ticket(story: Story, taken: bool) -> None:
    ana = story.customer()
    await story.crashes()
    await story.begins(frozenset({"web"}))
    await ana.writes("Where is my order?")
    assert story.graph.hooks.undelivered == []
    if taken:  # by a worker that died with it in its hands
        assert story.app is not None
        await story.app.store.take_raw("channel:", 32, story.clock.now(), timedelta(seconds=60))
    await story.crashes()
    await story.begins()
    await story.forward(LEASES_END)
    await (await story.ticket("Where is my order?")).shows_once("Where is my order?")
    assert len(story.sales.threads) == 1


@pytest.mark.parametrize("skip", [0, 1], ids=["card", "words"])
@pytest.mark.parametrize("arrived", [False, True])
async def test_while_it_was_posted_to_the_desk(story: Story, arrived: bool, skip: int) -> None:
    ana, gate = story.customer(), Gate()
    story.slack.faults.next(
        "chat.postMessage", Fault.hang_after(gate) if arrived else Fault.hang_before(gate), skip=skip
    )
    await dies_at(story, gate, ana.writes("Where is my order?"))
    await story.begins()
    await story.forward(LEASES_END)
    assert len(story.sales.threads) == 1
    await (await story.ticket("Where is my order?")).shows_once("Where is my order?")


async def test_while_a_reply_was_held(any_desk: Story) -> None:
    story, ana = any_desk, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await story.mei.types("!r It left yesterday.", ticket)
    await story.forward("4s")
    await story.crashes()
    await story.begins()
    assert ana.received == []
    await story.forward("4s")
    await ana.sees_nothing_but(["It left yesterday."])
    await story.forward("1d")
    await ana.sees_nothing_but(["It left yesterday."])


async def test_while_a_reply_was_held_and_the_hold_ended_meanwhile(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await story.mei.types("!r It left yesterday.", ticket)
    await story.crashes()
    await story.clock.forward("1h")
    await story.begins()
    await ana.sees_nothing_but(["It left yesterday."])
    await ticket.shows("Delivered")


@pytest.mark.parametrize("arrived", [False, True])
async def test_while_a_reply_was_sent_it_is_in_doubt_and_never_repeated(story: Story, arrived: bool) -> None:
    ana, gate = story.customer(), Gate()
    story.graph.auto_statuses = ()
    ticket = await story.opened(ana, "Where is my order?")
    await story.mei.types("!r It left yesterday.", ticket)
    story.graph.faults.next(SEND, Fault.hang_after(gate) if arrived else Fault.hang_before(gate))
    await dies_at(story, gate, story.clock.forward("8s"))
    await story.begins()
    await story.forward("20m")
    assert ana.received == ["It left yesterday."] * arrived
    await ticket.shows(UNCERTAIN)
    await ticket.shows_once("It is not certain that a reply reached the customer.")


async def test_what_was_in_doubt_can_be_sent_again(story: Story) -> None:
    ana, gate = story.customer(), Gate()
    ticket = await story.opened(ana, "Where is my order?")
    await story.mei.types("!r It left yesterday.", ticket)
    story.graph.faults.next(SEND, Fault.hang_before(gate))
    await dies_at(story, gate, story.clock.forward("8s"))
    await story.begins()
    await story.forward(LEASES_END)
    await story.mei.clicks("Send again", ticket)
    await story.forward("1m")
    await ana.sees_nothing_but(["It left yesterday."])
    await ticket.lacks(UNCERTAIN)


async def test_between_the_parts_of_a_long_reply(story: Story) -> None:
    ana, gate = story.customer(), Gate()
    ticket = await story.opened(ana, "How does it work?")
    long = " ".join(f"word{number:04}" for number in range(900))
    await story.mei.types(f"!r {long}", ticket)
    story.graph.faults.next(SEND, Fault.hang_after(gate), skip=1)
    await dies_at(story, gate, story.clock.forward("8s"))
    assert len(ana.received) == 2
    await story.begins()
    await story.graph.redeliver()
    await story.forward("20m")
    assert len(ana.received) == 2
    await ticket.lacks(UNCERTAIN)  # what Meta reported while we were away has settled it


async def test_right_after_a_command_was_acked(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    thread = story.sales.thread("T-1")
    await story.slack.person("Mei").types("!r It left yesterday.", thread)
    await story.slack.settled()
    await story.crashes()
    await story.begins()
    await story.forward(LEASES_END)
    await ticket.shows_once("Mei took the ticket.")
    await ana.sees_nothing_but(["It left yesterday."])


async def test_while_an_answer_was_whispered(story: Story) -> None:
    gate = Gate()
    ticket = await story.opened(story.customer(), "Where is my order?")
    story.slack.faults.next("chat.postEphemeral", Fault.hang_before(gate))
    await dies_at(story, gate, story.slack.person("Mei").types("!clam", story.sales.thread("T-1")))
    await story.begins()
    await story.forward(LEASES_END)
    await story.mei.was_told_once("Did you mean !claim?")
    await ticket.lacks("took the ticket")


async def test_while_a_picture_was_fetched(story: Story) -> None:
    ana, gate, photo = story.customer(), Gate(), b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\xff\xd9"
    story.graph.faults.next("GET */attachments/", Fault.hang_before(gate))
    await dies_at(story, gate, ana.sends_file("a.jpg", photo, "image/jpeg", caption="Broken"))
    await story.begins()
    await story.forward(LEASES_END)
    await (await story.ticket("Broken")).shows_once("Broken")
    assert [file.content for message in story.sales for file in message.files] == [photo]


async def test_while_a_supervisor_was_told(tell: Tell) -> None:
    story, gate = await tell(), Gate()
    ticket = await story.opened(story.customer(), "Where is my order?")
    await story.forward("3h58m")
    story.slack.faults.next("chat.postMessage", Fault.hang_before(gate), times=9)
    await dies_at(story, gate, story.clock.forward("2m"))
    story.slack.faults.clear()
    await story.begins()
    await story.forward("5m")
    await ticket.shows_once("First reply is late")
    await story.sol.was_told_once("the customer has waited past the target.")


async def test_two_ticks_at_once_fire_each_step_once(story: Story) -> None:
    ticket = await story.opened(story.customer(), "Where is my order?")
    await story.crashes()
    await story.clock.forward("3h10m")
    await story.begins(frozenset({"web"}))
    assert story.app is not None
    await asyncio.gather(*(story.app.door.tick([TicketId(1)]) for _ in range(5)))
    await story.crashes()
    await story.begins()
    await story.forward("1m")
    await ticket.shows_once("75% of the time is used.")


async def test_a_polite_stop_finishes_what_is_in_hand(story: Story) -> None:
    ana, gate = story.customer(), Gate()
    ticket = await story.opened(ana, "Where is my order?")
    await story.mei.types("!r It left yesterday.", ticket)
    story.graph.faults.next(SEND, Fault.hang_after(gate))
    deed = asyncio.ensure_future(story.clock.forward("8s"))
    await gate.reached()
    stopping = asyncio.ensure_future(story.stops())
    gate.open()
    await stopping
    await deed
    await story.begins()
    await story.graph.redeliver()
    await story.forward(LEASES_END)
    await ticket.shows("Delivered")
    await ana.sees_nothing_but(["It left yesterday."])
