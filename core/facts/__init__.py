"""What happened to a ticket: the saved, append-only history. Ids, codes and numbers only, never a customer's words."""

from core.facts.alarm import Acked, Breached, Escalated, EscalationSpent, Reminded, Triggered, Warned
from core.facts.clocks import ClockMoved, ClockPaused, ClockResumed, ClockStarted, ClockStopped
from core.facts.customer import (
    AnsweredElsewhere,
    CustomerChanged,
    CustomerWrote,
    DetailsGiven,
    LeftUnseen,
    Opened,
    Unreached,
)
from core.facts.inside import ConsultAnswered, Consulted, ConsultEnded, ConsultLate
from core.facts.marks import ContactBlocked, NoteChanged, Noted, PrioritySet, Tagged, TierSet, ZoneSet
from core.facts.owning import Assigned, Claimed, HandedOn, Moved, Released
from core.facts.replies import (
    DeliveryMoved,
    EditedAfterSending,
    ReplyChanged,
    ReplyHeld,
    ReplyReleased,
    ReplyStopped,
    ReplyUndone,
)
from core.facts.status import AnswerAwaited, ModeSet, Snoozed, StatusSet, Woke
from core.facts.waiting import PromiseBroken, PromiseMade, WindowClosed

Fact = (
    Opened
    | CustomerWrote
    | CustomerChanged
    | AnsweredElsewhere
    | LeftUnseen
    | DetailsGiven
    | Unreached
    | Claimed
    | Released
    | Assigned
    | HandedOn
    | Moved
    | ReplyHeld
    | ReplyChanged
    | ReplyStopped
    | ReplyReleased
    | ReplyUndone
    | EditedAfterSending
    | DeliveryMoved
    | Noted
    | NoteChanged
    | ModeSet
    | StatusSet
    | Snoozed
    | AnswerAwaited
    | Triggered
    | Consulted
    | ConsultAnswered
    | ConsultLate
    | ConsultEnded
    | PromiseMade
    | PromiseBroken
    | WindowClosed
    | Woke
    | Escalated
    | Reminded
    | EscalationSpent
    | Acked
    | PrioritySet
    | Tagged
    | TierSet
    | ZoneSet
    | ContactBlocked
    | ClockStarted
    | ClockMoved
    | ClockPaused
    | ClockResumed
    | ClockStopped
    | Warned
    | Breached
)

__all__ = [
    "Acked",
    "AnswerAwaited",
    "AnsweredElsewhere",
    "Assigned",
    "Breached",
    "Claimed",
    "ClockMoved",
    "ClockPaused",
    "ClockResumed",
    "ClockStarted",
    "ClockStopped",
    "ConsultAnswered",
    "ConsultEnded",
    "ConsultLate",
    "Consulted",
    "ContactBlocked",
    "CustomerChanged",
    "CustomerWrote",
    "DeliveryMoved",
    "DetailsGiven",
    "EditedAfterSending",
    "Escalated",
    "EscalationSpent",
    "Fact",
    "HandedOn",
    "LeftUnseen",
    "ModeSet",
    "Moved",
    "NoteChanged",
    "Noted",
    "Opened",
    "PrioritySet",
    "PromiseBroken",
    "PromiseMade",
    "Released",
    "Reminded",
    "ReplyChanged",
    "ReplyHeld",
    "ReplyReleased",
    "ReplyStopped",
    "ReplyUndone",
    "Snoozed",
    "StatusSet",
    "Tagged",
    "TierSet",
    "Triggered",
    "Unreached",
    "Warned",
    "WindowClosed",
    "Woke",
    "ZoneSet",
]
