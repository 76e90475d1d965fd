"""Arithmetic in open time only, between UTC instants: what every kind of hours can do.

Open time is computed a UTC week at a time, remembered, and summed by blocks of weeks, so that years cost microseconds.
Not here: what makes an instant open (`hours`).
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, Self

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
WEEK = 7 * DAY
"""In microseconds, as instants are counted here."""
_BLOCK = 32
"""Weeks that are summed together."""
_MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1969, 12, 29, tzinfo=UTC)
"""A Monday. Instants are counted from here in whole microseconds, so that nothing is ever rounded."""
_LAST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // _MICROSECOND

Piece = tuple[int, int]
"""Open time between two counted instants, half-open."""


class OpenWeek(NamedTuple):
    """The open intervals of one UTC week, apart and in order, and the open time before each."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    passed: tuple[int, ...]
    total: int

    @classmethod
    def of(cls, pieces: Iterable[Piece]) -> Self:
        """From pieces in any order, which may touch or overlap: time is counted once."""
        starts: list[int] = []
        ends: list[int] = []
        for start, end in sorted(pieces):
            if ends and start <= ends[-1]:
                ends[-1] = max(ends[-1], end)
            else:
                starts.append(start)
                ends.append(end)
        passed = [0]
        for start, end in zip(starts, ends, strict=True):
            passed.append(passed[-1] + end - start)
        return cls(tuple(starts), tuple(ends), tuple(passed[:-1]), passed[-1])

    @property
    def pieces(self) -> Iterator[Piece]:
        return zip(self.starts, self.ends, strict=True)

    def before(self, here: int) -> int:
        """The open time of this week that has passed by `here`."""
        index = bisect_right(self.starts, here) - 1
        return 0 if index < 0 else self.passed[index] + min(here, self.ends[index]) - self.starts[index]

    def at(self, amount: int) -> int:
        """The first instant by which `amount` has passed; 0 < amount <= total."""
        index = bisect_right(self.passed, amount - 1) - 1
        return self.starts[index] + amount - self.passed[index]


class Hours:
    """Which instants are open: a calendar, or several together. Hashable, and cheaply so: what was computed is
    remembered by it."""

    __slots__ = ()

    def is_open(self, at: datetime) -> bool:
        """Whether `at` is open. Half-open: the opening instant is, the closing instant is not."""
        return self._opening(count(at)) == count(at)

    def next_open(self, at: datetime) -> datetime:
        """`at` itself when open, else the next opening. Raises OverflowError beyond the year 9999."""
        return instant(self._opening(count(at)))

    def last_open(self, at: datetime) -> datetime | None:
        """The latest instant not after `at` that was open, or at which it had just closed; None: it never was."""
        here = count(at)
        if self._opening(here) == here:
            return instant(here)
        number = here // WEEK
        if passed := open_week(self, number).before(here):
            return instant(open_week(self, number).at(passed))
        while not open_week(self, number - 1).total:
            number -= 1
            while number % _BLOCK == 0 and not _block(self, number // _BLOCK - 1):
                number -= _BLOCK
        return instant(open_week(self, number - 1).ends[-1])

    def add(self, start: datetime, business: timedelta) -> datetime:
        """The first instant by which `business` of open time has passed since `start`.

        A deadline that falls exactly at closing time stays there. Nothing added is `start` itself, even when closed.
        Raises ValueError when `business` is negative, OverflowError beyond the year 9999.
        """
        if business < timedelta():
            raise ValueError("business time cannot be negative")
        here = count(start)
        return instant(self._reach(here, business // _MICROSECOND) if business else here)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The open time from `start` to `end`; negative when `end` is the earlier."""
        if end < start:
            return -self.between(end, start)
        a, b = count(start), count(end)
        total = open_week(self, b // WEEK).before(b) - open_week(self, a // WEEK).before(a)
        return (total + self._weeks(a // WEEK, b // WEEK)) * _MICROSECOND

    def compute_week(self, number: int) -> OpenWeek:
        """The open time of a UTC week, counted from the epoch. Ask `open_week`, which remembers it."""
        raise NotImplementedError

    def _opening(self, here: int) -> int:
        return self._reach(here, 1) - 1

    def _reach(self, here: int, left: int) -> int:
        """The first instant by which `left` > 0 has passed since `here`."""
        if here + left > _LAST:
            raise OverflowError("beyond the year 9999")
        number = here // WEEK
        left += open_week(self, number).before(here)
        while (total := open_week(self, number).total) < left:
            left -= total
            number += 1
            while number % _BLOCK == 0 and (total := _block(self, number // _BLOCK)) < left:
                left -= total
                number += _BLOCK
        return open_week(self, number).at(left)

    def _weeks(self, first: int, end: int) -> int:
        """The open time of the weeks from `first` up to `end`."""
        total, number = 0, first
        while number < end:
            if number % _BLOCK == 0 and number + _BLOCK <= end:
                total += _block(self, number // _BLOCK)
                number += _BLOCK
            else:
                total += open_week(self, number).total
                number += 1
        return total


@lru_cache(maxsize=32_768)
def open_week(hours: Hours, number: int) -> OpenWeek:
    return hours.compute_week(number)


@lru_cache(maxsize=32_768)
def _block(hours: Hours, number: int) -> int:
    return sum(open_week(hours, number * _BLOCK + nth).total for nth in range(_BLOCK))


def count(at: datetime) -> int:
    return (at - EPOCH) // _MICROSECOND


def instant(counted: int) -> datetime:
    return EPOCH + counted * _MICROSECOND
