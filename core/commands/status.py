"""Where the matter stands."""

from dataclasses import dataclass
from datetime import datetime

from core.commands.writing import UNWRITTEN, Draft
from core.ids import FileId, MessageId, PersonId
from core.model import SendMode


@dataclass(frozen=True, slots=True)
class SetMode:
    by: PersonId
    mode: SendMode


@dataclass(frozen=True, slots=True)
class SetPending:
    by: PersonId
    until: datetime | None = None
    """If the customer is silent until then, somebody looks again."""


@dataclass(frozen=True, slots=True)
class Hold:
    by: PersonId
    draft: Draft | None = None
    """The reason, kept as a note."""
    message: MessageId = UNWRITTEN
    """Given by the door when there is a draft, as are the ids of its `files`."""
    files: tuple[FileId, ...] = ()


@dataclass(frozen=True, slots=True)
class Close:
    by: PersonId
    code: str = ""
    take_over: bool = False


@dataclass(frozen=True, slots=True)
class Reopen:
    by: PersonId


@dataclass(frozen=True, slots=True)
class Snooze:
    by: PersonId
    until: datetime
