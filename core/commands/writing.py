"""Words of people: replies and notes, and what becomes of them."""

from dataclasses import dataclass
from datetime import datetime

from core.events import FileNote
from core.ids import DeskName, FileId, MessageId, PersonId
from core.messages import Ladder
from core.model import PostRef

UNWRITTEN = MessageId(0)
"""Stands where the door puts the id of the message row it writes."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Words a person wrote on `desk`, on their way to become a message row. `origin`: where they stand already."""

    text: str
    files: tuple[FileNote, ...] = ()
    origin: PostRef | None = None
    desk: DeskName | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """`seen`: the newest customer message that stood in the thread when the agent wrote. `force`: send anyway."""

    by: PersonId
    draft: Draft
    seen: MessageId | None
    seen_at: datetime
    """When the agent wrote; another's answer after it makes the draft stale."""
    force: bool = False
    live: bool = False
    """Plain text, taken for a reply because live mode was on: it must still be."""
    blocked: bool = False
    """Given by the door: the contact is blocked."""
    message: MessageId = UNWRITTEN
    """Given by the door, as are the ids of its `files`."""
    files: tuple[FileId, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplaceReply:
    """The agent edited the text within the hold. `withdrawn` is given by the door: nothing had left yet."""

    by: PersonId
    message: MessageId
    text: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class UndoReply:
    by: PersonId
    message: MessageId
    withdrawn: bool = False
    """Given by the door: nothing had left yet."""


@dataclass(frozen=True, slots=True)
class ReleaseReply:
    """Send a stopped, failed or uncertain reply (again). `state` and `blocked` are given by the door."""

    by: PersonId
    message: MessageId
    state: Ladder = Ladder.QUEUED
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class MarkEdited:
    """An agent changed a message that has left: it stays as sent, and the thread says so."""

    by: PersonId
    message: MessageId


@dataclass(frozen=True, slots=True)
class MoveDelivery:
    """The ladder of a reply moved. `at`: when the agent gave the reply, which dates the stop of the clock."""

    message: MessageId
    state: Ladder
    at: datetime
    by: PersonId | None
    code: str = ""
    was: Ladder = Ladder.QUEUED
    """Where it stood before: a report may come late, and take back what the channel had said."""
    automatic: bool = False
    """The house's own words: no answer, whatever becomes of them."""
    answered_at: datetime | None = None
    """Of one that failed after all: when another answer was given that has reached the customer."""


@dataclass(frozen=True, slots=True)
class Note:
    by: PersonId
    draft: Draft
    message: MessageId = UNWRITTEN
    """Given by the door, as are the ids of its `files`."""
    files: tuple[FileId, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """A note was edited or deleted where it was typed; `text` None means deleted."""

    by: PersonId
    message: MessageId
    text: str | None
