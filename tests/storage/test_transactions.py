"""What was measured to go wrong with transactions, and no longer does."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import Lost, Unavailable
from core.model import Ticket
from storage import DatabaseBusy, SqlStore, SqlTx, open_store
from storage.session import Session
from tests.storage.house import NOW, House, owed


async def held_open(tx: SqlTx, entered: asyncio.Event, leave: asyncio.Event) -> None:
    await tx.set_setting("slow", "done")
    entered.set()
    await leave.wait()


async def test_a_cancelled_caller_leaves_the_transaction_to_end_whole(store: SqlStore) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()
    caller = asyncio.create_task(store.atomic(lambda tx: held_open(tx, entered, leave)))
    await entered.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    leave.set()
    await store.save_setting("after", "works")  # the lock is free again
    assert await store.setting("slow") == "done"


async def test_cancelling_while_entering_leaks_neither_lock_nor_pool_slot(store: SqlStore) -> None:
    for turns in range(40):  # wherever in its entry the caller stands when it is cancelled
        caller = asyncio.create_task(store.save_setting("n", str(turns)))
        for _ in range(turns % 8):
            await asyncio.sleep(0)
        caller.cancel()
        await asyncio.gather(caller, return_exceptions=True)
    await asyncio.wait_for(asyncio.gather(*(store.save_setting(f"{n}", "free") for n in range(20))), 20)


async def test_closing_waits_for_abandoned_transactions(database_url: str) -> None:
    store = await open_store(database_url)
    entered, leave = asyncio.Event(), asyncio.Event()
    caller = asyncio.create_task(store.atomic(lambda tx: held_open(tx, entered, leave)))
    await entered.wait()
    caller.cancel()
    closing = asyncio.create_task(store.close())
    leave.set()
    await closing
    store = await open_store(database_url)
    assert await store.setting("slow") == "done"
    await store.close()


async def test_a_read_does_not_wait_for_an_open_transaction(store: SqlStore) -> None:
    await store.save_setting("slow", "before")

    async def work(tx: SqlTx) -> None:
        await tx.set_setting("slow", "after")
        assert await asyncio.wait_for(store.setting("slow"), 5) == "before"
        assert await tx.setting("slow") == "after"

    await store.atomic(work)
    assert await store.setting("slow") == "after"


async def test_what_fails_leaves_nothing_behind(store: SqlStore) -> None:
    async def fails(tx: SqlTx) -> None:
        await tx.set_setting("a", "b")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.atomic(fails)
    assert await store.setting("a") is None


async def test_the_reading_side_cannot_write(store: SqlStore) -> None:
    with pytest.raises(Unavailable, match="read_only"):
        await store.session.run("DELETE FROM people")


async def test_no_transaction_inside_a_transaction(store: SqlStore) -> None:
    with pytest.raises(RuntimeError):
        await store.atomic(lambda tx: store.save_setting("a", "b"))


async def test_what_is_lost_runs_again_from_the_start(store: SqlStore) -> None:
    tries = 0

    async def unlucky(tx: SqlTx) -> int:
        nonlocal tries
        tries += 1
        await tx.set_setting(f"try {tries}", "")
        if tries < 3:
            raise Lost
        return tries

    assert await store.atomic(unlucky) == 3
    assert await store.setting("try 2") is None


async def test_what_is_lost_for_good_is_told(store: SqlStore) -> None:
    async def hopeless(tx: SqlTx) -> None:
        raise Lost

    with pytest.raises(Lost):
        await store.atomic(hopeless)


async def test_deadlocks_run_again(house: House, other: SqlStore) -> None:
    """Each takes the first row, waits until the other has its own (or cannot), and then wants the other's."""
    await house.store.save_setting("a", "")
    await house.store.save_setting("b", "")
    met = asyncio.Event()

    async def cross(store: SqlStore, *names: str) -> None:
        async def work(tx: SqlTx) -> None:
            first, second = names
            await tx.set_setting(first, first)
            if other is not house.store and not met.is_set():
                await meeting.wait()
                met.set()
            await tx.set_setting(second, first)

        await store.atomic(work)

    meeting = asyncio.Barrier(2)
    await asyncio.wait_for(asyncio.gather(cross(house.store, "a", "b"), cross(other, "b", "a")), 20)
    assert await house.store.setting("a") == await house.store.setting("b")


async def test_saving_is_compare_and_set_on_the_version(house: House, other: SqlStore) -> None:
    ticket = await house.ticket()
    both_have_read = asyncio.Barrier(2)
    tries = 0

    async def raise_level(store: SqlStore) -> None:
        async def work(tx: SqlTx) -> None:
            nonlocal tries
            read = await tx.ticket(ticket.id)
            assert read is not None
            tries += 1
            if tries <= 2 and other is not house.store:
                await both_have_read.wait()
            await tx.save_tickets([(read, changed(read))])

        await store.atomic(work)

    await asyncio.gather(raise_level(house.store), raise_level(other))
    saved = await house.store.ticket(ticket.id)
    assert saved is not None
    assert (saved.version, saved.level) == (3, 2)


def changed(ticket: Ticket) -> Ticket:
    return replace(ticket, version=ticket.version + 1, level=ticket.level + 1)


async def test_an_old_version_is_lost(house: House) -> None:
    ticket = await house.ticket()
    with pytest.raises(Lost):
        await house.store.atomic(lambda tx: tx.save_tickets([(replace(ticket, version=0), changed(ticket))]))


async def test_listeners_hear_of_commits_only(house: House) -> None:
    heard: list[object] = []
    house.store.on_commit(heard.append)
    ticket = await house.ticket()
    assert heard[-1].tickets == ((ticket.id, 1),)  # type: ignore[attr-defined]

    async def fails(tx: SqlTx) -> None:
        await tx.enqueue([owed()], NOW)
        raise ZeroDivisionError

    before = len(heard)
    with pytest.raises(ZeroDivisionError):
        await house.store.atomic(fails)
    await house.store.save_setting("nobody", "waits for this")
    assert len(heard) == before


async def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'house.sqlite3'}")
    try:
        files = [file for file in tmp_path.iterdir() if file.suffix != ".lock"]
        assert {file.stat().st_mode & 0o077 for file in files} == {0}
    finally:
        await store.close()


async def test_a_sqlite_file_belongs_to_one_process(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'house.sqlite3'}"
    owner = await open_store(url)
    with pytest.raises(DatabaseBusy, match="PostgreSQL"):
        await open_store(url)
    guest = await open_store(url, guest=True)
    await owner.save_setting("seen", "by the guest")
    assert await guest.setting("seen") == "by the guest"
    await guest.close()
    await owner.close()
    await (await open_store(url)).close()


async def test_in_memory_is_gone_with_the_store() -> None:
    first = await open_store("sqlite://:memory:")
    await first.save_setting("a", "b")
    await first.close()
    second = await open_store("sqlite://:memory:")
    assert await second.setting("a") is None
    await second.close()


async def test_the_file_is_set_up_for_durability(tmp_path: Path) -> None:
    store = await open_store(f"sqlite://{tmp_path / 'house.sqlite3'}")

    async def pragmas(session: Session) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [await session.one(f"PRAGMA {name}") for name in names]
        return [next(iter(row.values())) for row in found if row]

    full = 2
    assert await store.atomic(lambda tx: pragmas(tx.session)) == ["wal", full, 1, 5_000]
    await store.close()
