"""Many small durable inserts share one commit: who waits is answered together, after it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from core.errors import Unavailable
from storage.queries.deliveries import RawRow

MB = 1024 * 1024
MOST, MOST_BYTES = 1000, 16 * MB
"""Of one commit."""
WAITING, WAITING_BYTES = 10_000, 64 * MB
"""What may wait at all. Who comes then is refused, and brings it again later: platforms keep what was not acked."""
PATIENCE = 10.0
"""Seconds until who waits is told that it takes too long; their row may be written all the same."""
Write = Callable[[Sequence[RawRow]], Awaitable[dict[tuple[str, str], int]]]

_log = structlog.get_logger()


@dataclass(slots=True)
class Waiting:
    row: RawRow
    answer: "asyncio.Future[int | None]"
    until: float
    """By the loop's clock: when it takes too long."""
    size: int
    """Bytes, of what may be large."""


class GroupCommit:
    """One task writes what has gathered while the last commit ran. `write` is one transaction."""

    def __init__(self, write: Write, patience: float = PATIENCE) -> None:
        self._write = write
        self._patience = patience
        self._waiting: deque[Waiting] = deque()
        self._in_hand: Sequence[Waiting] = ()
        self._timer: asyncio.TimerHandle | None = None
        self._bytes = 0
        self._task: asyncio.Task[None] | None = None

    async def put(self, row: RawRow) -> int | None:
        """The new row's id once it is durable; None when it was there before. Who is cancelled while waiting has their
        row written all the same, once: the platform delivers it again and it is found.

        Raises `Unavailable`: then it was not written, or nobody knows; whoever has it must keep it and bring it again.
        """
        loop = asyncio.get_running_loop()
        waiting = Waiting(row, loop.create_future(), loop.time() + self._patience, len(row[2]))
        if len(self._waiting) >= WAITING or self._bytes + waiting.size > WAITING_BYTES:
            raise Unavailable("slow", "too much waits to be written")
        self._waiting.append(waiting)
        self._bytes += waiting.size
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        if self._timer is None:
            self._timer = loop.call_at(waiting.until, self._look)
        return await waiting.answer

    def _look(self) -> None:
        """One timer for all: it tells those who have waited too long, and looks again when the next one will have."""
        loop, self._timer = asyncio.get_running_loop(), None
        for waiting in (*self._in_hand, *self._waiting):
            if waiting.until > loop.time():
                self._timer = loop.call_at(waiting.until, self._look)
                return
            _fail(waiting, Unavailable("slow", "it was not written in time"))

    async def close(self) -> None:
        """Wait for what was put."""
        while self._task:
            await asyncio.wait([self._task])

    async def _work(self) -> None:
        try:
            while batch := self._batch():
                self._in_hand = batch
                await self._commit(batch)
        finally:
            self._in_hand, self._task = (), None

    def _batch(self) -> Sequence[Waiting]:
        batch: list[Waiting] = []
        size = 0
        while self._waiting and len(batch) < MOST and (not batch or size + self._waiting[0].size <= MOST_BYTES):
            size += self._waiting[0].size
            batch.append(self._waiting.popleft())
        self._bytes -= size
        return batch

    async def _commit(self, batch: Sequence[Waiting]) -> None:
        try:
            ids = await self._write([waiting.row for waiting in batch])
        except Unavailable as failure:
            _log.error("inbox.not_written", rows=len(batch), reason=failure.reason)
            for waiting in batch:
                _fail(waiting, failure)
            return
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
            _log.error("inbox.write_failed", source=batch[0].row[0], error=type(failure).__name__)
            _fail(batch[0], failure)
            return
        half = len(batch) // 2
        await self._commit(batch[:half])
        await self._commit(batch[half:])


def _fail(waiting: Waiting, failure: Exception) -> None:
    if not waiting.answer.done():
        waiting.answer.set_exception(failure)
