"""What stands still: once a place and cause, since when, and what waits because of it."""

from core.jobs import JobState
from core.ports import Trouble
from tests.storage.house import NOW, House, later, owed


async def test_a_trouble_stands_since_its_beginning(house: House) -> None:
    assert await house.store.atomic(lambda tx: tx.begin_trouble("wa", "locked", NOW)) == NOW
    assert await house.store.atomic(lambda tx: tx.begin_trouble("wa", "locked", later(hours=1))) == NOW
    await house.store.atomic(lambda tx: tx.begin_trouble("slack:C|1", "locked", later(hours=2)))
    assert await house.store.troubles() == [
        Trouble("slack:C|1", "locked", later(hours=2)),
        Trouble("wa", "locked", NOW),
    ]


async def test_it_ends_once(house: House) -> None:
    await house.store.atomic(lambda tx: tx.begin_trouble("wa", "locked", NOW))
    ended = [await house.store.atomic(lambda tx: tx.end_trouble("wa", "locked")) for _ in range(2)]
    assert ended == [NOW, None]
    assert await house.store.troubles() == []


async def test_only_what_waits_because_of_it_is_tried_now(house: House) -> None:
    """Least of all a reply that is held."""
    held = later(hours=1)
    await house.enqueue(owed("held", not_before=held), *(owed(lane, bucket=lane) for lane in ("a", "b", "c")))
    for job in await house.take(3):
        code = "locked" if job.lane != "c" else "server_error"
        await house.finish(job, JobState.WAITING, code=code, not_before=held)
    assert await house.take(9) == []
    await house.store.atomic(lambda tx: tx.try_now("locked", NOW, "a"))
    assert [(job.lane, job.code) for job in await house.take(9)] == [("a", "locked")]
    await house.store.atomic(lambda tx: tx.try_now("locked", NOW))
    assert [job.lane for job in await house.take(9)] == ["b"]
