"""Rows into views: what a card, a post, a list or an overview shows, names resolved. Renders and decides nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from core import promises
from core.ids import DeskName, MessageId, PersonId, QueueName, TicketId
from core.messages import Ladder, Message, MessageKind
from core.model import Entry, EntryKind, Status, Thread, Ticket
from core.people import Person
from core.policy import Policy
from core.ports import Clock, Found, Store
from core.say import Button, Say, TicketLabel, Word, say
from core.views import Board, Card, Overview, Post, Row, Shown
from core.words import one_line

BURST = 10
"""Entries of a customer that one post may show."""
EARLIER = 3
LISTED = 10
EXCERPT = 80

CLAIM = Button("claim", "button.claim", style="primary")
REPLY = Button("reply", "button.reply", style="primary")
CLOSE = Button("close", "button.close")
ESCALATE = Button("esc", "button.escalate")
REOPEN = Button("reopen", "button.reopen", style="primary")
MORE = (
    Button("pending", "button.pending"),
    Button("hold", "button.hold"),
    Button("release", "button.release"),
    Button("due", "button.due"),
    Button("log", "button.log"),
)


class Presenter:
    def __init__(self, store: Store, policy: Policy, clock: Clock, base_url: str) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock
        self._base_url = base_url.rstrip("/")

    def link(self, ticket: TicketId) -> str:
        """The ticket's page on the console."""
        return f"{self._base_url}/console/tickets/{ticket}"

    def zone_of(self, person: Person) -> str:
        """The person's own time zone, else that of the first queue they are in."""
        return self._policy.zone_of(person)

    async def queue_card(self, ticket: Ticket) -> Card:
        """The card as the queue's own place shows it."""
        queue = self._policy.queue(ticket.queue)
        return await self.card(ticket, queue.locale, queue.calendar.zone)

    async def card(self, ticket: Ticket, locale: str, zone: str) -> Card:
        contact = await self._store.contact(ticket.contact)
        if contact is None:
            raise LookupError(f"ticket {ticket.id} has no contact")
        inbox = self._policy.inboxes.get(ticket.inbox)
        deadline = ticket.deadline
        return Card(
            ticket=ticket,
            contact=contact,
            queue_title=self._policy.queue(ticket.queue).title,
            locale=locale,
            zone=zone,
            now=self._clock.now(),
            assignee=await self._name(ticket.assignee),
            deadline=deadline.due_at if deadline else None,
            deadline_kind=deadline.kind if deadline else "",
            promised=promises.promised(ticket),
            window_ends=ticket.window_ends(inbox.window) if inbox else None,
            human_until=ticket.window_ends(inbox.human_window) if inbox else None,
            earlier=tuple(await self._store.earlier_tickets(ticket.contact, ticket.id, EARLIER)),
            buttons=_buttons(ticket),
            more=MORE if ticket.is_open else (),
            link=self.link(ticket.id),
            email=next((i.value for i in await self._store.identities(contact.id) if i.kind == "email"), ""),
        )

    async def next_post(self, ticket: Ticket, thread: Thread) -> Sequence[Entry]:
        """The entries of the next post: what a customer wrote in a row, lines that ping nobody, or one of anything
        else."""
        entries = await self._store.entries(ticket.id, from_seq=thread.posted, limit=BURST)
        for together in (_is_customers, _is_quiet):
            run = list(takewhile(together, entries))
            if run:
                return run
        return entries[:1]

    async def post(self, ticket: Ticket, entries: Sequence[Entry], desk: DeskName, *, repeated: bool = False) -> Post:
        queue = self._policy.queue(ticket.queue)
        shown = await self.shown(ticket, entries, desk)
        return Post(ticket.id, tuple(shown), queue.locale, queue.calendar.zone, -1 - entries[0].seq, repeated)

    def hint(self, ticket: Ticket, job: int) -> Post:
        """In place of a file that a desk does not take: where it is to be had."""
        queue, words = self._policy.queue(ticket.queue), say("line.not_shown", ticket=TicketLabel(ticket.id))
        line = Entry(ticket.id, ticket.entries, ticket.version, EntryKind.LINE, self._clock.now(), say=words)
        return Post(ticket.id, (Shown(line),), queue.locale, queue.calendar.zone, job)

    async def shown(self, ticket: Ticket, entries: Sequence[Entry], desk: DeskName) -> Sequence[Shown]:
        """Entries with everything they show on `desk`."""
        messages = await self._store.messages([entry.message for entry in entries if entry.message is not None])
        answered = await self._store.messages([it.reply_to for it in messages.values() if it.reply_to is not None])
        words = [messages.get(entry.message) if entry.message is not None else None for entry in entries]
        threads = [thread for thread in await self._store.threads(ticket.id) if thread.ref.desk == desk]
        shown = [await self._shown(ticket, *pair, desk) for pair in zip(entries, words, strict=True)]
        return [
            replace(it, here=_typed_here(it.entry, desk, threads), quoted=_quoted(it.message, answered)) for it in shown
        ]

    async def rows(self, found: Found) -> Sequence[Row]:
        return [await self._row(ticket) for ticket in found.tickets]

    async def overview(self, person: Person) -> Overview:
        """What is theirs, nobody's, and about to break, in the queues they see."""
        return Overview(
            person.locale,
            self.zone_of(person),
            self._clock.now(),
            mine=await self._view(person, "mine"),
            unassigned=await self._view(person, "unassigned"),
            breaching=await self._view(person, "breaching"),
        )

    async def board(self, queue: QueueName, desk: DeskName, place: str) -> Board:
        """The queue at a glance, for everybody in its place. What stands in that place is linked there."""
        policy, all_open = self._policy.queue(queue), await self._store.listed([queue], "open", limit=1)
        unassigned = await self._store.listed([queue], "unassigned", limit=LISTED)
        breaching = await self._store.listed([queue], "breaching", limit=LISTED)
        return Board(
            queue_title=policy.title,
            locale=policy.locale,
            zone=policy.calendar.zone,
            now=self._clock.now(),
            open=all_open.total,
            unassigned=await self._rooted(unassigned, desk, place),
            unassigned_total=unassigned.total,
            breaching=await self._rooted(breaching, desk, place),
            breaching_total=breaching.total,
            link=f"{self._base_url}/console",
        )

    async def _rooted(self, found: Found, desk: DeskName, place: str) -> tuple[Row, ...]:
        """Rows with the thread that each has in `place`."""
        rows = await self.rows(found)
        threads = [await self._store.thread(row.ticket.id, desk) for row in rows]
        roots = [thread.ref.root if thread and thread.ref.place == place else "" for thread in threads]
        return tuple(replace(row, root=root) for row, root in zip(rows, roots, strict=True))

    async def _view(self, person: Person, view: str) -> tuple[Row, ...]:
        queues = [queue for queue in self._policy.queues if person.sees(queue)]
        return tuple(await self.rows(await self._store.listed(queues, view, person.id, limit=LISTED)))

    async def _shown(self, ticket: Ticket, entry: Entry, message: Message | None, desk: DeskName) -> Shown:
        mention = await self._store.identity_of(entry.mention, desk) if entry.mention is not None else None
        return Shown(
            entry=entry,
            message=message,
            author=await self._author(ticket, entry),
            files=message.files if message else (),
            confirmation=self._confirmation(message) if message else None,
            mention=entry.mention,
            mention_address=mention.value if mention else "",
        )

    async def _author(self, ticket: Ticket, entry: Entry) -> str:
        if entry.kind is EntryKind.CUSTOMER:
            contact = await self._store.contact(ticket.contact)
            return contact.name if contact else ""
        return await self._name(entry.by)

    def _confirmation(self, message: Message) -> Say | None:
        said = self._standing(message)
        return replace(said, buttons=()) if said and message.kind is MessageKind.AUTO else said

    def _standing(self, message: Message) -> Say | None:
        """Where a reply stands, and what can be done about it; about the house's own words nothing."""
        if message.kind not in (MessageKind.REPLY, MessageKind.AUTO) or not message.parts:
            return None
        state, value = message.ladder, str(message.id)
        if message.kind is MessageKind.AUTO and state in (Ladder.UNDONE, Ladder.UNCERTAIN):
            return say(f"reply.automatic_{state}")
        undo, send = Button("undo", "button.undo", value), Button("send", "button.send_again", value, "danger")
        match state:
            case Ladder.HELD:
                until = (message.edited_at or message.at) + self._policy.undo
                return say("reply.held", until=until, buttons=(undo,))
            case Ladder.ASKED:
                return say("reply.asked", buttons=(replace(send, label="button.send_anyway"), undo))
            case Ladder.QUEUED if message.waits_for:
                return say("reply.waits", reason=Word(f"send_error.{message.waits_for}"), buttons=(undo,))
            case Ladder.FAILED:
                code = next((part.code for part in message.parts if part.code), "platform_error")
                return say("reply.failed", reason=Word(f"send_error.{code}"), buttons=(send,))
            case Ladder.UNCERTAIN:
                return say("reply.uncertain", buttons=(send,))
            case _:
                return say(f"reply.{state}")

    async def _row(self, ticket: Ticket) -> Row:
        contact = await self._store.contact(ticket.contact)
        last = await self._store.message(ticket.last_customer) if ticket.last_customer is not None else None
        return Row(
            ticket=ticket,
            contact=contact.name if contact else "",
            assignee=await self._name(ticket.assignee),
            deadline=ticket.deadline.due_at if ticket.deadline else None,
            excerpt=one_line(last.text, EXCERPT) if last else "",
        )

    async def _name(self, person: PersonId | None) -> str:
        found = await self._store.person(person) if person is not None else None
        return found.name if found else ""


