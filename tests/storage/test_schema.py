"""Migrations: each once, in order, whole; a populated database loses nothing; both dialects have the same shape."""

import asyncio
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path

import asyncpg
import pytest

from core.ids import DeskName, PersonId, QueueName, TicketId
from core.jobs import TellPerson
from core.people import Person, Roster
from storage import SchemaMismatch, migrate, open_store
from storage.schema import known_migrations
from storage.session import Dialect
from tests.storage.house import House

SECOND = {
    # SQLite alters a column by making the table anew: the way that cost tortoise's own migrations the child rows
    "sqlite": """
        CREATE TABLE contacts_new (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL DEFAULT '?',
            company TEXT NOT NULL DEFAULT '', account_id INTEGER REFERENCES accounts (id),
            tier TEXT NOT NULL DEFAULT 'standard', language TEXT, country TEXT, zone TEXT,
            zone_assumed INTEGER NOT NULL DEFAULT 1, blocked INTEGER NOT NULL DEFAULT 0,
            merged_into INTEGER REFERENCES contacts (id), created_at TEXT NOT NULL,
            email TEXT NOT NULL DEFAULT '');
        INSERT INTO contacts_new SELECT * FROM contacts;
        DROP TABLE contacts;
        ALTER TABLE contacts_new RENAME TO contacts;
        CREATE INDEX contacts_account ON contacts (account_id);
        CREATE INDEX contacts_merged ON contacts (merged_into);
        CREATE INDEX contacts_name ON contacts (lower(name));
        CREATE INDEX contacts_email ON contacts (lower(email)) WHERE email <> '';
        """,
    "postgres": "ALTER TABLE contacts ALTER COLUMN name SET DEFAULT '?';",
}

NOW = known_migrations("sqlite")[-1].version
"""Every version up to it has its file."""


def dialect(url: str) -> Dialect:
    return "sqlite" if url.startswith("sqlite") else "postgres"


async def query(url: str, sql: str) -> list[tuple[object, ...]]:
    if dialect(url) == "sqlite":
        with closing(sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None)) as file:
            return file.execute(sql).fetchall()
    server = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await server.fetch(sql)]
    finally:
        await server.close()


async def tables(url: str) -> dict[str, int]:
    """Rows by table."""
    names = await query(
        url,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        if dialect(url) == "sqlite"
        else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    )
    counts = {str(name): (await query(url, f"SELECT count(*) FROM {name}"))[0][0] for (name,) in names}
    return {name: count for name, count in counts.items() if isinstance(count, int)}


async def indexes(url: str) -> set[str]:
    """By name; those that come with a constraint have names of each database's own."""
    found = await query(
        url,
        "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        if dialect(url) == "sqlite"
        else "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
        " AND indexname NOT LIKE '%_pkey' AND indexname NOT LIKE '%_key'"
        " OR indexname = 'jobs_waiting_key'",
    )
    return {str(name) for (name,) in found}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the program's migrations that a test may add to."""
    with as_file(files("storage.migrations")) as released:
        for name in ("sqlite", "postgres"):
            shutil.copytree(released / name, tmp_path / "migrations" / name)
    return tmp_path / "migrations"


def add_second(folder: Path) -> None:
    for name, sql in SECOND.items():
        (folder / name / "0099_second.sql").write_text(sql)


async def test_an_upgrade_keeps_every_row_and_index(database_url: str, folder: Path) -> None:
    store = await open_store(database_url)
    house = House(store)
    ticket = await house.ticket("4930", "Bo", tags=frozenset({"a"}))
    await house.message(ticket, "hello", files=2)
    await house.reply(ticket, "one", "two")
    await house.person()
    await store.close()
    before = await tables(database_url), await indexes(database_url)

    add_second(folder)
    assert await migrate(database_url, folder) == 99
    counts, names = await tables(database_url), await indexes(database_url)
    assert counts == {**before[0], "schema_version": before[0]["schema_version"] + 1}
    assert names == before[1]
    assert await migrate(database_url, folder) == 99  # again changes nothing
    assert await tables(database_url) == counts


