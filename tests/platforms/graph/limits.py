"""Rate limits as Meta documents them, on the test's clock.

Sources: "Throughput" (80 messages a second a number) and "Pair rate limits" (one message per 6 s to the same user, up
to 45 borrowed in a burst) in the overview of the WhatsApp Cloud API; "Rate limits" of the Messenger Platform's Send API
(300 texts a second a Page, 10 with audio or video).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

PER_NUMBER = 80.0
PER_PAIR = 1 / 6
PAIR_BURST = 45.0
PER_PAGE = 300.0
PER_PAGE_HEAVY = 10.0


@dataclass(slots=True)
class _Bucket:
    """`level` tokens are there at `at`."""

    rate: float
    size: float
    level: float
    at: datetime

    def take(self, now: datetime) -> bool:
        self.level = min(self.size, self.level + (now - self.at).total_seconds() * self.rate)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


class Limits:
    """Says with which code a send is refused. `scale` multiplies rates and bursts; None: no limits at all."""

    def __init__(self, now: Callable[[], datetime], scale: float | None) -> None:
        self.scale = scale
        self._now = now
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def refuses(self, number_id: str, customer: str) -> int:
        """130429 (the number is too fast), 131056 (the pair is), or 0. A refused send costs nothing."""
        if self.scale is None:
            return 0
        if not self._take((number_id, ""), PER_NUMBER, PER_NUMBER):
            return 130429
        return 0 if self._take((number_id, customer), PER_PAIR, PAIR_BURST) else 131056

    def refuses_page(self, page_id: str, *, heavy: bool) -> int:
        """613, or 0. `heavy`: the message carries a file."""
        if self.scale is None:
            return 0
        rate = PER_PAGE_HEAVY if heavy else PER_PAGE
        return 0 if self._take((page_id, "heavy" if heavy else ""), rate, rate) else 613

    def _take(self, key: tuple[str, str], rate: float, burst: float) -> bool:
        scale, now = self.scale or 1, self._now()
        size = max(1.0, burst * scale)
        bucket = self._buckets.setdefault(key, _Bucket(rate * scale, size, size, now))
        return bucket.take(now)
