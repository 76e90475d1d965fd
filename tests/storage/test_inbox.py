"""The inbox: durable before the ack, each delivery once, leases, parking."""

import asyncio
from datetime import datetime, timedelta

import pytest

from core.ports import Raw
from storage import SqlStore
from storage.queries import upkeep
from tests.storage.house import LEASE, NOW, House, later

WHATSAPP = "channel:wa"


async def put(store: SqlStore, key: str, body: bytes = b"{}", at: datetime = NOW) -> int | None:
    return await store.put_raw(WHATSAPP, key, body, {"x-signature": "abc"}, at)


async def take(store: SqlStore, at: datetime = NOW, prefix: str = "channel:") -> list[Raw]:
    return list(await store.take_raw(prefix, 100, at, LEASE))


async def test_a_delivery_is_kept_as_it_came(store: SqlStore) -> None:
    row = await put(store, "a", b'{"text": "\\u0000\xff"}')
    [raw] = await take(store)
    assert raw == Raw(row or 0, WHATSAPP, "a", b'{"text": "\\u0000\xff"}', {"x-signature": "abc"}, NOW)


async def test_the_second_delivery_is_known(store: SqlStore) -> None:
    assert await put(store, "a") is not None
    assert await put(store, "a") is None
    assert await store.put_raw("desk:slack", "a", b"", {}, NOW) is not None


async def test_many_at_once_share_commits_and_each_is_new_once(store: SqlStore) -> None:
    ids = await asyncio.gather(*(put(store, f"key {n % 300}") for n in range(900)))
    new = [row for row in ids if row is not None]
    assert len(new) == len(set(new)) == 300
    assert len(await store.take_raw("channel:", 1000, NOW, LEASE)) == 300


async def test_one_bad_row_does_not_take_the_others_with_it(store: SqlStore) -> None:
    naive = NOW.replace(tzinfo=None)
    results = await asyncio.gather(
        *(put(store, f"{n}", at=naive if n == 5 else NOW) for n in range(11)), return_exceptions=True
    )
    assert [n for n, result in enumerate(results) if isinstance(result, Exception)] == [5]
    assert len(await take(store)) == 10


async def test_a_cancelled_waiter_neither_loses_nor_doubles(store: SqlStore) -> None:
    waiters = [asyncio.create_task(put(store, f"{n}")) for n in range(20)]
    await asyncio.sleep(0)
    for waiter in waiters[::2]:
        waiter.cancel()
    await asyncio.gather(*waiters, return_exceptions=True)
    again = await asyncio.gather(*(put(store, f"{n}") for n in range(20)))
    assert again == [None] * 20
    assert len(await take(store)) == 20


async def test_rows_are_leased_oldest_first_by_prefix(store: SqlStore) -> None:
    for key in "abc":
        await put(store, key)
    await store.put_raw("desk:slack", "d", b"", {}, NOW)
    assert [raw.key for raw in await store.take_raw("channel:", 2, NOW, LEASE)] == ["a", "b"]
    assert [raw.key for raw in await take(store)] == ["c"]
    assert [raw.key for raw in await take(store, prefix="desk:")] == ["d"]


async def test_who_put_a_row_may_take_it_first_but_only_one_has_it(store: SqlStore, other: SqlStore) -> None:
    row = await put(store, "a") or 0
    taken = await asyncio.gather(*(each.take_raw_by_id(row, NOW, LEASE) for each in (store, other) for _ in range(5)))
    assert sum(raw is not None for raw in taken) == 1


async def test_takers_share_the_rows(store: SqlStore, other: SqlStore) -> None:
    await asyncio.gather(*(put(store, f"{n}") for n in range(40)))
    batches = await asyncio.gather(
        *(each.take_raw("channel:", 10, NOW, LEASE) for each in (store, other) for _ in range(6))
    )
    keys = [raw.key for batch in batches for raw in batch]
    assert len(keys) == len(set(keys))


async def test_a_dead_lease_frees_the_row_and_is_no_failure_of_its(store: SqlStore) -> None:
    """However often the program was stopped with it in hand."""
    await put(store, "a")
    for restart in range(4):
        at = NOW + LEASE * restart
        [row] = await take(store, at)
        assert row.attempts == 0
        assert not await take(store, at + LEASE - timedelta(microseconds=1))


async def test_three_failures_park_a_row_and_an_admin_retries_it(store: SqlStore) -> None:
    row = await put(store, "poison") or 0
    for attempt in (1, 2, 3):
        [raw] = await take(store)
        assert raw.attempts == attempt - 1
        assert await store.raw_failed(row, "KeyError", 3) is (attempt == 3)
    assert not await take(store)
    [parked] = await store.parked()
    assert (parked.kind, parked.what, parked.code, parked.attempts) == ("raw", WHATSAPP, "KeyError", 3)

    assert await store.retry_parked("raw", row, later(minutes=1))
    assert not await store.retry_parked("raw", row, later(minutes=1))
    assert [raw.attempts for raw in await take(store)] == [0]


async def test_a_row_is_done_with_the_transaction_that_had_its_effect(house: House) -> None:
    row = await put(house.store, "a") or 0
    await take(house.store)

    async def fails(tx: object) -> None:
        await tx.raw_done([row], NOW)  # type: ignore[attr-defined]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await house.store.atomic(fails)
    assert await take(house.store, later(hours=1))
    await house.store.atomic(lambda tx: tx.raw_done([row], NOW))
    assert not await take(house.store, later(hours=2))


async def test_a_once_key_has_its_effect_once(store: SqlStore) -> None:
    assert await store.atomic(lambda tx: tx.once(["a", "b", "a"], NOW)) == [True, True, False]
    assert await store.atomic(lambda tx: tx.once(["b", "c"], NOW)) == [False, True]


async def test_what_is_finished_and_old_is_thrown_away(house: House) -> None:
    row = await put(house.store, "old") or 0
    await put(house.store, "waiting")
    await take(house.store)
    await house.store.atomic(lambda tx: tx.raw_done([row], NOW))
    await house.store.atomic(lambda tx: tx.once(["old key"], NOW))
    assert await house.store.prune(later(days=29), 30) == 0
    assert await house.store.prune(later(days=31), 30) == 2
    assert await house.store.session.one("SELECT state FROM inbox") == {"state": "leased"}


async def test_a_row_may_be_left_a_while_to_whoever_put_it(store: SqlStore) -> None:
    row = await store.put_raw("desk:console", "e", b"{}", {}, NOW)
    assert row is not None
    assert await store.take_raw("desk:", 9, NOW, LEASE, older=timedelta(seconds=2)) == []
    [found] = await store.take_raw("desk:", 9, NOW + timedelta(seconds=2), LEASE, older=timedelta(seconds=2))
    assert found.id == row


async def test_heaps_of_old_rows_go_some_at_a_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "AT_ONCE", 10)
    await house.store.atomic(lambda tx: tx.once([f"{number}" for number in range(35)], NOW))
    assert await house.store.prune(later(days=31), 30) == 35
