"""Backup and restore, as docs/operations.md describes them.

SQLite: `VACUUM INTO` (or the `.backup` of the sqlite3 program) while the house is running; the copy is a database.
PostgreSQL: `pg_dump --format=custom` while the house is running, `pg_restore` into an empty database.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from storage import SqlStore, open_store
from tests.databases import client_programs, fresh_database
from tests.storage.house import SALES, House

TABLES = ("tickets", "messages", "files", "parts", "contacts", "conversations", "jobs", "inbox")


def vacuum_into(file: Path, copy: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))


async def counts(store: SqlStore) -> dict[str, int]:
    return {table: (await store.session.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in TABLES}


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


@pytest.fixture
def empty(tmp_path: Path, shared_folder: Path) -> Iterator[str]:
    with fresh_database("postgres", tmp_path, shared_folder) as url:
        yield url


async def run(program: str, *arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        client_programs() / program, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode(errors="replace")


async def test_postgres_is_copied_while_it_runs(postgres: str, empty: str, tmp_path: Path) -> None:
    store = await open_store(postgres)
    house = House(store)
    await fill(house, range(5))
    more = asyncio.create_task(fill(house, range(5, 25)))
    await run("pg_dump", "--format=custom", f"--file={tmp_path / 'dragoman.dump'}", postgres)
    await more
    after = await counts(store)
    await store.close()
    await run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={empty}", str(tmp_path / "dragoman.dump"))

    restored = await open_store(empty, migrate=False)
    tickets = (await restored.listed([SALES], "all")).tickets
    assert 5 <= len(tickets) <= 25
    for ticket in tickets:
        assert await restored.contact(ticket.contact) is not None
    # One snapshot: each ticket was made before its message, and each message with its file.
    rows = await counts(restored)
    assert rows["tickets"] - rows["messages"] in (0, 1)
    assert rows["messages"] == rows["files"]
    assert rows["tickets"] <= after["tickets"]
    assert await House(restored).ticket("new") not in tickets  # its sequences go on from there
    await restored.close()
