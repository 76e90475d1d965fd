"""What was asked and answered inside."""

from dataclasses import dataclass
from datetime import datetime

from core.ids import MessageId, PersonId


@dataclass(frozen=True, slots=True)
class Consulted:
    """Somebody was asked inside: `whom` is `queue:finance` or `person:3`."""

    message: MessageId
    by: PersonId
    whom: str
    told: tuple[PersonId, ...] = ()
    away: PersonId | None = None
    """In whose place."""


@dataclass(frozen=True, slots=True)
class ConsultAnswered:
    """`seconds`: business time it took."""

    message: MessageId
    by: PersonId
    whom: str
    seconds: int
    asker: PersonId | None = None


@dataclass(frozen=True, slots=True)
class ConsultLate:
    """Their time is nearly or wholly over; `steps` as in `Warned`. `told`: those asked, and of what is over the
    supervisors."""

    whom: str
    steps: tuple[str, ...]
    due_at: datetime
    told: tuple[PersonId, ...] = ()
    asker: PersonId | None = None

    @property
    def over(self) -> bool:
        return self.steps[-1] == "100%"


@dataclass(frozen=True, slots=True)
class ConsultEnded:
    """Nobody needs the answer any more. `why`: asked or closed."""

    by: PersonId | None
    whom: str
    why: str = "asked"
