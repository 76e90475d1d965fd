"""A batch of customers' events into tickets: each has its effect once, in the order it came. Inside a transaction.

Messages and echoes come first, so that a report, an edit or a reaction of the same batch finds them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from core import events as e
from core import owed, promises, reports, speaking
from core.commands import (
    FollowContact,
    ReceiveMessage,
    RecordChange,
    RecordDetails,
    RecordEcho,
    RecordLeft,
    Trigger,
)
from core.gather import stop_held, written_files
from core.ids import ConversationId, InboxName, MessageId, TicketId
from core.ledger import Ledger
from core.messages import File, Message, MessageKind
from core.model import Conversation, Status, Ticket
from core.people import NOBODY, Contact, Identity
from core.places import country_of_bsuid, country_of_phone, country_of_zone, zone_of
from core.ports import Pointer, Wanted
from core.say import Word, say

Written = e.CustomerMessage | e.ForeignEcho


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
            await reports.report(ledger, event)
        case e.Watermark():
            await reports.came_this_far(ledger, event)
        case e.CustomerLeft(inbox=inbox, key=key):
            await _left(ledger, inbox, key)
        case e.CustomerDetails():
            await _details(ledger, event)
        case e.InboxTrouble(inbox=inbox, code=code):
            words = say("tell.inbox_trouble", inbox=inbox, reason=Word(f"send_error.{code}"))
            await ledger.tell_admins(words, f"trouble|{inbox}|{code}|{ledger.now:%Y-%m-%d}")
        case e.CustomerMessage() | e.ForeignEcho() | e.IdentityChanged():
            return
        case _:
            assert_never(event)


class _Intake:
    """Messages and echoes of one batch on their way to their tickets."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.current: dict[ConversationId, TicketId | None] = {}
        self._moves: list[Pointer] = []
        self._new_tickets: Iterator[int] = iter(())

    async def write(self, events: Sequence[Written]) -> None:
        if not events:
            return
        found = await self.ledger.tx.senders([_wanted(event) for event in events])
        self.current = {conversation.id: conversation.ticket for conversation, _ in found}
        await self.ledger.load(*(ticket for ticket in self.current.values() if ticket is not None))
        ids = await self.ledger.tx.new_ids("messages", len(events))
        opens = sum(not self._goes_on(ticket) for ticket in self.current.values())
        self._new_tickets = iter(await self.ledger.tx.new_ids("tickets", opens) if opens else ())
        for event, (conversation, contact), message in zip(events, found, ids, strict=True):
            if not contact.blocked:
                await self._one(event, conversation, contact, MessageId(message))
        # Now, and not with the rest: who writes again in this transaction must find where they go on.
        await self.ledger.tx.point(self._moves)

    async def _one(self, event: Written, conversation: Conversation, contact: Contact, message: MessageId) -> None:
        ledger = self.ledger
        ticket, opens = self._ticket(event, conversation, contact)
        ids = list(await ledger.tx.new_ids("files", len(event.files))) if event.files else []
        files = written_files(ids, message, event.files)
        ledger.messages.append(await self._message(event, ticket, message, files))
        at, file_ids = min(event.at, ledger.now), tuple(file.id for file in files)
        if (ticket.tier, ticket.zone, ticket.country) != (contact.tier, contact.zone, contact.country):
            # Closed, it did not follow what was set on another ticket of theirs, or learnt of them.
            ledger.change(ticket.id, FollowContact(contact.tier, contact.zone, contact.country))
        if isinstance(event, e.ForeignEcho):
            await speaking.withdraw(ledger, ticket)
            ledger.change(ticket.id, RecordEcho(message, at, file_ids, opens))
        else:
            stopped = await stop_held(ledger, ticket, at) if ticket.in_flight else ()
            closed = await self._is_closed(ticket)
            kinds = tuple(sorted(ledger.policy.triggers.in_text(event.text)))
            roster = await ledger.roster() if kinds else NOBODY
            ledger.change(ticket.id, ReceiveMessage(message, at, file_ids, stopped, opens, closed, kinds, roster))

    async def _is_closed(self, ticket: Ticket) -> bool:
        ledger = self.ledger
        return promises.is_closed(ticket.queue, ticket.language, ledger.now, ledger.policy, await ledger.staffing())

    def _ticket(self, event: Written, conversation: Conversation, contact: Contact) -> tuple[Ticket, bool]:
        """The conversation's ticket while it is open or may be reopened; else a new one, linked to the old."""
        ledger, current = self.ledger, self.current[conversation.id]
        if current is not None and self._goes_on(current):
            return ledger.tickets[current], False
        ticket = self._open(event, conversation, contact, current)
        self._moves.append(Pointer(conversation.id, current, ticket.id))
        self.current[conversation.id] = ticket.id
        return ticket, True

    def _goes_on(self, current: TicketId | None) -> bool:
        if current is None:
            return False
        ticket = self.ledger.tickets[current]
        closed = ticket.closed_at
        return ticket.is_open or closed is None or self.ledger.now - closed < self.ledger.policy.reopen

    def _open(self, event: Written, conversation: Conversation, contact: Contact, previous: TicketId | None) -> Ticket:
        ledger, inbox = self.ledger, self.ledger.policy.inboxes[event.inbox]
        ticket = Ticket(
            id=TicketId(next(self._new_tickets)),
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
            zone=contact.zone,
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
    if what == "edited" and (kinds := ledger.policy.triggers.in_text(changed.text)):
        ledger.change(target.ticket, Trigger(tuple(sorted(kinds)), None, await ledger.roster()))


async def _left(ledger: Ledger, inbox: InboxName, key: str) -> None:
    conversation = await ledger.tx.conversation_at(inbox, key)
    if conversation is not None and conversation.ticket is not None:
        await ledger.load(conversation.ticket)
        ticket = ledger.tickets[conversation.ticket]
        if ticket.is_open and not promises.is_told(ticket):
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


async def _find(ledger: Ledger, inbox: InboxName, external: str) -> Message | None:
    """A message of this batch or of the past."""
    for message in ledger.messages:
        if message.external == external and ledger.tickets[message.ticket].inbox == inbox:
            return message
    return await ledger.tx.message_by_external(inbox, external)


def _wanted(event: Written | e.CustomerDetails) -> Wanted:
    sender = event.sender
    phone, bsuid = _identity(sender.identities, "phone"), _identity(sender.identities, "bsuid")
    country = country_of_phone(phone) if phone else country_of_bsuid(bsuid) if bsuid else None
    zone = sender.zone or (zone_of(country, phone) if country else None)
    return Wanted(
        event.inbox,
        sender.key,
        sender.address,
        sender.identities,
        sender.name,
        country or (country_of_zone(zone) if zone else None),
        zone,
        sender.language,
        event.at,
    )


def _identity(identities: Sequence[Identity], kind: str) -> str | None:
    return next((identity.value for identity in identities if identity.kind == kind), None)
