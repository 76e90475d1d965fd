"""Business hours: which instants are open, and arithmetic in open time only.

A calendar is a zone and a week of local intervals. All arithmetic is between UTC instants: an instant is open when the
wall clock in the zone shows an open time, so a local hour that is skipped is not counted and one that occurs twice
counts twice. What one local date has is asked in one place (`_hours_on`). Not here: whose calendar applies, and clocks.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from core.places import is_zone

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""How weekdays are written in the configuration; the index is `date.weekday()`."""

Interval = tuple[int, int]
"""Minutes from local midnight, half-open. The end of an overnight interval lies beyond 1440."""

_DAY = 24 * 60
_MINUTE = 60_000_000
_WEEK = 7 * _DAY * _MINUTE
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1969, 12, 29, tzinfo=UTC)
"""A Monday. Instants are counted from here in whole microseconds, so that nothing is ever rounded."""


class ImpossibleCalendar(ValueError):
    """Hours that cannot be kept. `reason` is one of the codes below, `detail` the offending text.

    `unknown_zone`, `unknown_day`, `bad_interval` (not HH:MM-HH:MM), `empty_interval` (ends where it starts),
    `never_open`.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Calendar:
    """Weekly hours in a zone. Immutable and hashable; equal calendars share what was computed for either."""

    zone: str
    week: tuple[tuple[Interval, ...], ...]
    """Seven days from Monday; each its intervals by start. They may touch or overlap: time is counted once."""

    def __post_init__(self) -> None:
        """Raises ImpossibleCalendar."""
        if not is_zone(self.zone):
            raise ImpossibleCalendar("unknown_zone", self.zone)
        if len(self.week) != len(DAYS):
            raise ImpossibleCalendar("unknown_day", f"{len(self.week)} days")
        for start, end in (interval for day in self.week for interval in day):
            if start == end:
                raise ImpossibleCalendar("empty_interval", f"{start}-{end}")
            if not (0 <= start < _DAY and start < end <= start + _DAY):
                raise ImpossibleCalendar("bad_interval", f"{start}-{end}")
        if not any(self.week):
            raise ImpossibleCalendar("never_open")

    @classmethod
    def parse(cls, zone: str, hours: Mapping[str, Sequence[str]]) -> Self:
        """From configuration: `{"mon": ["09:00-12:00", "13:00-18:00"], "fri": ["22:00-06:00"]}`.

        An interval that ends before it starts runs into the next day; `24:00` is the end of the day. Days left out
        are closed. Raises ImpossibleCalendar.
        """
        week: list[tuple[Interval, ...]] = [()] * len(DAYS)
        for day, texts in hours.items():
            if day not in DAYS:
                raise ImpossibleCalendar("unknown_day", day)
            week[DAYS.index(day)] = tuple(sorted(_parse_interval(text) for text in texts))
        return cls(zone, tuple(week))

    @classmethod
    def always(cls) -> Self:
        """Open at every instant."""
        return cls("UTC", (((0, _DAY),),) * len(DAYS))

    def is_open(self, at: datetime) -> bool:
        """Whether `at` is open. Half-open: the opening instant is, the closing instant is not."""
        here = _count(at)
        return self._open_from(here) == here

    def next_open(self, at: datetime) -> datetime:
        """`at` itself when open, else the next opening."""
        return _instant(self._open_from(_count(at)))

    def add(self, start: datetime, business: timedelta) -> datetime:
        """The first instant by which `business` of open time has passed since `start`.

        A deadline that falls exactly at closing time stays there. Nothing added is `start` itself, even when closed.
        Raises ValueError when `business` is negative, OverflowError beyond the year 9999.
        """
        left = business // _MICROSECOND
        if left < 0:
            raise ValueError("business time cannot be negative")
        here = _count(start)
        if left == 0:
            return _instant(here)
        number = here // _WEEK
        left += _week(self, number).before(here)
        while (week := _week(self, number)).total < left:
            left -= week.total
            number += 1
        return _instant(week.at(left))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The open time from `start` to `end`; negative when `end` is the earlier."""
        if end < start:
            return -self.between(end, start)
        a, b = _count(start), _count(end)
        total = _week(self, b // _WEEK).before(b) - _week(self, a // _WEEK).before(a)
        total += sum(_week(self, number).total for number in range(a // _WEEK, b // _WEEK))
        return total * _MICROSECOND

    def _open_from(self, here: int) -> int:
        number = here // _WEEK
        while (opening := _week(self, number).open_from(here)) is None:
            number += 1
        return opening


class _Week(NamedTuple):
    """The open intervals of one UTC week, apart and in order, and the open time before each."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    passed: tuple[int, ...]
    total: int

    def open_from(self, here: int) -> int | None:
        index = bisect_right(self.ends, here)
        return max(here, self.starts[index]) if index < len(self.ends) else None

    def before(self, here: int) -> int:
        index = bisect_right(self.starts, here) - 1
        return 0 if index < 0 else self.passed[index] + min(here, self.ends[index]) - self.starts[index]

    def at(self, amount: int) -> int:
        """The first instant by which `amount` has passed; 0 < amount <= total."""
        index = bisect_right(self.passed, amount - 1) - 1
        return self.starts[index] + amount - self.passed[index]


@lru_cache(maxsize=16_384)
def _week(calendar: Calendar, number: int) -> _Week:
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted(_open_pieces(calendar, number * _WEEK, (number + 1) * _WEEK)):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    passed = [0]
    for start, end in zip(starts, ends, strict=True):
        passed.append(passed[-1] + end - start)
    return _Week(tuple(starts), tuple(ends), tuple(passed[:-1]), passed[-1])


def _open_pieces(calendar: Calendar, lo: int, hi: int) -> Iterable[Interval]:
    """Open time within [lo, hi), unordered. Between two changes of the zone's offset, wall time is instant + offset."""
    zone = ZoneInfo(calendar.zone)
    borders = [lo, *_changes(zone, lo, hi), hi]
    for start, end in pairwise(borders):
        offset = _offset(zone, start)
        # The day before the first may reach into it overnight.
        for day in range((start + offset) // (_DAY * _MINUTE) - 1, (end + offset) // (_DAY * _MINUTE) + 1):
            for opens, closes in _hours_on(calendar, day):
                midnight = day * _DAY * _MINUTE - offset
                piece = max(start, midnight + opens * _MINUTE), min(end, midnight + closes * _MINUTE)
                if piece[0] < piece[1]:
                    yield piece


def _hours_on(calendar: Calendar, day: int) -> tuple[Interval, ...]:
    """The hours of one local date, counted in days from the epoch's Monday."""
    return calendar.week[day % len(DAYS)]


def _changes(zone: ZoneInfo, lo: int, hi: int) -> Iterable[int]:
    """The instants in (lo, hi) at which the zone's offset changes, looked for day by day and then by halving."""
    step = _DAY * _MINUTE
    if hi - lo > step:
        for start in range(lo, hi, step):
            yield from _changes(zone, start, min(start + step, hi))
    elif _offset(zone, lo) != _offset(zone, hi):
        if hi - lo <= _MINUTE // 60:
            yield hi
        else:
            middle = (lo + hi) // (2 * (_MINUTE // 60)) * (_MINUTE // 60)
            yield from _changes(zone, lo, middle)
            yield from _changes(zone, middle, hi)


def _offset(zone: ZoneInfo, here: int) -> int:
    offset = _instant(here).astimezone(zone).utcoffset() or timedelta()
    return offset // _MICROSECOND


def _count(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _instant(count: int) -> datetime:
    return _EPOCH + count * _MICROSECOND


def _parse_interval(text: str) -> Interval:
    start_text, dash, end_text = text.partition("-")
    start, end = _parse_minute(start_text), _parse_minute(end_text)
    if not dash or start is None or end is None or start == _DAY:
        raise ImpossibleCalendar("bad_interval", text)
    if start == end:
        raise ImpossibleCalendar("empty_interval", text)
    return (start, end) if end > start else (start, end + _DAY)


def _parse_minute(text: str) -> int | None:
    hour, colon, minute = text.strip().partition(":")
    if not (colon and len(hour) == len(minute) == 2 and (hour + minute).isascii() and (hour + minute).isdigit()):
        return None
    minutes = int(hour) * 60 + int(minute)
    return minutes if int(minute) < 60 and minutes <= _DAY else None
