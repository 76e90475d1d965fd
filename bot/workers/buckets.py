"""Rate limits of the outside world, one bucket for each unit a platform counts by. In memory: after a restart the
platform's own 429 says what is left."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.rates import UNLIMITED, Rate


class Buckets:
    """Which buckets may be drawn from now. `rates`: by the first word of a bucket's name; `scale` stretches them."""

    def __init__(self, rates: Mapping[str, Rate], scale: float = 1.0) -> None:
        self._rates = rates
        self._scale = scale
        self._free_at: dict[str, datetime] = {}
        """When the bucket would be full again; further ahead than its burst allows means: wait."""
        self._halted: dict[str, datetime] = {}

    def draw(self, bucket: str, now: datetime) -> None:
        rate = self._rate(bucket)
        full_at = max(self._free_at.get(bucket, now), now)
        self._free_at[bucket] = full_at + timedelta(seconds=1 / (rate.per_second * self._scale))

    def halt(self, bucket: str, until: datetime) -> None:
        """The platform said not before then."""
        self._halted[bucket] = max(until, self._halted.get(bucket, until))

    def full(self, now: datetime) -> list[str]:
        """Those that must not be drawn from now. What has recovered is forgotten."""
        self._halted = {bucket: until for bucket, until in self._halted.items() if until > now}
        self._free_at = {bucket: at for bucket, at in self._free_at.items() if at > now}
        return [bucket for bucket in {*self._halted, *self._free_at} if self._ready_at(bucket, now) > now]

    def next_ready(self, now: datetime) -> datetime | None:
        """When the first of the full buckets may be drawn from."""
        return min((self._ready_at(bucket, now) for bucket in self.full(now)), default=None)

    def _ready_at(self, bucket: str, now: datetime) -> datetime:
        rate = self._rate(bucket)
        spare = timedelta(seconds=(rate.burst - 1) / (rate.per_second * self._scale))
        drawn = self._free_at.get(bucket, now) - spare
        return max(drawn, self._halted.get(bucket, now))

    def _rate(self, bucket: str) -> Rate:
        return self._rates.get(bucket.partition(":")[0], UNLIMITED)
