"""A disk that is full, fails, or may not be written, and a file that somebody else holds: SQLite and the attachments.

The limits are real ones: of the database's size, and of what this process may write into a file.
"""

import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from storage.engine import sqlite_path
from tests.databases import fresh_database
from tests.stories.story import Story

MB = 1024 * 1024
LONG = "Where is my order? " * 150
"""It needs pages of its own."""


@pytest.fixture
async def story(tmp_path: Path, shared_folder: Path) -> AsyncIterator[Story]:
    with fresh_database("sqlite", tmp_path, shared_folder, migrated=True) as url:
        async with Story(url, tmp_path, "console") as story:
            yield story


async def pragma(story: Story, words: str) -> int:
    row = await story.running.store.atomic(lambda tx: tx.session.one(f"PRAGMA {words}"))
    return int(next(iter(row.values()))) if row else 0


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """Of all that this process writes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def health(story: Story) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as http, http.get(f"{story.running.address}/health") as answer:
        return answer.status, await answer.json()


async def nothing_is_parked(story: Story) -> None:
    assert await story.running.store.parked() == []
    assert await story.running.store.session.one("SELECT max(attempts) AS n FROM inbox") == {"n": 0}


async def test_a_full_database_loses_nothing_and_goes_on_when_there_is_room(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await pragma(story, f"max_page_count = {await pragma(story, 'page_count')}")
    await ana.writes(LONG)
    assert [status for _, status in story.graph.hooks.posts][-1] == 503
    status, report = await health(story)
    assert (status, report["failing"]) == (503, ["store:full"])
    await pragma(story, "max_page_count = 1000000")
    await story.graph.redeliver()
    await story.forward("10s")
    await ticket.shows_once(LONG.strip())
    assert (await health(story))[0] == 200
    await nothing_is_parked(story)


async def test_what_was_stored_waits_for_room_and_no_transaction_is_half_done(story: Story) -> None:
    """The deliveries are taken in one by one as pages allow; each is wholly there or not at all."""
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    room = await pragma(story, "page_count") + 6
    await pragma(story, f"max_page_count = {room}")
    for number in range(8):
        await ana.writes(f"{number} {LONG}")
    await story.forward("30s")
    full = [status for _, status in story.graph.hooks.posts]
    assert 503 in full
    await pragma(story, "max_page_count = 1000000")
    await story.graph.redeliver()
    await story.forward("30s")
    for number in range(8):
        await ticket.shows_once(f"{number} {LONG}".strip())
    await nothing_is_parked(story)


async def test_a_disk_that_refuses_to_be_written(story: Story, tmp_path: Path) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    [wal] = tmp_path.glob("*.sqlite3-wal")
    with no_file_above(wal.stat().st_size):
        await ana.writes(LONG)
        assert (await health(story))[1]["failing"] == ["store:io"]
        await story.forward("1m")
    await story.graph.redeliver()
    await story.forward("10s")
    await ticket.shows_once(LONG.strip())
    assert (await health(story))[0] == 200
    await nothing_is_parked(story)


async def test_a_database_that_may_only_be_read(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await pragma(story, "query_only = ON")
    await ana.writes("Are you there?")
    assert (await health(story))[1]["failing"] == ["store:read_only"]
    await ticket.shows("Where is my order?")  # what is there can be read
    await story.running.store._engine._clients[0]._connection.execute("PRAGMA query_only = OFF")
    await story.graph.redeliver()
    await story.forward("10s")
    await ticket.shows_once("Are you there?")


async def test_a_file_that_another_program_holds(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await pragma(story, "busy_timeout = 20")
    with closing(sqlite3.connect(sqlite_path(story.running.store.url), isolation_level=None)) as foreign:
        foreign.execute("BEGIN IMMEDIATE")
        await ana.writes("Are you there?")
        assert (await health(story))[1]["failing"] == ["store:busy"]
        await story.forward("1m")
        foreign.execute("ROLLBACK")
    await story.graph.redeliver()
    await story.forward("10s")
    await ticket.shows_once("Are you there?")
    await nothing_is_parked(story)


async def test_a_picture_waits_for_room_and_the_thread_says_nothing_false(story: Story) -> None:
    ana = story.customer()
    with no_file_above(8 * MB):
        await ana.sends_file("plan.pdf", b"%PDF-" + b"x" * 9 * MB, "application/pdf", caption="Our plan")
        await story.forward("1h")
        ticket = await story.ticket("Our plan")
        assert (await health(story))[1]["degraded"] == ["files:full"]
        await ticket.lacks("could not")
        await nothing_is_parked(story)
    await story.forward("2m")
    [file] = await story.running.store.session.rows("SELECT state, size FROM files")
    assert (file["state"], file["size"]) == ("stored", 9 * MB + 5)
    assert (await health(story))[1]["degraded"] == []
