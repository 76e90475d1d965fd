"""Yardstick (c): the rows that the program writes for a message, in raw SQL, 32 messages a commit and no decision made:
what the database itself costs. New ids come from a counter, and nobody else may be writing.

On SQLite the driver's own `executemany` in this very thread; on PostgreSQL asyncpg's, one round trip a table.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any, NamedTuple, Protocol
from urllib.parse import unquote

import asyncpg

from benchmarks.deliveries import Delivery

BATCH = 32
DUE = timedelta(minutes=30)
"""What a newcomer's first reply is given."""


class Started(NamedTuple):
    """After how long a clock is looked at, and is due; whether it counts business time."""

    looked: timedelta
    due: timedelta | None = None
    business: bool = False

    @property
    def target(self) -> int | None:
        return int(self.due.total_seconds()) if self.business and self.due else None


CLOCKS = {
    "first_reply": Started(DUE * 0.75, DUE, True),
    "resolve": Started(timedelta(days=7) * 0.75, timedelta(days=7), True),
    "window": Started(timedelta(hours=20), timedelta(hours=24)),
    "promise": Started(DUE),
}
"""What a customer's first message starts."""
WINDOW = CLOCKS["window"]
TICKET = (
    "id, version, queue, inbox, channel, conversation_id, contact_id, status, priority, tier, language, country,"
    " opened_at, entries, last_customer_id, last_customer_at, last_received_at, due_at, zone"
)
FACT = "ticket_id, version, kind, data, at, queue, channel, tier, language, country"
JOB = "kind, payload, lane, bucket, urgency, key, ticket_id, not_before, created_at"


def insert(table: str, columns: str, more: str = "") -> str:
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * (columns.count(',') + 1))}){more}"


INSERTS = {
    "once": insert("once", "key, at", " ON CONFLICT DO NOTHING"),
    "contacts": insert("contacts", "id, name, country, zone, created_at"),
    "identities": insert("identities", "contact_id, kind, scope, value"),
    "conversations": insert("conversations", "id, inbox, key, contact_id, ticket_id, address"),
    "tickets": insert("tickets", TICKET),
    "clocks": insert("clocks", "ticket_id, kind, cycle, seq, state, spans, target, due_at, next_at"),
    "went_on": "UPDATE tickets SET version = ?, entries = ?, last_customer_id = ?, last_customer_at = ?,"
    " last_received_at = ? WHERE id = ? AND version = ?",
    "windows": "UPDATE clocks SET cycle = cycle + 1, spans = ?, due_at = ?, next_at = ?"
    " WHERE ticket_id = ? AND kind = 'window'",
    "messages": insert("messages", "id, ticket_id, conversation_id, inbox, kind, text, at, external"),
    "entries": insert("entries", "ticket_id, seq, rev, kind, at, message_id"),
    "facts": insert("facts", FACT),
    "jobs": insert("jobs", JOB, " ON CONFLICT (key) WHERE state = 'waiting' AND key <> '' DO NOTHING"),
    "inbox": "UPDATE inbox SET state = 'done', done_at = ? WHERE id = ?",
}
"""In the order in which they are written."""
KNOWN = (
    "SELECT c.key, c.id, t.id AS ticket, t.version, t.entries FROM conversations c JOIN tickets t ON t.id = c.ticket_id"
    " WHERE c.inbox = 'wa' AND c.key "
)
WAITING = f"SELECT id, body FROM inbox WHERE id > ? AND state = 'waiting' ORDER BY id LIMIT {BATCH}"
Rows = Mapping[str, Sequence[tuple[Any, ...]]]
Statements = Iterable[tuple[str, Sequence[tuple[Any, ...]]]]
"""Each with its rows."""


