"""A ticket and where it stands: its conversation, its entries, its threads on the desks. Frozen values; storage makes
them from rows, `decide` makes new from old. Who there is: `core.people`; what is written: `core.messages`."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.clocks import ClockKind, ClockState, TicketClock
from core.ids import (
    ChannelName,
    ContactId,
    ConversationId,
    DeskName,
    InboxName,
    MessageId,
    PersonId,
    QueueName,
    ThreadId,
    TicketId,
)
from core.people import Tier
from core.say import Say


class Status(StrEnum):
    """new -> open -> pending (the customer's turn) / hold (a third party's turn) -> closed. Snooze is not a status."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    HOLD = "hold"
    CLOSED = "closed"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class SendMode(StrEnum):
    """How plain text in a thread is taken: an internal note, or (live, the assignee's only) sent to the customer."""

    EXPLICIT = "explicit"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class ThreadRef:
    """Where a ticket stands on a desk: `place` is a channel or group, `root` the card's message, or a topic.

    `card`: the card's message in a topic, once it is there; empty where the card is the root.
    """

    desk: DeskName
    place: str
    root: str
    card: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class PostRef:
    """One message inside a thread, as the desk names it."""

    desk: DeskName
    place: str
    post: str


class EntryKind(StrEnum):
    CUSTOMER = "customer"
    REPLY = "reply"
    NOTE = "note"
    LINE = "line"
    """A line of the log: claimed, escalated, a warning."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a ticket's thread, in order of `seq`. Desks post entries; the console tails them by `rev`.

    `rev` is the ticket's version at the entry's last change, so a reader who has seen `rev` N asks for what is above N.
    """

    ticket: TicketId
    seq: int
    rev: int
    kind: EntryKind
    at: datetime
    message: MessageId | None = None
    say: Say | None = None
    by: PersonId | None = None
    mention: PersonId | None = None
    """Who is pinged by the post; nobody else is."""
    origin: PostRef | None = None
    """The desk message this entry was typed as: that desk shows it already."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One matter of one customer. Everything that decides its fate, and nothing that only describes it."""

    id: TicketId
    version: int
    queue: QueueName
    inbox: InboxName
    channel: ChannelName
    conversation: ConversationId
    contact: ContactId
    opened_at: datetime
    status: Status = Status.NEW
    priority: Priority = Priority.NORMAL
    tier: Tier = Tier.STANDARD
    language: str | None = None
    country: str | None = None
    assignee: PersonId | None = None
    assigned_at: datetime | None = None
    tags: frozenset[str] = frozenset()
    mode: SendMode = SendMode.EXPLICIT
    level: int = 0
    """How far it was escalated; 0 is not."""
    acked_by: PersonId | None = None
    closed_at: datetime | None = None
    close_code: str = ""
    snoozed_until: datetime | None = None
    previous: TicketId | None = None
    entries: int = 0
    """How many entries its thread has: the next one's `seq`."""
    last_customer: MessageId | None = None
    last_customer_at: datetime | None = None
    last_received_at: datetime | None = None
    """When we took in their last message: what a burst is measured by."""
    last_reply_at: datetime | None = None
    last_reply_by: PersonId | None = None
    zone: str | None = None
    """The customer's time zone, as far as it is known or assumed."""
    triggers: frozenset[str] = frozenset()
    """Kinds of alarm that something said or done set off: they ping at night, too."""
    consulted: str = ""
    """Who is asked inside and has not answered: `queue:finance`, `person:3`."""
    consulted_by: PersonId | None = None
    in_flight: frozenset[MessageId] = frozenset()
    """Replies given and not yet taken by the channel: while there are any, warnings are silent."""
    clocks: tuple[TicketClock, ...] = ()
    """The newest cycle of each kind; of earlier ones the history tells."""

    def clock(self, kind: ClockKind) -> TicketClock | None:
        """The newest cycle of `kind`, whatever its state."""
        return max((c for c in self.clocks if c.kind is kind), key=lambda c: c.cycle, default=None)

    def running(self, kind: ClockKind) -> TicketClock | None:
        """The clock of `kind`, while it runs."""
        clock = self.clock(kind)
        return clock if clock is not None and clock.running else None

    @property
    def deadline(self) -> TicketClock | None:
        """The clock towards the customer that is due next, while one runs."""
        running = [c for c in self.clocks if c.kind.is_target and c.running and c.due_at]
        return min(running, key=lambda c: c.due_at or c.started_at, default=None)

    @property
    def waiting_since(self) -> datetime | None:
        """Since when the customer has no answer of a person; on hold they wait, too."""
        waits = (c for c in self.clocks if c.kind.is_reply and c.state is not ClockState.STOPPED)
        return min((clock.started_at for clock in waits), default=None)

    @property
    def is_open(self) -> bool:
        return self.status is not Status.CLOSED

    def window_ends(self, window: timedelta | None) -> datetime | None:
        """When the channel stops taking free text: counted from the customer's last message, wall clock."""
        if window is None or self.last_customer_at is None:
            return None
        return self.last_customer_at + window


@dataclass(frozen=True, slots=True)
class Thread:
    """A ticket's place on one desk. A ticket has one current thread a desk; old ones keep a pointer."""

    id: ThreadId
    ticket: TicketId
    ref: ThreadRef
    current: bool = True
    posted: int = 0
    """Entries below this seq stand in the thread."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Unique (inbox, key); points to its current ticket. Key: the customer's address, or what a channel threads by."""

    id: ConversationId
    inbox: InboxName
    key: str
    contact: ContactId
    ticket: TicketId | None = None
    address: str = ""
    """Where a reply goes, in the channel's own form."""
