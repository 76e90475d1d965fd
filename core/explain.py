"""How a deadline came about, step by step, as values. Pure: nothing is counted anew that `sla` has not decided.

Which row promises it, in whose hours, what counted, what did not and why, what has been told and what comes next. Not
here: the words.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core import sla
from core.clocks import ClockKind, ClockState, TicketClock
from core.hours import Calendar
from core.hours import Why as DayWhy
from core.model import Status, Ticket
from core.openings import MINUTE, openings
from core.people import Tier
from core.policy import Policy
from core.targets import Target, Whose

LINES = 7
"""How many stretches are told one by one before nights, weekends and so on are told together."""


class Why(StrEnum):
    """What did not count."""

    NIGHT = "night"
    BREAK = "break"
    """Closed and open again on one day."""
    WEEKEND = "weekend"
    """Days that have no hours in any week."""
    HOLIDAY = "holiday"
    EXCEPTION = "exception"
    """A date that has hours of its own, or none."""
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Reason:
    why: Why
    name: str = ""
    """Of a holiday or an exception, where it has one."""
    days: int = 1


@dataclass(frozen=True, slots=True)
class Counted:
    """From `start` to `end` passed `time`. `skipped`: closed or paused stretches between, which are not told singly."""

    start: datetime
    end: datetime
    time: timedelta
    skipped: tuple[tuple[Why, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Closed:
    start: datetime
    end: datetime
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Paused:
    """`end` is None while it lasts. `status`: in which the ticket was; None when nobody knows any more."""

    start: datetime
    end: datetime | None
    status: Status | None


Step = Counted | Closed | Paused


@dataclass(frozen=True, slots=True)
class Row:
    """Which row of the targets it is, from 0, and what the ticket counts as, when that is not its own tier."""

    number: int
    target: Target
    counts_as: Tier | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Of one business clock. `due_at` is None while it is paused; then `left` is what it will have when it runs on. One
    that has stopped is told until then."""

    kind: ClockKind
    state: ClockState
    allowed: timedelta
    calendar: Calendar
    whose: Whose
    row: Row | None
    started_at: datetime
    steps: tuple[Step, ...]
    due_at: datetime | None
    left: timedelta
    """Open time until it is due; nothing when it is late."""
    fired: tuple[str, ...]
    """The steps that were told, in their order."""
    coming: tuple[tuple[str, datetime], ...]
    """The steps that will be, if nobody answers."""
    unconfirmed: tuple[int, ...] = ()
    """Years that it reaches into, whose public holidays may still change."""

    @property
    def counted(self) -> timedelta:
        return sum((step.time for step in self.steps if isinstance(step, Counted)), timedelta())


def explain(
    ticket: Ticket,
    clock: TicketClock,
    policy: Policy,
    now: datetime,
    history: Sequence[tuple[datetime, Status]] = (),
) -> Explanation:
    """Of a business clock of the ticket. `history`: when the ticket's status became what, in any order; without it the
    reasons of earlier pauses are not known."""
    calendar = sla.hours(ticket, clock.kind, policy)
    row = _row(ticket, policy) if clock.kind is not ClockKind.CONSULT else None
    allowed = clock.target or timedelta()
    until = clock.spans[-1].end or clock.due_at or now
    return Explanation(
        kind=clock.kind,
        state=clock.state,
        allowed=allowed,
        calendar=calendar,
        whose=_whose(ticket, row),
        row=row,
        started_at=clock.started_at,
        steps=told(list(_steps(ticket, clock, calendar, until, history)), LINES),
        due_at=clock.due_at,
        left=max(allowed - sla.used(ticket, clock, now, policy), timedelta()),
        fired=tuple(sorted(clock.fired, key=_share)),
        coming=tuple(sorted(sla.steps(ticket, clock, policy), key=_when)) if clock.running else (),
        unconfirmed=tuple(year for year in range(clock.started_at.year, until.year + 1) if calendar.unconfirmed(year)),
    )


def told(steps: Sequence[Step], lines: int) -> tuple[Step, ...]:
    """No more than so many: first nights and breaks are told together with what counted around them, then weekends,
    then holidays, at last pauses."""
    together: set[Why] = set()
    for more in ((Why.NIGHT, Why.BREAK), (Why.WEEKEND,), (Why.HOLIDAY, Why.EXCEPTION), (Why.PAUSE,)):
        if len(steps) <= lines:
            break
        together.update(more)
        steps = _merged(steps, together)
    return tuple(steps)


