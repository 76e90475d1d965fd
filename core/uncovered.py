"""When a message may arrive that nobody can answer in time: exactly, to the minute, for one target and one team. Pure.

Between two changes of either hours, what is left for an answer rises, falls or stays by the minute; so only the changes
are looked at, and weeks cost as little as days. Which targets, whose customers and what would cure it: `coverage`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from core.openings import Line, Stretch


@dataclass(frozen=True, slots=True)
class Promise:
    """`allowed` minutes of the open time of `hours`; `closed_allowed` for what arrives while they are closed.

    It can be kept when those who can answer have `work` minutes between a message and its deadline.
    """

    hours: Line
    staffed: Line
    allowed: int
    closed_allowed: int
    work: int

    def due(self, minute: int) -> int:
        """The deadline of a message that arrives then."""
        return self.hours.add(minute, self.allowed if self.hours.is_open(minute) else self.closed_allowed)

    def lost(self, minute: int) -> bool:
        """Whether nobody can keep it."""
        return self.staffed.before(self.due(minute)) - self.staffed.before(minute) < self.work

    def needs(self, minute: int) -> int | None:
        """The open time that would have to be allowed for it to be kept; None: nobody comes at all."""
        ready = self.staffed.add(minute, self.work)
        if ready >= self.staffed.hi:
            return None
        needed = self.hours.before(ready) - self.hours.before(minute)
        # A deadline at closing time stays there, though nobody comes before the next morning.
        return needed if self.hours.add(minute, needed) >= ready else needed + 1


def uncovered(promise: Promise, lo: int, hi: int) -> list[Stretch]:
    """The stretches of [lo, hi) in which a message arrives to a promise that cannot be kept."""
    found: list[Stretch] = []
    turns = [lo, *sorted(minute for minute in _turns(promise) if lo < minute < hi), hi]
    for start, end in pairwise(turns):
        for a, b in _within(promise, start, end):
            if found and found[-1][1] == a:
                found[-1] = found[-1][0], b
            else:
                found.append((a, b))
    return found


def least(promise: Promise, stretches: Iterable[Stretch]) -> int | None:
    """The shortest target, in minutes, that would be kept whenever a message arrives in these stretches; None: no
    target would."""
    hours, staffed, work = promise.hours, promise.staffed, promise.work
    turns = {*hours.starts, *hours.ends, *staffed.starts, *staffed.ends}
    turns.update(end - work for end in staffed.ends)
    turns.update(staffed.at(before - work) for end in hours.ends if (before := staffed.before(end)) > work)
    most = 0
    for a, b in stretches:
        inside = {near for turn in turns for near in (turn, turn + 1) if a <= near < b}
        for minute in {a, b - 1, *inside}:
            needed = promise.needs(minute)
            if needed is None:
                return None
            most = max(most, needed)
    return most


def rescue(promise: Promise, stretch: Stretch) -> Stretch:
    """When somebody would have to be there, at the latest, for what arrives in a stretch: from their first look until
    the end of their last."""
    begins, ends = stretch
    last = promise.due(begins) - promise.work
    while last < ends - 1:
        last = max(promise.due(last + 1) - promise.work, last + 1)
    # What arrives when they open may be due before what came at night.
    opens = (start for start in promise.hours.starts if begins < start < ends)
    return min(promise.due(minute) for minute in (begins, *opens)) - promise.work, last + promise.work


def _within(promise: Promise, start: int, end: int) -> Iterable[Stretch]:
    """What is lost of a stretch without a turn: all, nothing, or what lies on one side of one minute."""
    first, last = promise.lost(start), promise.lost(end - 1)
    if first and last:
        yield start, end
    elif first or last:
        low, high = start, end - 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if promise.lost(middle) is first else (low, middle)
        yield (start, high) if first else (high, end)


def _turns(promise: Promise) -> set[int]:
    """The minutes at which something begins or ends for a message, or for its deadline."""
    hours, staffed = promise.hours, promise.staffed
    own, theirs = {*hours.starts, *hours.ends}, {*staffed.starts, *staffed.ends}
    turns = own | theirs
    for border in own | theirs:
        before = hours.before(border) - promise.allowed
        if before >= 0:
            # A deadline that is exactly at closing time stays there; a minute later it is on another day.
            minute = hours.at(before) if before else hours.lo
            turns.update((minute, minute + 1))
    return turns
