"""A worker whose round goes on and on is seen to: its process is taken for dead, and others do its work."""

import asyncio
from datetime import datetime

from bot.workers.loop import Worker
from tests.clock import StoryClock


async def test_a_round_that_does_not_end_is_noticed_and_a_sleep_is_none() -> None:
    clock, begun, may_end = StoryClock(), asyncio.Event(), asyncio.Event()

    async def step() -> datetime | None:
        begun.set()
        await may_end.wait()
        return None

    worker = Worker("outbox", clock, step, lambda name, at: None)
    assert worker.goes_round(0)
    running = asyncio.create_task(worker.run(), name="outbox")
    await begun.wait()
    assert worker.goes_round(60)
    assert not worker.goes_round(0)
    may_end.set()
    await clock.change()
    assert worker.goes_round(0)
    running.cancel()
