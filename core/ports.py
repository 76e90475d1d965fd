"""Every Protocol between the rooms. Each method says who calls it, when, and what it must not do.

Required interfaces are small; extra abilities are Protocols of their own, asked for with `isinstance`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar, runtime_checkable

from core.commands import Command
from core.events import ChannelEvent, DeskEvent
from core.facts import Fact
from core.ids import (
    ContactId,
    ConversationId,
    DeskName,
    FileId,
    InboxName,
    JobId,
    MessageId,
    PersonId,
    QueueName,
    ThreadId,
    TicketId,
)
from core.jobs import Job, JobState, Owed
from core.model import (
    Contact,
    Conversation,
    Entry,
    File,
    Identity,
    Ladder,
    Message,
    Part,
    Person,
    PostRef,
    Role,
    Roster,
    Thread,
    ThreadRef,
    Ticket,
)
from core.say import Say
from core.views import Card, Dialog, Overview, Post

T = TypeVar("T")


class Clock(Protocol):
    """Where time comes from. Nobody calls `datetime.now`."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    async def wait(self, wake: Awaitable[object], until: datetime | None) -> None:
        """Return when `wake` completes or the instant has come, whichever is first. Workers idle only here."""
        ...


# --- channels -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hook:
    """A raw delivery as it came: `body` is the exact bytes the signature covers; header names are lower case."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChannelCaps:
    """What the channel can carry. `file_limits`: bytes by the first part of the media type, `*` for the rest."""

    text_limit: int
    window: timedelta | None
    file_limits: Mapping[str, int]
    caption_limit: int = 0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request to a customer: a piece of text, or one file with its content."""

    address: str
    text: str = ""
    file: File | None = None
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it and calls it `external`."""

    external: str


@dataclass(frozen=True, slots=True)
class Content:
    """A fetched file."""

    body: bytes
    mime: str
    name: str = ""


class Channel(Protocol):
    """Where customers are. One instance an inbox. It translates and never decides, retries, sleeps or stores."""

    @property
    def caps(self) -> ChannelCaps:
        """Constant."""
        ...

    def verify(self, hook: Hook) -> str | None:
        """Called by web/hooks before anything is stored. Returns the text to answer a handshake with, or None for a
        delivery to be stored. Raises `Unauthorized` when the signature does not hold."""
        ...

    def parse(self, hook: Hook) -> Sequence[ChannelEvent]:
        """Called by the intake worker, any number of times for one hook: pure. Unknown input becomes an honest line,
        never an exception; `Unreadable` only when the body is no payload at all."""
        ...

    async def send(self, out: Outgoing) -> Sent:
        """Called by the outbox alone, once a request. Raises `SendError`."""
        ...

    async def fetch(self, file: File) -> Content:
        """Called by the outbox for a file the customer sent. Raises `SendError` (`too_large`, `media_gone`, ...)."""
        ...


@runtime_checkable
class ShowsTicks(Protocol):
    """A channel that can show the customer that a message was read."""

    async def mark_read(self, address: str, external: str) -> None:
        """Called by the outbox when the inbox wants read ticks. Raises `SendError`."""
        ...


@runtime_checkable
class Examined(Protocol):
    """Something `dragoman doctor` can look at: a channel or a desk."""

    async def examine(self) -> "Sequence[Finding]":
        """Called by doctor. Looks, changes nothing, raises nothing: what went wrong is a finding."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of doctor: `say` what is so, `cure` what to do when it is not well."""

    ok: bool
    what: Say
    cure: Say | None = None


# --- desks ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Profile:
    """A teammate as the desk knows them; `email` only when the platform verified it."""

    name: str
    email: str = ""
    zone: str | None = None
    locale: str | None = None


class Sink(Protocol):
    """Where a desk puts what it hears. Returns once the raw payload is durable; only then may the desk ack."""

    async def __call__(self, key: str, raw: bytes) -> None:
        """`key` dedupes deliveries (Slack's `event_id`); raises when the payload could not be stored."""
        ...


