"""Slack's rate limits on simulator time (https://docs.slack.dev/apis/web-api/rate-limits)."""

import math
from collections.abc import Callable
from dataclasses import dataclass

PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute by tier; a burst of a whole minute's worth is let through."""
POSTS_PER_SECOND = 1.0
POST_BURST = 4
"""chat.postMessage: about one a second and channel, short bursts tolerated."""


@dataclass(slots=True)
class Bucket:
    rate: float
    burst: float
    level: float
    at: float

    def take(self, now: float) -> int:
        """0 when there was room, else the seconds to wait."""
        self.level = min(self.burst, self.level + max(0.0, now - self.at) * self.rate)
        self.at = now
        if self.level < 1:
            return max(1, math.ceil((1 - self.level) / self.rate))
        self.level -= 1
        return 0


class Limits:
    """`factor` None: no limits; 1: Slack's own; 10: ten times as generous."""

    def __init__(self, now: Callable[[], float], factor: float | None) -> None:
        self.factor = factor
        self._now = now
        self._buckets: dict[str, Bucket] = {}

    def wait(self, method: str, tier: int, channel: str) -> int:
        """Seconds until this call may be made; 0: now, and it counts."""
        if self.factor is None or tier == 0:
            return 0
        if method == "chat.postMessage":
            return self._take(f"{method} {channel}", POSTS_PER_SECOND * self.factor, POST_BURST * self.factor)
        calls = PER_MINUTE[tier] * self.factor
        return self._take(method, calls / 60, max(1.0, calls))

    def _take(self, key: str, rate: float, burst: float) -> int:
        now = self._now()
        bucket = self._buckets.setdefault(key, Bucket(rate, burst, burst, now))
        return bucket.take(now)
