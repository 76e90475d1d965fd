"""Told to stop before we have started: whatever is waited for then, a server that hangs or another that migrates."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import cast

from bot.clock import SystemClock
from bot.process import App
from bot.serve import as_soon_as_there


async def test_what_is_waited_for_is_let_go() -> None:
    begun, let_go = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def built() -> AsyncIterator[App]:
        try:
            begun.set()
            await asyncio.Event().wait()
            yield cast(App, object())
        finally:
            let_go.set()

    told = asyncio.Event()
    async with asyncio.timeout(10), AsyncExitStack() as stack:
        opening = asyncio.create_task(as_soon_as_there(stack, built, SystemClock(), told), name="opens")
        await begun.wait()
        told.set()
        assert await opening is None
    assert let_go.is_set()
