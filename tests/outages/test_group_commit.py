"""What waits to be written is bounded, whatever the database does."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from core.errors import Unavailable
from storage.group_commit import MOST_BYTES, WAITING, WAITING_BYTES, GroupCommit
from storage.queries.deliveries import RawRow, raw_row

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def row(number: int, size: int = 2) -> RawRow:
    return raw_row("channel:wa", f"{number}", b"x" * size, {}, NINE)


class Table:
    """Takes rows while it is `open`."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.batches: list[int] = []
        self.bytes: list[int] = []

    async def write(self, rows: Sequence[RawRow]) -> dict[tuple[str, str], int]:
        await self.open.wait()
        self.batches.append(len(rows))
        self.bytes.append(sum(len(each[2]) for each in rows))
        return {(each[0], each[1]): int(each[1]) for each in rows}


async def put_all(commits: GroupCommit, rows: Sequence[RawRow]) -> list[asyncio.Task[int | None]]:
    tasks = [asyncio.create_task(commits.put(each)) for each in rows]
    await asyncio.sleep(0)
    return tasks


async def test_who_comes_when_too_many_wait_is_refused_at_once() -> None:
    table = Table()
    commits = GroupCommit(table.write)
    waiting = await put_all(commits, [row(number) for number in range(WAITING)])
    with pytest.raises(Unavailable, match="slow"):
        await commits.put(row(WAITING))
    table.open.set()
    assert await asyncio.gather(*waiting) == list(range(WAITING))
    assert await commits.put(row(WAITING)) == WAITING


async def test_so_is_who_brings_too_many_bytes() -> None:
    table = Table()
    commits = GroupCommit(table.write)
    size = 4 * 1024 * 1024
    waiting = await put_all(commits, [row(number, size) for number in range(WAITING_BYTES // size)])
    await put_all(commits, [row(100, size)] * (MOST_BYTES // size))  # as much as the first commit has in hand
    with pytest.raises(Unavailable, match="slow"):
        await commits.put(row(200, size))
    table.open.set()
    await asyncio.gather(*waiting)
    assert max(table.bytes) <= MOST_BYTES


async def test_nobody_waits_forever_and_the_row_may_be_written_all_the_same() -> None:
    table = Table()
    commits = GroupCommit(table.write, patience=0.01)
    with pytest.raises(Unavailable, match="slow"):
        await commits.put(row(1))
    table.open.set()
    await commits.close()
    assert table.batches == [1]


async def test_an_outage_is_asked_once_for_all_that_wait() -> None:
    """A bad row is looked for by halves; a database that is away is not."""
    asked = 0

    async def away(rows: Sequence[RawRow]) -> dict[tuple[str, str], int]:
        nonlocal asked
        asked += 1
        raise Unavailable("away")

    commits = GroupCommit(away)
    answers = await asyncio.gather(*(commits.put(row(number)) for number in range(100)), return_exceptions=True)
    assert {str(answer) for answer in answers} == {"away"}
    assert asked == 1
