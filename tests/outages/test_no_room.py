"""PostgreSQL's disk is full, or its quota reached: it says so with an error of its own, by a trigger here. Nothing is
lost, and all goes on when there is room."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import asyncpg
import pytest

from tests.stories.story import Story

FULL = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$
"""
TRIGGER = "CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION no_room()"
EVERY = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


@pytest.fixture
async def story(postgres: str, tmp_path: Path) -> AsyncIterator[Story]:
    async with Story(postgres, tmp_path, "console") as story:
        yield story


@asynccontextmanager
async def no_room(url: str, tables: Sequence[str] = ()) -> AsyncIterator[None]:
    """In these tables, or in any."""
    server = await asyncpg.connect(url)
    try:
        await server.execute(FULL)
        for table in tables or [row["tablename"] for row in await server.fetch(EVERY)]:
            await server.execute(TRIGGER.format(table))
        yield
        await server.execute("DROP FUNCTION no_room() CASCADE")
    finally:
        await server.close()


async def health(story: Story) -> tuple[int, list[str]]:
    async with aiohttp.ClientSession() as http, http.get(f"{story.running.address}/health") as answer:
        return answer.status, (await answer.json())["failing"]


async def nothing_counted(story: Story) -> None:
    assert await story.running.store.parked() == []
    assert await story.running.store.session.one("SELECT max(attempts) AS n FROM inbox") == {"n": 0}


async def test_nothing_is_taken_and_nothing_lost_until_there_is_room(story: Story, postgres: str) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    async with no_room(postgres):
        await ana.writes("Are you there?")
        assert [status for _, status in story.graph.hooks.posts][-1] == 503
        assert await health(story) == (503, ["store:full"])
        await story.forward("1m")
    await story.graph.redeliver()
    await story.forward("15s")
    await ticket.shows_once("Are you there?")
    assert await health(story) == (200, [])
    await nothing_counted(story)


async def test_what_was_stored_before_goes_on_by_itself(story: Story, postgres: str) -> None:
    """The delivery is acknowledged; there is no room for what becomes of it."""
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    async with no_room(postgres, ["messages"]):
        await ana.writes("Are you there?")
        assert [status for _, status in story.graph.hooks.posts][-1] == 200
        await story.forward("1m")
        await ticket.lacks("Are you there?")
    await story.forward("15s")
    await ticket.shows_once("Are you there?")
    await nothing_counted(story)
