"""What the store hands out and takes in that is no ticket: deliveries, notices, drafts, groups, history, people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.facts import Fact
from core.ids import ConversationId, DeskName, InboxName, PersonId, QueueName, TicketId
from core.model import PostRef, Ticket
from core.people import Identity, Role
from core.say import Say

FROM_CHANNEL, FROM_DESK = "channel:", "desk:"
"""What the source of a delivery begins with; the name of the inbox or desk follows."""
COUNTED = 1000
"""How far the tickets of a list are counted."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A stored delivery waiting to be worked on."""

    id: int
    source: str
    key: str
    body: bytes
    headers: Mapping[str, str]
    at: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person was told in private."""

    id: int
    person: PersonId
    say: Say
    at: datetime
    ticket: TicketId | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that stands still until a person mends it. `where`: an inbox, or a place on a desk; `code`: a key under
    `send_error.`."""

    where: str
    code: str
    since: datetime


@dataclass(frozen=True, slots=True)
class SavedFact:
    """A line of a ticket's history."""

    ticket: TicketId
    version: int
    at: datetime
    fact: Fact


@dataclass(frozen=True, slots=True)
class Group:
    """One of our places on a desk where places are set up from within: which chat it is on the platform."""

    desk: DeskName
    place: str
    chat: str
    title: str
    board: str = ""
    """Where its overview stands."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of tickets for lists. `total` above COUNTED: there are more, and nobody has counted how many."""

    tickets: tuple[Ticket, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Outline:
    """Of an open ticket, what a bulletin counts and orders by. `answered`: some reply of ours was given before."""

    id: TicketId
    queue: QueueName
    country: str | None
    assignee: PersonId | None
    opened_at: datetime
    waiting_since: datetime | None
    answered: bool
    due_at: datetime | None
    promised_at: datetime | None
    consulted: str = ""


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A reply that was not sent yet because somebody was asked "send anyway?"."""

    id: int
    ticket: TicketId
    person: PersonId
    text: str
    files: str
    """JSON of its FileNotes."""
    origin: PostRef | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose conversation: what `Tx.senders` looks for or makes."""

    inbox: InboxName
    key: str
    address: str
    identities: tuple[Identity, ...]
    name: str = ""
    country: str | None = None
    zone: str | None = None
    language: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pointer:
    """A conversation goes on in another ticket. `old`: the one it went on in before."""

    conversation: ConversationId
    old: TicketId | None
    new: TicketId


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What `dragoman people add` and an invitation make."""

    name: str
    email: str = ""
    role: Role = Role.AGENT
    queues: frozenset[QueueName] = frozenset()
    locale: str = "en"
    zone: str | None = None
    public_name: str = ""
    shifts: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    capacity: int | None = None
    substitute: PersonId | None = None