async def test_what_waited_before_the_upgrade_is_done_after_it(database_url: str, folder: Path) -> None:
    """A job that nobody can read would keep all others from their turn."""
    newer = [path for path in (folder / dialect(database_url)).glob("*.sql") if not path.name.startswith("0001")]
    kept = {path: path.read_text() for path in newer}
    for path in newer:
        path.unlink()
    assert await migrate(database_url, folder) == 1
    await query(
        database_url,
        "INSERT INTO jobs (kind, payload, lane, bucket, urgency, key, not_before, created_at) VALUES ('tell_person',"
        " '{\"person\":7,\"notice\":5}', 'person:7', 'person:7', 0, 'notice:5',"
        " '2026-01-05T09:00:00.000000Z', '2026-01-05T09:00:00.000000Z')",
    )
    for path, sql in kept.items():
        path.write_text(sql)
    assert await migrate(database_url, folder) == NOW
    store = await open_store(database_url)
    try:
        (job,) = await store.atomic(lambda tx: tx.take(10, datetime(2026, 1, 6, tzinfo=UTC), timedelta(minutes=1), []))
        assert job.work == TellPerson(PersonId(7), 5, DeskName("slack"))
    finally:
        await store.close()


async def test_who_came_before_there_was_a_roster_is_still_there(database_url: str, folder: Path) -> None:
    """With queues and absence; nothing is known of their shifts, and so they work when their queues do."""
    newer = [path for path in (folder / dialect(database_url)).glob("*.sql") if path.name >= "0013"]
    kept = {path: path.read_text() for path in newer}
    for path in newer:
        path.unlink()
    assert await migrate(database_url, folder) == 12
    here, gone = ("0", "1") if dialect(database_url) == "sqlite" else ("false", "true")
    people = f"(1, 'Ann', {gone}, '2026-01-05T09:00:00.000000Z'), (2, 'Bo', {here}, '2026-01-05T09:00:00.000000Z')"
    await query(database_url, f"INSERT INTO people (id, name, away, created_at) VALUES {people}")
    await query(database_url, "INSERT INTO memberships (person_id, queue) VALUES (1, 'sales'), (2, 'sales')")
    for path, sql in kept.items():
        path.write_text(sql)
    assert await migrate(database_url, folder) == NOW
    store = await open_store(database_url)
    try:
        queues = frozenset({QueueName("sales")})
        ann, bo = Person(PersonId(1), "Ann", queues=queues, away=True), Person(PersonId(2), "Bo", queues=queues)
        assert await store.roster() == Roster((ann, bo))
        await store.set_duty(replace(bo, shifts=("early",), capacity=3, substitute=ann.id))
        assert await store.person(bo.id) == replace(bo, shifts=("early",), capacity=3, substitute=ann.id)
    finally:
        await store.close()


async def test_who_waited_before_waits_since_then_by_their_own_clock(database_url: str, folder: Path) -> None:
    """As the program itself writes it."""
    newer = [path for path in (folder / dialect(database_url)).glob("*.sql") if path.name >= "0012"]
    kept = {path: path.read_text() for path in newer}
    for path in newer:
        path.unlink()
    assert await migrate(database_url, folder) == 11
    at = "2026-01-05T09:00:00.000000+00:00"
    await query(database_url, f"INSERT INTO contacts (id, zone, created_at) VALUES (1, 'Asia/Riyadh', '{at}')")
    await query(database_url, "INSERT INTO conversations (id, inbox, key, contact_id) VALUES (1, 'shop', 'a', 1)")
    for ticket, status, state in ((1, "new", "running"), (2, "hold", "paused"), (3, "open", "stopped")):
        await query(
            database_url,
            "INSERT INTO tickets (id, version, queue, inbox, channel, conversation_id, contact_id, status, priority,"
            f" tier, opened_at) VALUES ({ticket}, 1, 'sales', 'shop', 'whatsapp', 1, 1, '{status}', 'normal',"
            f" 'standard', '{at}')",
        )
        await query(
            database_url,
            "INSERT INTO clocks (ticket_id, kind, cycle, seq, state, spans, target) VALUES"
            f" ({ticket}, 'first_reply', 1, 0, '{state}', '[[\"{at}\", null]]', 3600)",
        )
    for path, sql in kept.items():
        path.write_text(sql)
    assert await migrate(database_url, folder) == NOW
    store = await open_store(database_url)
    try:
        found = await store.outlines([QueueName("sales")], "waiting", 9)
        assert [(one.id, one.waiting_since) for one in found] == [
            (number, datetime(2026, 1, 5, 9, tzinfo=UTC)) for number in (1, 2)
        ]
        assert [one.zone for one in (await store.tickets([TicketId(n) for n in (1, 2, 3)])).values()] == [
            "Asia/Riyadh"
        ] * 3
        sqlite_text = dialect(database_url) == "sqlite"
        [(written,)] = await query(database_url, "SELECT waiting_since FROM tickets WHERE id = 1")
        assert not sqlite_text or written == at
    finally:
        await store.close()


