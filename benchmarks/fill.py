"""A house that has been at work for years, written straight into the tables: tickets with their customers, messages,
threads, clocks and history, most of them closed. The same SQL on both databases; a million tickets are some fifteen
million rows, so indexes are taken away meanwhile and no commit waits for the disk."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

import asyncpg

from tests.databases import Dialect

TICKETS_EACH = 5
"""What one customer has had in all."""
EVERY = 45
"""Seconds between one ticket and the next."""
SERIES = "WITH RECURSIVE series (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < {n})"
TEXT = (
    "CASE i % 5 WHEN 0 THEN 'Where is my order SO-' || i || '? The brass lamp M' || (i % 997) || ' was promised.'"
    " WHEN 1 THEN 'Do you ship the garden lamp M' || (i % 997) || ' to Hamburg, and what would ' || (i % 300)"
    " || ' of them cost with our logo on the foot?'"
    " WHEN 2 THEN '您好，我们上次订的灯还没有到，请问什么时候可以发货？订单 SO-' || i"
    " WHEN 3 THEN 'One of the lamps of SO-' || i || ' arrived broken, model M' || (i % 997) || '. I have photos.'"
    " ELSE 'Thank you, the invoice for SO-' || i || ' has come.' END"
)
REPLY = "'Thank you for your message. Order SO-' || i || ' leaves our house on Friday, and we are sorry for the delay.'"


@dataclass(frozen=True, slots=True)
class House:
    """How many tickets there are; the newest of them are open."""

    all: int
    open: int

    @property
    def customers(self) -> int:
        return max(1, self.all // TICKETS_EACH, self.open)


async def fill(url: str, dialect: Dialect, house: House) -> None:
    """The database is empty, but for its tables."""
    if dialect == "sqlite":
        _sqlite(unquote(url.removeprefix("sqlite://")), house)
    else:
        await _postgres(url, house)


def _sqlite(path: str, house: House) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    for pragma in ("synchronous = OFF", "foreign_keys = OFF", "cache_size = -500000", "temp_store = MEMORY"):
        db.execute(f"PRAGMA {pragma}")
    indexes = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    db.execute("BEGIN")
    for name, _ in indexes:
        db.execute(f"DROP INDEX {name}")
    for statement in Rows("sqlite", house).statements():
        db.execute(statement)
    for table, count in numbered(house):
        db.execute("UPDATE ids SET last = ? WHERE name = ?", (count, table))
    for _, sql in indexes:
        db.execute(sql)
    db.execute("COMMIT")
    for pragma in ("optimize = 0x10002", "wal_checkpoint(TRUNCATE)", "synchronous = FULL"):
        db.execute(f"PRAGMA {pragma}")
    db.close()


async def _postgres(url: str, house: House) -> None:
    db = await asyncpg.connect(url)
    settings = ("synchronous_commit = off", "session_replication_role = replica", "maintenance_work_mem = '256MB'")
    for setting in settings:
        await db.execute(f"SET {setting}")
    indexes = await db.fetch(
        "SELECT i.indexname AS name, i.indexdef AS sql FROM pg_indexes i WHERE i.schemaname = current_schema()"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)"
    )
    for index in indexes:
        await db.execute(f'DROP INDEX "{index["name"]}"')
    for statement in Rows("postgres", house).statements():
        await db.execute(statement)
    for table, count in numbered(house):
        await db.execute(f"SELECT setval('{table}_ids', {count})")
    for table in ("contacts", "conversations", "threads"):
        await db.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    for index in indexes:
        await db.execute(index["sql"])
    await db.execute("VACUUM ANALYZE")
    await db.execute("CHECKPOINT")
    await db.close()


def numbered(house: House) -> Sequence[tuple[str, int]]:
    """The tables whose ids are handed out, and the last that was."""
    return (("tickets", house.all), ("messages", 2 * house.all), ("contacts", house.customers))


class Rows:
    """Each of `...` yields what one INSERT needs: table and columns, values of row `i`, how many rows there are."""

    def __init__(self, dialect: Dialect, house: House) -> None:
        self._dialect, self._house = dialect, house
        self._now = datetime.now(UTC).replace(microsecond=0)
        self._closed = f"i <= {house.all - house.open}"
        self._opened = self._at(f"({house.all} - i) * -{EVERY}")
        self._due = self._at("86400 + i % 1000000")
        self._contact = f"((i - 1) % {house.customers} + 1)"

    def _at(self, seconds: str) -> str:
        """An instant so many seconds from now, as the database keeps it."""
        if self._dialect == "postgres":
            return f"(timestamptz '{self._now.isoformat()}' + ({seconds}) * interval '1 second')"
        now = f"'{self._now:%Y-%m-%d %H:%M:%S}', ({seconds}) || ' seconds'"
        return f"(strftime('%Y-%m-%dT%H:%M:%S', {now}) || '.000000+00:00')"

    def _if_closed(self, then: str, otherwise: str = "NULL") -> str:
        return f"CASE WHEN {self._closed} THEN {then} ELSE {otherwise} END"

    def statements(self) -> Iterator[str]:
        everyone, every, closed = (self._house.customers, self._house.all, self._house.all - self._house.open)
        kept = (self._kept(), every // 10)
        kinds = ((self._customers(), everyone), (self._tickets(), every), (self._words(), every))
        for rows, n in (*kinds, (self._answers(), closed), (self._history(), every), (self._ends(), closed), kept):
            for into, values in rows:
                yield f"{SERIES.format(n=n)} INSERT INTO {into} SELECT {values} FROM series WHERE i <= {n}"

    def _customers(self) -> Iterator[tuple[str, str]]:
        phone, every = "'+9955' || (10000000 + i)", self._house.all
        name = "'Customer ' || i || CASE i % 3 WHEN 0 THEN ' Lima' WHEN 1 THEN ' Groß' ELSE ' 李' END"
        created = self._at("-90000000")
        yield "contacts (id, name, country, zone, created_at)", f"i, {name}, 'GE', 'Asia/Tbilisi', {created}"
        yield "identities (contact_id, kind, scope, value)", f"i, 'phone', '', {phone}"
        last = f"CASE WHEN i <= {every} THEN {every} - ({every} - i) % {self._house.customers} END"
        yield "conversations (id, inbox, key, contact_id, ticket_id, address)", f"i, 'wa', {phone}, i, {last}, {phone}"

    def _tickets(self) -> Iterator[tuple[str, str]]:
        opened, due = self._opened, self._if_closed("NULL", self._due)
        columns = (
            "id, version, queue, inbox, channel, conversation_id, contact_id, status, priority, tier, country, tags,"
            " opened_at, closed_at, entries, last_customer_id, last_customer_at, last_received_at, last_reply_at,"
            " due_at"
        )
        status, state = self._if_closed("'closed'", "'new'"), self._if_closed("'stopped'", "'running'")
        yield (
            f"tickets ({columns})",
            f"i, 3, 'sales', 'wa', 'whatsapp', {self._contact}, {self._contact}, {status},"
            " 'normal', 'standard', 'GE', CASE i % 10 WHEN 0 THEN '[\"repair\"]' ELSE '[]' END,"
            f" {opened}, {self._if_closed(opened)}, {self._if_closed('2', '1')}, 2 * i - 1, {opened}, {opened},"
            f" {self._if_closed(opened)}, {due}",
        )
        yield from self._clocks(state)
        yield (
            "threads (id, ticket_id, desk, place, root, posted)",
            "i, i, 'slack', 'C_SALES', '17' || (10000000 + i) || '.000100', 2",
        )

    def _clocks(self, state: str) -> Iterator[tuple[str, str]]:
        """As a customer's message starts them. The open ones' run on, and the first instant of any is a day away."""
        spans = f"'[[\"{self._now.isoformat()}\",null]]'"
        columns = "ticket_id, kind, cycle, seq, state, spans, target, due_at, next_at"
        for seq, (kind, target) in enumerate((("first_reply", "1800"), ("resolve", "604800"), ("window", "NULL"))):
            values = (
                f"i, '{kind}', 1, {seq}, {state}, {spans}, {target}, {self._due}, {self._if_closed('NULL', self._due)}"
            )
            yield f"clocks ({columns})", values

    def _words(self) -> Iterator[tuple[str, str]]:
        yield (
            "messages (id, ticket_id, conversation_id, inbox, kind, text, at, external)",
            f"2 * i - 1, i, {self._contact}, 'wa', 'customer', {TEXT}, {self._opened}, 'wamid.old' || i",
        )
        yield (
            "entries (ticket_id, seq, rev, kind, at, message_id)",
            f"i, 0, 1, 'customer', {self._opened}, 2 * i - 1",
        )
        yield (
            "posts (thread_id, seq, ticket_id, desk, place, post, at)",
            f"i, 0, i, 'slack', 'C_SALES', '17' || (10000000 + i) || '.000200', {self._opened}",
        )

    def _answers(self) -> Iterator[tuple[str, str]]:
        yield (
            "messages (id, ticket_id, conversation_id, inbox, kind, text, at)",
            f"2 * i, i, {self._contact}, 'wa', 'reply', {REPLY}, {self._opened}",
        )
        yield (
            "parts (message_id, seq, inbox, text, state, external)",
            f"2 * i, 0, 'wa', {REPLY}, 'read', 'wamid.out' || i",
        )
        yield "entries (ticket_id, seq, rev, kind, at, message_id)", f"i, 1, 2, 'reply', {self._opened}, 2 * i"

    def _history(self) -> Iterator[tuple[str, str]]:
        yield self._fact(1, "opened", "'{}'")
        yield self._fact(1, "customer_wrote", "'{\"message\":' || (2 * i - 1) || '}'")
        yield "once (key, at)", f"'wa|CustomerMessage|wamid.old' || i || '|', {self._opened}"

    def _kept(self) -> Iterator[tuple[str, str]]:
        """Raw deliveries of the last weeks."""
        body, at = f"CAST('{'x' * 600}' AS {'bytea' if self._dialect == 'postgres' else 'blob'})", self._at("i * -20")
        yield "inbox (source, key, body, at, state, done_at)", f"'channel:wa', 'old' || i, {body}, {at}, 'done', {at}"

    def _ends(self) -> Iterator[tuple[str, str]]:
        yield self._fact(3, "status_set", '\'{"before":"open","after":"closed"}\'')

    def _fact(self, version: int, kind: str, data: str) -> tuple[str, str]:
        about = "'sales', 'whatsapp', 'standard', NULL, 'GE'"
        columns = "ticket_id, version, kind, data, at, queue, channel, tier, language, country"
        return f"facts ({columns})", f"i, {version}, '{kind}', {data}, {self._opened}, {about}"
