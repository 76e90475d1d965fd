"""The house's own words to a customer, written and taken back in the transaction that has the reason. What they may
promise is reckoned in `core.promises`, the sentences are spoken by what the door was given."""

from dataclasses import replace

from core import promises
from core.clocks import ClockKind
from core.commands import MoveDelivery, Promised
from core.cutting import split
from core.ids import MessageId
from core.jobs import send_key
from core.ledger import Ledger
from core.messages import Ladder, Message, MessageKind, Part
from core.model import Ticket


async def promise(ledger: Ledger, ticket: Ticket) -> Promised | None:
    """Write what the customer is told now, when the ticket's clock says that it is time for something."""
    clock = ticket.running(ClockKind.PROMISE)
    if clock is None or clock.next_at is None or clock.next_at > ledger.now:
        return None
    plan = promises.plan(ticket, ledger.now, ledger.policy, await ledger.staffing())
    contact = await ledger.contact(ticket.contact) if plan else None
    if plan is None or contact is None or contact.blocked:
        return None
    queue = ledger.policy.queue(ticket.queue)
    tags = [tag for tag in (ticket.language, contact.language, queue.locale) if tag]
    text = ledger.speak(tags, plan.words, ticket.zone or contact.zone or queue.calendar.zone)
    message = MessageId((await ledger.tx.new_ids("messages", 1))[0])
    pieces = split(text, ledger.policy.inboxes[ticket.inbox].text_limit)
    parts = tuple(Part(seq, piece, state=Ladder.QUEUED) for seq, piece in enumerate(pieces))
    ledger.messages.append(
        Message(message, ticket.id, ticket.conversation, MessageKind.AUTO, text, ledger.now, parts=parts)
    )
    return Promised(message, plan.until, plan.why)


async def withdraw(ledger: Ledger, ticket: Ticket) -> None:
    """Somebody answers, or nobody shall: what still waits to be sent by itself is not true any more."""
    message = await _waiting(ledger, ticket)
    if message is not None and (await ledger.tx.withdraw([send_key(message.id)]))[0]:
        await take_back(ledger, message)


async def take_back(ledger: Ledger, message: Message) -> None:
    """Nothing of it has left, and nothing ever will."""
    parts = tuple(replace(part, state=Ladder.UNDONE, code="") for part in message.parts)
    await ledger.tx.update_message(replace(message, parts=parts))
    await ledger.load(message.ticket)
    moved = MoveDelivery(message.id, Ladder.UNDONE, message.at, None, was=message.ladder, automatic=True)
    ledger.change(message.ticket, moved)


def is_whole(message: Message) -> bool:
    """Whether nothing of it has left."""
    return all(part.external is None and part.state is Ladder.QUEUED for part in message.parts)


async def _waiting(ledger: Ledger, ticket: Ticket) -> Message | None:
    clock = ticket.running(ClockKind.PROMISE)
    number = promises.last_message(clock) if clock is not None else None
    message = await ledger.tx.message(number) if number is not None else None
    return message if message is not None and is_whole(message) else None
