"""Raising the alarm, and answering it."""

from dataclasses import dataclass

from core.commands.writing import UNWRITTEN, Draft
from core.ids import FileId, MessageId, PersonId
from core.people import NOBODY, Roster


@dataclass(frozen=True, slots=True)
class Escalate:
    by: PersonId
    draft: Draft | None = None
    """The reason, kept as a note."""
    message: MessageId = UNWRITTEN
    """Given by the door when there is a draft, as are the ids of its `files`."""
    files: tuple[FileId, ...] = ()
    roster: Roster = NOBODY
    """Given by the door."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """Something beside words and tags sets off these kinds of alarm."""

    kinds: tuple[str, ...]
    by: PersonId | None = None
    roster: Roster = NOBODY
    """Given by the door."""


@dataclass(frozen=True, slots=True)
class Ack:
    by: PersonId
