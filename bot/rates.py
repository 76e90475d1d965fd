"""How fast a platform lets us ask: said by its registry row, kept by the outbox's buckets."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then `per_second`."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class Budget:
    """No more than `most` within any `span`. The last `kept` of them are not for what is only cosmetic."""

    most: int
    span: timedelta
    kept: int


Limit = Rate | Budget

UNLIMITED = Rate(1000, 1000)
"""For what is on this machine."""
PERSON = Rate(1, 4)
"""Direct messages to one teammate, on whatever desk: the strictest of them (Slack, about 1/s a conversation)."""
