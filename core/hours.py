"""Business hours: calendars, and several of them together.

A calendar is a zone, a week of local intervals, the public holidays of a region, and dated exceptions. An instant is
open when the wall clock in the zone shows an open time, so a local hour that is skipped is not counted and one that
occurs twice counts twice. What one local date has is asked in one place (`Calendar.on`). Not here: the arithmetic
(`opentime`), how hours are written (`weekly`), whose calendar applies (`policy`), and clocks.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from core import holidays
from core.opentime import DAY, EPOCH, MINUTE, WEEK, Hours, OpenWeek, Piece, count, instant, open_week
from core.places import is_zone
from core.wall import wall_date
from core.weekly import (
    DAY_MINUTES,
    DAYS,
    ImpossibleCalendar,
    Interval,
    Week,
    check_intervals,
    parse_intervals,
    parse_week,
    usual_day,
)

__all__ = [
    "DAYS",
    "Calendar",
    "Dated",
    "Day",
    "Hours",
    "ImpossibleCalendar",
    "Interval",
    "Planned",
    "Since",
    "Together",
    "Why",
    "parse_day",
]

_FIRST_DAY = EPOCH.toordinal()
CLOSED = "closed"
WORKDAY = "workday"


class Why(StrEnum):
    """What gives a local date its hours."""

    WEEK = "week"
    HOLIDAY = "holiday"
    WORKDAY = "workday"
    """A day of the weekend on which people work, to make up for a holiday."""
    EXCEPTION = "exception"


class Day(NamedTuple):
    """One local date. Intervals that begin on it are its own, however far they run into the next."""

    hours: tuple[Interval, ...]
    why: Why
    name: str = ""
    """Of the holiday or the exception, as it was given to us."""


class Dated(NamedTuple):
    """An exception: wins over the holiday and the week."""

    day: int
    """`date.toordinal()`"""
    hours: tuple[Interval, ...]
    name: str = ""


class Planned(NamedTuple):
    """A dated exception of which it is not yet known what it means in a certain calendar."""

    day: date
    hours: tuple[Interval, ...] | None
    """None: those of a working day."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Calendar(Hours):
    """Weekly hours in a zone. Immutable and hashable; equal calendars share what was computed for either."""

    zone: str
    week: Week
    holidays: str = ""
    """A region whose public holidays are closed and whose make-up days are open: `US`, `US-CA`, `CN`. Empty: none."""
    dates: tuple[Dated, ...] = ()
    """By day."""
    confirmed: int = 0
    """Somebody has checked the holidays up to this year, whatever the library says."""
    day: timedelta = field(init=False, repr=False, compare=False)
    """The open time of a usual working day: what "3 days" means."""
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raises ImpossibleCalendar."""
        if not is_zone(self.zone):
            raise ImpossibleCalendar("unknown_zone", self.zone)
        if len(self.week) != len(DAYS):
            raise ImpossibleCalendar("unknown_day", f"{len(self.week)} days")
        for intervals in (*self.week, *(dated.hours for dated in self.dates)):
            check_intervals(intervals)
        if not any(self.week):
            raise ImpossibleCalendar("never_open")
        if self.holidays and not holidays.is_region(self.holidays):
            raise ImpossibleCalendar("unknown_region", self.holidays)
        object.__setattr__(self, "day", usual_day(self.week))
        object.__setattr__(self, "_hash", hash((self.zone, self.week, self.holidays, self.dates, self.confirmed)))

    def __hash__(self) -> int:
        return self._hash

    @classmethod
    def parse(
        cls,
        zone: str,
        hours: Mapping[str, Sequence[str]],
        holidays: str = "",
        dates: Mapping[date, Sequence[str] | str] | None = None,
    ) -> Self:
        """From configuration: `{"mon": ["09:00-12:00", "13:00-18:00"], "fri": ["22:00-06:00"]}`, and by date
        `["09:00-13:00"]`, `"closed"` or `"workday"`. Raises ImpossibleCalendar."""
        usual = cls(zone, parse_week(hours), holidays)
        return usual.planned(Planned(day, parse_day(given)) for day, given in (dates or {}).items())

    @classmethod
    def always(cls) -> Self:
        """Open at every instant."""
        return cls("UTC", (((0, DAY_MINUTES),),) * len(DAYS))

    def planned(self, days: Iterable[Planned], confirmed: int = 0) -> Self:
        """With these exceptions too; those it has already win, and of two for one day the later."""
        added = {p.day.toordinal(): Dated(p.day.toordinal(), self._working(p), p.name) for p in days}
        dates = {**added, **{dated.day: dated for dated in self.dates}}
        ordered = tuple(dates[day] for day in sorted(dates))
        return replace(self, dates=ordered, confirmed=max(self.confirmed, confirmed))

    def in_zone(self, zone: str) -> Self:
        """The same hours by another wall clock. Raises ImpossibleCalendar."""
        return self if zone == self.zone else replace(self, zone=zone)

    def on(self, day: date) -> Day:
        """What a local date has, and why."""
        return self._on(day.toordinal())

    def date_at(self, at: datetime) -> date:
        """The date on the wall."""
        return wall_date(at, self.zone)

    def unconfirmed(self, year: int) -> bool:
        """Whether the holidays of a year may still change: not announced yet, up to the moon, or unknown to us."""
        return bool(self.holidays) and year > self.confirmed and not holidays.year_of(self.holidays, year).confirmed

    def compute_week(self, number: int) -> OpenWeek:
        return OpenWeek.of(
            piece for start, end, offset in _stretches(self.zone, number) for piece in self._pieces(start, end, offset)
        )

    def _pieces(self, lo: int, hi: int, offset: int) -> Iterable[Piece]:
        """Open time within [lo, hi), unordered, where wall time is instant + offset."""
        # The day before the first may reach into it overnight.
        for day in range((lo + offset) // DAY - 1, (hi + offset) // DAY + 1):
            midnight = day * DAY - offset
            for opens, closes in self._on(day + _FIRST_DAY).hours:
                piece = max(lo, midnight + opens * MINUTE), min(hi, midnight + closes * MINUTE)
                if piece[0] < piece[1]:
                    yield piece

    def _on(self, day: int) -> Day:
        index = bisect_left(self.dates, day, key=_day_of)
        if index < len(self.dates) and self.dates[index].day == day:
            return Day(self.dates[index].hours, Why.EXCEPTION, self.dates[index].name)
        weekday = (day - 1) % len(DAYS)
        if self.holidays and 0 < day <= date.max.toordinal():
            year = holidays.year_of(self.holidays, date.fromordinal(day).year)
            if day in year.workdays:
                return Day(self._working_hours(weekday), Why.WORKDAY)
            if day in year.days:
                return Day((), Why.HOLIDAY, year.days[day])
        return Day(self.week[weekday], Why.WEEK)

    def _working(self, planned: Planned) -> tuple[Interval, ...]:
        return self._working_hours(planned.day.weekday()) if planned.hours is None else planned.hours

    def _working_hours(self, weekday: int) -> tuple[Interval, ...]:
        """Of a working day on that weekday: its own hours, else those of the last weekday before it that has any."""
        return next(self.week[weekday - back] for back in range(len(DAYS)) if self.week[weekday - back])


@dataclass(frozen=True, slots=True)
class Together(Hours):
    """Open when any of them is: several people's hours."""

    members: tuple[Hours, ...]
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raises ImpossibleCalendar when there are none."""
        if not self.members:
            raise ImpossibleCalendar("never_open")
        object.__setattr__(self, "_hash", hash(self.members))

    def __hash__(self) -> int:
        return self._hash

    def last_open(self, at: datetime) -> datetime | None:
        return max((found for hours in self.members if (found := hours.last_open(at))), default=None)

    def compute_week(self, number: int) -> OpenWeek:
        weeks = list(dict.fromkeys(open_week(hours, number) for hours in self.members))
        return weeks[0] if len(weeks) == 1 else OpenWeek.of(piece for week in weeks for piece in week.pieces)


@dataclass(frozen=True, slots=True)
class Since(Hours):
    """Those hours, but closed before an instant: of somebody who is away until then."""

    hours: Hours
    since: datetime
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.hours, self.since)))

    def __hash__(self) -> int:
        return self._hash

    def last_open(self, at: datetime) -> datetime | None:
        found = self.hours.last_open(at) if at >= self.since else None
        was_open = found is not None and (found > self.since or self.hours.is_open(self.since))
        return found if was_open else None

    def compute_week(self, number: int) -> OpenWeek:
        week, since = open_week(self.hours, number), count(self.since)
        if since <= number * WEEK:
            return week
        return OpenWeek.of((max(start, since), end) for start, end in week.pieces if end > since)


def parse_day(given: Sequence[str] | str) -> tuple[Interval, ...] | None:
    """`["09:00-13:00"]`, `"closed"`; None for `"workday"`. Raises ImpossibleCalendar."""
    if isinstance(given, str):
        if given not in (CLOSED, WORKDAY):
            raise ImpossibleCalendar("bad_interval", given)
        return () if given == CLOSED else None
    return parse_intervals(given)


def _day_of(dated: Dated) -> int:
    return dated.day


@lru_cache(maxsize=8192)
def _stretches(zone: str, number: int) -> tuple[tuple[int, int, int], ...]:
    """A UTC week between the changes of the zone's offset: from, to, offset."""
    lo, hi = number * WEEK, (number + 1) * WEEK
    borders = [lo, *_changes(ZoneInfo(zone), lo, hi), hi]
    return tuple((start, end, _offset(ZoneInfo(zone), start)) for start, end in pairwise(borders))


def _changes(zone: ZoneInfo, lo: int, hi: int) -> Iterable[int]:
    """The instants in (lo, hi) at which the zone's offset changes, looked for day by day and then by halving."""
    second = MINUTE // 60
    if hi - lo > DAY:
        for start in range(lo, hi, DAY):
            yield from _changes(zone, start, min(start + DAY, hi))
    elif _offset(zone, lo) != _offset(zone, hi):
        if hi - lo <= second:
            yield hi
        else:
            middle = (lo + hi) // (2 * second) * second
            yield from _changes(zone, lo, middle)
            yield from _changes(zone, middle, hi)


def _offset(zone: ZoneInfo, here: int) -> int:
    return count(instant(here).astimezone(zone).replace(tzinfo=UTC)) - here
