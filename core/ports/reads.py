"""Questions anybody may ask of the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from core.ids import ContactId, ConversationId, DeskName, FileId, InboxName, MessageId, PersonId, QueueName, TicketId
from core.messages import File, Message
from core.model import Conversation, Entry, PostRef, Thread, ThreadRef, Ticket
from core.people import Contact, Identity, Person, Roster
from core.ports.records import Found, Group, Notice, Outline, SavedDraft, SavedFact, Trouble


class Reads(Protocol):
    """Questions. Called from anywhere; a Tx answers them inside its transaction, the Store from what is committed."""

    async def ticket(self, ticket: TicketId) -> Ticket | None: ...
    async def tickets(self, ids: Sequence[TicketId]) -> Mapping[TicketId, Ticket]: ...
    async def contact(self, contact: ContactId) -> Contact | None: ...
    async def identities(self, contact: ContactId) -> Sequence[Identity]:
        """How a contact is known, oldest first."""
        ...

    async def contacts(self, ids: Sequence[ContactId]) -> Mapping[ContactId, Contact]: ...
    async def contact_places(self, limit: int) -> Sequence[tuple[str | None, str]]:
        """Country and zone of the contacts that came last, the most frequent first."""
        ...

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
    async def open_counts(self, people: Sequence[PersonId]) -> Mapping[PersonId, int]:
        """How many open tickets each has; who has none is left out."""
        ...

    async def stranded(self, person: PersonId, limit: int) -> Sequence[TicketId]:
        """Open tickets that wait for somebody who is away, oldest first: not for the customer or a moment, nor those
        that they were given meanwhile."""
        ...

    async def overdue(self, person: PersonId, now: datetime, limit: int) -> Sequence[TicketId]:
        """Open tickets of somebody who is away with a deadline that has passed, oldest first: not those that they were
        given meanwhile, nor those to which an answer is on its way."""
        ...

    async def left_behind(self, limit: int) -> Sequence[TicketId]:
        """Open tickets of people who work here no more."""
        ...

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
    async def open_tickets(self, contact: ContactId) -> Sequence[TicketId]:
        """Of one customer, in order."""
        ...

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

    async def outlines(self, queues: Sequence[QueueName], view: str, limit: int) -> Sequence[Outline]:
        """Called for bulletins. `view`: due (soonest first), unassigned, waiting (longest first), promised, consulted;
        of each queue the first `limit`, one queue after the other."""
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
    async def lies_unread(self, until: datetime) -> bool:
        """Whether the inbox has anything that came by then and has had no effect yet."""
        ...

    async def used(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of the once-keys whose effect there was already."""
        ...

    async def draft(self, draft: int) -> SavedDraft | None: ...
