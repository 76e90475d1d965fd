"""What raised the alarm, whom it reached, and who acknowledged it."""

from dataclasses import dataclass
from datetime import datetime

from core.clocks import ClockKind
from core.ids import PersonId


@dataclass(frozen=True, slots=True)
class Triggered:
    """Something said or done set off these kinds of alarm; `by` is None when it was the customer's words."""

    kinds: tuple[str, ...]
    by: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning fired. `steps` are all that had passed (one message after an outage, not five); the last is told."""

    kind: ClockKind
    cycle: int
    steps: tuple[str, ...]
    due_at: datetime
    told: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class Breached:
    kind: ClockKind
    cycle: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Escalated:
    """`by` is None when a clock or a hard trigger did it; then `clock` says which, or `kinds` are the trigger's."""

    level: int
    by: PersonId | None
    told: tuple[PersonId, ...]
    clock: ClockKind | None = None
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reminded:
    """Nobody has acknowledged yet, and the same level is told again."""

    level: int
    told: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class EscalationSpent:
    """Nobody acknowledged and no level is left."""

    told: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class Acked:
    by: PersonId
    level: int
