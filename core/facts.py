"""What happened to a ticket: the saved, append-only history. Ids, codes and numbers only, never a customer's words."""

from dataclasses import dataclass
from datetime import datetime

from core.clocks import ClockKind
from core.ids import DeskName, FileId, MessageId, PersonId, QueueName, TicketId
from core.messages import Ladder
from core.model import Priority, SendMode, Status
from core.people import Tier


@dataclass(frozen=True, slots=True)
class Opened:
    previous: TicketId | None = None


@dataclass(frozen=True, slots=True)
class CustomerWrote:
    """`follows`: within a burst, so that its post may wait for the rest. `files`: to be fetched."""

    message: MessageId
    files: tuple[FileId, ...] = ()
    follows: bool = False


@dataclass(frozen=True, slots=True)
class CustomerChanged:
    """They edited, deleted or reacted to a message; `what` is edited, deleted or reaction."""

    message: MessageId
    what: str


@dataclass(frozen=True, slots=True)
class AnsweredElsewhere:
    """A colleague replied in the channel's own app."""

    message: MessageId
    files: tuple[FileId, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftUnseen:
    """The customer left the site chat without having seen our last words."""


@dataclass(frozen=True, slots=True)
class DetailsGiven:
    """The customer said how to reach them; what they said stands with the contact."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """A desk did not let us write to a person in private."""

    person: PersonId
    desk: DeskName


@dataclass(frozen=True, slots=True)
class Claimed:
    by: PersonId
    over: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Released:
    by: PersonId


@dataclass(frozen=True, slots=True)
class Assigned:
    by: PersonId
    to: PersonId


@dataclass(frozen=True, slots=True)
class HandedOn:
    """Its owner is not there: to somebody who is, or (None) back to the queue. `why`: away, left (works here no more),
    breach, or escalated (they are, but a step of its chain takes it from them)."""

    old: PersonId
    to: PersonId | None
    why: str = "away"


@dataclass(frozen=True, slots=True)
class Moved:
    """To another queue; `by` is None when a clock did it."""

    by: PersonId | None
    old: QueueName
    new: QueueName


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
class ModeSet:
    """`why`: asked, idle, reassigned, closed."""

    mode: SendMode
    by: PersonId | None
    why: str = "asked"


@dataclass(frozen=True, slots=True)
class StatusSet:
    """`by` is None when the customer or a clock did it. A reason in words is a note of its own."""

    old: Status
    new: Status
    by: PersonId | None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Snoozed:
    by: PersonId
    until: datetime


@dataclass(frozen=True, slots=True)
class AnswerAwaited:
    """Pending, until then: if the customer is silent, somebody looks again."""

    by: PersonId
    until: datetime


@dataclass(frozen=True, slots=True)
class Triggered:
    """Something said or done set off these kinds of alarm; `by` is None when it was the customer's words."""

    kinds: tuple[str, ...]
    by: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Consulted:
    """Somebody was asked inside: `whom` is `queue:finance` or `person:3`."""

    message: MessageId
    by: PersonId
    whom: str
    told: tuple[PersonId, ...] = ()
    away: PersonId | None = None
    """In whose place."""


@dataclass(frozen=True, slots=True)
class ConsultAnswered:
    """`seconds`: business time it took."""

    message: MessageId
    by: PersonId
    whom: str
    seconds: int
    asker: PersonId | None = None


@dataclass(frozen=True, slots=True)
class ConsultLate:
    """Their time is nearly or wholly over; `steps` as in `Warned`. `told`: those asked, and of what is over the
    supervisors."""

    whom: str
    steps: tuple[str, ...]
    due_at: datetime
    told: tuple[PersonId, ...] = ()
    asker: PersonId | None = None

    @property
    def over(self) -> bool:
        return self.steps[-1] == "100%"


@dataclass(frozen=True, slots=True)
class ConsultEnded:
    """Nobody needs the answer any more. `why`: asked or closed."""

    by: PersonId | None
    whom: str
    why: str = "asked"


@dataclass(frozen=True, slots=True)
class PromiseMade:
    """The customer was told that a person will answer by `until`; None: only that we have their words. `why`: closed
    (nobody is working) or late."""

    message: MessageId
    until: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class PromiseBroken:
    """They were told until when a person would answer, and nobody did."""

    until: datetime
    told: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class WindowClosed:
    """The channel takes our words no more, and the customer still waits."""

    at: datetime
    told: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class Woke:
    """`why`: time, customer, or silent (the customer did not answer in the time they were given)."""

    why: str


@dataclass(frozen=True, slots=True)
class Escalated:
    """`by` is None when a clock or a hard trigger did it; then `clock` says which, or `kinds` are the trigger's."""

    level: int
    by: PersonId | None
    told: tuple[PersonId, ...]
    clock: ClockKind | None = None
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reminded:
    """Nobody has acknowledged yet, and the same level is told again."""

    level: int
    told: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class EscalationSpent:
    """Nobody acknowledged and no level is left."""

    told: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class Acked:
    by: PersonId
    level: int


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


@dataclass(frozen=True, slots=True)
class ClockStarted:
    kind: ClockKind
    cycle: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ClockMoved:
    """Tier, priority, queue or calendar changed: the deadline was counted again."""

    kind: ClockKind
    cycle: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ClockPaused:
    kind: ClockKind
    cycle: int


@dataclass(frozen=True, slots=True)
class ClockResumed:
    kind: ClockKind
    cycle: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ClockStopped:
    """`seconds`: business time it ran. `late`: beyond its target."""

    kind: ClockKind
    cycle: int
    seconds: int
    late: bool


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning fired. `steps` are all that had passed (one message after an outage, not five); the last is told."""

    kind: ClockKind
    cycle: int
    steps: tuple[str, ...]
    due_at: datetime
    told: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class Breached:
    kind: ClockKind
    cycle: int
    due_at: datetime


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
