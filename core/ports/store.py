"""The database: questions anybody may ask (Reads), one transaction (Tx), and what is done in none (Store)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

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
from core.messages import File, Ladder, Message, Part
from core.model import Conversation, Entry, PostRef, Thread, ThreadRef, Ticket
from core.people import Contact, Identity, Person, Roster
from core.ports.desk import Profile
from core.ports.records import Found, Group, Notice, Pointer, Raw, SavedDraft, SavedFact, Trouble, Wanted
from core.say import Say

T = TypeVar("T")


class Reads(Protocol):
    """Questions. Called from anywhere; a Tx answers them inside its transaction, the Store from what is committed."""

    async def ticket(self, ticket: TicketId) -> Ticket | None: ...
    async def tickets(self, ids: Sequence[TicketId]) -> Mapping[TicketId, Ticket]: ...
    async def contact(self, contact: ContactId) -> Contact | None: ...
    async def identities(self, contact: ContactId) -> Sequence[Identity]:
        """How a contact is known, oldest first."""
        ...

    async def contacts(self, ids: Sequence[ContactId]) -> Mapping[ContactId, Contact]: ...
    async def conversation(self, conversation: ConversationId) -> Conversation | None: ...
    async def conversation_at(self, inbox: InboxName, key: str) -> Conversation | None: ...
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
    async def open_threads(self, desk: DeskName, place: str, queues: Sequence[QueueName]) -> Sequence[ThreadRef]:
        """The current threads of these queues' open tickets in one place."""
        ...

    async def thread_at(self, ref: ThreadRef) -> Thread | None:
        """By where it stands, current or not."""
        ...

    async def thread_of_card(self, post: PostRef) -> Thread | None:
        """By the card, on a desk where the card is not the root."""
        ...

    async def group(self, desk: DeskName, place: str) -> Group | None:
        """Where one of our places is on the platform; None while nobody has set it up."""
        ...

    async def groups(self) -> Sequence[Group]: ...

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
        """`view`: open, mine, unassigned, breaching, closed, all; by next deadline, then newest message; closed ones
        by when they were closed, and after the open ones. Counted up to COUNTED and one more."""
        ...

    async def search(self, words: str, queues: Sequence[QueueName], limit: int) -> Sequence[TicketId]:
        """The ticket with that number first, then newest first: those of customers who go by that name, identity or
        address, those tagged so, and those in which all the words were said, the last of them perhaps unfinished."""
        ...

    async def troubles(self) -> Sequence[Trouble]:
        """What stands still until a person mends it."""
        ...

    async def notices(self, person: PersonId, limit: int) -> Sequence[Notice]: ...
    async def notice(self, notice: int) -> Notice | None: ...
    async def draft(self, draft: int) -> SavedDraft | None: ...


class Tx(Reads, Protocol):
    """One transaction. Only `core.apply` and the store's own rooms hold one; no I/O but the database inside."""

    async def once(self, keys: Sequence[str], at: datetime) -> Sequence[bool]:
        """Mark keys as done; True where it was not yet. The mark stands or falls with the transaction."""
        ...

    async def new_ids(self, table: str, n: int) -> Sequence[int]:
        """`n` fresh ids of `tickets`, `contacts`, `messages` or `files`; gaps are harmless."""
        ...

    async def senders(self, wanted: Sequence[Wanted]) -> Sequence[tuple[Conversation, Contact]]:
        """Find or create conversation and contact of each, in the given order, locking them in key order."""
        ...

    async def move_identity(self, old: Sequence[Identity], new: Sequence[Identity]) -> ContactId | None:
        """The old identities' contact is known by the new ones from now on; its conversations move along."""
        ...

    async def point(self, moves: Sequence[Pointer]) -> None:
        """Compare-and-set conversations' current tickets. Raises `Lost`."""
        ...

    async def insert_tickets(self, tickets: Sequence[Ticket]) -> None: ...
    async def save_tickets(self, changes: Sequence[tuple[Ticket, Ticket]]) -> None:
        """Each as it was read, and as it is now, with its clocks. Raises `Lost` when any was changed meanwhile."""
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

    async def taken_before(self, inbox: InboxName, key: str, at: datetime) -> Sequence[Message]:
        """Replies of a conversation with parts that the platform took until then and that were not read yet, locked."""
        ...

    async def update_file(self, file: File) -> None: ...
    async def insert_entries(self, entries: Sequence[Entry]) -> None: ...
    async def touch_entries(self, ticket: TicketId, messages: Sequence[MessageId], rev: int) -> Sequence[int]:
        """The entries of these messages changed: set their rev and return their seqs."""
        ...

    async def insert_facts(self, happened: Sequence[tuple[Ticket, Sequence[Fact]]], at: datetime) -> None:
        """Each with its ticket as it was after them."""
        ...

    async def enqueue(self, jobs: Sequence[Owed], at: datetime) -> None: ...
    async def withdraw(self, keys: Sequence[str]) -> Sequence[bool]:
        """Cancel waiting jobs by key; True where one was waiting and is cancelled now."""
        ...

    async def hurry(self, bucket: str, at: datetime) -> None:
        """What waits in this bucket need not wait longer than until `at`."""
        ...

    async def foresee_trouble(self, where: str, code: str, at: datetime) -> None:
        """The platform itself said what will fail there, and the admins know."""
        ...

    async def foreseen(self, where: str, code: str, since: datetime) -> bool:
        """Whether it was foreseen since then. Says so once."""
        ...

    async def begin_trouble(self, where: str, code: str, at: datetime) -> datetime:
        """It stands; since when."""
        ...

    async def end_trouble(self, where: str, code: str) -> datetime | None:
        """It stands no more; since when it had, None when it did not."""
        ...

    async def try_now(self, code: str, at: datetime, bucket: str = "") -> None:
        """What waits because of this code, in one bucket or in all, need not wait longer than until `at`; cards and
        other edits that were parked for it are tried again."""
        ...

    async def no_doubt(self, key: str, at: datetime) -> None:
        """A job that ended uncertain is so no more: somebody sends it again, or the platform has it."""
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

    async def leave_thread(self, thread: ThreadId) -> None:
        """It is not the ticket's current one any more; the ticket has none on that desk."""
        ...

    async def save_card(self, thread: ThreadId, card: str) -> None: ...
    async def save_board(self, desk: DeskName, place: str, post: str) -> None: ...
    async def move_group(self, desk: DeskName, place: str, chat: str) -> bool:
        """The place has another address on the platform; False when it had that already, or is not known."""
        ...

    async def add_notice(self, person: PersonId, say: Say, ticket: TicketId | None, at: datetime) -> int: ...
    async def save_draft(
        self, ticket: TicketId, person: PersonId, text: str, files: str, origin: PostRef | None, at: datetime
    ) -> int: ...
    async def update_contact(self, before: Contact, after: Contact) -> None:
        """Write what differs; the rest may have been changed by others meanwhile."""
        ...

    async def raw_done(self, ids: Sequence[int], at: datetime) -> None: ...


