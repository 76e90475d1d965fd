"""What only one process does at a time: the first who asks, and another soon after that one stopped or died."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from bot.workers.lease import LIFE, RENEWED, Lease
from storage import SqlStore, open_store
from tests.clock import StoryClock


@pytest.fixture
async def store(migrated_url: str) -> AsyncIterator[SqlStore]:
    opened = await open_store(migrated_url)
    yield opened
    await opened.close()


class Poller:
    """A process that asks, while it may."""

    def __init__(self, store: SqlStore, clock: StoryClock) -> None:
        self.lease = Lease(store, clock, "telegram")
        self.began, self.stopped = asyncio.Event(), asyncio.Event()

    async def work(self) -> None:
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.began.clear()
            self.stopped.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.lease.hold(self.work), name="lease")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def test_one_asks_and_the_next_takes_over_when_it_stops(store: SqlStore) -> None:
    clock = StoryClock()
    first, second = Poller(store, clock), Poller(store, clock)
    async with second.running():
        await second.began.wait()
        async with first.running():
            for _ in range(5):
                await clock.change()
                await clock.forward(RENEWED)
                assert (second.began.is_set(), first.began.is_set()) == (True, False)
    assert second.stopped.is_set()
    async with first.running():
        await first.began.wait()


async def test_who_dies_is_followed_when_its_lease_has_ended(store: SqlStore) -> None:
    clock = StoryClock()
    assert await store.take_lease("telegram", "somebody who died", clock.now(), clock.now() + LIFE)
    poller = Poller(store, clock)
    async with poller.running():
        await clock.change()
        assert not poller.began.is_set()
        await clock.forward(LIFE)
        await poller.began.wait()


async def test_who_was_asleep_for_too_long_stops_when_another_has_it(store: SqlStore) -> None:
    clock = StoryClock()
    poller = Poller(store, clock)
    async with poller.running():
        await poller.began.wait()
        later = clock.now() + LIFE
        assert await store.take_lease("telegram", "another", later, later + LIFE)
        await clock.forward(RENEWED)
        await poller.stopped.wait()
        await clock.forward(2 * LIFE)
        await poller.began.wait()


async def test_what_fails_is_told_and_leaves_the_lease_to_others(store: SqlStore) -> None:
    clock = StoryClock()

    async def breaks() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Lease(store, clock, "telegram").hold(breaks)
    assert await store.take_lease("telegram", "another", clock.now(), clock.now() + LIFE)


async def test_it_is_one_s_only(store: SqlStore) -> None:
    now = StoryClock().now()
    assert await store.take_lease("telegram", "one", now, now + LIFE)
    assert not await store.take_lease("telegram", "two", now, now + LIFE)
    assert await store.take_lease("slack", "two", now, now + LIFE)
    await store.drop_lease("telegram", "two")
    assert not await store.take_lease("telegram", "two", now, now + LIFE)
    await store.drop_lease("telegram", "one")
    assert await store.take_lease("telegram", "two", now, now + LIFE)