class Desk(Protocol):
    """Where the team is. It renders what it is given and reports what it hears; it decides, retries and stores nothing.

    All methods but `run`, `parse` and `bucket` are called by the outbox alone, one request a call, and raise
    `SendError` (`thread_gone` when the thread no longer exists).
    """

    @property
    def name(self) -> DeskName: ...

    async def open(self, place: str, card: Card, job: int) -> ThreadRef:
        """Put the card into `place`; its message is the thread's root."""
        ...

    async def post(self, thread: ThreadRef, post: Post) -> PostRef | None:
        """Post below the card. None when there is nothing to show on this desk."""
        ...

    async def edit(self, at: PostRef, thread: ThreadRef, post: Post) -> None:
        """Change a post made earlier. May be repeated."""
        ...

    async def post_file(self, thread: ThreadRef, file: File, content: bytes, job: int) -> PostRef | None:
        """Put a stored file into the thread."""
        ...

    async def update(self, thread: ThreadRef, card: Card) -> None:
        """Edit the card in place. May be repeated."""
        ...

    async def close(self, thread: ThreadRef, card: Card) -> None:
        """The ticket went elsewhere: leave a pointer in the old thread."""
        ...

    async def tell(self, who: Identity, notice: Say, locale: str, zone: str, job: int) -> None:
        """Write to a person in private. Raises `SendError("unreachable")` when the platform does not let us."""
        ...

    def parse(self, raw: bytes) -> Sequence[DeskEvent]:
        """Called by dispatch on a stored payload, any number of times: pure. Raises `Unreadable`."""
        ...

    async def run(self, sink: Sink) -> None:
        """Called once by the app: listen until cancelled, putting every raw payload into `sink` before the ack."""
        ...


@runtime_checkable
class FindsPosts(Protocol):
    """A desk that can look for an uncertain post by the job that made it."""

    async def find(self, place: str, thread: ThreadRef | None, job: int) -> PostRef | None:
        """Called by the outbox before it repeats an uncertain post. For an opening `thread` is None."""
        ...


@runtime_checkable
class Whispers(Protocol):
    """A desk that can answer only the one who asked."""

    async def whisper(self, event: DeskEvent, answer: Say, locale: str, zone: str) -> None:
        """Called by dispatch right after a command, at least once. Raises `SendError`."""
        ...


@runtime_checkable
class Dialogs(Protocol):
    """A desk that can open a form while the event's trigger lives."""

    async def dialog(self, event: DeskEvent, form: Dialog, locale: str) -> None:
        """Called by dispatch. Raises `SendError`."""
        ...


@runtime_checkable
class Homes(Protocol):
    """A desk where a person has an overview of their own."""

    async def home(self, who: Identity, overview: Overview) -> None:
        """Called by dispatch when it is opened. Raises `SendError`."""
        ...


@runtime_checkable
class Profiles(Protocol):
    """A desk that knows its users."""

    async def profile(self, who: Identity) -> Profile | None:
        """Called by dispatch for a person it does not know yet. Raises `SendError`."""
        ...


@runtime_checkable
class FetchesFiles(Protocol):
    """A desk whose users can attach files."""

    async def fetch(self, file: File) -> Content:
        """Called by the outbox for a file an agent attached. Raises `SendError`."""
        ...


class Blob(Protocol):
    """Files by key: a disk, or S3."""

    async def put(self, body: bytes) -> str:
        """Store durably and return the key (its hash); storing the same bytes twice is harmless."""
        ...

    async def get(self, key: str) -> bytes:
        """Raises `KeyError`."""
        ...


# --- the store ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Raw:
    """A stored delivery waiting to be worked on. `source`: `channel:<inbox>` or `desk:<desk>`."""

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
class SavedFact:
    """A line of a ticket's history."""

    ticket: TicketId
    version: int
    at: datetime
    fact: Fact


@dataclass(frozen=True, slots=True)
class Found:
    """A page of tickets for lists."""

    tickets: tuple[Ticket, ...]
    total: int


