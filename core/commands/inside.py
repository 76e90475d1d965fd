"""Asking a colleague or a queue inside."""

from dataclasses import dataclass

from core.commands.writing import UNWRITTEN, Draft
from core.ids import FileId, MessageId, PersonId
from core.people import NOBODY, Roster


@dataclass(frozen=True, slots=True)
class Consult:
    """Ask a colleague or a queue inside."""

    by: PersonId
    whom: str
    draft: Draft
    message: MessageId = UNWRITTEN
    """Given by the door, as are the ids of its `files`."""
    files: tuple[FileId, ...] = ()
    roster: Roster = NOBODY
    """Given by the door."""


@dataclass(frozen=True, slots=True)
class AnswerConsult:
    by: PersonId
    draft: Draft
    message: MessageId = UNWRITTEN
    """Given by the door, as are the ids of its `files`."""
    files: tuple[FileId, ...] = ()
    roster: Roster = NOBODY
    """Given by the door."""


@dataclass(frozen=True, slots=True)
class EndConsult:
    by: PersonId
