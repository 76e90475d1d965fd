"""Counting a ticket's clocks: start, pause, resume, stop, recount, and which steps have passed. Pure.

Business clocks count the open time of the calendar that their target names; the others the wall clock. A deadline is
always a function of the clock's spans, its target and the calendar, so that nothing drifts and anything can be counted
again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from core.asked import asked_queue
from core.clocks import ClockKind, ClockState, Span, TicketClock
from core.facts import ClockMoved, ClockPaused, ClockResumed, ClockStarted, ClockStopped, Fact
from core.hours import Calendar
from core.model import Status, Ticket
from core.policy import Policy
from core.targets import worked

BREACH = "100%"
"""The step of every business clock that fires when its target is spent."""

SOON = "soon"
"""What the clock of a promise notes while a customer who wrote out of hours has been told nothing."""

REPLY_KINDS = (ClockKind.FIRST_REPLY, ClockKind.NEXT_REPLY)
BUSINESS_KINDS = tuple(kind for kind in ClockKind if kind.is_business)
PAUSED_BY: Mapping[ClockKind, frozenset[Status]] = {
    ClockKind.FIRST_REPLY: frozenset({Status.HOLD}),
    ClockKind.NEXT_REPLY: frozenset({Status.HOLD}),
    ClockKind.RESOLVE: frozenset({Status.HOLD, Status.PENDING}),
    ClockKind.CONSULT: frozenset(),
}
"""In which status a business clock stands still."""

Changed = tuple[Ticket, tuple[Fact, ...]]


def put(ticket: Ticket, *clocks: TicketClock) -> Ticket:
    """The ticket with these as its newest of their kinds, each in the place of the one before: the others stay as they
    are, and are not written again."""
    if not clocks:
        return ticket
    new = {clock.kind: clock for clock in clocks}
    kept = [new.pop(clock.kind, clock) for clock in ticket.clocks]
    return replace(ticket, clocks=(*kept, *new.values()))


def start(ticket: Ticket, kind: ClockKind, at: datetime, policy: Policy) -> Changed:
    """Begin a cycle of a business clock; nothing when no target is named for it. Of a ticket that is on hold it stands
    still at once."""
    allowed = _allowed(ticket, kind, at, policy)
    if allowed is None:
        return ticket, ()
    clock = TicketClock(kind, _cycle(ticket, kind), ClockState.RUNNING, (Span(at),), allowed)
    clock = replace(clock, due_at=_due(clock, hours(ticket, kind, policy)))
    ticket = put(ticket, replace(clock, next_at=_look_at(ticket, clock, policy)))
    return ticket, (ClockStarted(kind, clock.cycle, _known(clock.due_at)),)


def start_timer(ticket: Ticket, kind: ClockKind, at: datetime, due: datetime, look: datetime | None = None) -> Ticket:
    """Begin a wall-clock cycle, looked at when it is due or at `look`; one of the kind that still runs is replaced."""
    spans = (Span(at),)
    return put(
        ticket, TicketClock(kind, _cycle(ticket, kind), ClockState.RUNNING, spans, None, due, next_at=look or due)
    )


def stop(ticket: Ticket, kinds: Iterable[ClockKind], at: datetime, policy: Policy) -> Changed:
    """End these clocks as of `at`, which may lie before now; a business clock says how long it ran and whether late."""
    facts: list[Fact] = []
    for kind in kinds:
        clock = ticket.clock(kind)
        if clock is None or clock.state is ClockState.STOPPED:
            continue
        spans = _ended(clock, at)
        if kind.is_reply and spans[-1].end != at:
            # It stood still then, or was stopped by what was said before: if that never arrived, it runs on from there.
            spans = (*(span for span in spans if span.start <= at), Span(at, at))
        stopped = replace(clock, state=ClockState.STOPPED, spans=spans, next_at=None)
        if kind.is_business:
            used = _used(spans, hours(ticket, kind, policy))
            late = clock.target is not None and used > clock.target
            facts.append(ClockStopped(kind, clock.cycle, round(used.total_seconds()), late))
        ticket = put(ticket, stopped)
    return ticket, tuple(facts)


def unstop(ticket: Ticket, at: datetime, policy: Policy) -> Changed:
    """The answer that stopped a clock as of `at` never arrived: a new cycle runs on as if there had been none."""
    for clock in _clocks(ticket, REPLY_KINDS, ClockState.STOPPED):
        busy = _clocks(ticket, REPLY_KINDS, ClockState.RUNNING, ClockState.PAUSED)
        if clock.spans[-1].end == at and not busy:
            spans = (*clock.spans[:-1], Span(clock.spans[-1].start))
            allowed = _still_allowed(ticket, clock, policy)
            again = TicketClock(clock.kind, clock.cycle + 1, ClockState.RUNNING, spans, allowed)
            again = replace(again, due_at=_due(again, hours(ticket, clock.kind, policy)))
            ticket = rearm(put(ticket, again), policy)
            return ticket, (ClockStarted(again.kind, again.cycle, _known(again.due_at)),)
    return ticket, ()


def date_stop(ticket: Ticket, at: datetime, answered_at: datetime) -> Ticket:
    """Another answer than the one that stopped a clock as of `at` is the one that counts."""
    for clock in _clocks(ticket, REPLY_KINDS, ClockState.STOPPED):
        last = clock.spans[-1]
        if last.end == at:
            ticket = put(
                ticket, replace(clock, spans=(*clock.spans[:-1], Span(last.start, max(answered_at, last.start))))
            )
    return ticket


def reopen(ticket: Ticket, at: datetime, policy: Policy) -> Changed:
    """The matter is not settled after all: its clock runs on with what it had left, the same cycle."""
    clock = ticket.clock(ClockKind.RESOLVE)
    if clock is None or clock.state is not ClockState.STOPPED:
        return ticket, ()
    return _run_on(ticket, replace(clock, target=_still_allowed(ticket, clock, policy)), at, policy)


def follow_status(ticket: Ticket, at: datetime, policy: Policy) -> Changed:
    """Business clocks that stand still in the ticket's status keep their remaining time; the others run on."""
    facts: list[Fact] = []
    for kind in BUSINESS_KINDS:
        clock, still = ticket.clock(kind), ticket.status in PAUSED_BY[kind]
        if clock is None:
            continue
        if clock.running and still:
            paused = replace(clock, state=ClockState.PAUSED, spans=_ended(clock, at), due_at=None, next_at=None)
            ticket = put(ticket, paused)
            facts.append(ClockPaused(kind, clock.cycle))
        elif clock.state is ClockState.PAUSED and not still:
            ticket, resumed = _run_on(ticket, clock, at, policy)
            facts.extend(resumed)
    return ticket, tuple(facts)


