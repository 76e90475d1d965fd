"""Backup and restore, as docs/operations.md describes them.

SQLite: `VACUUM INTO` (or the `.backup` of the sqlite3 program) while the house is running; the copy is a database.
PostgreSQL: `pg_dump --format=custom` and `pg_restore`. The programs are not everywhere, so what they rely on is tested:
one REPEATABLE READ snapshot stands while the house goes on, and a copy of the database answers the same.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from storage import SqlStore, open_store
from tests.databases import fresh_database
from tests.storage.house import SALES, House

TABLES = ("tickets", "messages", "files", "parts", "contacts", "conversations", "jobs", "inbox")


def vacuum_into(file: Path, copy: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))


async def counts(store: SqlStore) -> dict[str, object]:
    return {table: await store.session.one(f"SELECT count(*) AS n FROM {table}") for table in TABLES}


async def fill(house: House, phones: range) -> None:
    for phone in phones:
        ticket = await house.ticket(str(phone), "Bo")
        await house.message(ticket, "hello", files=1)


async def test_sqlite_is_copied_while_it_runs(tmp_path: Path) -> None:
    store = await open_store(f"sqlite://{tmp_path / 'house.sqlite3'}")
    house = House(store)
    await fill(house, range(5))
    copy = tmp_path / "backup.sqlite3"
    more = asyncio.create_task(fill(house, range(5, 10)))
    await asyncio.to_thread(vacuum_into, tmp_path / "house.sqlite3", copy)
    await more
    await store.close()

    restored = await open_store(f"sqlite://{copy}")
    tickets = (await restored.listed([SALES], "all")).tickets
    assert 5 <= len(tickets) <= 10
    for ticket in tickets:
        assert await restored.contact(ticket.contact) is not None
    assert await House(restored).ticket("new") not in tickets  # and it goes on from there
    await restored.close()


@pytest.fixture
def postgres(tmp_path: Path, shared_folder: Path) -> Iterator[str]:
    with fresh_database("postgres", tmp_path, shared_folder) as url:
        yield url


async def test_postgres_is_copied_whole(postgres: str) -> None:
    store = await open_store(postgres)
    house = House(store)
    await fill(house, range(5))
    before = await counts(store)

    dump = await asyncpg.connect(postgres)
    async with dump.transaction(isolation="repeatable_read", readonly=True):
        assert await dump.fetchval("SELECT count(*) FROM tickets") == 5  # the snapshot stands
        await fill(house, range(5, 7))
        seen = {table: {"n": await dump.fetchval(f"SELECT count(*) FROM {table}")} for table in TABLES}
    await dump.close()
    assert seen == before

    after = await counts(store)
    await store.close()
    parts = urlsplit(postgres)
    name = f"{parts.path.lstrip('/')}_restored"
    server = await asyncpg.connect(urlunsplit(parts._replace(path="/postgres")))
    await server.execute(f"CREATE DATABASE {name} TEMPLATE {parts.path.lstrip('/')}")
    try:
        restored = await open_store(urlunsplit(parts._replace(path=f"/{name}")), migrate=False)
        assert await counts(restored) == after
        await House(restored).ticket("new")  # its sequences go on from there
        await restored.close()
    finally:
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await server.close()
