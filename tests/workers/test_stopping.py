"""Told to stop at the worst moment: what a worker has just taken is done, not left lying."""

import asyncio

import pytest

from bot.workers.loop import finished


async def test_what_was_begun_is_finished_before_the_worker_stops() -> None:
    begun, may_end, done = asyncio.Event(), asyncio.Event(), []

    async def work() -> None:
        begun.set()
        await may_end.wait()
        done.append("taken and begun")

    worker = asyncio.create_task(finished(work()))
    await begun.wait()
    worker.cancel()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await worker
    assert done == ["taken and begun"]


async def test_a_fault_of_the_work_is_the_workers() -> None:
    async def work() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await finished(work())
