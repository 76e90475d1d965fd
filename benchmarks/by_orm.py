"""Yardstick (b): the plain ORM loop that one would write first. One message a transaction, its rows made and changed
through models. New ids of tickets, messages and contacts come from a counter, as in yardstick (c)."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import unquote, urlsplit

from tortoise import Tortoise
from tortoise.transactions import in_transaction

from benchmarks.by_hand import CLOCKS, DUE, WINDOW
from benchmarks.deliveries import Delivery
from benchmarks.orm_models import (
    Clock,
    Contact,
    Conversation,
    Entry,
    Fact,
    Identity,
    Inbox,
    Job,
    Message,
    Once,
    Ticket,
)


async def open_models(url: str) -> None:
    await Tortoise.init(
        config={
            "connections": {"default": _connection(url)},
            "apps": {"bench": {"models": ["benchmarks.orm_models"], "default_connection": "default"}},
        },
        use_tz=True,
    )


def _connection(url: str) -> dict[str, Any]:
    """The same settings as ours."""
    if url.startswith("sqlite://"):
        file = {"file_path": unquote(url.removeprefix("sqlite://"))}
        pragmas = {"journal_mode": "WAL", "synchronous": "FULL", "foreign_keys": "ON", "cache_size": -16_000}
        return {"engine": "tortoise.backends.sqlite", "credentials": file | pragmas}
    parts = urlsplit(url)
    where = {"host": parts.hostname, "port": parts.port, "user": parts.username, "password": parts.password}
    return {"engine": "tortoise.backends.asyncpg", "credentials": {**where, "database": parts.path.lstrip("/")}}


class ByOrm:
    """Takes in what waits in the inbox."""

    def __init__(self) -> None:
        self._contacts, self._tickets, self._messages = count(1), count(1), count(1)
        self._last = 0

    async def put(self, deliveries: Iterable[Delivery]) -> None:
        now = datetime.now(UTC)
        await Inbox.bulk_create(
            [Inbox(source="channel:wa", key=each.key, body=each.body, at=now) for each in deliveries]
        )

    async def take_in(self) -> None:
        while row := await Inbox.filter(id__gt=self._last, state="waiting").order_by("id").first():
            self._last = row.id
            async with in_transaction("default"):
                await self._one(row)

    async def _one(self, row: Inbox) -> None:
        value = json.loads(row.body)["entry"][0]["changes"][0]["value"]
        it, now = value["messages"][0], datetime.now(UTC)
        once = f"wa|CustomerMessage|{it['id']}|"
        if not await Once.exists(key=once):
            await Once.create(key=once, at=now)
            await self._written(it, value["contacts"][0]["profile"]["name"], now)
        row.state, row.done_at = "done", now
        await row.save(update_fields=["state", "done_at"])

    async def _written(self, it: Any, name: str, now: datetime) -> None:
        at = datetime.fromtimestamp(int(it["timestamp"]), UTC)
        conversation = await self._conversation(f"+{it['from']}", name, at)
        ticket = await Ticket.get_or_none(id=conversation.ticket_id) if conversation.ticket_id else None
        follows = ticket is not None
        if ticket is None:
            ticket = await self._opened(conversation, at, now)
        else:
            window = next(clock for clock in await Clock.filter(ticket_id=ticket.id) if clock.kind == "window")
            await Clock.filter(ticket_id=ticket.id, kind="window").update(
                cycle=window.cycle + 1,
                spans=json.dumps([[at.isoformat(), None]]),
                due_at=at + (WINDOW.due or DUE),
                next_at=at + WINDOW.looked,
            )
        ticket.version, ticket.entries = ticket.version + 1, ticket.entries + 1
        message = await Message.create(
            id=next(self._messages),
            ticket_id=ticket.id,
            conversation_id=conversation.id,
            inbox="wa",
            kind="customer",
            text=it["text"]["body"],
            at=at,
            external=it["id"],
        )
        ticket.last_customer_id, ticket.last_customer_at, ticket.last_received_at = message.id, at, now
        await ticket.save()
        await Entry.create(
            ticket_id=ticket.id,
            seq=ticket.entries - 1,
            rev=ticket.version,
            kind="customer",
            at=now,
            message_id=message.id,
        )
        data = {"message": message.id, "follows": True} if follows else {"message": message.id}
        await self._fact(ticket, "customer_wrote", data, now)
        await self._owe(ticket, "sync_thread", "sync", 2, now)
        if follows:
            await self._owe(ticket, "edit_card", "card", 3, now)

    async def _conversation(self, key: str, name: str, at: datetime) -> Conversation:
        if conversation := await Conversation.get_or_none(inbox="wa", key=key):
            await Contact.get(id=conversation.contact_id)  # blocked? named?
            return conversation
        identity = await Identity.get_or_none(kind="phone", scope="", value=key)
        if identity is None:
            contact = await Contact.create(
                id=next(self._contacts), name=name, country="US", zone="America/New_York", created_at=at
            )
            identity = await Identity.create(contact_id=contact.id, kind="phone", value=key)
        return await Conversation.create(inbox="wa", key=key, contact_id=identity.contact_id, address=key)

    async def _opened(self, conversation: Conversation, at: datetime, now: datetime) -> Ticket:
        ticket = await Ticket.create(
            id=next(self._tickets),
            queue="sales",
            inbox="wa",
            channel="whatsapp",
            conversation_id=conversation.id,
            contact_id=conversation.contact_id,
            country="US",
            opened_at=now,
            due_at=at + DUE,
            zone="America/New_York",
        )
        conversation.ticket_id = ticket.id
        await conversation.save(update_fields=["ticket_id"])
        await self._fact(ticket, "opened", {}, now)
        for seq, (kind, clock) in enumerate(CLOCKS.items()):
            due = clock.due and at + clock.due
            await Clock.create(
                ticket_id=ticket.id,
                kind=kind,
                cycle=1,
                seq=seq,
                state="running",
                spans=json.dumps([[at.isoformat(), None]]),
                target=clock.target,
                due_at=due,
                next_at=at + clock.looked,
            )
            if due and clock.business:
                started = {"kind": kind, "cycle": 1, "due_at": due.isoformat()}
                await self._fact(ticket, "clock_started", started, now)
        return ticket

    async def _fact(self, ticket: Ticket, kind: str, data: Any, now: datetime) -> None:
        await Fact.create(
            ticket_id=ticket.id,
            version=ticket.version,
            kind=kind,
            data=json.dumps(data),
            at=now,
            queue=ticket.queue,
            channel=ticket.channel,
            tier=ticket.tier,
            language=ticket.language,
            country=ticket.country,
        )

    async def _owe(self, ticket: Ticket, kind: str, word: str, urgency: int, now: datetime) -> None:
        key = f"{word}:slack:{ticket.id}"
        if not await Job.exists(key=key, state="waiting"):
            await Job.create(
                kind=kind,
                payload=json.dumps({"ticket": ticket.id, "desk": "slack"}),
                lane=f"thread:slack:{ticket.id}",
                bucket="slack:C_SALES",
                urgency=urgency,
                key=key,
                ticket_id=ticket.id,
                not_before=now,
                created_at=now,
            )
