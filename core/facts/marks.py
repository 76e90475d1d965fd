"""What was noted about a ticket or its customer."""

from dataclasses import dataclass

from core.ids import DeskName, FileId, MessageId, PersonId
from core.model import Priority
from core.people import Tier


@dataclass(frozen=True, slots=True)
class Noted:
    message: MessageId
    by: PersonId
    files: tuple[FileId, ...] = ()
    desk: DeskName | None = None
    """Where its files are fetched from."""


@dataclass(frozen=True, slots=True)
class NoteChanged:
    message: MessageId
    what: str
    """edited or deleted."""


@dataclass(frozen=True, slots=True)
class PrioritySet:
    """`by` is None when a clock did it."""

    old: Priority
    new: Priority
    by: PersonId | None


@dataclass(frozen=True, slots=True)
class Tagged:
    added: tuple[str, ...]
    removed: tuple[str, ...]
    by: PersonId


@dataclass(frozen=True, slots=True)
class TierSet:
    old: Tier
    new: Tier
    by: PersonId


@dataclass(frozen=True, slots=True)
class ZoneSet:
    """The contact's time zone was corrected."""

    by: PersonId
    zone: str


@dataclass(frozen=True, slots=True)
class ContactBlocked:
    by: PersonId
    blocked: bool
