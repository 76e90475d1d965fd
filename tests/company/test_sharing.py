"""What is taken by whom: sources, buckets, clocks and leases among the living, and what the dead left behind."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from bot.rates import Budget
from bot.workers.buckets import Buckets
from bot.workers.lease import Lease
from core.ids import MessageId, TicketId
from core.jobs import Job, SendReply, SyncThread
from core.ports import Raw
from storage import SqlStore, open_store
from tests.clock import StoryClock
from tests.company.conftest import Join, Member, cut, membership
from tests.storage.house import LEASE, NOW, SLACK, WA, House, later, owed

FAR = timedelta(days=1)
"""A lease that ends after every test: whoever takes over does not wait for it."""


async def puts(store: SqlStore, source: str, *keys: str) -> None:
    for key in keys:
        await store.put_raw(f"channel:{source}", key, b"{}", {}, NOW)


async def finishes(member: Member, batch: Sequence[Raw]) -> None:
    await member.store.atomic(lambda tx: tx.raw_done([raw.id for raw in batch], NOW))


async def takes(member: Member, limit: int = 100, lease: timedelta = FAR) -> list[str]:
    return [raw.key for raw in await member.store.take_raw("channel:", limit, NOW, lease)]


# --- the inbox ---


async def test_no_row_is_taken_while_another_has_an_earlier_one_of_its_source(join: Join) -> None:
    here, there = await join(), await join()
    await puts(here.store, "wa", "1", "2", "3")
    assert await takes(here, 1) == ["1"]
    assert await takes(there) == []
    await here.store.atomic(lambda tx: tx.raw_done([1], NOW))
    assert await takes(there, 1) == ["2"]
    assert await takes(here) == []


async def test_several_workers_share_by_source(join: Join) -> None:
    here, there = await join(), await join()
    await here.until_workers(here, there)
    await there.until_workers(here, there)
    for key in "123":
        await puts(here.store, "wa", f"wa-{key}")
        await puts(here.store, "site", f"site-{key}")
    assert await takes(here) == ["wa-1", "wa-2", "wa-3"]
    assert await takes(there) == ["site-1", "site-2", "site-3"]


async def test_one_worker_takes_of_all_sources_at_once(join: Join) -> None:
    here, _ = await join(), await join(working=False)
    await puts(here.store, "wa", "1")
    await puts(here.store, "site", "2")
    assert await takes(here) == ["1", "2"]


async def test_what_is_taken_at_the_same_moment_keeps_its_order(join: Join) -> None:
    """Whatever is taken first is done first: the sum of all takes is the order of arrival."""
    members = [await join() for _ in range(3)]
    await puts(members[0].store, "wa", *(f"{n:03}" for n in range(60)))
    done: list[str] = []

    async def works(member: Member) -> None:
        while len(done) < 60:
            batch = await member.store.take_raw("channel:", 4, NOW, FAR)
            done.extend(raw.key for raw in batch)
            await asyncio.sleep(0)  # others have their chance to break in
            await finishes(member, batch)

    await asyncio.gather(*(works(member) for member in members))
    assert done == sorted(done)


async def test_who_is_behind_in_one_source_does_not_hide_the_others(join: Join) -> None:
    here, there = await join(), await join()
    await puts(here.store, "wa", *(str(n) for n in range(20)))
    await puts(here.store, "site", "s")
    assert await takes(here, 1) == ["0"]
    assert await takes(there) == ["s"]


async def test_what_is_handed_back_is_free_at_once(join: Join) -> None:
    here, there = await join(), await join()
    await puts(here.store, "wa", "1", "2")
    assert await takes(here) == ["1", "2"]
    assert await here.store.take_lease("prune", f"{here.me}.prune", NOW, NOW + FAR)
    await here.store.hand_back()
    assert await takes(there) == ["1", "2"]
    assert await there.store.take_lease("prune", f"{there.me}.prune", NOW, NOW + FAR)


async def test_only_who_has_a_row_may_say_that_it_failed(join: Join) -> None:
    here, there = await join(), await join()
    await puts(here.store, "wa", "1")
    assert await takes(here) == ["1"]
    assert not await there.store.raw_failed(1, "KeyError", 1)
    assert await here.store.raw_failed(1, "KeyError", 1)


# --- the outbox ---


def buckets(jobs: Sequence[Job]) -> set[str]:
    return {job.bucket for job in jobs}


async def test_a_bucket_belongs_to_one_living_worker(join: Join) -> None:
    here, there = await join(), await join()
    for member in (here, there):
        await member.until_workers(here, there)
    names = {f"slack:C{n}" for n in range(40)}
    await House(here.store).enqueue(*(owed(f"{name} {n}", bucket=name) for name in names for n in range(2)))
    mine = await here.store.take_jobs(100, NOW, LEASE, [])
    theirs = await there.store.take_jobs(100, NOW, LEASE, [])
    assert buckets(mine) | buckets(theirs) == names
    assert not buckets(mine) & buckets(theirs)
    assert min(len(buckets(mine)), len(buckets(theirs))) > 5

    there.store.company.retire()
    await here.until_workers(here)
    await House(here.store).enqueue(*(owed(f"{name} 3", bucket=name) for name in names))
    assert buckets(await here.store.take_jobs(100, NOW, LEASE, [])) == names


async def test_a_platform_s_limit_is_kept_by_two_as_by_one(join: Join) -> None:
    here, there = await join(), await join()
    for member in (here, there):
        await member.until_workers(here, there)
    groups = [f"telegram:G{n}" for n in range(12)]
    await House(here.store).enqueue(*(owed(f"{group} {n}", bucket=group) for group in groups for n in range(30)))
    drawn: Counter[str] = Counter()

    async def works(member: Member) -> None:
        limits = Buckets({"telegram": Budget(20, timedelta(minutes=1), 0)})
        while jobs := await member.store.take_jobs(1, NOW, LEASE, limits.full(NOW)):
            limits.draw(jobs[0].bucket, NOW)
            drawn[jobs[0].bucket] += 1

    await asyncio.gather(works(here), works(there))
    assert drawn == dict.fromkeys(groups, 20)


async def test_two_who_think_they_are_alone_take_nothing_twice(join: Join) -> None:
    """For a moment after one joined: each job is still one's only."""
    here, there = await join(), await join(working=False)
    await House(here.store).enqueue(*(owed(f"{n}") for n in range(40)))
    batches = await asyncio.gather(*(each.store.take_jobs(8, NOW, LEASE, []) for each in (here, there) for _ in "123"))
    taken = Counter(job.id for batch in batches for job in batch)
    assert set(taken.values()) == {1}


