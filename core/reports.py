"""How far what we sent has come, as the channels report it: of one part, or of everything up to a moment."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core import events as e
from core import owed
from core.commands import MoveDelivery
from core.ids import InboxName, MessageId, row_number
from core.jobs import send_key
from core.ledger import Ledger
from core.messages import TAKEN, Ladder, Message, MessageKind, Part

REPORTED = (Ladder.SENT, Ladder.DELIVERED, Ladder.READ, Ladder.FAILED)
"""What a channel may report of a part."""


async def report(ledger: Ledger, event: e.DeliveryReport) -> None:
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
    if part.external is None:
        moved = await with_early(ledger, event.inbox, event.external, moved)
    after = replace(message, parts=with_part(message, moved))
    if part.state is Ladder.UNCERTAIN:
        await ledger.tx.no_doubt(send_key(message.id), ledger.now)
    if part.state is Ladder.UNCERTAIN and moved.state in TAKEN:
        after = await _rest_follows(ledger, after)
    await ledger.tx.update_message(after)
    await record_move(ledger, message, moved.seq, after)


async def came_this_far(ledger: Ledger, event: e.Watermark) -> None:
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


async def _unanswered_part(ledger: Ledger, event: e.DeliveryReport) -> tuple[Message | None, Part | None]:
    """The part whose send was never answered, by what we gave it to be known by. What we still mean to send counts as
    taken only when the report says that the platform has it."""
    number = row_number(event.ref.partition(".")[0])
    if number is None:
        return None, None
    message = await ledger.tx.message(MessageId(number))
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


async def with_early(ledger: Ledger, inbox: InboxName, external: str, part: Part) -> Part:
    """A part that has only now become known by `external`, as far as the reports of it go that came before."""
    await meet(ledger, inbox, external)
    for state, code in await ledger.tx.parked_reports(inbox, external):
        if state.outranks(part.state):
            part = replace(part, state=state, code=code)
    return part


async def meet(ledger: Ledger, inbox: InboxName, external: str, states: Sequence[Ladder] = REPORTED) -> None:
    """Let an early report and the answer to the send wait for each other's commit, so that neither misses the other.

    A key a state: who inserts one second waits for the first, and a key that stands already makes nobody wait.
    """
    await ledger.tx.once([f"sent|{inbox}|{external}|{state}" for state in states], ledger.now)


async def record_move(ledger: Ledger, before: Message, seq: int, after: Message, *, again: bool = False) -> None:
    """Tell the ticket when the message as a whole stands elsewhere now; with `again` also where it stood before."""
    if after.ladder is not before.ladder or again:
        await ledger.load(after.ticket)
        code = after.parts[seq].code
        ladder = after.ladder, after.at, after.person, code, before.ladder
        automatic = after.kind is MessageKind.AUTO
        other = await _answered_beside(ledger, after) if after.ladder is Ladder.FAILED and not automatic else None
        ledger.change(after.ticket, MoveDelivery(after.id, *ladder, automatic=automatic, answered_at=other))


async def _answered_beside(ledger: Ledger, failed: Message) -> datetime | None:
    """When the customer was given another answer to what they wrote last."""
    since = ledger.tickets[failed.ticket].last_customer_at
    return await ledger.tx.answered_at(failed.ticket, since, but=failed.id) if since is not None else None


def with_part(message: Message, part: Part) -> tuple[Part, ...]:
    return tuple(part if p.seq == part.seq else p for p in message.parts)
