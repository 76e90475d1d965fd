"""What a waiting customer is told, and whether it is kept. What may be promised is reckoned in `core.promises`."""

from collections.abc import Iterator
from dataclasses import replace

from core import sla
from core.clocks import ClockKind, ClockState, Span, TicketClock
from core.commands import MoveDelivery, Promised
from core.facts import PromiseBroken, PromiseMade
from core.messages import TAKEN, Ladder
from core.promises import BEFORE, MESSAGE, SPOKEN, TOLD, is_broken, last_message
from core.rules import audience
from core.rules.change import Change
from core.staffing import Staffing


def expect(change: Change, *, closed: bool) -> None:
    """The customer wrote and waits: look into it soon when nobody works now, and else when the answer is late."""
    ticket, clock = change.ticket, change.ticket.clock(ClockKind.PROMISE)
    if clock is not None and clock.running and not closed:
        return
    look = change.now + change.policy.burst if closed else sla.reply_due(ticket)
    if look is None:
        return
    if clock is None or not clock.running:
        cycle, fired = (clock.cycle + 1, frozenset(_carried(clock))) if clock else (1, frozenset[str]())
        begun = TicketClock(ClockKind.PROMISE, cycle, ClockState.RUNNING, (Span(change.now),), fired=fired)
        clock = replace(begun, next_at=look)
    else:
        clock = replace(clock, next_at=min(look, clock.next_at or look))
    if closed:
        clock = replace(clock, fired=clock.fired | {sla.SOON})
    change.ticket = sla.rearm(sla.put(ticket, clock), change.policy)


def resume(change: Change) -> None:
    """As if nobody had answered: what they were told counts on."""
    clock = change.ticket.clock(ClockKind.PROMISE)
    if clock is None or clock.running:
        return expect(change, closed=False)
    again = replace(clock, cycle=clock.cycle + 1, state=ClockState.RUNNING, spans=(Span(clock.started_at),))
    change.ticket = sla.rearm(sla.put(change.ticket, again), change.policy)


def due(change: Change, clock: TicketClock, promise: Promised | None, staffing: Staffing) -> None:
    """A promise was broken, or it is time for one. `promise`: what the door has written to the customer."""
    if clock.due_at is not None and clock.due_at <= change.now:
        if is_broken(clock, change.now):
            change.add(PromiseBroken(clock.due_at, audience.responsible(change.ticket, staffing, change.now)))
        clock = replace(clock, due_at=None)
    if promise is not None:
        change.add(PromiseMade(promise.message, promise.until, promise.why))
        spoken = frozenset({f"{SPOKEN}{change.now.isoformat()}", f"{MESSAGE}{promise.message}"})
        clock = replace(clock, due_at=promise.until, fired=spoken)
    clock = replace(clock, fired=clock.fired - {sla.SOON})
    looks = (clock.due_at, sla.reply_due(change.ticket))
    later = min((at for at in looks if at is not None and at > change.now), default=None)
    change.ticket = sla.put(change.ticket, replace(clock, next_at=None if change.ticket.in_flight else later))


def moved(change: Change, command: MoveDelivery) -> None:
    """What became of the message. Only what reached the customer can be broken; what never left is forgotten, and
    looked into again."""
    clock = change.ticket.running(ClockKind.PROMISE)
    if clock is None or last_message(clock) != command.message:
        return
    if command.state in TAKEN or command.state is Ladder.UNCERTAIN:
        clock = replace(clock, fired=clock.fired | {TOLD})
    elif command.state is Ladder.FAILED:
        clock = replace(clock, fired=clock.fired - {TOLD}, due_at=None)
    elif command.state is Ladder.UNDONE:
        look = None if change.ticket.in_flight else change.now
        clock = replace(clock, fired=frozenset({sla.SOON}), due_at=None, next_at=look)
    change.ticket = sla.put(change.ticket, clock)


def _carried(clock: TicketClock) -> Iterator[str]:
    """A closed period has one message, however often somebody answers in it and they write again."""
    for note in clock.fired:
        if note.startswith((SPOKEN, BEFORE)):
            yield f"{BEFORE}{note.partition(':')[2]}"