class Store(Reads, Protocol):
    """The database. Reads answer from what is committed and never wait for an open transaction.

    Everything asked of it may raise `Unavailable`: it is away, full or read-only; what was asked is not to blame."""

    async def atomic(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run `work` in one transaction, from the start again when it was `Lost` or deadlocked. `work` must have no
        effect but through its Tx. Safe against cancellation: it commits whole or not at all."""
        ...

    async def put_raw(self, source: str, key: str, body: bytes, headers: Mapping[str, str], at: datetime) -> int | None:
        """Group commit: returns when the row is durable; its id, or None when (source, key) was there before."""
        ...

    async def take_raw(
        self, prefix: str, limit: int, at: datetime, lease: timedelta, *, older: timedelta = timedelta()
    ) -> Sequence[Raw]:
        """Lease the oldest waiting rows whose source begins with `prefix` and that have waited for `older`."""
        ...

    async def take_raw_by_id(self, row: int, at: datetime, lease: timedelta) -> Raw | None:
        """Lease one waiting row; None when somebody else has it."""
        ...

    async def give_back_raws(self, prefix: str, until: datetime) -> None:
        """Called after a taking was `Unavailable` in doubt: what it leased until then waits again."""
        ...

    async def raw_failed(self, row: int, error: str, limit: int) -> bool:
        """Count a failure; True when it was parked because it failed `limit` times."""
        ...

    async def take_jobs(
        self,
        limit: int,
        at: datetime,
        lease: timedelta,
        full: Sequence[str],
        low: Sequence[str] = (),
        shut: Sequence[str] = (),
    ) -> Sequence[Job]:
        """Commit lane heads that are due as `sending`, most urgent first, at most one of each bucket.

        Left out: buckets in `full`, those that begin as `shut` says, and of those in `low` what is only cosmetic."""
        ...

    async def give_back_jobs(self, until: datetime, but: Sequence[JobId]) -> None:
        """Called after `take_jobs` was `Unavailable` in doubt: what it took under a lease until then waits again, `but`
        for the jobs that are in hand."""
        ...

    async def expire_leases(self, at: datetime, but: Sequence[JobId] = ()) -> Sequence[Job]:
        """Jobs `sending` with a dead lease. Replies stay so under a fresh lease of the caller's, who must settle them,
        and so do those which the caller has in hand; everything else waits again, marked uncertain."""
        ...

    async def next_job_at(self, after: datetime) -> datetime | None:
        """When the next lane head becomes due, or the next lease dies. What was due by `after` and could not be taken
        waits for its bucket, not for a moment."""
        ...

    async def due_tickets(self, at: datetime, limit: int) -> Sequence[TicketId]:
        """Tickets with a clock whose next instant has come."""
        ...

    async def next_clock_at(self) -> datetime | None: ...
    async def counting_tickets(self, after: TicketId, limit: int) -> Sequence[TicketId]:
        """Tickets above `after` with a live business clock, in order."""
        ...

    async def take_lease(self, name: str, owner: str, at: datetime, until: datetime) -> bool:
        """Whether what only one process may do at a time is `owner`'s until then. Taking it again renews it."""
        ...

    async def setting(self, name: str) -> str | None: ...
    async def save_setting(self, name: str, value: str) -> None: ...
    async def add_identity(self, person: PersonId, identity: Identity) -> None: ...
    async def set_person(
        self, person: PersonId, *, away: bool | None = None, locale: str | None = None, zone: str | None = None
    ) -> None: ...
    async def redeem_invite(
        self, code: str, identity: Identity, profile: Profile | None, at: datetime
    ) -> Person | None:
        """Use an invitation; None when it is unknown, used or expired."""
        ...

    async def new_group_code(self, desk: DeskName, place: str, at: datetime, lives: timedelta) -> str:
        """A one-time code that makes a group the place; only its hash is stored, and older ones are void."""
        ...

    async def bind_group(self, desk: DeskName, code: str, chat: str, title: str, at: datetime) -> str | None:
        """Use a code: the group is that place from now on, and no other. None when it is unknown, used or expired."""
        ...

    async def hold_code(self, desk: DeskName, code: str, chat: str, at: datetime) -> bool:
        """Whether `bind_group` would take it. From now on it is worth nothing in any other group."""
        ...

    async def new_login(self, person: PersonId, at: datetime, lives: timedelta) -> str:
        """A one-time sign-in token for the console; only its hash is stored."""
        ...

    async def seen_notices(self, person: PersonId, at: datetime) -> None: ...
