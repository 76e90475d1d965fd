"""What the clocks did."""

from dataclasses import dataclass
from datetime import datetime

from core.clocks import ClockKind


@dataclass(frozen=True, slots=True)
class ClockStarted:
    kind: ClockKind
    cycle: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ClockMoved:
    """Tier, priority, queue or calendar changed: the deadline was counted again."""

    kind: ClockKind
    cycle: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ClockPaused:
    kind: ClockKind
    cycle: int


@dataclass(frozen=True, slots=True)
class ClockResumed:
    kind: ClockKind
    cycle: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ClockStopped:
    """`seconds`: business time it ran. `late`: beyond its target."""

    kind: ClockKind
    cycle: int
    seconds: int
    late: bool
