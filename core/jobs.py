"""Outside work owed: what the outbox does in the world. A job names ids; what it sends is read when it runs.

A lane is strict first in, first out, but that what is only cosmetic lets words pass; a bucket is a rate limit of the
platform's own unit; priority chooses between lane heads. A job with a key waits at most once: enqueuing it again while
one waits changes nothing (but may bring it forward).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from core.ids import ConversationId, DeskName, FileId, InboxName, JobId, MessageId, PersonId, QueueName, TicketId


class Urgency(IntEnum):
    """Lower goes first."""

    CUSTOMER = 0
    """Words somebody waits for."""
    PING = 1
    """SLA warnings, escalations."""
    THREAD = 2
    COSMETIC = 3
    """Card edits, delivery states."""


@dataclass(frozen=True, slots=True)
class SyncThread:
    """Bring a ticket's thread on a desk up to its entries: open it, or post what it lacks, one request a run."""

    ticket: TicketId
    desk: DeskName


@dataclass(frozen=True, slots=True)
class EditEntry:
    """An entry changed: edit its post."""

    ticket: TicketId
    desk: DeskName
    seq: int


@dataclass(frozen=True, slots=True)
class EditCard:
    ticket: TicketId
    desk: DeskName


@dataclass(frozen=True, slots=True)
class PostFile:
    """A stored file goes into the thread below its post."""

    ticket: TicketId
    desk: DeskName
    file: FileId


@dataclass(frozen=True, slots=True)
class CloseThread:
    """The thread that the ticket left gets a pointer to where it went. `place`: where its queue has them now; an older
    one may stand elsewhere."""

    ticket: TicketId
    desk: DeskName
    place: str


@dataclass(frozen=True, slots=True)
class TellPerson:
    """A notice goes to a person in private, on one desk. `notice` is its row."""

    person: PersonId
    notice: int
    desk: DeskName


@dataclass(frozen=True, slots=True)
class SendReply:
    """The next unsent part of a reply goes to the customer, one request a run."""

    message: MessageId
    inbox: InboxName


@dataclass(frozen=True, slots=True)
class FetchFile:
    """Fetch an attachment from `inbox` or, when an agent attached it, from `desk`, into the Blob store."""

    file: FileId
    inbox: InboxName | None = None
    desk: DeskName | None = None


@dataclass(frozen=True, slots=True)
class MarkRead:
    """Show the customer a read tick for a message."""

    message: MessageId
    inbox: InboxName


@dataclass(frozen=True, slots=True)
class LookUpName:
    """Ask the inbox's platform what a customer is called."""

    conversation: ConversationId
    inbox: InboxName


@dataclass(frozen=True, slots=True)
class EditBoard:
    """Bring the overview that stands in a queue's place up to date."""

    queue: QueueName
    desk: DeskName
    place: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take away an answer that was meant for one person and that others can see."""

    desk: DeskName
    place: str
    post: str


Work = (
    SyncThread
    | EditEntry
    | EditCard
    | PostFile
    | CloseThread
    | TellPerson
    | SendReply
    | FetchFile
    | MarkRead
    | LookUpName
    | EditBoard
    | Withdraw
)


class JobState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    """Committed with attempt and lease before the request; with a dead lease it is uncertain."""
    DONE = "done"
    CANCELLED = "cancelled"
    PARKED = "parked"
    """Failed for good, or too often: shown to admins, who may retry it."""
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Owed:
    """A job to be enqueued."""

    work: Work
    lane: str
    bucket: str
    urgency: Urgency
    key: str
    ticket: TicketId | None = None
    not_before: datetime | None = None
    hurries: bool = False
    """When one with this key waits already, bring it forward to `not_before` (None: now), and to this urgency."""
    delay: timedelta = timedelta()
    """With no `not_before`: how long after now, so that more of the kind becomes one."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job taken from the outbox, in this `attempt`."""

    id: JobId
    work: Work
    lane: str
    bucket: str
    attempt: int
    failures: int = 0
    """How often it failed in a row before this attempt. A job of many requests, or one that waits, is taken up often
    without ever failing."""
    code: str = ""
    """Why the attempt before this failed."""
    uncertain: bool = False
    """An earlier attempt may have taken effect: a desk looks for it first, else marks it 'may appear twice'."""


def customer_lane(conversation: ConversationId) -> str:
    """One lane a conversation, which is one (inbox, customer address)."""
    return f"customer:{conversation}"


def thread_lane(ticket: TicketId, desk: DeskName) -> str:
    return f"thread:{desk}:{ticket}"


def send_key(message: MessageId) -> str:
    """The key by which a held reply is withdrawn."""
    return f"send:{message}"
