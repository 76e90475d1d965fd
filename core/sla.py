"""Counting a ticket's clocks: start, pause, resume, stop, recount, and which steps have passed. Pure.

Reply clocks count business time on the queue's calendar; the others the wall clock. A deadline is always a function of
the clock's spans, its target and the calendar, so that nothing drifts and anything can be counted again.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from core.clocks import ClockKind, ClockState, Span, TicketClock
from core.facts import ClockMoved, ClockPaused, ClockResumed, ClockStarted, ClockStopped, Fact
from core.hours import Calendar
from core.model import Ticket
from core.policy import Policy

BREACH = "100%"
"""The step of every reply clock that fires when its target is spent."""

REPLY_KINDS = (ClockKind.FIRST_REPLY, ClockKind.NEXT_REPLY)

Changed = tuple[Ticket, tuple[Fact, ...]]


def put(ticket: Ticket, clock: TicketClock) -> Ticket:
    """The ticket with `clock` as its newest of that kind."""
    return replace(ticket, clocks=(*(c for c in ticket.clocks if c.kind is not clock.kind), clock))


def start_reply(ticket: Ticket, kind: ClockKind, at: datetime, policy: Policy) -> Changed:
    """Begin a cycle of a reply clock at the customer's message; nothing when no target row matches."""
    allowed = _allowed(ticket, kind, policy)
    if allowed is None:
        return ticket, ()
    clock = TicketClock(kind, _cycle(ticket, kind), ClockState.RUNNING, (Span(at),), allowed)
    clock = replace(clock, due_at=_due(clock, _calendar(ticket, policy)))
    ticket = rearm(put(ticket, clock), policy)
    return ticket, (ClockStarted(kind, clock.cycle, _known(clock.due_at)),)


def start_timer(ticket: Ticket, kind: ClockKind, at: datetime, due: datetime) -> Ticket:
    """Begin a wall-clock cycle; one of the kind that still runs is replaced by it."""
    return put(ticket, TicketClock(kind, _cycle(ticket, kind), ClockState.RUNNING, (Span(at),), None, due, next_at=due))


def stop(ticket: Ticket, kinds: Iterable[ClockKind], at: datetime, policy: Policy) -> Changed:
    """End these clocks as of `at`, which may lie before now; a reply clock says how long it ran and whether late."""
    facts: list[Fact] = []
    for kind in kinds:
        clock = ticket.clock(kind)
        if clock is None or clock.state is ClockState.STOPPED:
            continue
        spans = _ended(clock, at)
        stopped = replace(clock, state=ClockState.STOPPED, spans=spans, next_at=None)
        ticket = put(ticket, stopped)
        if kind.is_reply:
            used = _used(spans, _calendar(ticket, policy))
            late = clock.target is not None and used > clock.target
            facts.append(ClockStopped(kind, clock.cycle, round(used.total_seconds()), late))
    return ticket, tuple(facts)


def unstop(ticket: Ticket, at: datetime, policy: Policy) -> Changed:
    """The answer that stopped a clock as of `at` never arrived: a new cycle runs on as if there had been none."""
    for clock in _reply_clocks(ticket, ClockState.STOPPED):
        busy = _reply_clocks(ticket, ClockState.RUNNING) or _reply_clocks(ticket, ClockState.PAUSED)
        if clock.spans[-1].end == at and not busy:
            spans = (*clock.spans[:-1], Span(clock.spans[-1].start))
            again = TicketClock(clock.kind, clock.cycle + 1, ClockState.RUNNING, spans, clock.target)
            again = replace(again, due_at=_due(again, _calendar(ticket, policy)))
            ticket = rearm(put(ticket, again), policy)
            return ticket, (ClockStarted(again.kind, again.cycle, _known(again.due_at)),)
    return ticket, ()


def pause(ticket: Ticket, at: datetime) -> Changed:
    """The ticket goes on hold: its running reply clocks keep their remaining business time."""
    facts: list[Fact] = []
    for clock in _reply_clocks(ticket, ClockState.RUNNING):
        paused = replace(clock, state=ClockState.PAUSED, spans=_ended(clock, at), due_at=None, next_at=None)
        ticket = put(ticket, paused)
        facts.append(ClockPaused(clock.kind, clock.cycle))
    return ticket, tuple(facts)


