"""A batch of customers' events into tickets: each has its effect once, in the order it came. Inside a transaction.

Messages and echoes come first, so that a report, an edit or a reaction of the same batch finds them.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from core import events as e
from core import owed
from core.commands import MoveDelivery, ReceiveMessage, RecordChange, RecordDetails, RecordEcho, RecordLeft
from core.gather import stop_held, written_files
from core.ids import ConversationId, InboxName, MessageId, TicketId
from core.jobs import send_key
from core.ledger import Ledger
from core.messages import TAKEN, File, Ladder, Message, MessageKind, Part
from core.model import Conversation, Status, Ticket
from core.people import Contact, Identity
from core.places import country_of_bsuid, country_of_phone, zone_of
from core.ports import Wanted
from core.say import Say, Word, say

Written = e.CustomerMessage | e.ForeignEcho
REPORTED = (Ladder.SENT, Ladder.DELIVERED, Ladder.READ, Ladder.FAILED)
"""What a channel may report of a part."""


async def receive(ledger: Ledger, events: Sequence[e.ChannelEvent]) -> None:
    """Everything new in `events`; what was seen before has no effect."""
    fresh = await ledger.tx.once([e.once_key(event) for event in events], ledger.now)
    new = [event for event, first in zip(events, fresh, strict=True) if first]
    written: list[Written] = []
    for event in new:
        if isinstance(event, e.IdentityChanged):
            # What came before it came from the old address, and must not make that the customer's again.
            await _Intake(ledger).write(written)
            written = []
            await ledger.tx.move_identity(event.old, event.sender.identities)
        elif isinstance(event, Written):
            written.append(event)
    await _Intake(ledger).write(written)
    for event in new:
        await _later(ledger, event)


async def _later(ledger: Ledger, event: e.ChannelEvent) -> None:
    """What speaks of a message that is here already, or should be."""
    match event:
        case e.CustomerEdit(text=text):
            await _change(ledger, event, "edited", text=text, edited_at=event.at)
        case e.CustomerDelete():
            await _change(ledger, event, "deleted", deleted_at=event.at)
        case e.CustomerReaction(emoji=emoji):
            await _change(ledger, event, "reaction", reaction=emoji)
        case e.DeliveryReport():
            await _report(ledger, event)
        case e.Watermark():
            await _came_this_far(ledger, event)
        case e.CustomerLeft(inbox=inbox, key=key):
            await _left(ledger, inbox, key)
        case e.CustomerDetails():
            await _details(ledger, event)
        case e.InboxTrouble(inbox=inbox, code=code):
            words = say("tell.inbox_trouble", inbox=inbox, reason=Word(f"send_error.{code}"))
            await tell_admins(ledger, words, f"trouble|{inbox}|{code}|{ledger.now:%Y-%m-%d}")
        case e.CustomerMessage() | e.ForeignEcho() | e.IdentityChanged():
            return
        case _:
            assert_never(event)


class _Intake:
    """Messages and echoes of one batch on their way to their tickets."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.current: dict[ConversationId, TicketId | None] = {}

    async def write(self, events: Sequence[Written]) -> None:
        if not events:
            return
        found = await self.ledger.tx.senders([_wanted(event) for event in events])
        self.current = {conversation.id: conversation.ticket for conversation, _ in found}
        await self.ledger.load(*(ticket for ticket in self.current.values() if ticket is not None))
        ids = await self.ledger.tx.new_ids("messages", len(events))
        for event, (conversation, contact), message in zip(events, found, ids, strict=True):
            if not contact.blocked:
                await self._one(event, conversation, contact, MessageId(message))

    async def _one(self, event: Written, conversation: Conversation, contact: Contact, message: MessageId) -> None:
        ledger = self.ledger
        ticket, opens = await self._ticket(event, conversation, contact)
        ids = list(await ledger.tx.new_ids("files", len(event.files))) if event.files else []
        files = written_files(ids, message, event.files)
        ledger.messages.append(await self._message(event, ticket, message, files))
        at, file_ids = min(event.at, ledger.now), tuple(file.id for file in files)
        if isinstance(event, e.ForeignEcho):
            ledger.change(ticket.id, RecordEcho(message, at, file_ids, opens))
        else:
            stopped = await stop_held(ledger, ticket) if ticket.in_flight else ()
            ledger.change(ticket.id, ReceiveMessage(message, at, file_ids, stopped, opens))

    async def _ticket(self, event: Written, conversation: Conversation, contact: Contact) -> tuple[Ticket, bool]:
        """The conversation's ticket while it is open or may be reopened; else a new one, linked to the old."""
        ledger, current = self.ledger, self.current[conversation.id]
        if current is not None and self._goes_on(ledger.tickets[current]):
            return ledger.tickets[current], False
        ticket = await self._open(event, conversation, contact, current)
        await ledger.tx.point(conversation.id, current, ticket.id)
        self.current[conversation.id] = ticket.id
        return ticket, True

    def _goes_on(self, ticket: Ticket) -> bool:
        closed = ticket.closed_at
        return ticket.is_open or closed is None or self.ledger.now - closed < self.ledger.policy.reopen

    async def _open(
        self, event: Written, conversation: Conversation, contact: Contact, previous: TicketId | None
    ) -> Ticket:
        ledger, inbox = self.ledger, self.ledger.policy.inboxes[event.inbox]
        ticket = Ticket(
            id=TicketId((await ledger.tx.new_ids("tickets", 1))[0]),
            version=1,
            queue=inbox.queue,
            inbox=inbox.name,
            channel=inbox.channel,
            conversation=conversation.id,
            contact=contact.id,
            opened_at=ledger.now,
            status=Status.NEW,
            tier=contact.tier,
            language=contact.language,
            country=contact.country,
            previous=previous,
        )
        ledger.open(ticket)
        if inbox.looks_up_names and not contact.name:
            ledger.owe(owed.look_up_name(ticket))
        return ticket

    async def _message(self, event: Written, ticket: Ticket, message: MessageId, files: tuple[File, ...]) -> Message:
        kind = MessageKind.CUSTOMER if isinstance(event, e.CustomerMessage) else MessageKind.REPLY
        answers = event.reply_to if isinstance(event, e.CustomerMessage) else None
        target = await _find(self.ledger, event.inbox, answers) if answers else None
        return Message(
            id=message,
            ticket=ticket.id,
            conversation=ticket.conversation,
            kind=kind,
            text=event.text,
            at=event.at,
            external=event.external,
            about=event.about,
            files=files,
            reply_to=target.id if target else None,
        )


