"""What anyone may ask of a ticket. What `decide` needs from outside travels inside the command.

Fields marked *given by the door* are filled in by `core.apply` inside the transaction; callers leave them alone.
"""

from dataclasses import dataclass
from datetime import datetime

from core.events import FileNote
from core.ids import DeskName, FileId, MessageId, PersonId, QueueName
from core.messages import Ladder
from core.model import PostRef, Priority, SendMode
from core.people import NOBODY, Roster, Tier

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


@dataclass(frozen=True, slots=True)
class Claim:
    by: PersonId
    take_over: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    by: PersonId


@dataclass(frozen=True, slots=True)
class Assign:
    by: PersonId
    to: PersonId


@dataclass(frozen=True, slots=True)
class HandOn:
    """The owner is not there. `to`: who takes it; None: the queue."""

    owner: PersonId
    to: PersonId | None
    why: str = "away"


@dataclass(frozen=True, slots=True)
class Move:
    by: PersonId
    queue: QueueName


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


@dataclass(frozen=True, slots=True)
class Ack:
    by: PersonId


@dataclass(frozen=True, slots=True)
class SetPriority:
    by: PersonId
    priority: Priority


@dataclass(frozen=True, slots=True)
class SetTags:
    by: PersonId
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    roster: Roster = NOBODY
    """Given by the door."""


@dataclass(frozen=True, slots=True)
class SetTier:
    by: PersonId
    tier: Tier


@dataclass(frozen=True, slots=True)
class SetZone:
    """Of the contact; the door writes it there."""

    by: PersonId
    zone: str


@dataclass(frozen=True, slots=True)
class FollowContact:
    """The customer's tier or zone was set on another of their tickets."""

    tier: Tier
    zone: str | None
    country: str | None


@dataclass(frozen=True, slots=True)
class SetBlocked:
    """Of the contact; the door writes it there."""

    by: PersonId
    blocked: bool
    was: bool = False
    """Given by the door."""


@dataclass(frozen=True, slots=True)
class Promised:
    """A message to the customer that the door has written: it says that a person will answer by `until`."""

    message: MessageId
    until: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Tick:
    """The clock worker: whatever of this ticket's clocks is due now."""

    roster: Roster = NOBODY
    """Given by the door."""
    promise: Promised | None = None
    """Given by the door, when there is something to be said to the customer."""


@dataclass(frozen=True, slots=True)
class Recount:
    """The policy changed: count live deadlines again."""


Written = Reply | Note | Hold | Escalate | Consult | AnswerConsult
"""Commands whose draft the door writes as a message row."""

Command = (
    ReceiveMessage
    | RecordChange
    | RecordEcho
    | RecordLeft
    | RecordDetails
    | RecordUnreached
    | MoveDelivery
    | Claim
    | Release
    | Assign
    | HandOn
    | Move
    | Reply
    | ReplaceReply
    | UndoReply
    | ReleaseReply
    | MarkEdited
    | Note
    | ChangeNote
    | SetMode
    | SetPending
    | Hold
    | Close
    | Reopen
    | Snooze
    | Escalate
    | Trigger
    | Consult
    | AnswerConsult
    | EndConsult
    | Ack
    | SetPriority
    | SetTags
    | SetTier
    | SetZone
    | FollowContact
    | SetBlocked
    | Tick
    | Recount
)