class Base(Protocol):
    """One connection. `at`: an instant as the database keeps it."""

    def at(self, instant: datetime) -> Any: ...
    async def put(self, deliveries: Iterable[Delivery]) -> None: ...
    async def waiting(self, after: int) -> Sequence[tuple[int, bytes]]:
        """The next batch; `after`: the last one's last row, so that no index is needed."""
        ...

    async def known(self, keys: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
        """Key, conversation, ticket, version, entries."""
        ...

    async def ask(self, sql: str, *values: Any) -> Sequence[Sequence[Any]]: ...
    async def do(self, statements: Statements) -> None:
        """One transaction."""
        ...


class OnSqlite:
    def __init__(self, url: str) -> None:
        self._db = sqlite3.connect(unquote(url.removeprefix("sqlite://")), isolation_level=None)
        for pragma in ("synchronous = FULL", "foreign_keys = ON", "cache_size = -16000"):
            self._db.execute(f"PRAGMA {pragma}")

    def at(self, instant: datetime) -> str:
        return instant.isoformat(timespec="microseconds")

    async def put(self, deliveries: Iterable[Delivery]) -> None:
        now = self.at(datetime.now(UTC))
        sql = "INSERT INTO inbox (source, key, body, at) VALUES ('channel:wa', ?, ?, ?)"
        self._db.execute("BEGIN")
        self._db.executemany(sql, [(each.key, each.body, now) for each in deliveries])
        self._db.execute("COMMIT")

    async def waiting(self, after: int) -> Sequence[tuple[int, bytes]]:
        return self._db.execute(WAITING, (after,)).fetchall()

    async def known(self, keys: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
        return self._db.execute(f"{KNOWN} IN ({', '.join('?' * len(keys))})", keys).fetchall()

    async def ask(self, sql: str, *values: Any) -> Sequence[Sequence[Any]]:
        return self._db.execute(sql, values).fetchall()

    async def do(self, statements: Statements) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        for sql, rows in statements:
            self._db.executemany(sql, rows)
        self._db.execute("COMMIT")


class OnPostgres:
    def __init__(self, connection: asyncpg.Connection) -> None:
        self._db = connection

    def at(self, instant: datetime) -> datetime:
        return instant

    async def put(self, deliveries: Iterable[Delivery]) -> None:
        now = datetime.now(UTC)
        sql = "INSERT INTO inbox (source, key, body, at) VALUES ('channel:wa', $1, $2, $3)"
        await self._db.executemany(sql, [(each.key, each.body, now) for each in deliveries])

    async def waiting(self, after: int) -> Sequence[tuple[int, bytes]]:
        return [tuple(row) for row in await self._db.fetch(numbered(WAITING), after)]

    async def known(self, keys: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
        return [tuple(row) for row in await self._db.fetch(f"{KNOWN} = ANY($1)", keys)]

    async def ask(self, sql: str, *values: Any) -> Sequence[Sequence[Any]]:
        return [tuple(row) for row in await self._db.fetch(numbered(sql), *values)]

    async def do(self, statements: Statements) -> None:
        async with self._db.transaction():
            for sql, rows in statements:
                if rows:
                    await self._db.executemany(numbered(sql), rows)


@cache
def numbered(sql: str) -> str:
    first, *rest = sql.split("?")
    return first + "".join(f"${n}{part}" for n, part in enumerate(rest, 1))


async def base_of(url: str) -> Base:
    return OnSqlite(url) if url.startswith("sqlite://") else OnPostgres(await asyncpg.connect(url))


class ByHand:
    """Takes in what waits in the inbox."""

    def __init__(self, base: Base) -> None:
        self._base = base
        self._ids = {table: count(1) for table in ("contacts", "conversations", "tickets", "messages")}
        self._last = 0

    async def put(self, deliveries: Iterable[Delivery]) -> None:
        await self._base.put(deliveries)

    async def take_in(self) -> None:
        while waiting := await self._base.waiting(self._last):
            self._last = waiting[-1][0]
            rows = await self._rows(waiting)
            await self._base.do((sql, rows[name]) for name, sql in INSERTS.items())

    async def _rows(self, waiting: Sequence[tuple[int, bytes]]) -> Rows:
        read = [(row, json.loads(body)["entry"][0]["changes"][0]["value"]) for row, body in waiting]
        keys = list({f"+{value['messages'][0]['from']}" for _, value in read})
        known = {key: list(found) for key, *found in await self._base.known(keys)}
        rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for row, value in read:
            self._one(rows, known, value)
            rows["inbox"].append((self._now, row))
        return rows

    @property
    def _now(self) -> Any:
        return self._base.at(datetime.now(UTC))

    def _one(self, rows: dict[str, list[tuple[Any, ...]]], known: dict[str, list[int]], value: Any) -> None:
        it, key, now = value["messages"][0], f"+{value['messages'][0]['from']}", self._now
        message, written = next(self._ids["messages"]), datetime.fromtimestamp(int(it["timestamp"]), UTC)
        at = self._base.at(written)
        if key in known:
            follows = True
            conversation, ticket, version, entries = known[key]
            rows["went_on"].append((version + 1, entries + 1, message, at, now, ticket, version))
            ends, looked = self._base.at(written + (WINDOW.due or DUE)), self._base.at(written + WINDOW.looked)
            rows["windows"].append((_since(written), ends, looked, ticket))
        else:
            follows, version, entries = False, 0, 0
            conversation, ticket = self._opens(rows, key, value, message, written)
        known[key] = [conversation, ticket, version + 1, entries + 1]
        rows["once"].append((f"wa|CustomerMessage|{it['id']}|", now))
        rows["messages"].append((message, ticket, conversation, "wa", "customer", it["text"]["body"], at, it["id"]))
        rows["entries"].append((ticket, entries, version + 1, "customer", now, message))
        data = f'{{"message":{message}' + (',"follows":true}' if follows else "}")
        rows["facts"].append(self._fact(ticket, version + 1, "customer_wrote", data))
        for kind, word, urgency in (("sync_thread", "sync", 2), ("edit_card", "card", 3))[: 1 + follows]:
            where = (f'{{"ticket":{ticket},"desk":"slack"}}', f"thread:slack:{ticket}", "slack:C_SALES")
            rows["jobs"].append((kind, *where, urgency, f"{word}:slack:{ticket}", ticket, now, now))

    def _opens(
        self, rows: dict[str, list[tuple[Any, ...]]], key: str, value: Any, message: int, written: datetime
    ) -> tuple[int, int]:
        contact, conversation, ticket = (next(self._ids[table]) for table in ("contacts", "conversations", "tickets"))
        now, at, due = self._now, self._base.at(written), self._base.at(written + DUE)
        rows["contacts"].append((contact, value["contacts"][0]["profile"]["name"], "US", "America/New_York", at))
        rows["identities"].append((contact, "phone", "", key))
        rows["conversations"].append((conversation, "wa", key, contact, ticket, key))
        about = (conversation, contact, "new", "normal", "standard", None, "US")
        last = (message, at, now, due, "America/New_York")
        rows["tickets"].append((ticket, 1, "sales", "wa", "whatsapp", *about, now, 1, *last))
        rows["facts"].append(self._fact(ticket, 1, "opened", "{}"))
        for seq, (kind, clock) in enumerate(CLOCKS.items()):
            ends, looked = clock.due and self._base.at(written + clock.due), self._base.at(written + clock.looked)
            rows["clocks"].append((ticket, kind, 1, seq, "running", _since(written), clock.target, ends, looked))
            if clock.due and clock.business:
                started = f'{{"kind":"{kind}","cycle":1,"due_at":"{(written + clock.due).isoformat()}"}}'
                rows["facts"].append(self._fact(ticket, 1, "clock_started", started))
        return conversation, ticket

    def _fact(self, ticket: int, version: int, kind: str, data: str) -> tuple[Any, ...]:
        return ticket, version, kind, data, self._now, "sales", "whatsapp", "standard", None, "US"


def _since(began: datetime) -> str:
    return f'[["{began.isoformat()}",null]]'
