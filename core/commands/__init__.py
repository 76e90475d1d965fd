"""What anyone may ask of a ticket. What `decide` needs from outside travels inside the command.

Fields marked *given by the door* are filled in by `core.apply` inside the transaction; callers leave them alone.
"""

from core.commands.alarm import Ack, Escalate, Trigger
from core.commands.clocks import Promised, Recount, Tick
from core.commands.customer import ReceiveMessage, RecordChange, RecordDetails, RecordEcho, RecordLeft, RecordUnreached
from core.commands.inside import AnswerConsult, Consult, EndConsult
from core.commands.marks import FollowContact, SetBlocked, SetPriority, SetTags, SetTier, SetZone
from core.commands.owning import Assign, Claim, HandOn, Move, Release
from core.commands.status import Close, Hold, Reopen, SetMode, SetPending, Snooze
from core.commands.writing import (
    UNWRITTEN,
    ChangeNote,
    Draft,
    MarkEdited,
    MoveDelivery,
    Note,
    ReleaseReply,
    ReplaceReply,
    Reply,
    UndoReply,
)

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

__all__ = [
    "UNWRITTEN",
    "Ack",
    "AnswerConsult",
    "Assign",
    "ChangeNote",
    "Claim",
    "Close",
    "Command",
    "Consult",
    "Draft",
    "EndConsult",
    "Escalate",
    "FollowContact",
    "HandOn",
    "Hold",
    "MarkEdited",
    "Move",
    "MoveDelivery",
    "Note",
    "Promised",
    "ReceiveMessage",
    "RecordChange",
    "RecordDetails",
    "RecordEcho",
    "RecordLeft",
    "RecordUnreached",
    "Recount",
    "Release",
    "ReleaseReply",
    "Reopen",
    "ReplaceReply",
    "Reply",
    "SetBlocked",
    "SetMode",
    "SetPending",
    "SetPriority",
    "SetTags",
    "SetTier",
    "SetZone",
    "Snooze",
    "Tick",
    "Trigger",
    "UndoReply",
    "Written",
]
