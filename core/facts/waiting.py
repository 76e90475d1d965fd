"""What a waiting customer was told, and for how long they could be."""

from dataclasses import dataclass
from datetime import datetime

from core.ids import MessageId, PersonId


@dataclass(frozen=True, slots=True)
class PromiseMade:
    """The customer was told that a person will answer by `until`; None: only that we have their words. `why`: closed
    (nobody is working) or late."""

    message: MessageId
    until: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class PromiseBroken:
    """They were told until when a person would answer, and nobody did."""

    until: datetime
    told: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class WindowClosed:
    """The channel takes our words no more, and the customer still waits."""

    at: datetime
    told: tuple[PersonId, ...] = ()
