"""Before deciding: fill in what a command carries from outside and write the words it brings. Inside a transaction."""

from dataclasses import replace
from datetime import datetime

from core import commands as c
from core import speaking
from core.cutting import split
from core.errors import Refused
from core.events import FileNote
from core.ids import FileId, MessageId, PersonId
from core.jobs import send_key
from core.ledger import Ledger
from core.messages import File, Ladder, Message, MessageKind, Part
from core.model import Ticket
from core.people import Contact
from core.places import country_of_zone
from core.policy import Policy
from core.ports import Pointer, Tx
from core.say import say


async def gather(ledger: Ledger, ticket: Ticket, command: c.Command) -> c.Command:
    """The command with everything `decide` needs. When it is then refused, the transaction takes the words back."""
    match command:
        case c.Reply():
            await speaking.withdraw(ledger, ticket)
            contact = await _contact(ledger.tx, ticket)
            message, files = await _write(ledger, ticket, command.draft, MessageKind.REPLY, command.by)
            return replace(command, message=message, files=files, blocked=contact.blocked)
        case c.Note():
            message, files = await _write(ledger, ticket, command.draft, MessageKind.NOTE, command.by)
            return replace(command, message=message, files=files)
        case c.Hold(draft=c.Draft() as draft):
            message, files = await _write(ledger, ticket, draft, MessageKind.NOTE, command.by)
            return replace(command, message=message, files=files)
        case c.Escalate():
            command = replace(command, roster=await ledger.roster())
            if command.draft is None:
                return command
            message, files = await _write(ledger, ticket, command.draft, MessageKind.NOTE, command.by)
            return replace(command, message=message, files=files)
        case c.Consult() | c.AnswerConsult():
            message, files = await _write(ledger, ticket, command.draft, MessageKind.NOTE, command.by)
            return replace(command, message=message, files=files, roster=await ledger.roster())
        case c.Trigger() | c.SetTags():
            return replace(command, roster=await ledger.roster())
        case c.Tick():
            roster = await ledger.roster()
            return replace(command, roster=roster, promise=await speaking.promise(ledger, ticket))
        case c.UndoReply():
            return replace(command, withdrawn=await _undo(ledger, ticket, command.message))
        case c.ReplaceReply():
            return replace(command, withdrawn=await _rewrite(ledger, ticket, command))
        case c.ReleaseReply():
            contact = await _contact(ledger.tx, ticket)
            return replace(command, state=await _requeue(ledger, ticket, command.message), blocked=contact.blocked)
        case c.Reopen():
            await _take_back(ledger, ticket)
        case c.ChangeNote():
            await _change_note(ledger, ticket, command)
        case c.SetTier(tier=tier):
            contact = await _contact(ledger.tx, ticket)
            await _update_contact(ledger, ticket, contact, replace(contact, tier=tier))
        case c.SetZone(zone=zone):
            contact = await _contact(ledger.tx, ticket)
            country = country_of_zone(zone) or contact.country
            after = replace(contact, zone=zone, zone_assumed=False, country=country)
            await _update_contact(ledger, ticket, contact, after)
        case c.Close():
            await speaking.withdraw(ledger, ticket)
        case c.SetBlocked(blocked=blocked):
            await speaking.withdraw(ledger, ticket)
            contact = await _contact(ledger.tx, ticket)
            await ledger.tx.update_contact(contact, replace(contact, blocked=blocked))
            return replace(command, was=contact.blocked)
        case _:
            pass
    return command


async def stop_held(ledger: Ledger, ticket: Ticket, at: datetime) -> tuple[MessageId, ...]:
    """The customer wrote at `at`: replies that were still in their hold then wait for another look. Those on their way
    are left alone, though a channel that is away may keep them waiting for hours."""
    stopped = []
    for message in (await ledger.tx.messages(sorted(ticket.in_flight))).values():
        held = at < (message.edited_at or message.at) + ledger.policy.undo
        if held and await _withdraw(ledger.tx, message):
            await _set_parts(ledger.tx, message, Ladder.ASKED)
            stopped.append(message.id)
    return tuple(stopped)


def written_files(ids: list[int], message: MessageId, notes: tuple[FileNote, ...]) -> tuple[File, ...]:
    """File rows for what a message came with, to be fetched."""
    pairs = zip(ids, notes, strict=True)
    return tuple(File(FileId(i), message, n.name, n.mime, n.size, source=n.source) for i, n in pairs)


def parts_of(text: str, files: tuple[File, ...], ticket: Ticket, policy: Policy) -> tuple[Part, ...]:
    """A reply as platform requests: its text in pieces the channel takes, then each file."""
    inbox = policy.inboxes.get(ticket.inbox)
    pieces = split(text, inbox.text_limit) if inbox else [text]
    contents = [*((piece, None) for piece in pieces if piece.strip()), *(("", file.id) for file in files)]
    return tuple(Part(seq, piece, file) for seq, (piece, file) in enumerate(contents))