def resume(ticket: Ticket, at: datetime, policy: Policy) -> Changed:
    """The hold is over: paused reply clocks run on with what they had left."""
    facts: list[Fact] = []
    for clock in _reply_clocks(ticket, ClockState.PAUSED):
        running = replace(clock, state=ClockState.RUNNING, spans=(*clock.spans, Span(at)))
        running = replace(running, due_at=_due(running, _calendar(ticket, policy)))
        ticket = put(ticket, running)
        facts.append(ClockResumed(clock.kind, clock.cycle, _known(running.due_at)))
    return rearm(ticket, policy), tuple(facts)


def recount(ticket: Ticket, policy: Policy) -> Changed:
    """Tier, priority, queue or policy changed: count live deadlines again from their own start, with their pauses."""
    facts: list[Fact] = []
    for clock in (*_reply_clocks(ticket, ClockState.RUNNING), *_reply_clocks(ticket, ClockState.PAUSED)):
        allowed = _allowed(ticket, clock.kind, policy) or clock.target
        moved = replace(clock, target=allowed)
        if clock.running:
            moved = replace(moved, due_at=_due(moved, _calendar(ticket, policy)))
            if moved.due_at != clock.due_at:
                facts.append(ClockMoved(clock.kind, clock.cycle, _known(moved.due_at)))
        ticket = put(ticket, moved)
    return rearm(ticket, policy), tuple(facts)


def rearm(ticket: Ticket, policy: Policy) -> Ticket:
    """Set when the worker must look at each running reply clock: at its next step, or never while a reply is on its
    way (a held or queued reply silences warnings; when it fails or is undone the steps that passed fire at once)."""
    for clock in _reply_clocks(ticket, ClockState.RUNNING):
        waiting = [at for _, at in _steps(ticket, clock, policy)]
        next_at = None if ticket.in_flight else min(waiting, default=None)
        if next_at != clock.next_at:
            ticket = put(ticket, replace(clock, next_at=next_at))
    return ticket


def passed(ticket: Ticket, clock: TicketClock, now: datetime, policy: Policy) -> tuple[str, ...]:
    """The steps of a running reply clock that have passed and not fired in this cycle, earliest first."""
    return tuple(step for step, at in sorted(_steps(ticket, clock, policy), key=lambda s: s[1]) if at <= now)


def used(ticket: Ticket, clock: TicketClock, now: datetime, policy: Policy) -> timedelta:
    """Business time a reply clock has run until `now`."""
    return _used(_ended(clock, now), _calendar(ticket, policy))


def _steps(ticket: Ticket, clock: TicketClock, policy: Policy) -> list[tuple[str, datetime]]:
    """The steps that have not fired, with their instants."""
    calendar = _calendar(ticket, policy)
    shares = [(warning.id, warning.share) for warning in policy.warnings] + [(BREACH, 1.0)]
    return [(step, _due(clock, calendar, share)) for step, share in shares if step not in clock.fired]


def _due(clock: TicketClock, calendar: Calendar, share: float = 1.0) -> datetime:
    """When `share` of the target is spent, if the clock runs on."""
    allowed = (clock.target or timedelta()) * share
    left = allowed - _used(clock.spans[:-1], calendar)
    return calendar.add(clock.spans[-1].start, max(left, timedelta()))


def _used(spans: Iterable[Span], calendar: Calendar) -> timedelta:
    return sum((calendar.between(s.start, s.end) for s in spans if s.end is not None), timedelta())


def _ended(clock: TicketClock, at: datetime) -> tuple[Span, ...]:
    """The spans as they were at `at`: what ran later counts for nothing."""
    return tuple(Span(s.start, max(s.start, min(at, s.end or at))) for s in clock.spans)


def _reply_clocks(ticket: Ticket, state: ClockState) -> list[TicketClock]:
    clocks = (ticket.clock(kind) for kind in REPLY_KINDS)
    return [clock for clock in clocks if clock is not None and clock.state is state]


def _allowed(ticket: Ticket, kind: ClockKind, policy: Policy) -> timedelta | None:
    target = policy.target(ticket.tier, ticket.priority, ticket.queue)
    if target is None:
        return None
    return target.first_reply if kind is ClockKind.FIRST_REPLY else target.next_reply


def _calendar(ticket: Ticket, policy: Policy) -> Calendar:
    return policy.queue(ticket.queue).calendar


def _cycle(ticket: Ticket, kind: ClockKind) -> int:
    before = ticket.clock(kind)
    return before.cycle + 1 if before else 1


def _known(due: datetime | None) -> datetime:
    assert due is not None, "a running reply clock has a deadline"
    return due