async def _change(
    ledger: Ledger, event: e.CustomerEdit | e.CustomerDelete | e.CustomerReaction, what: str, **fields: object
) -> None:
    """Change the message the event speaks of. An edit of one we never had is a message of its own."""
    target = await _find(ledger, event.inbox, event.target)
    if target is None:
        if isinstance(event, e.CustomerEdit):
            alone = e.CustomerMessage(event.inbox, event.target, event.at, event.sender, event.text)
            await _Intake(ledger).write([alone])
        return
    await ledger.load(target.ticket)
    changed = replace(target, **fields)  # type: ignore[arg-type]
    if target in ledger.messages:
        ledger.messages[ledger.messages.index(target)] = changed
    else:
        await ledger.tx.update_message(changed)
    ledger.change(target.ticket, RecordChange(target.id, what))


async def _report(ledger: Ledger, event: e.DeliveryReport) -> None:
    """The platform says how far a part came. It may say so before it has answered the send itself."""
    message, part = await _sent_part(ledger, event)
    if part is None:
        await meet(ledger, event.inbox, event.external, [event.state])
        message, part = await _sent_part(ledger, event)
    if part is None:
        message, part = await _unanswered_part(ledger, event)
    if message is None or part is None:
        await ledger.tx.park_report(event.inbox, event.external, event.state, event.code, ledger.now)
        return
    if not event.state.outranks(part.state):
        return
    sent_at = part.sent_at or (min(event.at, ledger.now) if event.state in TAKEN else None)
    moved = replace(part, state=event.state, code=event.code, external=event.external, sent_at=sent_at)
    after = replace(message, parts=with_part(message, moved))
    if part.state is Ladder.UNCERTAIN:
        await ledger.tx.no_doubt(send_key(message.id), ledger.now)
    if part.state is Ladder.UNCERTAIN and moved.state in TAKEN:
        after = await _rest_follows(ledger, after)
    await ledger.tx.update_message(after)
    await record_move(ledger, message, moved.seq, after)


async def _came_this_far(ledger: Ledger, event: e.Watermark) -> None:
    """Every part that the platform had by then. Its clock dates the mark; ours the part, before it was sent."""
    for message in await ledger.tx.taken_before(event.inbox, event.key, event.upto):
        parts = tuple(
            replace(part, state=event.state)
            if part.sent_at is not None and part.sent_at <= event.upto and event.state.outranks(part.state)
            else part
            for part in message.parts
        )
        if parts != message.parts:
            after = replace(message, parts=parts)
            await ledger.tx.update_message(after)
            await record_move(ledger, message, parts[-1].seq, after)


async def _left(ledger: Ledger, inbox: InboxName, key: str) -> None:
    conversation = await ledger.tx.conversation_at(inbox, key)
    if conversation is not None and conversation.ticket is not None:
        await ledger.load(conversation.ticket)
        if ledger.tickets[conversation.ticket].is_open:
            ledger.change(conversation.ticket, RecordLeft())


