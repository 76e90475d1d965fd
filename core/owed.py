"""How each kind of outside work waits its turn: its lane, bucket, urgency and key. Here and nowhere else.

What brings it about is said in `core.react`; what it does in the world, in the outbox.
"""

from datetime import datetime, timedelta

from core.ids import DeskName, FileId, MessageId, PersonId, QueueName, TicketId
from core.jobs import (
    CloseThread,
    EditBoard,
    EditCard,
    EditEntry,
    FetchFile,
    LookUpName,
    MarkRead,
    Owed,
    PostFile,
    SendReply,
    SyncThread,
    TellPerson,
    Urgency,
    Withdraw,
    customer_lane,
    send_key,
    thread_lane,
)
from core.model import PostRef, Ticket

BOARD_PACE = timedelta(seconds=60)
"""How old an overview may be in a place where every write is dear."""
ASIDE = "aside:"
"""How the lane of a file begins that waits beside its thread."""
ASIDE_FOR = timedelta(minutes=10)
WITHDRAWN_AFTER = timedelta(seconds=60)
"""How long an answer meant for one person stands where others can see it."""


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


def sync_thread(
    ticket: Ticket,
    desk: DeskName,
    place: str,
    urgency: Urgency,
    not_before: datetime | None,
    delay: timedelta = timedelta(),
) -> Owed:
    """One that waits already is brought forward, as something newer may not wait."""
    work, key = SyncThread(ticket.id, desk), f"sync:{desk}:{ticket.id}"
    lane, bucket = thread_lane(ticket.id, desk), desk_bucket(desk, place)
    return Owed(work, lane, bucket, urgency, key, ticket.id, not_before, hurries=True, delay=delay)


def edit_entry(ticket: Ticket, desk: DeskName, place: str, seq: int, delay: timedelta = timedelta()) -> Owed:
    work, key = EditEntry(ticket.id, desk, seq), f"edit:{desk}:{ticket.id}:{seq}"
    lane, bucket = thread_lane(ticket.id, desk), desk_bucket(desk, place)
    return Owed(work, lane, bucket, Urgency.COSMETIC, key, ticket.id, delay=delay)


def edit_card(ticket: Ticket, desk: DeskName, place: str, delay: timedelta = timedelta()) -> Owed:
    work, key = EditCard(ticket.id, desk), f"card:{desk}:{ticket.id}"
    lane, bucket = thread_lane(ticket.id, desk), desk_bucket(desk, place)
    return Owed(work, lane, bucket, Urgency.COSMETIC, key, ticket.id, delay=delay)


def post_file(ticket: Ticket, desk: DeskName, place: str, file: FileId) -> Owed:
    work, key = PostFile(ticket.id, desk, file), f"post:{desk}:{file}"
    return Owed(work, thread_lane(ticket.id, desk), desk_bucket(desk, place), Urgency.THREAD, key, ticket.id)


def post_file_aside(ticket: Ticket, desk: DeskName, place: str, file: FileId, now: datetime) -> Owed:
    """In a lane of its own, for as long as somebody must mend something first."""
    lane = key = f"{ASIDE}{desk}:{file}"
    work, bucket = PostFile(ticket.id, desk, file), desk_bucket(desk, place)
    return Owed(work, lane, bucket, Urgency.THREAD, key, ticket.id, now + ASIDE_FOR)


def close_thread(ticket: Ticket, desk: DeskName, place: str) -> Owed:
    work, key = CloseThread(ticket.id, desk, place), f"close:{desk}:{place}:{ticket.id}"
    return Owed(work, thread_lane(ticket.id, desk), desk_bucket(desk, place), Urgency.COSMETIC, key, ticket.id)


def tell_person(person: PersonId, notice: int, desk: DeskName, ticket: TicketId | None) -> Owed:
    lane = bucket = f"person:{desk}:{person}"
    return Owed(TellPerson(person, notice, desk), lane, bucket, Urgency.PING, f"notice:{desk}:{notice}", ticket)


def look_up_name(ticket: Ticket) -> Owed:
    """In a lane of its own: nothing waits for a name."""
    work, lane = LookUpName(ticket.conversation, ticket.inbox), f"name:{ticket.conversation}"
    return Owed(work, lane, _inbox_bucket(ticket), Urgency.COSMETIC, lane, ticket.id)


def edit_board(queue: QueueName, desk: DeskName, place: str) -> Owed:
    """At most one waits, and what changes meanwhile is on it."""
    work, lane = EditBoard(queue, desk, place), f"board:{desk}:{place}"
    return Owed(work, lane, desk_bucket(desk, place), Urgency.COSMETIC, lane, delay=BOARD_PACE)


def withdraw(post: PostRef) -> Owed:
    work, lane = Withdraw(post.desk, post.place, post.post), f"withdraw:{post.desk}:{post.place}:{post.post}"
    return Owed(work, lane, desk_bucket(post.desk, post.place), Urgency.COSMETIC, lane, delay=WITHDRAWN_AFTER)


def _fetch(ticket: Ticket, work: FetchFile, bucket: str) -> Owed:
    lane = key = f"file:{work.file}"
    return Owed(work, lane, bucket, Urgency.CUSTOMER, key, ticket.id)


def _inbox_bucket(ticket: Ticket) -> str:
    """Channels count by the account that sends: a WhatsApp number."""
    return f"{ticket.channel}:{ticket.inbox}"


def desk_bucket(desk: DeskName, place: str) -> str:
    """Desks count by place: a Slack channel, a Telegram group."""
    return f"{desk}:{place}"
