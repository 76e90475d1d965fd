"""Where the matter stands, and who looks at it when."""

from dataclasses import dataclass
from datetime import datetime

from core.ids import PersonId
from core.model import SendMode, Status


@dataclass(frozen=True, slots=True)
class ModeSet:
    """`why`: asked, idle, reassigned, closed."""

    mode: SendMode
    by: PersonId | None
    why: str = "asked"


@dataclass(frozen=True, slots=True)
class StatusSet:
    """`by` is None when the customer or a clock did it. A reason in words is a note of its own."""

    old: Status
    new: Status
    by: PersonId | None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Snoozed:
    by: PersonId
    until: datetime


@dataclass(frozen=True, slots=True)
class AnswerAwaited:
    """Pending, until then: if the customer is silent, somebody looks again."""

    by: PersonId
    until: datetime


@dataclass(frozen=True, slots=True)
class Woke:
    """`why`: time, customer, or silent (the customer did not answer in the time they were given)."""

    why: str