async def _details(ledger: Ledger, event: e.CustomerDetails) -> None:
    """They belong to the contact; the ticket, where there is one already, says that they came."""
    conversation, contact = (await ledger.tx.senders([_wanted(event)]))[0]
    if contact.blocked:
        return
    is_news = event.email not in ("", contact.email)
    if is_news:
        await ledger.tx.update_contact(contact, replace(contact, email=event.email))
    if conversation.ticket is not None:
        await ledger.load(conversation.ticket)
        if is_news:
            ledger.change(conversation.ticket, RecordDetails())
        elif event.sender.name:
            ledger.redraw(conversation.ticket)


async def _unanswered_part(ledger: Ledger, event: e.DeliveryReport) -> tuple[Message | None, Part | None]:
    """The part whose send was never answered, by what we gave it to be known by. What we still mean to send counts as
    taken only when the report says that the platform has it."""
    number = event.ref.partition(".")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None, None
    message = await ledger.tx.message(MessageId(int(number)))
    if message is None:
        return None, None
    part = next((part for part in message.parts if message.ref(part.seq) == event.ref), None)
    ticket = await ledger.tx.ticket(message.ticket)
    if part is None or part.external is not None or ticket is None or ticket.inbox != event.inbox:
        return None, None
    if part.state is Ladder.UNCERTAIN or (part.state is not Ladder.UNDONE and event.state in TAKEN):
        return message, part
    return None, None


async def _rest_follows(ledger: Ledger, message: Message) -> Message:
    """The doubt that stopped a reply in the middle is gone: its other parts go out."""
    if any(part.state not in (*TAKEN, Ladder.HELD, Ladder.QUEUED) for part in message.parts):
        return message
    waiting = (Ladder.HELD, Ladder.QUEUED)
    parts = tuple(replace(p, state=Ladder.QUEUED) if p.state in waiting else p for p in message.parts)
    if parts != message.parts or any(part.state is Ladder.QUEUED for part in parts):
        await ledger.load(message.ticket)
        ledger.owe(owed.send(ledger.tickets[message.ticket], message.id))
    return replace(message, parts=parts)


async def _sent_part(ledger: Ledger, event: e.DeliveryReport) -> tuple[Message | None, Part | None]:
    message = await ledger.tx.message_by_external(event.inbox, event.external)
    parts = message.parts if message else ()
    return message, next((part for part in parts if part.external == event.external), None)


async def meet(ledger: Ledger, inbox: InboxName, external: str, states: Sequence[Ladder] = REPORTED) -> None:
    """Let an early report and the answer to the send wait for each other's commit, so that neither misses the other.

    A key a state: who inserts one second waits for the first, and a key that stands already makes nobody wait.
    """
    await ledger.tx.once([f"sent|{inbox}|{external}|{state}" for state in states], ledger.now)


async def record_move(ledger: Ledger, before: Message, seq: int, after: Message) -> None:
    """Tell the ticket when the message as a whole stands elsewhere now."""
    if after.ladder is not before.ladder:
        await ledger.load(after.ticket)
        code = after.parts[seq].code
        ledger.change(after.ticket, MoveDelivery(after.id, after.ladder, after.at, after.person, code, before.ladder))


def with_part(message: Message, part: Part) -> tuple[Part, ...]:
    return tuple(part if p.seq == part.seq else p for p in message.parts)


async def _find(ledger: Ledger, inbox: InboxName, external: str) -> Message | None:
    """A message of this batch or of the past."""
    for message in ledger.messages:
        if message.external == external and ledger.tickets[message.ticket].inbox == inbox:
            return message
    return await ledger.tx.message_by_external(inbox, external)


async def tell_admins(ledger: Ledger, words: Say, once: str) -> None:
    """Tell every admin, once a key."""
    if (await ledger.tx.once([once], ledger.now))[0]:
        for admin in (await ledger.tx.roster()).admins():
            ledger.tell(admin.id, words)


def _wanted(event: Written | e.CustomerDetails) -> Wanted:
    sender = event.sender
    phone, bsuid = _identity(sender.identities, "phone"), _identity(sender.identities, "bsuid")
    country = country_of_phone(phone) if phone else country_of_bsuid(bsuid) if bsuid else None
    zone = zone_of(country, phone) if country else None
    return Wanted(
        event.inbox,
        sender.key,
        sender.address,
        sender.identities,
        sender.name,
        country,
        zone,
        sender.language,
        event.at,
    )


def _identity(identities: Sequence[Identity], kind: str) -> str | None:
    return next((identity.value for identity in identities if identity.kind == kind), None)
