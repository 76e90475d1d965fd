"""Which promises no roster can keep, when, and what would cure it. Pure.

For each reply target and each region of customers, every minute of the next weeks is looked at (`uncovered`): would
those who can answer be there, for long enough to do it, between a message and its deadline? Who they are is asked of
`staffing`. Not here: what is said of it, and to whom.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from core.clocks import ClockKind
from core.countries import customer_hours
from core.hours import Calendar
from core.ids import QueueName
from core.openings import MINUTE, Line, Stretch, instant, minute_of
from core.opentime import Hours
from core.places import is_zone, zone_of
from core.policy import ALWAYS, Policy
from core.promises import LEAST
from core.say import WeekTimes
from core.sla import REPLY_KINDS
from core.targets import Target, Whose, worked
from core.uncovered import Promise, least, rescue, uncovered
from core.weeks import DAY, WEEK, Piece, Usual, by_clock, moved, times, united, usual

WEEKS = 8
"""How far ahead is looked. What happens in two of them is usual; what happens in one has a date."""
REGIONS = 20
_SHIFT, _TARGET = 30, 15
"""Minutes to which what is proposed is made longer."""
_BEYOND = 5 * WEEK
"""How far after the last message its deadline is looked for."""

Staffed = Callable[[QueueName, str | None], Hours | None]
"""When somebody works who can answer in a language; None: nobody ever."""


@dataclass(frozen=True, slots=True)
class Region:
    """Customers of a country whose clocks show `zone`."""

    country: str | None
    zone: str


@dataclass(frozen=True, slots=True)
class Window:
    """When in the week such messages arrive, by the customer's clock and by the team's."""

    theirs: WeekTimes
    ours: WeekTimes


@dataclass(frozen=True, slots=True)
class Cure:
    """Each by itself would do, in a usual week. `shifts`: somebody there at these times, by the team's clock.
    `target`: the shortest that could be kept. `team`: whether this one could be, in the team's hours."""

    shifts: tuple[WeekTimes, ...] = ()
    target: timedelta | None = None
    team: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A promise to customers of a region that nobody can keep."""

    row: int
    """Its place among the targets of the policy, from 0."""
    kind: ClockKind
    queue: QueueName
    region: Region
    allowed: timedelta
    """Open time of the calendar that the row names."""
    zone: str
    """The team's."""
    open_share: float = 0.0
    """Of what arrives in the hours that the row counts in, how much cannot be answered in time."""
    share: float = 0.0
    """The same of whatever arrives, at all hours."""
    windows: tuple[Window, ...] = ()
    """Of every usual week."""
    once: tuple[tuple[datetime, datetime], ...] = ()
    """What comes beside them: holidays of either side."""
    cure: Cure = Cure()


@dataclass(frozen=True, slots=True)
class Report:
    """`checked`: how many promises were looked at, one for each row, kind of reply, queue and region."""

    gaps: tuple[Gap, ...]
    """The worst first."""
    checked: int
    regions: tuple[Region, ...]
    unstaffed: tuple[QueueName, ...] = ()
    """Queues in which nobody works who is not away for good."""

    @property
    def worst(self) -> Gap | None:
        return self.gaps[0] if self.gaps else None


def regions(
    policy: Policy, known: Sequence[tuple[str | None, str]] = (), named: Iterable[str] = ()
) -> tuple[Region, ...]:
    """Where customers are: the countries that rows and the configuration (`named`) name, then those of `known`
    contacts, the most frequent first; where nobody knows any, the queues' own."""
    countries = [row.country for row in policy.targets if row.country] + list(named)
    found = [Region(country, zone) for country in countries if (zone := _zone_of(country, policy))]
    found += [Region(country, zone) for country, zone in known if is_zone(zone)]
    found = found or [Region(None, queue.calendar.zone) for queue in policy.queues.values()]
    return tuple(dict.fromkeys(found))[:REGIONS]


def coverage(policy: Policy, staffed: Staffed, places: Sequence[Region], now: datetime, weeks: int = WEEKS) -> Report:
    """What is promised of `now` and the weeks after it, to customers of these places."""
    look = _Look(policy, staffed, now, weeks)
    gaps, checked = [], 0
    for number, row in enumerate(policy.targets):
        queues = [row.queue] if row.queue else list(policy.queues)
        for queue, kind in product(queues, REPLY_KINDS):
            for region in _of_row(row, policy, queue, places):
                checked += 1
                if (gap := look.gap(number, row, kind, queue, region)) is not None:
                    gaps.append(gap)
    gaps.sort(key=lambda gap: (-gap.open_share, -gap.share, gap.row, gap.kind))
    unstaffed = tuple(queue for queue in policy.queues if staffed(queue, None) is None)
    return Report(tuple(gaps), checked, tuple(places), unstaffed)