class Reads(Protocol):
    """Questions. Called from anywhere; a Tx answers them inside its transaction, the Store from what is committed."""

    async def ticket(self, ticket: TicketId) -> Ticket | None: ...
    async def tickets(self, ids: Sequence[TicketId]) -> Mapping[TicketId, Ticket]: ...
    async def contact(self, contact: ContactId) -> Contact | None: ...
    async def contacts(self, ids: Sequence[ContactId]) -> Mapping[ContactId, Contact]: ...
    async def conversation(self, conversation: ConversationId) -> Conversation | None: ...
    async def earlier_tickets(self, contact: ContactId, before: TicketId, limit: int) -> Sequence[TicketId]:
        """The contact's other tickets, newest first."""
        ...

    async def person(self, person: PersonId) -> Person | None: ...
    async def person_known_as(self, identity: Identity) -> Person | None: ...
    async def person_by_email(self, email: str) -> Person | None: ...
    async def identity_of(self, person: PersonId, kind: str) -> Identity | None:
        """How the person is known on a desk."""
        ...

    async def roster(self) -> Roster: ...

    async def thread(self, ticket: TicketId, desk: DeskName) -> Thread | None:
        """The current thread."""
        ...

    async def threads(self, ticket: TicketId) -> Sequence[Thread]: ...
    async def thread_at(self, ref: ThreadRef) -> Thread | None:
        """By where it stands, current or not."""
        ...

    async def entry_at(self, post: PostRef) -> Entry | None:
        """The entry shown by (or typed as) a desk message."""
        ...

    async def entries_at(self, post: PostRef) -> Sequence[Entry]:
        """All the entries one post shows, in order of seq."""
        ...

    async def shown_until(self, ticket: TicketId, desk: DeskName, at: datetime) -> MessageId | None:
        """The newest customer message that stood in the desk's thread at `at`; for the console, in the log."""
        ...

    async def posts(self, ticket: TicketId, desk: DeskName, seq: int) -> Sequence[PostRef]:
        """Where an entry stands on a desk."""
        ...

    async def entries(
        self, ticket: TicketId, *, above_rev: int = -1, from_seq: int = 0, limit: int = 200
    ) -> Sequence[Entry]:
        """In order of seq."""
        ...

    async def message(self, message: MessageId) -> Message | None:
        """With its files and parts."""
        ...

    async def messages(self, ids: Sequence[MessageId]) -> Mapping[MessageId, Message]: ...
    async def file(self, file: FileId) -> File | None: ...
    async def history(self, ticket: TicketId, limit: int) -> Sequence[SavedFact]:
        """Newest first."""
        ...

    async def listed(
        self,
        queues: Sequence[QueueName],
        view: str,
        person: PersonId | None = None,
        *,
        limit: int = 50,
        offset: int = 0,
    ) -> Found:
        """`view`: open, mine, unassigned, breaching, closed, all; by next deadline, then newest message."""
        ...

    async def search(self, words: str, queues: Sequence[QueueName], limit: int) -> Sequence[TicketId]:
        """By ticket number, contact name, identity, tag, and words of messages; newest first."""
        ...

    async def notices(self, person: PersonId, limit: int) -> Sequence[Notice]: ...
    async def notice(self, notice: int) -> Notice | None: ...
    async def draft(self, draft: int) -> "SavedDraft | None": ...


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


class Tx(Reads, Protocol):
    """One transaction. Only `core.apply` and the store's own rooms hold one; no I/O but the database inside."""

    async def once(self, keys: Sequence[str], at: datetime) -> Sequence[bool]:
        """Mark keys as done; True where it was not yet. The mark stands or falls with the transaction."""
        ...

    async def new_ids(self, table: str, n: int) -> Sequence[int]:
        """`n` fresh ids of `tickets`, `messages` or `files`; gaps are harmless."""
        ...

    async def senders(self, wanted: Sequence["Wanted"]) -> Sequence[tuple[Conversation, Contact]]:
        """Find or create conversation and contact of each, in the given order, locking them in key order."""
        ...

    async def move_identity(self, old: Sequence[Identity], new: Sequence[Identity]) -> ContactId | None:
        """The old identities' contact becomes known by the new ones too; conversations keyed by the old move along."""
        ...

    async def point(self, conversation: ConversationId, old: TicketId | None, new: TicketId) -> None:
        """Compare-and-set the conversation's current ticket. Raises `Lost`."""
        ...

    async def insert_tickets(self, tickets: Sequence[Ticket]) -> None: ...
    async def save_tickets(self, tickets: Sequence[tuple[Ticket, int]]) -> None:
        """Each with the version it was read at. Raises `Lost` when any was changed meanwhile. Writes the clocks too."""
        ...

    async def insert_messages(self, messages: Sequence[Message]) -> None:
        """With files and parts."""
        ...

    async def update_message(self, message: Message) -> None:
        """Text, edited, deleted, reaction and parts."""
        ...

    async def update_part(self, message: MessageId, part: Part) -> None: ...
    async def message_by_external(self, inbox: InboxName, external: str) -> Message | None:
        """The customer's message, or the reply one of whose parts has this id."""
        ...

    async def park_report(self, inbox: InboxName, external: str, state: Ladder, code: str, at: datetime) -> None:
        """Keep a delivery report whose send has not been recorded yet."""
        ...

    async def parked_reports(self, inbox: InboxName, external: str) -> Sequence[tuple[Ladder, str]]:
        """Take the kept reports of a part that has just become known."""
        ...

    async def update_file(self, file: File) -> None: ...
    async def insert_entries(self, entries: Sequence[Entry]) -> None: ...
    async def touch_entries(self, ticket: TicketId, messages: Sequence[MessageId], rev: int) -> Sequence[int]:
        """The entries of these messages changed: set their rev and return their seqs."""
        ...

    async def insert_facts(self, ticket: Ticket, facts: Sequence[Fact], at: datetime) -> None: ...
    async def enqueue(self, jobs: Sequence[Owed], at: datetime) -> None: ...
    async def withdraw(self, keys: Sequence[str]) -> Sequence[bool]:
        """Cancel waiting jobs by key; True where one was waiting and is cancelled now."""
        ...

    async def finish(
        self,
        job: JobId,
        attempt: int,
        state: JobState,
        code: str,
        not_before: datetime | None,
        at: datetime,
        *,
        uncertain: bool = False,
    ) -> None:
        """Compare-and-set a job that is being sent. WAITING puts it back (retry or more to do); `uncertain` then says
        that this attempt may have taken effect. Raises `Overtaken`."""
        ...

    async def save_thread(self, ticket: TicketId, ref: ThreadRef, posted: int) -> ThreadId:
        """Make this the ticket's current thread on the desk."""
        ...

    async def advance_thread(
        self, thread: ThreadId, posted: int, post: PostRef | None, seqs: Sequence[int], at: datetime
    ) -> None:
        """Entries `seqs` stand at `post` now; entries below `posted` are done with."""
        ...

    async def add_notice(self, person: PersonId, say: Say, ticket: TicketId | None, at: datetime) -> int: ...
    async def save_draft(
        self, ticket: TicketId, person: PersonId, text: str, files: str, origin: PostRef | None, at: datetime
    ) -> int: ...
    async def update_contact(self, contact: Contact) -> None: ...
    async def raw_done(self, ids: Sequence[int], at: datetime) -> None: ...


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


