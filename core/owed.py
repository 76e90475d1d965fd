"""How each kind of outside work waits its turn: its lane, bucket, urgency and key. Here and nowhere else.

What brings it about is said in `core.react`; what it does in the world, in the outbox.
"""

from datetime import datetime

from core.ids import DeskName, FileId, MessageId, PersonId, TicketId
from core.jobs import (
    CloseThread,
    EditCard,
    EditEntry,
    FetchFile,
    MarkRead,
    Owed,
    PostFile,
    SendReply,
    SyncThread,
    TellPerson,
    Urgency,
    customer_lane,
    send_key,
    thread_lane,
)
from core.model import Ticket


def send(ticket: Ticket, message: MessageId, not_before: datetime | None = None) -> Owed:
    """The unsent parts of a reply, to the customer."""
    work, lane = SendReply(message, ticket.inbox), customer_lane(ticket.conversation)
    return Owed(work, lane, _inbox_bucket(ticket), Urgency.CUSTOMER, send_key(message), ticket.id, not_before)


def read_tick(ticket: Ticket, message: MessageId) -> Owed:
    """In a lane of its own: it keeps nobody waiting."""
    lane = key = f"tick:{message}"
    return Owed(MarkRead(message, ticket.inbox), lane, _inbox_bucket(ticket), Urgency.COSMETIC, key, ticket.id)


def fetch_from_inbox(ticket: Ticket, file: FileId) -> Owed:
    return _fetch(ticket, FetchFile(file, inbox=ticket.inbox), f"files:{ticket.inbox}")


def fetch_from_desk(ticket: Ticket, file: FileId, desk: DeskName | None) -> Owed:
    return _fetch(ticket, FetchFile(file, desk=desk), f"files:{desk}")


def sync_thread(ticket: Ticket, desk: DeskName, place: str, urgency: Urgency, not_before: datetime | None) -> Owed:
    """One that waits already is brought forward, as something newer may not wait."""
    work, key = SyncThread(ticket.id, desk), f"sync:{desk}:{ticket.id}"
    lane, bucket = thread_lane(ticket.id, desk), _desk_bucket(desk, place)
    return Owed(work, lane, bucket, urgency, key, ticket.id, not_before, hurries=True)


def edit_entry(ticket: Ticket, desk: DeskName, place: str, seq: int) -> Owed:
    work, key = EditEntry(ticket.id, desk, seq), f"edit:{desk}:{ticket.id}:{seq}"
    return Owed(work, thread_lane(ticket.id, desk), _desk_bucket(desk, place), Urgency.COSMETIC, key, ticket.id)


def edit_card(ticket: Ticket, desk: DeskName, place: str) -> Owed:
    work, key = EditCard(ticket.id, desk), f"card:{desk}:{ticket.id}"
    return Owed(work, thread_lane(ticket.id, desk), _desk_bucket(desk, place), Urgency.COSMETIC, key, ticket.id)


def post_file(ticket: Ticket, desk: DeskName, place: str, file: FileId) -> Owed:
    work, key = PostFile(ticket.id, desk, file), f"post:{desk}:{file}"
    return Owed(work, thread_lane(ticket.id, desk), _desk_bucket(desk, place), Urgency.THREAD, key, ticket.id)


def close_thread(ticket: Ticket, desk: DeskName, place: str) -> Owed:
    work, key = CloseThread(ticket.id, desk, place), f"close:{desk}:{place}:{ticket.id}"
    return Owed(work, thread_lane(ticket.id, desk), _desk_bucket(desk, place), Urgency.COSMETIC, key, ticket.id)


def tell_person(person: PersonId, notice: int, ticket: TicketId | None) -> Owed:
    lane = bucket = f"person:{person}"
    return Owed(TellPerson(person, notice), lane, bucket, Urgency.PING, f"notice:{notice}", ticket)


def _fetch(ticket: Ticket, work: FetchFile, bucket: str) -> Owed:
    lane = key = f"file:{work.file}"
    return Owed(work, lane, bucket, Urgency.CUSTOMER, key, ticket.id)


def _inbox_bucket(ticket: Ticket) -> str:
    """Channels count by the account that sends: a WhatsApp number."""
    return f"{ticket.channel}:{ticket.inbox}"


def _desk_bucket(desk: DeskName, place: str) -> str:
    """Desks count by place: a Slack channel, a Telegram group."""
    return f"{desk}:{place}"
