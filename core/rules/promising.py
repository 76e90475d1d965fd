"""What a waiting customer is told, and whether it is kept. What may be promised is reckoned in `core.promises`."""

from dataclasses import replace
from datetime import datetime

from core import sla
from core.clocks import ClockKind, ClockState, Span, TicketClock
from core.commands import Promised
from core.facts import PromiseBroken, PromiseMade
from core.people import Roster
from core.rules.change import Change


def expect(change: Change, closed: str) -> None:
    """Look into it soon when nobody works now, and else when the answer is late. `closed` names the closed period."""
    ticket, clock = change.ticket, change.ticket.clock(ClockKind.PROMISE)
    running = clock is not None and clock.running
    if closed and not (clock is not None and running and closed in clock.fired):
        look = change.now + change.policy.burst
    elif running or ticket.deadline is None:
        return
    else:
        look = ticket.deadline.due_at or change.now
    if clock is not None and running:
        change.ticket = sla.put(ticket, replace(clock, next_at=min(look, clock.next_at or look)))
    else:
        cycle = clock.cycle + 1 if clock else 1
        begun = TicketClock(ClockKind.PROMISE, cycle, ClockState.RUNNING, (Span(change.now),), next_at=look)
        change.ticket = sla.put(ticket, begun)


def due(change: Change, clock: TicketClock, promise: Promised | None, roster: Roster) -> None:
    """A promise was broken, or it is time for one. `promise`: what the door has written to the customer."""
    if clock.due_at is not None and clock.due_at <= change.now:
        told = [p.id for p in roster.people if p.id == change.ticket.assignee and not p.is_away(change.now)]
        told = told or [p.id for p in roster.members(change.ticket.queue, change.now)]
        change.add(PromiseBroken(clock.due_at, tuple(told)))
        clock = replace(clock, due_at=None)
    if promise is not None:
        change.add(PromiseMade(promise.message, promise.until, promise.why))
        clock = replace(clock, due_at=promise.until, fired=clock.fired | {promise.period})
    later = [at for at in (clock.due_at, _late_at(change)) if at is not None and at > change.now]
    change.ticket = sla.put(change.ticket, replace(clock, next_at=min(later, default=None)))


def _late_at(change: Change) -> datetime | None:
    dues = [c.due_at for kind in sla.REPLY_KINDS if (c := change.ticket.clock(kind)) and c.running and c.due_at]
    return min(dues, default=None)