async def _write(
    ledger: Ledger, ticket: Ticket, draft: c.Draft, kind: MessageKind, by: PersonId
) -> tuple[MessageId, tuple[FileId, ...]]:
    message = MessageId((await ledger.tx.new_ids("messages", 1))[0])
    ids = list(await ledger.tx.new_ids("files", len(draft.files))) if draft.files else []
    files = written_files(ids, message, draft.files)
    parts = parts_of(draft.text, files, ticket, ledger.policy) if kind is MessageKind.REPLY else ()
    ledger.messages.append(
        Message(message, ticket.id, ticket.conversation, kind, draft.text, ledger.now, by, files=files, parts=parts)
    )
    return message, tuple(file.id for file in files)


async def _undo(ledger: Ledger, ticket: Ticket, message: MessageId) -> bool:
    """Whether nothing had left; then nothing ever will."""
    known = await _written(ledger.tx, ticket, message, MessageKind.REPLY)
    if known.ladder is not Ladder.ASKED and not await _withdraw(ledger.tx, known):
        return False
    await _set_parts(ledger.tx, known, Ladder.UNDONE)
    return True


async def _rewrite(ledger: Ledger, ticket: Ticket, command: c.ReplaceReply) -> bool:
    known = await _written(ledger.tx, ticket, command.message, MessageKind.REPLY)
    if not await _withdraw(ledger.tx, known):
        return False
    parts = parts_of(command.text, known.files, ticket, ledger.policy)
    await ledger.tx.update_message(replace(known, text=command.text, edited_at=ledger.now, parts=parts))
    return True


async def _requeue(ledger: Ledger, ticket: Ticket, message: MessageId) -> Ladder:
    """What the reply stood at; its parts that did not arrive for certain go out again, and those after them."""
    known = await _written(ledger.tx, ticket, message, MessageKind.REPLY)
    again = (Ladder.ASKED, Ladder.FAILED, Ladder.UNCERTAIN, Ladder.HELD)
    parts = tuple(replace(p, state=Ladder.QUEUED, code="") if p.state in again else p for p in known.parts)
    await ledger.tx.update_message(replace(known, parts=parts))
    await ledger.tx.no_doubt(send_key(message), ledger.now)
    return known.ladder


async def _withdraw(tx: Tx, message: Message) -> bool:
    """Take the job of a reply that is held, or waits for somebody to mend something, out of the outbox; False when any
    part of it has left or is being sent right now."""
    whole = all(part.state is Ladder.HELD for part in message.parts) or message.waits_for
    return bool(whole) and (await tx.withdraw([send_key(message.id)]))[0]


async def _take_back(ledger: Ledger, ticket: Ticket) -> None:
    """What the customer writes next comes to the reopened ticket, unless a later one of theirs is open."""
    conversation = await ledger.tx.conversation(ticket.conversation)
    if conversation is None or conversation.ticket in (None, ticket.id):
        return
    later = await ledger.tx.ticket(conversation.ticket)
    if later is None or not later.is_open:
        await ledger.tx.point([Pointer(conversation.id, conversation.ticket, ticket.id)])


async def _change_note(ledger: Ledger, ticket: Ticket, command: c.ChangeNote) -> None:
    note = await _written(ledger.tx, ticket, command.message, MessageKind.NOTE)
    if command.text is None:
        await ledger.tx.update_message(replace(note, deleted_at=ledger.now))
    else:
        await ledger.tx.update_message(replace(note, text=command.text, edited_at=ledger.now))


async def _set_parts(tx: Tx, message: Message, state: Ladder) -> None:
    parts = tuple(replace(part, state=state) for part in message.parts)
    await tx.update_message(replace(message, parts=parts))


async def _written(tx: Tx, ticket: Ticket, message: MessageId, kind: MessageKind) -> Message:
    """A reply or note of this ticket; a command never reaches into another's."""
    known = await tx.message(message)
    if known is None or known.kind is not kind or known.ticket != ticket.id:
        raise Refused(say("refused.no_message"))
    return known


async def _update_contact(ledger: Ledger, ticket: Ticket, before: Contact, after: Contact) -> None:
    """What is known of a customer moves the deadlines of all their open tickets."""
    await ledger.tx.update_contact(before, after)
    others = [other for other in await ledger.tx.open_tickets(after.id) if other != ticket.id]
    await ledger.load(*others)
    for other in others:
        ledger.change(other, c.FollowContact(after.tier, after.zone, after.country))


async def _contact(tx: Tx, ticket: Ticket) -> Contact:
    contact = await tx.contact(ticket.contact)
    if contact is None:
        raise Refused(say("refused.no_ticket"))
    return contact
