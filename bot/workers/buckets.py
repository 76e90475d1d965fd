"""Rate limits of the outside world, one bucket for each unit a platform counts by. In memory: after a restart the
platform's own 429 says what is left."""

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from bot.rates import UNLIMITED, Budget, Limit, Rate


class _Bucket(Protocol):
    def draw(self, now: datetime) -> None: ...
    def ready_at(self, now: datetime, *, cosmetic: bool) -> datetime:
        """When it may be drawn from next; not after `now` when it may now."""
        ...

    def is_fresh(self, now: datetime) -> bool:
        """Whether it is as if it had never been drawn from."""
        ...


class _Steady:
    """A `Rate`."""

    def __init__(self, rate: Rate, scale: float) -> None:
        self._every = timedelta(seconds=1 / (rate.per_second * scale))
        self._spare = self._every * (rate.burst - 1)
        self._full_at: datetime | None = None
        """Further ahead than the burst allows means: wait."""

    def draw(self, now: datetime) -> None:
        self._full_at = max(self._full_at or now, now) + self._every

    def ready_at(self, now: datetime, *, cosmetic: bool) -> datetime:
        return (self._full_at or now) - self._spare

    def is_fresh(self, now: datetime) -> bool:
        return self._full_at is None or self._full_at <= now


class _Windowed:
    """A `Budget`."""

    def __init__(self, budget: Budget, scale: float) -> None:
        self._span = budget.span / scale
        self._most, self._kept = budget.most, budget.kept
        self._drawn: deque[datetime] = deque(maxlen=budget.most)

    def draw(self, now: datetime) -> None:
        self._drawn.append(now)

    def ready_at(self, now: datetime, *, cosmetic: bool) -> datetime:
        room = self._most - (self._kept if cosmetic else 0)
        return self._drawn[-room] + self._span if len(self._drawn) >= room else now

    def is_fresh(self, now: datetime) -> bool:
        return not self._drawn or self._drawn[-1] + self._span <= now


class Buckets:
    """Which buckets may be drawn from now. `limits`: by the first word of a bucket's name; `scale` stretches them."""

    def __init__(self, limits: Mapping[str, Limit], scale: float = 1.0) -> None:
        self._limits = limits
        self._scale = scale
        self._buckets: dict[str, _Bucket] = {}
        self._halted: dict[str, datetime] = {}

    def draw(self, bucket: str, now: datetime) -> None:
        if bucket not in self._buckets:
            self._buckets[bucket] = self._made(bucket)
        self._buckets[bucket].draw(now)

    def halt(self, bucket: str, until: datetime) -> None:
        """The platform said not before then."""
        self._halted[bucket] = max(until, self._halted.get(bucket, until))

    def full(self, now: datetime, *, cosmetic: bool = False) -> list[str]:
        """Those that must not be drawn from now, or not by what is only cosmetic. What has recovered is forgotten."""
        self._halted = {bucket: until for bucket, until in self._halted.items() if until > now}
        self._buckets = {name: bucket for name, bucket in self._buckets.items() if not bucket.is_fresh(now)}
        return [name for name in self._names() if self._ready_at(name, now, cosmetic=cosmetic) > now]

    def next_ready(self, now: datetime) -> datetime | None:
        """When the first of the full buckets may be drawn from."""
        waits = [self._ready_at(name, now, cosmetic=cosmetic) for name in self._names() for cosmetic in (False, True)]
        return min((at for at in waits if at > now), default=None)

    def _names(self) -> Iterable[str]:
        return {*self._halted, *self._buckets}

    def _ready_at(self, name: str, now: datetime, *, cosmetic: bool) -> datetime:
        bucket = self._buckets.get(name)
        drawn = bucket.ready_at(now, cosmetic=cosmetic) if bucket else now
        return max(drawn, self._halted.get(name, now))

    def _made(self, name: str) -> _Bucket:
        limit = self._limits.get(name.partition(":")[0], UNLIMITED)
        return _Steady(limit, self._scale) if isinstance(limit, Rate) else _Windowed(limit, self._scale)
