"""What stretches of several weeks have in common: what comes back in the week, and what comes once. Pure.

By the clock of a place, in steps of five minutes. Which stretches, and what they mean, is not known here.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from core.openings import Stretch, instant
from core.say import WeekTimes

DAY = 24 * 60
WEEK = 7 * DAY
"""Minutes, as everything here."""
_STEP = 5
"""What is shown is for planning: nobody's shift begins at 16:01."""

_SEVERAL = 3
"""Days of one week: then it is no holiday, but the week before a clock changes."""

Piece = tuple[int, int]
"""Minutes since Monday's midnight by the clock of a place, half-open; the end may lie in the next week."""


@dataclass(frozen=True, slots=True)
class Usual:
    """`pieces`: what comes back, apart and in order. `examples`: one of each shape. `once`: what comes beside them."""

    pieces: tuple[Piece, ...]
    examples: tuple[Stretch, ...]
    once: tuple[Stretch, ...]


def usual(stretches: Sequence[Stretch], zone: tzinfo, whole: Stretch) -> Usual:
    """What begins at the same time in two weeks, for as long, or on several days, is usual: so is what goes on without
    an end."""
    if whole in stretches:
        return Usual(((0, WEEK),), (), ())
    shapes: dict[tuple[int, int], list[Stretch]] = defaultdict(list)
    for stretch in stretches:
        shapes[_begins(stretch, zone), stretch[1] - stretch[0]].append(stretch)
    daily = Counter((begins % DAY, length) for begins, length in shapes)
    again = {
        (begins, length): found
        for (begins, length), found in shapes.items()
        if length < WEEK and (len(found) > 1 or daily[begins % DAY, length] >= _SEVERAL)
    }
    cells = _cells((begins, begins + length) for begins, length in again)
    once = [stretch for stretch in stretches if not _covers(cells, _begins(stretch, zone), stretch)]
    return Usual(_pieces(cells), tuple(found[0] for found in again.values()), tuple(once))


def united(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """What any of them holds, apart and in order."""
    return _pieces(_cells(pieces))


def by_clock(stretch: Stretch, zone: tzinfo, to: int = _STEP) -> Piece:
    """The piece of the week that a stretch is, made longer to whole steps of so many minutes."""
    begins = _begins(stretch, zone)
    ends = begins + stretch[1] - stretch[0]
    return begins // to * to, -(-ends // to) * to


def moved(piece: Piece, there: tzinfo, here: tzinfo, near: int) -> Piece:
    """A piece of the week by another place's clock, as their offsets are in the week after the minute `near`."""
    at = near + (piece[0] - week_minute(near, there)) % WEEK
    begins = week_minute(at, here)
    return begins, begins + piece[1] - piece[0]


def times(pieces: Iterable[Piece]) -> tuple[WeekTimes, ...]:
    """As people say it: days on which it is at the same time together, unless it goes on into another."""
    days: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for begins, ends in pieces:
        length = ends - begins
        if length >= WEEK:
            return (WeekTimes(tuple(range(7)), 0, DAY),)
        days[begins % DAY, length, begins // DAY if length > DAY else 0].append(begins // DAY)
    return tuple(WeekTimes(tuple(sorted(found)), start, start + length) for (start, length, _), found in days.items())


def week_minute(minute: int, zone: tzinfo) -> int:
    local = instant(minute).astimezone(zone)
    return local.weekday() * DAY + local.hour * 60 + local.minute


def _begins(stretch: Stretch, zone: tzinfo) -> int:
    return week_minute(stretch[0], zone)


def _cells(pieces: Iterable[Piece]) -> bytes:
    half = WEEK // _STEP
    cells = bytearray(2 * half)
    for begins, ends in pieces:
        a, b = begins // _STEP, max(ends // _STEP, begins // _STEP + 1)
        cells[a:b] = b"\1" * (b - a)
        if b > half:
            cells[max(a - half, 0) : b - half] = cells[max(a, half) : b]
    return bytes(cells[:half])


def _covers(cells: bytes, begins: int, stretch: Stretch) -> bool:
    length = stretch[1] - stretch[0]
    a = begins // _STEP
    return length < WEEK and b"\0" not in (cells + cells)[a : max((begins + length) // _STEP, a + 1)]


def _pieces(cells: bytes) -> tuple[Piece, ...]:
    if b"\0" not in cells:
        return ((0, WEEK),)
    # From the first closed step on, so that none is cut where the week ends.
    turn = cells.index(0)
    runs = re.finditer(b"\1+", cells[turn:] + cells[:turn])
    found = [((run.start() + turn) * _STEP, (run.end() + turn) * _STEP) for run in runs]
    return tuple(sorted((a % WEEK, a % WEEK + b - a) for a, b in found))
