"""The program as a process: waits for what it needs to start, runs until it is told to stop, and lets go then."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from functools import partial
from typing import Any, TypeVar

import structlog

from bot.app import build
from bot.clock import SystemClock
from bot.config.settings import Settings
from bot.process import ROLES, App, told_to_stop
from bot.workers.loop import AFTER_FAULT
from core.errors import Unavailable
from core.ports import Clock

WAITED_FOR = frozenset({"away", "slow"})
"""What a database may lack when we start."""
LET_GO = 5.0
"""Seconds in which what was begun is to be let go when we are told to stop before we have started."""

T = TypeVar("T")

_log = structlog.get_logger()


async def serve(
    settings: Settings, roles: frozenset[str] = ROLES, *, clock: Clock | None = None, rate_scale: float = 1.0
) -> None:
    """Run until SIGTERM or SIGINT; what is in hand is finished, the rest handed back. What is given: see `build`."""
    told = told_to_stop()
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        app = await as_soon_as_there(stack, partial(build, settings, clock=clock, rate_scale=rate_scale), clock, told)
        if app is None:
            return
        running = asyncio.create_task(app.run(roles))
        stopped = asyncio.create_task(told.wait())
        await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def as_soon_as_there(
    stack: AsyncExitStack, built: Callable[[], AbstractAsyncContextManager[App]], clock: Clock, told: asyncio.Event
) -> App | None:
    """A machine begins its services in any order: a database that does not answer yet is waited for. None when told to
    stop meanwhile. Raises `Unavailable` when waiting does not help."""
    while not told.is_set():
        try:
            return await _unless(told, stack.enter_async_context(built()))
        except Unavailable as fault:
            if fault.reason not in WAITED_FOR:
                raise
            _log.error("app.waiting_for_database", reason=fault.reason, detail=fault.detail)
        await clock.wait(told.wait(), clock.now() + AFTER_FAULT)
    return None


async def _unless(told: asyncio.Event, opening: Coroutine[Any, Any, T]) -> T | None:
    """None when told to stop before it was done: it may wait for long, as for another that migrates or a server that
    hangs."""
    task, stop = asyncio.create_task(opening, name="opening"), asyncio.create_task(told.wait(), name="told")
    try:
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=LET_GO)
    return task.result() if task.done() and not task.cancelled() else None