def recount(ticket: Ticket, policy: Policy) -> Changed:
    """What decides about the target changed: count live deadlines again from their own start, with their pauses."""
    facts: list[Fact] = []
    counted: list[TicketClock] = []
    for clock in _clocks(ticket, BUSINESS_KINDS, ClockState.RUNNING, ClockState.PAUSED):
        moved = replace(clock, target=_still_allowed(ticket, clock, policy))
        if clock.running:
            moved = replace(moved, due_at=_due(moved, hours(ticket, clock.kind, policy)))
            if moved.due_at != clock.due_at:
                facts.append(ClockMoved(clock.kind, clock.cycle, _known(moved.due_at)))
        counted.append(moved)
    return rearm(put(ticket, *counted), policy), tuple(facts)


def retarget(ticket: Ticket, at: datetime, policy: Policy) -> Changed:
    """Somebody changed what decides about the target: as `recount`, and what was not promised before begins now: nobody
    is late by surprise."""
    facts: tuple[Fact, ...] = ()
    if ticket.is_open and ticket.clock(ClockKind.RESOLVE) is None:
        ticket, facts = start(ticket, ClockKind.RESOLVE, at, policy)
        if ticket.status in PAUSED_BY[ClockKind.RESOLVE]:
            ticket, paused = follow_status(ticket, at, policy)
            facts = (*facts, *paused)
    ticket, moved = recount(ticket, policy)
    return ticket, (*facts, *moved)


