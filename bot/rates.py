"""How fast a platform lets us ask: said by its registry row, kept by the outbox's buckets."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then `per_second`."""

    per_second: float
    burst: int


UNLIMITED = Rate(1000, 1000)
"""For what is on this machine."""
PERSON = Rate(1, 4)
"""Direct messages to one teammate, on whatever desk: the strictest of them (Slack, about 1/s a conversation)."""
