"""One transaction: what may be changed, and asked meanwhile."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.facts import Fact
from core.ids import ContactId, DeskName, InboxName, JobId, MessageId, PersonId, ThreadId, TicketId
from core.jobs import JobState, Owed
from core.messages import File, Ladder, Message, Part
from core.model import Conversation, Entry, PostRef, ThreadRef, Ticket
from core.people import Contact, Identity
from core.ports.reads import Reads
from core.ports.records import Notice, Pointer, Wanted
from core.say import Say


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

    async def answered_at(self, ticket: TicketId, since: datetime, but: MessageId) -> datetime | None:
        """When the first of people's replies since then, other than this one, was given that the channel has whole."""
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

    async def put_back(self, job: JobId, attempt: int, not_before: datetime, *, uncertain: bool) -> None:
        """It waits as if it had not been taken: what failed before stands. Raises `Overtaken` as `finish` does."""
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

    async def add_notice(
        self, person: PersonId, say: Say, ticket: TicketId | None, at: datetime, later: datetime | None = None
    ) -> int:
        """`later`: when it becomes part of the person's digest; until then nobody reads it."""
        ...

    async def take_waiting(self, person: PersonId, at: datetime) -> Sequence[Notice]:
        """What waited for the person's digest until then, oldest first; it is gone, and nobody else gets it."""
        ...

    async def save_draft(
        self, ticket: TicketId, person: PersonId, text: str, files: str, origin: PostRef | None, at: datetime
    ) -> int: ...
    async def update_contact(self, before: Contact, after: Contact) -> None:
        """Write what differs; the rest may have been changed by others meanwhile."""
        ...

    async def raw_done(self, ids: Sequence[int], at: datetime) -> None: ...