class _Look:
    """One look at the weeks that begin now; what several promises have in common is computed once."""

    def __init__(self, policy: Policy, staffed: Staffed, now: datetime, weeks: int) -> None:
        self._policy, self._staffed = policy, staffed
        lo = minute_of(now)
        self._whole = lo, lo + weeks * WEEK
        self._lines: dict[Hours | None, Line] = {}
        self._gaps: dict[tuple[object, ...], Gap | None] = {}

    def gap(self, number: int, row: Target, kind: ClockKind, queue: QueueName, region: Region) -> Gap | None:
        """What of one promise cannot be kept."""
        hours, staffed = self._hours(row, queue, region), self._staffed(queue, row.language)
        team = self._policy.queue(queue).calendar
        key = hours, staffed, _allowed(row, kind, hours), _allowed(row, kind, team), region.zone, team
        if key not in self._gaps:
            promise = self._promise(hours, staffed, _allowed(row, kind, hours))
            lost = uncovered(promise, *self._whole)
            gap = Gap(number, kind, queue, region, promise.allowed * MINUTE, team.zone)
            in_team = self._promise(team, staffed, _allowed(row, kind, team))
            self._gaps[key] = self._looked_at(gap, promise, lost, in_team) if lost else None
        found = self._gaps[key]
        return found and replace(found, row=number, kind=kind, queue=queue, region=region)

    def _looked_at(self, gap: Gap, promise: Promise, lost: list[Stretch], in_team: Promise) -> Gap:
        theirs, ours = ZoneInfo(gap.region.zone), ZoneInfo(gap.zone)
        (lo, hi), hours = self._whole, promise.hours
        found = usual(lost, theirs, self._whole)
        return replace(
            gap,
            open_share=sum(hours.before(b) - hours.before(a) for a, b in lost) / max(hours.before(hi), 1),
            share=sum(b - a for a, b in lost) / (hi - lo),
            windows=self._windows(found.pieces, theirs, ours),
            once=tuple((instant(a), instant(b)) for a, b in found.once),
            cure=Cure(
                shifts=times(united(by_clock(rescue(promise, one), ours, _SHIFT) for one in found.examples)),
                target=self._shortest(promise, found),
                team=promise.hours != in_team.hours and not self._usually(in_team),
            ),
        )

    def _shortest(self, promise: Promise, found: Usual) -> timedelta | None:
        """The target that would be kept in usual weeks."""
        needed = least(promise, found.examples) if found.examples else None
        if needed is None:
            return None
        allowed = -(-needed // _TARGET) * _TARGET
        longer = replace(promise, allowed=allowed, closed_allowed=max(allowed, promise.closed_allowed))
        return None if self._usually(longer) else allowed * MINUTE

    def _usually(self, promise: Promise) -> bool:
        """Whether it cannot be kept in a usual week."""
        return bool(usual(uncovered(promise, *self._whole), ZoneInfo("UTC"), self._whole).pieces)

    def _windows(self, pieces: Iterable[Piece], theirs: ZoneInfo, ours: ZoneInfo) -> tuple[Window, ...]:
        together: dict[tuple[int, int, int], list[tuple[Piece, Piece]]] = {}
        for piece in pieces:
            here = moved(piece, theirs, ours, self._whole[0])
            alike = piece[0] % DAY, piece[1] - piece[0], (here[0] - piece[0]) % WEEK
            together.setdefault(alike, []).append((piece, here))
        return tuple(
            Window(theirs=there, ours=here)
            for pairs in together.values()
            for there, here in zip(times(p for p, _ in pairs), times(p for _, p in pairs), strict=True)
        )

    def _promise(self, hours: Hours, staffed: Hours | None, allowed: tuple[int, int]) -> Promise:
        return Promise(self._line(hours), self._line(staffed), *allowed, work=min(LEAST // MINUTE, *allowed))

    def _line(self, hours: Hours | None) -> Line:
        if hours not in self._lines:
            lo, hi = self._whole[0], self._whole[1] + _BEYOND
            self._lines[hours] = Line.of(hours, lo, hi) if hours else Line.made(lo, hi, [])
        return self._lines[hours]

    def _hours(self, row: Target, queue: QueueName, region: Region) -> Calendar:
        match row.whose:
            case Whose.ALWAYS:
                return ALWAYS
            case Whose.CUSTOMER:
                return customer_hours(region.country, region.zone, self._policy.countries)
            case Whose.TEAM:
                return self._policy.queue(queue).calendar


def _of_row(row: Target, policy: Policy, queue: QueueName, places: Sequence[Region]) -> Sequence[Region]:
    """The regions that a row tells apart: all the same where it does not count in the customer's hours."""
    if row.whose is not Whose.CUSTOMER:
        return [Region(None, policy.queue(queue).calendar.zone)]
    return [place for place in places if row.country in (None, place.country)]


def _allowed(row: Target, kind: ClockKind, hours: Calendar) -> tuple[int, int]:
    """Minutes for what arrives while the calendar is open, and while it is closed."""
    if kind is ClockKind.NEXT_REPLY:
        allowed = worked(row.next_reply, hours) // MINUTE
        return allowed, allowed
    return worked(row.first_reply, hours) // MINUTE, worked(row.closed_first_reply or row.first_reply, hours) // MINUTE


def _zone_of(country: str, policy: Policy) -> str | None:
    said = policy.countries.get(country)
    return said.zone if said else zone_of(country)
