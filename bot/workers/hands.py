"""What the outbox has in hand, and what it may begin besides: a platform that never answers must not keep all others.

Of the slots one platform gets at most a part. A job that has been in hand for long does nothing but wait: it takes no
slot from anybody, and its platform gets but a few until it answers again.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.ids import JobId
from core.jobs import Job

SLOTS = 16
"""Jobs at a time that are not waiting for a platform which hangs."""
OF_ONE = 12
"""Of these, for one platform."""
HANGS = timedelta(seconds=5)
"""A request that takes longer waits for a platform in trouble."""
TRIALS = 4
"""How many may be in hand for a platform that hangs."""
FILES = "files:"
"""How the buckets of what is fetched begin; each is in memory for as long as it travels."""
OF_FILES = 4


@dataclass(frozen=True, slots=True)
class _Hand:
    job: JobId
    platform: str
    begun: datetime


class Hands:
    def __init__(self) -> None:
        self._hands: dict[asyncio.Task[None], _Hand] = {}

    def __bool__(self) -> bool:
        return bool(self._hands)

    @property
    def tasks(self) -> set[asyncio.Task[None]]:
        return set(self._hands)

    @property
    def jobs(self) -> Sequence[JobId]:
        return [hand.job for hand in self._hands.values()]

    def take(self, task: asyncio.Task[None], job: Job, now: datetime) -> None:
        self._hands[task] = _Hand(job.id, platform_of(job.bucket), now)

    def drop(self, task: asyncio.Task[None]) -> None:
        self._hands.pop(task, None)

    def are_full(self, now: datetime) -> bool:
        return sum(now - hand.begun < HANGS for hand in self._hands.values()) >= SLOTS

    def shut(self, now: datetime) -> list[str]:
        """How the buckets begin of which nothing may be begun now."""
        held = Counter(hand.platform for hand in self._hands.values())
        hanging = {hand.platform for hand in self._hands.values() if now - hand.begun >= HANGS}
        shut = [name for name, count in held.items() if count >= (TRIALS if name in hanging else OF_ONE)]
        files = sum(count for name, count in held.items() if name.startswith(FILES))
        return [*shut, *([FILES] if files >= OF_FILES else [])]

    def next_slot(self, now: datetime) -> datetime | None:
        """When the first of them counts as hanging, and another may be begun in its place."""
        later = [hand.begun + HANGS for hand in self._hands.values() if now - hand.begun < HANGS]
        return min(later, default=None)


def platform_of(bucket: str) -> str:
    """How the buckets begin behind which one platform stands: `slack:`; `person:slack:`, `files:support-number:`."""
    kind, _, rest = bucket.partition(":")
    return f"{kind}:{rest.partition(':')[0]}:" if kind in ("person", "files") else f"{kind}:"
