"""What /health tells besides the database: workers that only fail, desks that nobody hears; and a worker's own port."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import aiohttp
import pytest

from bot.process import App
from bot.serve import as_soon_as_there
from bot.web.pulse import Pulse
from bot.workers.loop import Worker
from core.errors import Unavailable
from core.ids import DeskName
from core.ports import Desk, Hearing
from tests.clock import StoryClock
from tests.databases import free_port, fresh_database
from tests.stories.story import Story
from tests.web.house import House, house

SLACK = DeskName("slack")
THE_APP = cast(App, object())


@dataclass
class Ears:
    """A desk, as far as hearing goes."""

    hearing: Hearing
    kept = timedelta(days=1)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as home:
        yield home


async def test_a_desk_that_nobody_hears(home: House) -> None:
    now = home.clock.now()
    for since, degraded in ((now, []), (None, ["desk:slack"])):
        desk = cast(Desk, Ears(Hearing(since=since)))
        vitals = await Pulse(replace(home.parts, desks={SLACK: desk})).feel()
        assert (vitals.failing, vitals.degraded) == ([], degraded)


async def test_what_waits_for_long_and_what_is_parked(home: House) -> None:
    store, now = home.store, home.clock.now()
    await store.put_raw("channel:whatsapp", "a", b"{}", {}, now)
    home.clock.forward(minutes=3)
    assert (await Pulse(home.parts).feel()).degraded == ["raw_old"]
    [raw] = await store.take_raw("channel:", 1, home.clock.now(), timedelta(minutes=1))
    await store.raw_failed(raw.id, "Unreadable", 1)
    assert (await Pulse(home.parts).feel()).degraded == ["parked"]


async def test_a_worker_that_fails_each_time_is_not_alive(home: House) -> None:
    async def fails() -> datetime | None:
        raise RuntimeError("always")

    clock, workers = StoryClock(home.clock.now()), home.parts.workers
    worker = Worker("intake", clock, fails, workers.beat)
    workers.beat("intake", clock.now())
    for _ in range(3):
        await worker._once()
    assert (await Pulse(home.parts).feel()).failing == []
    home.clock.forward(minutes=3)
    await worker._once()
    assert (await Pulse(home.parts).feel()).failing == ["worker:intake"]


async def test_a_worker_answers_where_it_is_told_to(tmp_path: Path, shared_folder: Path) -> None:
    port = free_port()
    with fresh_database("postgres", tmp_path, shared_folder, migrated=True) as url:
        async with Story(url, tmp_path, "console", general=f"health_port = {port}") as story:
            await story.stops()
            await story.begins(frozenset({"worker"}))
            async with aiohttp.ClientSession() as http:
                async with http.get(f"http://127.0.0.1:{port}/health") as answer:
                    assert (answer.status, (await answer.json())["workers"]["outbox"]) == (200, True)
                async with http.get(f"http://127.0.0.1:{port}/console") as answer:
                    assert answer.status == 404


class Impatient:
    """A clock on which nobody waits; it counts how often somebody would have."""

    waits = 0

    def now(self) -> datetime:
        return StoryClock().now()

    async def wait(self, wake: Awaitable[object], until: datetime | None) -> None:
        self.waits += 1
        asyncio.ensure_future(wake).cancel()


@pytest.mark.parametrize(("reason", "waits"), [("away", 3), ("slow", 3)])
async def test_a_database_that_comes_later_is_waited_for(reason: str, waits: int) -> None:
    clock, tries = Impatient(), 0

    @asynccontextmanager
    async def built() -> AsyncIterator[App]:
        nonlocal tries
        tries += 1
        if tries <= waits:
            raise Unavailable(reason)
        yield THE_APP

    async with AsyncExitStack() as stack:
        assert await as_soon_as_there(stack, built, clock, asyncio.Event()) is THE_APP
    assert clock.waits == waits


async def test_one_that_refuses_us_is_not() -> None:
    @asynccontextmanager
    async def built() -> AsyncIterator[App]:
        raise Unavailable("refused")
        yield

    async with AsyncExitStack() as stack:
        with pytest.raises(Unavailable, match="refused"):
            await as_soon_as_there(stack, built, Impatient(), asyncio.Event())
