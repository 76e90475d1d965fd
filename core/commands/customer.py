"""What customers and platforms did: recorded, never refused."""

from dataclasses import dataclass
from datetime import datetime

from core.ids import DeskName, FileId, MessageId, PersonId
from core.people import NOBODY, Roster


@dataclass(frozen=True, slots=True)
class ReceiveMessage:
    """The customer wrote. `stopped`: held replies the door withdrew because of it."""

    message: MessageId
    at: datetime
    files: tuple[FileId, ...] = ()
    stopped: tuple[MessageId, ...] = ()
    opens: bool = False
    """This message opens the ticket."""
    closed: bool = False
    """Given by the door: nobody who can answer works now."""
    triggers: tuple[str, ...] = ()
    """Given by the door: the kinds of alarm that the words set off."""
    roster: Roster = NOBODY
    """Given by the door."""


@dataclass(frozen=True, slots=True)
class RecordChange:
    """The customer edited, deleted or reacted to a message: `what` says which."""

    message: MessageId
    what: str


@dataclass(frozen=True, slots=True)
class RecordEcho:
    """A colleague answered in the channel's own app."""

    message: MessageId
    at: datetime
    files: tuple[FileId, ...] = ()
    opens: bool = False
    """This message opens the ticket."""


@dataclass(frozen=True, slots=True)
class RecordLeft:
    """The customer left the site chat without having seen our last words."""


@dataclass(frozen=True, slots=True)
class RecordDetails:
    """The customer said how to reach them."""


@dataclass(frozen=True, slots=True)
class RecordUnreached:
    """A desk does not let us write to a person in private: the thread has to ping them instead."""

    person: PersonId
    desk: DeskName
