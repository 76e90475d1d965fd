"""Tickets and their clocks: columns, rows to values and back."""

import json
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

from core.clocks import ClockKind, ClockState, Span, TicketClock
from core.ids import ChannelName, ContactId, ConversationId, InboxName, QueueName, TicketId
from core.model import Priority, SendMode, Status, Ticket
from core.people import Tier
from core.promises import promised
from storage.fields import instant, instant_text
from storage.rows import Row, moment

TICKET_COLUMNS = (
    "version", "queue", "inbox", "channel", "conversation_id", "contact_id", "status", "priority", "tier", "language",
    "country", "assignee_id", "assigned_at", "tags", "mode", "level", "acked_by", "opened_at", "closed_at",
    "close_code", "snoozed_until", "previous_id", "entries", "last_customer_id", "last_customer_at",
    "last_received_at", "last_reply_at",
    "last_reply_by", "in_flight", "zone", "triggers", "consulted", "consulted_by", "due_at", "warned",
    "waiting_since", "promised_at",
)  # fmt: skip


def ticket_values(t: Ticket) -> tuple[Any, ...]:
    """In the order of TICKET_COLUMNS."""
    warned = any(c.kind.is_target and c.running and c.due_at and c.fired for c in t.clocks)
    deadline = t.deadline
    return (
        t.version, t.queue, t.inbox, t.channel, t.conversation, t.contact, t.status, t.priority, t.tier, t.language,
        t.country, t.assignee, t.assigned_at, json.dumps(sorted(t.tags)), t.mode, t.level, t.acked_by, t.opened_at,
        t.closed_at, t.close_code, t.snoozed_until, t.previous, t.entries, t.last_customer, t.last_customer_at,
        t.last_received_at,
        t.last_reply_at, t.last_reply_by, json.dumps(sorted(t.in_flight)), t.zone,
        json.dumps(sorted(t.triggers)), t.consulted, t.consulted_by,
        deadline and deadline.due_at, warned, t.waiting_since, promised(t),
    )  # fmt: skip


def ticket(row: Row, clocks: Sequence[Row]) -> Ticket:
    return Ticket(
        id=TicketId(row["id"]),
        version=row["version"],
        queue=QueueName(row["queue"]),
        inbox=InboxName(row["inbox"]),
        channel=ChannelName(row["channel"]),
        conversation=ConversationId(row["conversation_id"]),
        contact=ContactId(row["contact_id"]),
        opened_at=instant(row["opened_at"]),
        status=Status(row["status"]),
        priority=Priority(row["priority"]),
        tier=Tier(row["tier"]),
        language=row["language"],
        country=row["country"],
        assignee=row["assignee_id"],
        assigned_at=moment(row["assigned_at"]),
        tags=_names(row["tags"]),
        mode=SendMode(row["mode"]),
        level=row["level"],
        acked_by=row["acked_by"],
        closed_at=moment(row["closed_at"]),
        close_code=row["close_code"],
        snoozed_until=moment(row["snoozed_until"]),
        previous=row["previous_id"],
        entries=row["entries"],
        last_customer=row["last_customer_id"],
        last_customer_at=moment(row["last_customer_at"]),
        last_received_at=moment(row["last_received_at"]),
        last_reply_at=moment(row["last_reply_at"]),
        last_reply_by=row["last_reply_by"],
        in_flight=frozenset(json.loads(row["in_flight"])) if row["in_flight"] != "[]" else frozenset(),
        zone=row["zone"],
        triggers=_names(row["triggers"]),
        consulted=row["consulted"],
        consulted_by=row["consulted_by"],
        clocks=tuple(clock(one) for one in clocks),
    )


@lru_cache(maxsize=4096)
def _names(text: str) -> frozenset[str]:
    """Tags and steps: the same few are read over and over."""
    return frozenset(json.loads(text))


def clock_values(ticket: TicketId, seq: int, c: TicketClock) -> tuple[Any, ...]:
    """ticket_id, kind, cycle, seq, state, spans, target, due_at, fired, next_at."""
    spans = [[instant_text(s.start), s.end and instant_text(s.end)] for s in c.spans]
    target = None if c.target is None else int(c.target.total_seconds())
    fired = json.dumps(sorted(c.fired))
    return ticket, c.kind, c.cycle, seq, c.state, json.dumps(spans), target, c.due_at, fired, c.next_at


def clock(row: Row) -> TicketClock:
    return TicketClock(
        kind=ClockKind(row["kind"]),
        cycle=row["cycle"],
        state=ClockState(row["state"]),
        spans=tuple(Span(instant(start), moment(end)) for start, end in json.loads(row["spans"])),
        target=None if row["target"] is None else timedelta(seconds=row["target"]),
        due_at=moment(row["due_at"]),
        fired=_names(row["fired"]),
        next_at=moment(row["next_at"]),
    )