# --- the dead ---


async def test_what_the_dead_left_is_free_within_seconds_whatever_its_lease_says(join: Join, url: str) -> None:
    here = await join(working=False)
    house = House(here.store)
    await house.enqueue(
        owed("thread", work=SyncThread(TicketId(1), SLACK)),
        owed("reply", work=SendReply(MessageId(1), WA), bucket="whatsapp:wa"),
    )
    await puts(here.store, "wa", "1", "2")
    async with membership(url) as there:
        assert len(await there.store.take_jobs(9, NOW, FAR, [])) == 2
        assert await takes(there, 1) == ["1"]
        assert await there.store.take_lease("telegram", f"{there.me}.x", NOW, NOW + FAR)
        assert await here.store.expire_leases(NOW) == []
        assert await takes(here) == []
    await here.until(lambda: here.standing.gone)
    assert here.standing.gone == {there.me}
    assert await takes(here) == ["1", "2"]
    assert sorted(job.lane for job in await here.store.expire_leases(NOW)) == ["reply", "thread"]
    assert await here.store.take_lease("telegram", f"{here.me}.x", NOW, NOW + FAR)
    await here.until(lambda: not here.standing.gone)  # nothing of theirs is left


async def test_who_waits_for_a_lease_has_it_as_soon_as_its_holder_is_gone(join: Join, url: str) -> None:
    """The clock stands still: the lease never runs out."""
    here, began = await join(), asyncio.Event()

    async def work() -> None:
        began.set()

    async with membership(url) as there:
        assert await there.store.take_lease("telegram", f"{there.me}.x", NOW, NOW + FAR)
        waiting = asyncio.create_task(Lease(here.store, StoryClock(NOW), "telegram").hold(work), name="lease")
    await waiting
    assert began.is_set()


async def test_who_is_only_reconnecting_is_not_dead(join: Join, url: str) -> None:
    here, there = await join(working=False), await join()
    await House(here.store).enqueue(owed())
    assert len(await there.store.take_jobs(9, NOW, FAR, [])) == 1
    await cut(url, there)
    await there.until(lambda: not there.standing.joined)
    await there.until(lambda: there.standing.joined)
    await here.until_workers(there)
    assert not here.standing.gone
    assert await here.store.expire_leases(NOW) == []


async def test_of_who_has_no_lock_only_the_lease_says_whether_it_lives(join: Join, url: str) -> None:
    here = await join()
    await puts(here.store, "wa", "1")
    await puts(here.store, "site", "2")
    apart = await open_store(url, migrate=False)
    assert [raw.key for raw in await apart.take_raw("channel:wa", 1, NOW, FAR)] == ["1"]
    await apart.close()
    async with membership(url) as there:
        assert await takes(there) == ["2"]
    await here.until(lambda: here.standing.gone == {there.me})
    assert await takes(here) == ["2"]


# --- clocks ---


async def test_workers_share_the_clocks_and_none_is_forgotten(join: Join) -> None:
    here, there = await join(), await join()
    house = House(here.store)
    for phone in range(6):
        await house.ticket(str(phone))
    await here.store.atomic(
        lambda tx: tx.session.run(
            "INSERT INTO clocks (ticket_id, kind, cycle, seq, state, spans, next_at)"
            " SELECT id, 'snooze', 1, 99, 'running', '[]', ? FROM tickets",
            NOW,
        )
    )
    for member in (here, there):
        await member.until_workers(here, there)
    mine, theirs = await here.store.due_tickets(NOW, 100), await there.store.due_tickets(NOW, 100)
    assert sorted([*mine, *theirs]) == [1, 2, 3, 4, 5, 6]
    assert len(mine) == len(theirs) == 3
    assert len(await here.store.due_tickets(later(minutes=1), 100)) == 6  # the other should have done them long ago