def rearm(ticket: Ticket, policy: Policy) -> Ticket:
    """Set when the worker must look at each running business clock: at its next step. At a reply clock, and at what a
    customer is promised meanwhile, never while a reply is on its way (a held or queued reply silences warnings; when it
    fails or is undone the steps that passed fire at once)."""
    armed: list[TicketClock] = []
    for clock in _clocks(ticket, (ClockKind.PROMISE,), ClockState.RUNNING):
        soon = clock.started_at if clock.next_at is None and SOON in clock.fired else clock.next_at
        looks = [look for look in (soon, clock.due_at, reply_due(ticket)) if look is not None]
        next_at = None if ticket.in_flight else min(looks, default=None)
        if next_at != clock.next_at:
            armed.append(replace(clock, next_at=next_at))
    for clock in _clocks(ticket, BUSINESS_KINDS, ClockState.RUNNING):
        next_at = _look_at(ticket, clock, policy)
        if next_at != clock.next_at:
            armed.append(replace(clock, next_at=next_at))
    return put(ticket, *armed)


def passed(ticket: Ticket, clock: TicketClock, now: datetime, policy: Policy) -> tuple[str, ...]:
    """The steps of a running business clock that have passed and not fired in this cycle, earliest first."""
    return tuple(step for step, at in sorted(steps(ticket, clock, policy), key=lambda s: s[1]) if at <= now)


def steps(ticket: Ticket, clock: TicketClock, policy: Policy) -> list[tuple[str, datetime]]:
    """The steps of a running business clock that have not fired, with their instants."""
    calendar = hours(ticket, clock.kind, policy)
    shares = [*((warning.id, warning.share) for warning in policy.chain(ticket).warnings), (BREACH, 1.0)]
    return [(step, _due(clock, calendar, share)) for step, share in shares if step not in clock.fired]


def reply_due(ticket: Ticket) -> datetime | None:
    """When a waiting customer is to be answered; None when nobody waits, or the clocks stand still."""
    clocks = _clocks(ticket, REPLY_KINDS, ClockState.RUNNING)
    return min((clock.due_at for clock in clocks if clock.due_at is not None), default=None)


def used(ticket: Ticket, clock: TicketClock, now: datetime, policy: Policy) -> timedelta:
    """Business time a clock has run until `now`."""
    return _used(_ended(clock, now), hours(ticket, clock.kind, policy))


def hours(ticket: Ticket, kind: ClockKind, policy: Policy) -> Calendar:
    """Whose hours a business clock of this ticket counts in."""
    if kind is ClockKind.CONSULT:
        return policy.queue(asked_queue(ticket.consulted) or ticket.queue).calendar
    return policy.calendar(ticket, policy.target(ticket))


def _look_at(ticket: Ticket, clock: TicketClock, policy: Policy) -> datetime | None:
    """At the next step of a running business clock."""
    if clock.kind.is_reply and ticket.in_flight:
        return None
    return min((at for _, at in steps(ticket, clock, policy)), default=None)


def _run_on(ticket: Ticket, clock: TicketClock, at: datetime, policy: Policy) -> Changed:
    running = replace(clock, state=ClockState.RUNNING, spans=(*clock.spans, Span(at)))
    running = replace(running, due_at=_due(running, hours(ticket, clock.kind, policy)))
    ticket = rearm(put(ticket, running), policy)
    return ticket, (ClockResumed(clock.kind, clock.cycle, _known(running.due_at)),)


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


def _clocks(ticket: Ticket, kinds: Iterable[ClockKind], *states: ClockState) -> list[TicketClock]:
    clocks = (ticket.clock(kind) for kind in kinds)
    return [clock for clock in clocks if clock is not None and clock.state in states]


def _allowed(ticket: Ticket, kind: ClockKind, started: datetime, policy: Policy) -> timedelta | None:
    if kind is ClockKind.CONSULT:
        return worked(policy.consult, hours(ticket, kind, policy))
    row = policy.target(ticket)
    return row.allowed(kind, policy.calendar(ticket, row), started) if row else None


def _still_allowed(ticket: Ticket, clock: TicketClock, policy: Policy) -> timedelta | None:
    """By the row that counts now; where none promises it any more, what was promised stays."""
    return _allowed(ticket, clock.kind, clock.started_at, policy) or clock.target


def _cycle(ticket: Ticket, kind: ClockKind) -> int:
    before = ticket.clock(kind)
    return before.cycle + 1 if before else 1


def _known(due: datetime | None) -> datetime:
    assert due is not None, "a running business clock has a deadline"
    return due