def _row(ticket: Ticket, policy: Policy) -> Row | None:
    target = policy.target(ticket)
    if target is None:
        return None
    tier = policy.tier(ticket)
    return Row(policy.targets.index(target), target, tier if tier is not ticket.tier else None)


def _whose(ticket: Ticket, row: Row | None) -> Whose:
    """A customer of whom nothing is known has the team's."""
    whose = row.target.whose if row else Whose.TEAM
    return Whose.TEAM if whose is Whose.CUSTOMER and ticket.zone is None else whose


def _steps(
    ticket: Ticket, clock: TicketClock, calendar: Calendar, until: datetime, history: Sequence[tuple[datetime, Status]]
) -> Iterator[Step]:
    ended: datetime | None = None
    for span in clock.spans:
        if ended is not None and ended < span.start:
            yield Paused(ended, span.start, _status(clock.kind, ended, history))
        ended = span.end or until
        yield from _span(span.start, ended, calendar)
    if clock.state is ClockState.PAUSED:
        yield Paused(until, None, ticket.status)


def _span(start: datetime, end: datetime, calendar: Calendar) -> Iterator[Step]:
    """A stretch in which the clock ran, open and closed in turns."""
    here = start
    for opens, closes in openings(calendar, start, end):
        if here < opens:
            yield Closed(here, opens, tuple(_reasons(here, opens, calendar)))
        yield Counted(opens, closes, closes - opens)
        here = closes
    if here < end:
        yield Closed(here, end, tuple(_reasons(here, end, calendar)))


def _reasons(start: datetime, end: datetime, calendar: Calendar) -> Iterable[Reason]:
    """Why it was closed: the days in it on which nobody works as usual, else the hour of the day."""
    zone = ZoneInfo(calendar.zone)
    begins, ends = (at.astimezone(zone).replace(tzinfo=None) for at in (start, end))
    midnight = datetime.combine(begins, time())
    found: Counter[Reason] = Counter()
    while midnight < ends:
        if (reason := _of_day(calendar, midnight, begins, ends)) is not None:
            found[reason] += 1
        midnight += timedelta(days=1)
    if found:
        return [replace(reason, days=days) for reason, days in found.items()]
    minute = begins.hour * 60 + begins.minute
    opened = any(opens < minute for opens, _ in calendar.on(begins).hours)
    return [Reason(Why.BREAK if opened and begins.date() == ends.date() else Why.NIGHT)]


def _of_day(calendar: Calendar, midnight: datetime, begins: datetime, ends: datetime) -> Reason | None:
    """Whether a day's being unlike others, or its being one on which nobody ever works, closes what is between."""
    usual, day = calendar.week[midnight.weekday()], calendar.on(midnight)
    if not usual:
        return Reason(Why.WEEKEND) if not day.hours else None
    taken = any(
        max(midnight + opens * MINUTE, begins) < min(midnight + closes * MINUTE, ends) for opens, closes in usual
    )
    if not taken or day.why not in (DayWhy.EXCEPTION, DayWhy.HOLIDAY):
        return None
    return Reason(Why.HOLIDAY if day.why is DayWhy.HOLIDAY else Why.EXCEPTION, day.name)


def _status(kind: ClockKind, at: datetime, history: Sequence[tuple[datetime, Status]]) -> Status | None:
    """In which the clock stood still from then on."""
    before = [(when, status) for when, status in history if when <= at]
    if before:
        return max(before)[1]
    only = sla.PAUSED_BY.get(kind, frozenset())
    return next(iter(only)) if len(only) == 1 else None


def _merged(steps: Sequence[Step], together: set[Why]) -> list[Step]:
    """What counted, with what lies between and is told together."""
    found: list[Step] = []
    for step in steps:
        last = next((n for n in reversed(range(len(found))) if isinstance(found[n], Counted)), None)
        first = found[last] if last is not None else None
        if last is None or not (isinstance(step, Counted) and isinstance(first, Counted)):
            found.append(step)
            continue
        between = [why for it in found[last + 1 :] for why in _whys(it)]
        if not together.issuperset(between):
            found.append(step)
            continue
        skipped = Counter(dict(first.skipped)) + Counter(between) + Counter(dict(step.skipped))
        found[last:] = [Counted(first.start, step.end, first.time + step.time, tuple(sorted(skipped.items())))]
    return found


def _whys(step: Step) -> Iterable[Why]:
    match step:
        case Paused():
            return {Why.PAUSE}
        case Closed(reasons=reasons):
            return {reason.why for reason in reasons}
        case Counted():
            return ()


def _share(step: str) -> float:
    return float(step.rstrip("%"))


def _when(step: tuple[str, datetime]) -> datetime:
    return step[1]
