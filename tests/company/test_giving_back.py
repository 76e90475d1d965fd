"""What was taken while the database went away is given back by whoever took it: all of it, and nothing of others."""

import asyncio
from datetime import timedelta

from storage import SqlTx
from tests.company.conftest import Join
from tests.company.test_sharing import FAR, puts, takes
from tests.storage.house import LEASE, NOW, House, owed


async def test_a_job_that_another_took_at_the_same_moment_stays_in_its_hands(join: Join) -> None:
    here, there = await join(), await join(working=False)
    await House(here.store).enqueue(owed())
    assert len(await here.store.take_jobs(1, NOW, LEASE, [])) == 1
    await there.store.give_back_jobs(NOW + LEASE, [])
    assert await there.store.take_jobs(1, NOW, LEASE, []) == []


async def test_deliveries_are_given_back_even_when_the_taking_is_committed_late(join: Join) -> None:
    here = await join()
    await puts(here.store, "wa", "1")
    taken, may_commit = asyncio.Event(), asyncio.Event()

    async def takes_slowly(tx: SqlTx) -> None:
        await tx.lease_raws("channel:", 9, NOW, FAR, timedelta())
        taken.set()
        await may_commit.wait()

    async def gives_back() -> None:
        await here.store.give_back_raws("channel:", NOW + FAR)

    taking = asyncio.create_task(here.store.atomic(takes_slowly), name="takes")
    await taken.wait()
    giving = asyncio.create_task(gives_back(), name="gives back")
    await asyncio.wait({giving}, timeout=0.2)
    may_commit.set()
    await asyncio.gather(taking, giving)
    assert await takes(here) == ["1"]
