"""The things a helpdesk is made of. Frozen values; storage makes them from rows, `decide` makes new from old."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.clocks import ClockKind, TicketClock
from core.ids import (
    AccountId,
    ChannelName,
    ContactId,
    ConversationId,
    DeskName,
    FileId,
    InboxName,
    MessageId,
    PersonId,
    QueueName,
    ThreadId,
    TicketId,
)
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


class Tier(StrEnum):
    """The customer's worth to the house."""

    VIP = "vip"
    A = "a"
    STANDARD = "standard"


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"

    def covers(self, needed: "Role") -> bool:
        """An admin may do what a supervisor may, a supervisor what an agent may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


class SendMode(StrEnum):
    """How plain text in a thread is taken: an internal note, or (live, the assignee's only) sent to the customer."""

    EXPLICIT = "explicit"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Identity:
    """One way a customer or teammate is known: unique (kind, scope, value).

    `kind`: phone, bsuid, psid, email, visitor, slack, telegram, console. `scope`: page, portfolio or workspace within
    which the value is unique; empty where it is unique in the world.
    """

    kind: str
    scope: str
    value: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer. Name and identities are erasable."""

    id: ContactId
    name: str = ""
    company: str = ""
    account: AccountId | None = None
    tier: Tier = Tier.STANDARD
    language: str | None = None
    country: str | None = None
    zone: str | None = None
    zone_assumed: bool = True
    """The zone was guessed from phone prefix or BSUID country; `!tz` corrects it."""
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the team."""

    id: PersonId
    name: str
    public_name: str = ""
    """Shown to customers; empty: the team's name."""
    email: str = ""
    role: Role = Role.AGENT
    queues: frozenset[QueueName] = frozenset()
    locale: str = "en"
    zone: str | None = None
    away: bool = False
    active: bool = True

    def sees(self, queue: QueueName) -> bool:
        """Whether tickets of `queue` are this person's business. Admins see all."""
        return self.role is Role.ADMIN or queue in self.queues


@dataclass(frozen=True, slots=True)
class Roster:
    """The active people of the house, as they stood when asked."""

    people: tuple[Person, ...] = ()

    def members(self, queue: QueueName) -> tuple[Person, ...]:
        """Agents of the queue who are not away."""
        return tuple(p for p in self.people if queue in p.queues and not p.away)

    def supervisors(self, queue: QueueName) -> tuple[Person, ...]:
        """Supervisors of the queue who are not away; else any supervisor; else the admins, so that somebody is told."""
        ranked = [p for p in self.people if p.role is not Role.AGENT]
        own = [p for p in ranked if p.role is Role.SUPERVISOR and queue in p.queues and not p.away]
        return tuple(own or [p for p in ranked if p.role is Role.SUPERVISOR and not p.away]) or self.admins()

    def admins(self) -> tuple[Person, ...]:
        return tuple(p for p in self.people if p.role is Role.ADMIN)


NOBODY = Roster()
"""Stands where the door puts the roster."""


@dataclass(frozen=True, slots=True)
class ThreadRef:
    """Where a ticket stands on a desk: `place` is a channel, group or queue, `root` the card's message or topic."""

    desk: DeskName
    place: str
    root: str


@dataclass(frozen=True, slots=True)
class PostRef:
    """One message inside a thread, as the desk names it."""

    desk: DeskName
    place: str
    post: str


class FileState(StrEnum):
    PENDING = "pending"
    """Named by the platform, not yet fetched."""
    STORED = "stored"
    REFUSED = "refused"
    """Too large, expired or forbidden; `reason` says which."""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment of a message. `blob`: its key in the Blob store. `source`: what the platform fetches it by."""

    id: FileId
    message: MessageId
    name: str
    mime: str
    size: int | None = None
    state: FileState = FileState.PENDING
    source: str = ""
    blob: str = ""
    reason: str = ""


class MessageKind(StrEnum):
    CUSTOMER = "customer"
    REPLY = "reply"
    """A human's public answer, typed here or in the channel's own app (then `person` is None)."""
    NOTE = "note"
    """Internal. Never leaves the house."""


class Ladder(StrEnum):
    """Where a message to the customer stands. Order matters: a state only moves up (FAILED and UNCERTAIN aside)."""

    HELD = "held"
    """Waits out the undo time."""
    ASKED = "asked"
    """The customer wrote during the hold: it waits for the agent's word."""
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNDONE = "undone"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    """The platform may have it. Never repeated by itself."""

    def outranks(self, other: "Ladder") -> bool:
        """Whether a report of this state changes one that already stands at `other`; reports come in any order."""
        order = list(Ladder)
        if other is Ladder.FAILED:
            return self in (Ladder.DELIVERED, Ladder.READ)
        if self in (Ladder.FAILED, Ladder.UNCERTAIN):
            return other in (Ladder.HELD, Ladder.ASKED, Ladder.QUEUED, Ladder.SENT, Ladder.UNCERTAIN)
        if other is Ladder.UNCERTAIN:
            return self in (Ladder.SENT, Ladder.DELIVERED, Ladder.READ)
        return other is not Ladder.UNDONE and order.index(self) > order.index(other)


TAKEN = (Ladder.SENT, Ladder.DELIVERED, Ladder.READ)
"""The platform has it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One platform request of a reply: a piece of its text or one file. `seq` counts from 0."""

    seq: int
    text: str = ""
    file: FileId | None = None
    state: Ladder = Ladder.HELD
    external: str | None = None
    """The platform's id, once it took the part."""
    code: str = ""
    """Why it failed: a key under `send_error.`."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something written: by the customer, to the customer, or a note. `text` is erasable and lives nowhere else."""

    id: MessageId
    ticket: TicketId
    conversation: ConversationId
    kind: MessageKind
    text: str
    at: datetime
    person: PersonId | None = None
    external: str | None = None
    about: Say | None = None
    """What is not text: a location, a sticker, an unsupported type, said honestly."""
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    reaction: str = ""
    """The customer's reaction to this message, or the message's own emoji."""
    files: tuple[File, ...] = ()
    parts: tuple[Part, ...] = ()
    reply_to: MessageId | None = None

    def ref(self, seq: int) -> str:
        """What a channel repeats of a part: the moment in it tells it from a part of another database's."""
        return f"{self.id}.{seq}.{self.at.timestamp():.6f}"

    @property
    def ladder(self) -> Ladder:
        """A reply stands where its worst part stands."""
        return worst(part.state for part in self.parts)


def worst(states: Iterable[Ladder]) -> Ladder:
    """The state a message of several parts is shown with: a trouble if any part has one, else the lowest rung."""
    seen = list(states)
    for trouble in (Ladder.FAILED, Ladder.UNCERTAIN, Ladder.UNDONE):
        if trouble in seen:
            return trouble
    order = list(Ladder)
    return min(seen, key=order.index, default=Ladder.QUEUED)


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
    in_flight: frozenset[MessageId] = frozenset()
    """Replies given and not yet taken by the channel: while there are any, warnings are silent."""
    clocks: tuple[TicketClock, ...] = ()
    """The newest cycle of each kind; of earlier ones the history tells."""

    def clock(self, kind: ClockKind) -> TicketClock | None:
        """The newest cycle of `kind`, whatever its state."""
        return max((c for c in self.clocks if c.kind is kind), key=lambda c: c.cycle, default=None)

    @property
    def deadline(self) -> TicketClock | None:
        """The reply clock that is due next, while one runs."""
        running = [c for c in self.clocks if c.kind.is_reply and c.running and c.due_at]
        return min(running, key=lambda c: c.due_at or c.started_at, default=None)

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
