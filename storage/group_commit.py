"""Many small durable inserts share one commit: who waits is answered together, after it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from storage.queries.deliveries import RawRow

MOST = 1000
log = structlog.get_logger(__name__)
Write = Callable[[Sequence[RawRow]], Awaitable[dict[tuple[str, str], int]]]


@dataclass(frozen=True, slots=True)
class Waiting:
    row: RawRow
    answer: "asyncio.Future[int | None]"


class GroupCommit:
    """One task writes what has gathered while the last commit ran. `write` is one transaction."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._waiting: list[Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def put(self, row: RawRow) -> int | None:
        """The new row's id once it is durable; None when it was there before. Who is cancelled while waiting has their
        row written all the same, once: the platform delivers it again and it is found."""
        answer: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(row, answer))
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        return await answer

    async def close(self) -> None:
        """Wait for what was put."""
        while self._task:
            await asyncio.wait([self._task])

    async def _work(self) -> None:
        try:
            while batch := self._waiting[:MOST]:
                del self._waiting[:MOST]
                await self._commit(batch)
        finally:
            self._task = None

    async def _commit(self, batch: Sequence[Waiting]) -> None:
        try:
            ids = await self._write([waiting.row for waiting in batch])
        except Exception as failure:
            await self._apart(batch, failure)
            return
        for waiting in batch:
            made = ids.pop((waiting.row[0], waiting.row[1]), None)  # of two alike in one batch the first is new
            if not waiting.answer.done():
                waiting.answer.set_result(made)

    async def _apart(self, batch: Sequence[Waiting], failure: Exception) -> None:
        """One bad row must not take the others with it."""
        if len(batch) == 1:
            log.error("inbox.write_failed", source=batch[0].row[0], error=type(failure).__name__)
            if not batch[0].answer.done():
                batch[0].answer.set_exception(failure)
            return
        half = len(batch) // 2
        await self._commit(batch[:half])
        await self._commit(batch[half:])
