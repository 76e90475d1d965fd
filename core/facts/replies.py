"""What became of words to the customer."""

from dataclasses import dataclass
from datetime import datetime

from core.ids import DeskName, FileId, MessageId, PersonId
from core.messages import Ladder


@dataclass(frozen=True, slots=True)
class ReplyHeld:
    """A reply was given and waits out the undo time until `until`."""

    message: MessageId
    by: PersonId
    until: datetime
    files: tuple[FileId, ...] = ()
    desk: DeskName | None = None
    """Where its files are fetched from."""


@dataclass(frozen=True, slots=True)
class ReplyChanged:
    """Its text was replaced within the hold, which begins again."""

    message: MessageId
    by: PersonId
    until: datetime


@dataclass(frozen=True, slots=True)
class ReplyStopped:
    """The customer wrote while it was held: the agent is asked whether to send it anyway."""

    message: MessageId


@dataclass(frozen=True, slots=True)
class ReplyReleased:
    """Someone said: send it (again)."""

    message: MessageId
    by: PersonId


@dataclass(frozen=True, slots=True)
class ReplyUndone:
    message: MessageId
    by: PersonId


@dataclass(frozen=True, slots=True)
class EditedAfterSending:
    """An agent changed their message too late; what the customer has stays as it was."""

    message: MessageId
    by: PersonId


@dataclass(frozen=True, slots=True)
class DeliveryMoved:
    message: MessageId
    state: Ladder
    code: str = ""
    automatic: bool = False
    """Of the house's own words, which no agent gave."""