async def test_a_migration_is_whole_or_not_at_all(database_url: str, folder: Path) -> None:
    await migrate(database_url)
    for name in SECOND:
        (folder / name / "0099_bad.sql").write_text("CREATE TABLE half (id integer); INSERT INTO no_such VALUES (1);")
    with pytest.raises((sqlite3.OperationalError, asyncpg.UndefinedTableError)):
        await migrate(database_url, folder)
    assert "half" not in await tables(database_url)
    assert await migrate(database_url) == NOW


async def test_children_may_not_be_left_without_parents(tmp_path: Path, folder: Path) -> None:
    url = f"sqlite://{tmp_path / 'house.sqlite3'}"
    store = await open_store(url)
    await House(store).ticket()
    await store.close()
    (folder / "sqlite" / "0099_careless.sql").write_text("DELETE FROM contacts;")
    with pytest.raises(SchemaMismatch, match="without their parent"):
        await migrate(url, folder)
    assert (await tables(url))["contacts"] == 1


async def test_a_newer_database_is_refused(database_url: str, folder: Path) -> None:
    add_second(folder)
    await migrate(database_url, folder)
    with pytest.raises(SchemaMismatch, match="update the program"):
        await open_store(database_url)


async def test_an_edited_migration_is_refused(database_url: str, folder: Path) -> None:
    await migrate(database_url)
    first = folder / dialect(database_url) / "0001_foundation.sql"
    first.write_text(first.read_text() + "-- afterthought\n")
    with pytest.raises(SchemaMismatch, match="0001_foundation"):
        await migrate(database_url, folder)


async def test_without_migrating_the_database_must_be_ready(database_url: str) -> None:
    with pytest.raises(SchemaMismatch, match="dragoman migrate"):
        await open_store(database_url, migrate=False)
    await migrate(database_url)
    await (await open_store(database_url, migrate=False)).close()


async def test_several_processes_may_start_at_once(database_url: str) -> None:
    if dialect(database_url) == "postgres":
        assert await asyncio.gather(*(migrate(database_url) for _ in range(5))) == [NOW] * 5
    else:
        assert await migrate(database_url) == NOW
    assert (await tables(database_url))["schema_version"] == NOW


def shape(dialect: Dialect) -> dict[str, list[str]]:
    """Tables with their columns, and indexes, as written."""
    sql = re.sub(r"--[^\n]*", "", "".join(migration.sql for migration in known_migrations(dialect)))
    made: dict[str, list[str]] = {}
    for name, body in re.findall(r"CREATE TABLE (\w+) \((.*?)\n\)", sql, re.DOTALL):
        column = r"^    (\w+) +(?:text|integer|blob|bigint|boolean|bytea|timestamptz)\b"
        made[name] = re.findall(column, body, re.MULTILINE | re.IGNORECASE)
    for name, column in re.findall(r"ALTER TABLE (\w+) ADD COLUMN (\w+)", sql):
        made[name].append(column)
    for statement in re.findall(r"CREATE (?:UNIQUE )?INDEX [^;]*", sql):
        made[" ".join(statement.split())] = []
    return made


def test_both_dialects_have_the_same_tables_columns_and_indexes() -> None:
    sqlite, postgres = shape("sqlite"), shape("postgres")
    assert sqlite.pop("ids") == ["name", "last"]  # PostgreSQL has sequences
    assert postgres.pop("search_docs") == ["ticket_id"]  # SQLite's is a virtual table, which is its own index
    assert [postgres.pop(made) for made in list(postgres) if made.startswith("CREATE INDEX search_docs_tokens")]
    assert sqlite == postgres
    assert len(sqlite) > 60
