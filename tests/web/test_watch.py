"""What the sockets and /health ask the database, on both engines."""

from datetime import timedelta
from pathlib import Path

from storage import Change
from tests.web.house import SALES, house


async def test_what_changed_is_found_by_whoever_asks(database_url: str, tmp_path: Path) -> None:
    async with house(tmp_path / "blobs", database_url) as home:
        start = await home.store.changes_mark()
        assert await home.store.changes_since(start) == (start, Change())
        ticket = await home.customer_writes("Hello")
        mark, change = await home.store.changes_since(start)
        assert change.tickets == {ticket}
        assert await home.store.changes_since(mark) == (mark, Change())


async def test_a_persons_new_notice_is_found(database_url: str, tmp_path: Path) -> None:
    async with house(tmp_path / "blobs", database_url) as home:
        mei = await home.joins("Mei", SALES)
        start = await home.store.changes_mark()
        ticket = await home.customer_writes("Hello")
        home.clock.forward(minutes=50)
        await home.door.tick([ticket])
        _, change = await home.store.changes_since(start)
        assert change.people == {mei.id}


async def test_the_backlog_tells_how_long_the_oldest_waits(database_url: str, tmp_path: Path) -> None:
    async with house(tmp_path / "blobs", database_url) as home:
        began = home.clock.now()
        await home.store.put_raw("channel:whatsapp", "k", b"{}", {}, began)
        later = began + timedelta(minutes=5)
        waiting = await home.store.backlog(later)
        assert (waiting.raw_waiting, waiting.raw_oldest, waiting.jobs_due, waiting.parked) == (1, began, 0, 0)
