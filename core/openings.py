"""The open stretches of any hours, one after the other, and as a line on which open time is counted in whole minutes.

For whoever must look at many instants of a few weeks at once: explanations and coverage. One instant is asked of the
hours themselves.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from core.opentime import WEEK, Hours, Piece, count, open_week
from core.opentime import instant as counted

MINUTE = timedelta(minutes=1)
BREAK = timedelta(hours=2)
"""What is closed for less only has a break: lunch ends no shift, and begins no night."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def openings(hours: Hours, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """What is open between two instants, earliest first; each as long as it goes, and none touches the next."""
    found: Piece | None = None
    lo, hi = count(start), count(end)
    for number in range(lo // WEEK, -(-hi // WEEK)):
        for opens, closes in open_week(hours, number).pieces:
            piece = max(opens, lo), min(closes, hi)
            if piece[0] >= piece[1]:
                continue
            if found is not None and found[1] == piece[0]:
                found = found[0], piece[1]
                continue
            if found is not None:
                yield counted(found[0]), counted(found[1])
            found = piece
    if found is not None:
        yield counted(found[0]), counted(found[1])


def closes(hours: Hours, at: datetime, end: datetime) -> datetime | None:
    """When what is open at an instant closes; None: not before `end`."""
    closed = next((closed for _, closed in openings(hours, at, end)), end)
    return closed if closed < end else None


def minute_of(at: datetime) -> int:
    """The whole minute that an instant is in."""
    return (at - _EPOCH) // MINUTE


def instant(minute: int) -> datetime:
    return _EPOCH + minute * MINUTE


Stretch = tuple[int, int]
"""Whole minutes since 1970, half-open."""


@dataclass(frozen=True, slots=True)
class Line:
    """Open time of [lo, hi) in whole minutes since 1970. What lies beyond counts as closed."""

    lo: int
    hi: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    passed: tuple[int, ...]
    """Open minutes before each opening, and at last all there are."""

    @classmethod
    def of(cls, hours: Hours, lo: int, hi: int) -> "Line":
        return cls.made(lo, hi, [(minute_of(a), minute_of(b)) for a, b in openings(hours, instant(lo), instant(hi))])

    @classmethod
    def made(cls, lo: int, hi: int, found: list[tuple[int, int]]) -> "Line":
        """From stretches that are apart and in order."""
        passed = accumulate((b - a for a, b in found), initial=0)
        return cls(lo, hi, tuple(a for a, _ in found), tuple(b for _, b in found), tuple(passed))

    @property
    def total(self) -> int:
        return self.passed[-1]

    def is_open(self, minute: int) -> bool:
        index = bisect_right(self.starts, minute) - 1
        return index >= 0 and minute < self.ends[index]

    def before(self, minute: int) -> int:
        """Open minutes until then."""
        index = bisect_right(self.starts, minute) - 1
        return 0 if index < 0 else self.passed[index] + min(minute, self.ends[index]) - self.starts[index]

    def at(self, amount: int) -> int:
        """The first minute by which so many open ones (at least one) have passed; `hi` when there are not so many."""
        if amount > self.total:
            return self.hi
        index = bisect_left(self.passed, amount) - 1
        return self.starts[index] + amount - self.passed[index]

    def add(self, minute: int, amount: int) -> int:
        """As `Hours.add`."""
        return minute if amount == 0 else self.at(self.before(minute) + amount)