def not_shown(post: Post) -> Post:
    """In place of a post that a desk does not take: where to read it. Pings whom the post would have."""
    first = post.shown[0]
    mentions = [shown for shown in post.shown if shown.mention is not None]
    whose = mentions[0] if mentions else first
    hint = say("line.not_shown", ticket=TicketLabel(post.ticket))
    line = replace(first.entry, kind=EntryKind.LINE, message=None, say=hint, origin=None)
    shown = Shown(line, None, "", mention=whose.mention, mention_address=whose.mention_address)
    return replace(post, shown=(shown,))


def _is_customers(entry: Entry) -> bool:
    return entry.kind is EntryKind.CUSTOMER


def _is_quiet(entry: Entry) -> bool:
    """A line of the log that pings nobody and has nothing to press."""
    return entry.kind is EntryKind.LINE and entry.mention is None and not (entry.say and entry.say.buttons)


def _typed_here(entry: Entry, desk: DeskName, threads: Sequence[Thread]) -> bool:
    """Whether the words stand in the ticket's current thread: not if they were typed in one it has left."""
    origin, current = entry.origin, next((thread for thread in threads if thread.current), None)
    if origin is None or origin.desk != desk:
        return False
    left_behind = max((thread.posted for thread in threads if not thread.current), default=0)
    return current is None or (origin.place == current.ref.place and entry.seq >= left_behind)


def _quoted(message: Message | None, answered: Mapping[MessageId, Message]) -> str:
    """What the customer answers: without it "this one, please" says nothing."""
    original = answered.get(message.reply_to) if message is not None and message.reply_to is not None else None
    if original is None or original.deleted_at is not None:
        return ""
    return one_line(original.text or ", ".join(file.name for file in original.files), EXCERPT)


def _buttons(ticket: Ticket) -> tuple[Button, ...]:
    if ticket.status is Status.CLOSED:
        return (REOPEN,)
    first = (CLAIM, replace(REPLY, style="")) if ticket.assignee is None else (REPLY,)
    return (*first, CLOSE, ESCALATE)
