"""The indexer: writes the search index, off the path of any message, in small batches with rests between them.

First what came just now and what changed, then, as long as there is any, what was there before the index, newest first.
How far it got is in the database: whoever goes on begins there. In a company of processes one does it for all.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.workers.lease import our_turn
from core.ids import TicketId
from core.ports import Clock
from storage import Came, Reach, SqlStore, SqlTx, Stale

BATCH = 50
"""Tickets at a time: a transaction of some milliseconds, which others wait for on SQLite."""
REST = timedelta(milliseconds=125)
"""After a batch, when there is more to do."""
GATHERED = timedelta(seconds=1)
"""What comes within it is written together."""
LATE = timedelta(minutes=1)
"""How long a message may be missing whose id was given out: its transaction may not have ended yet."""
FAR = 5_000
"""Ids below the newest among which missing ones are looked for, and how many at most: a database that was restored may
skip many, and a blocked customer's messages use none of theirs."""
TURN = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Tail:
    """How far the messages have been seen, and which are missing since when."""

    seen: int = 0
    missing: Mapping[int, datetime] = field(default_factory=dict)

    def after(self, came: Sequence[Came], late: Sequence[Came], now: datetime) -> "Tail":
        there = {it.id for it in (*came, *late)}
        last = max((it.id for it in came), default=self.seen)
        passed = range(max(self.seen, last - FAR) + 1, last)
        missing = {**self.missing} | {id: now for id in passed if id not in there}
        awaited = [(id, since) for id, since in missing.items() if id not in there and now - since < LATE]
        return Tail(last, dict(awaited[-FAR:]))

    @property
    def mark(self) -> int:
        """All messages up to it are in the index, or will never be there."""
        return min(self.missing, default=self.seen + 1) - 1


@dataclass(frozen=True, slots=True)
class Due:
    """What a batch is for: messages, tickets that changed, and tickets from before the index down to `below`."""

    came: Sequence[Came] = ()
    late: Sequence[Came] = ()
    stale: Sequence[Stale] = ()
    old: Sequence[TicketId] = ()
    below: int = 0

    def __bool__(self) -> bool:
        return bool(self.came or self.late or self.stale or self.old)

    @property
    def tickets(self) -> list[TicketId]:
        return sorted({it.ticket for them in (self.came, self.late, self.stale) for it in them} | set(self.old))


class Indexing:
    def __init__(self, store: SqlStore, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._tail, self._reach = Tail(), Reach(0, 0)
        self._again: datetime | None = None

    async def step(self) -> datetime | None:
        """One batch; when to look again."""
        now = self._clock.now()
        if self._again and now < self._again:
            return self._again
        more = await self._batch(now)
        self._again = self._clock.now() + (REST if more else GATHERED)
        return self._again if more or self._tail.missing else None

    async def _batch(self, now: datetime) -> bool:
        """Whether there may be more to do."""
        reach = await self._store.index_reach()
        if reach is not None and reach != self._reach:
            self._tail, self._reach = Tail(reach.message), reach
        due = await self._due(reach) if reach else Due()
        if reach and not (due or due.below != reach.below or self._tail.missing):
            return False
        if not await our_turn(self._store, self._clock, "indexing", TURN):
            return False
        if reach is None:
            start = await self._store.index_start()
            await self._store.atomic(lambda tx: tx.begin_index(start))
            return True
        await self._write(due, now)
        return bool(due)

    async def _due(self, reach: Reach) -> Due:
        came = _of_few(await self._store.messages_since(self._tail.seen, BATCH * 4))
        late = await self._store.messages_late(sorted(self._tail.missing))
        stale = await self._store.stale_tickets(BATCH)
        room = BATCH - len({it.ticket for them in (came, late, stale) for it in them})
        if not reach.below or room <= 0:
            return Due(came, late, stale, below=reach.below)
        old = await self._store.tickets_below(reach.below, room)
        return Due(came, late, stale, old, below=min(old, default=0))

    async def _write(self, due: Due, now: datetime) -> None:
        documents: dict[TicketId, Sequence[str]] = {}
        for document in await self._store.documents(due.tickets):
            # In a thread, as a long one takes its time: others have theirs in between.
            documents[document.ticket] = await asyncio.to_thread(document.tokens)
        tail = self._tail.after(due.came, due.late, now)
        before, after = self._reach, Reach(tail.mark, due.below)

        async def work(tx: SqlTx) -> bool:
            if not await tx.index_reached(before, after):
                return False
            await tx.write_documents(documents)
            await tx.no_longer_stale([it.id for it in due.stale])
            return True

        if (not due and before == after) or await self._store.atomic(work):
            self._tail, self._reach = tail, after


def _of_few(came: Sequence[Came]) -> Sequence[Came]:
    """Of no more tickets than make a batch."""
    tickets: set[TicketId] = set()
    for n, it in enumerate(came):
        tickets.add(it.ticket)
        if len(tickets) > BATCH:
            return came[:n]
    return came