class Store(Reads, Protocol):
    """The database. Reads answer from what is committed and never wait for an open transaction."""

    async def atomic(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run `work` in one transaction, from the start again when it was `Lost` or deadlocked. `work` must have no
        effect but through its Tx. Safe against cancellation: it commits whole or not at all."""
        ...

    async def put_raw(self, source: str, key: str, body: bytes, headers: Mapping[str, str], at: datetime) -> int | None:
        """Group commit: returns when the row is durable; its id, or None when (source, key) was there before."""
        ...

    async def take_raw(self, prefix: str, limit: int, at: datetime, lease: timedelta) -> Sequence[Raw]:
        """Lease the oldest waiting rows whose source begins with `prefix`."""
        ...

    async def take_raw_by_id(self, row: int, at: datetime, lease: timedelta) -> Raw | None:
        """Lease one waiting row; None when somebody else has it."""
        ...

    async def raw_failed(self, row: int, error: str, at: datetime, limit: int) -> bool:
        """Count a failure; True when it was parked because it failed `limit` times."""
        ...

    async def take_jobs(self, limit: int, at: datetime, lease: timedelta, full: Sequence[str]) -> Sequence[Job]:
        """Commit lane heads that are due as `sending`, most urgent first, leaving out the buckets in `full`."""
        ...

    async def expire_leases(self, at: datetime) -> Sequence[Job]:
        """Jobs `sending` with a dead lease. Replies stay so under a fresh lease of the caller's, who must settle them;
        everything else waits again, marked uncertain."""
        ...

    async def next_job_at(self) -> datetime | None: ...
    async def due_tickets(self, at: datetime, limit: int) -> Sequence[TicketId]:
        """Tickets with a clock whose next instant has come."""
        ...

    async def next_clock_at(self) -> datetime | None: ...
    async def add_identity(self, person: PersonId, identity: Identity) -> None: ...
    async def set_person(
        self, person: PersonId, *, away: bool | None = None, locale: str | None = None, zone: str | None = None
    ) -> None: ...
    async def redeem_invite(
        self, code: str, identity: Identity, profile: Profile | None, at: datetime
    ) -> Person | None:
        """Use an invitation; None when it is unknown, used or expired."""
        ...

    async def new_login(self, person: PersonId, at: datetime, lives: timedelta) -> str:
        """A one-time sign-in token for the console; only its hash is stored."""
        ...

    async def seen_notices(self, person: PersonId, at: datetime) -> None: ...


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


class Doors(Protocol):
    """The one way through which people, clocks and customers change a ticket, as handlers see it."""

    async def apply(self, ticket: TicketId, command: Command, *, once: str) -> Ticket:
        """Called by handlers, once a command; `once` is the key of the event it came of. Returns the ticket after it.

        Raises `Refused` (its kind `Confirm` asks first) with nothing changed, `Duplicate` when the effect stands
        already.
        """
        ...
