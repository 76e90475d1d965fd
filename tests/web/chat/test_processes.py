"""Two web processes on one PostgreSQL: whichever serves a page, it sees all, and one that dies lets its visitors go."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.web.chat.leaving import Leaving
from bot.web.chat.socket import stop
from core.events import CustomerLeft
from tests.databases import fresh_database
from tests.web.chat.conftest import Opened, Shop


@pytest.fixture
async def both(tmp_path: Path, shared_folder: Path) -> AsyncIterator[tuple[Shop, Shop]]:
    with fresh_database("postgres", tmp_path, shared_folder, migrated=True) as url:
        async with AsyncExitStack() as stack:
            here, there = [await stack.enter_async_context(Opened(tmp_path, url)) for _ in range(2)]
            yield await here.shop(), await there.shop()


async def test_two_tabs_at_two_processes_see_the_same(both: tuple[Shop, Shop]) -> None:
    here, there = both
    one = await here.opens()
    two = await there.opens(token=one.token)
    await one.hears("taken", id=await one.says("hello"))
    await there.until_asleep_for(1)
    await there.clock.forward("1s")
    assert (await two.hears("entry"))["text"] == "hello"


async def test_a_message_sent_to_both_is_one(both: tuple[Shop, Shop]) -> None:
    """The line broke before "taken"; the page came back at the other process and sent it again."""
    here, there = both
    one = await here.opens()
    id = await one.says("hello")
    await one.hears("taken", id=id)
    two = await there.opens(token=one.token)
    await two.says("hello", id)
    assert (await two.hears("taken", id=id))["seq"] == 1
    assert len(await here.intake()) == 1


async def test_a_process_that_died_lets_its_visitors_go(both: tuple[Shop, Shop]) -> None:
    here, there = both
    page = await here.opens()
    await here.answers(page, "one")
    await stop(here.server.app)  # nobody of that process says any more who is there
    await there.clock.forward("44s")
    worker = Leaving(there.log, there.clock)
    await worker.step()
    assert await there.intake() == []
    await there.clock.forward("31s")
    await worker.step()
    (event,) = await there.intake()
    assert isinstance(event, CustomerLeft)
    assert event.key == page.visitor
