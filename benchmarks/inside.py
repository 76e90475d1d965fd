"""The program's own parts, called as its workers and pages call them: in a process of `takers`, where only they run."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from benchmarks.deliveries import Delivery
from bot.process import App
from bot.workers.recounting import POLICY
from core.ids import PersonId, QueueName, TicketId
from core.ports import FROM_CHANNEL
from storage import Reach, SqlTx

AT_ONCE = 500
"""Tickets that are indexed in one transaction; the worker takes fewer, so as to hold nobody up."""
VIEWS = ("open", "unassigned", "mine", "closed")
SOUGHT = ("SO-{}", "T-{}", "+9955{}", "Customer {}", "lamp M{}", "lamp", "订单", "broken photos", "nothing{}")
"""Found once, often, in nearly every ticket, in another script, never."""
NEXT = "SELECT id FROM tickets WHERE id > ? ORDER BY id LIMIT ?"
QUEUES = (QueueName("sales"),)


class Dragoman:
    def __init__(self, app: App) -> None:
        self._app = app
        self._ticked = 0

    async def put(self, deliveries: Iterable[Delivery]) -> None:
        source, now = f"{FROM_CHANNEL}wa", self._app.clock.now()
        waiting = (self._app.store.put_raw(source, each.key, each.body, {}, now) for each in deliveries)
        await asyncio.gather(*waiting)

    async def take_in(self) -> None:
        await self._app.intake.step()
        if (backlog := await self._app.store.backlog(self._app.clock.now())).parked:
            raise RuntimeError(f"{backlog.parked} of the messages were parked")

    async def at_work(self) -> None:
        """The policy is the one that everything was counted by: nothing is counted again."""
        await self._app.store.save_setting(POLICY, self._app.door.policy.hash)
        await self._app.clocks.step()

    async def due(self, n: int) -> None:
        """The next `n` running clocks are past the first of their steps."""
        now = self._app.clock.now()
        begun, ends = now - timedelta(hours=3, minutes=30), now + timedelta(minutes=30)

        async def work(tx: SqlTx) -> None:
            found = await tx.session.rows(
                "SELECT ticket_id FROM clocks WHERE state = 'running' AND ticket_id > ? ORDER BY ticket_id LIMIT ?",
                self._ticked,
                n,
            )
            self._ticked = found[-1]["ticket_id"]
            for row in found:
                spans = f'[["{begun.isoformat()}",null]]'
                await tx.session.run(
                    "UPDATE clocks SET spans = ?, due_at = ?, next_at = ? WHERE ticket_id = ?",
                    *(spans, ends, now, row["ticket_id"]),
                )

        await self._app.store.atomic(work)

    async def tick(self) -> None:
        await self._app.clocks.step()

    async def index(self) -> int:
        """Write every ticket's document, as the indexer does in its own time."""
        store, last = self._app.store, 0
        while ids := [row["id"] for row in await store.session.rows(NEXT, last, AT_ONCE)]:
            documents = await store.documents([TicketId(id) for id in ids])
            await store.atomic(partial(_write, {each.ticket: each.tokens() for each in documents}))
            last = ids[-1]
        newest = await store.session.one("SELECT COALESCE(max(id), 0) AS id FROM messages")
        assert newest is not None
        await store.atomic(lambda tx: tx.begin_index(Reach(newest["id"], 0)))
        return last

    async def look(self, n: int) -> dict[str, list[float]]:
        """Milliseconds of each list and each search."""
        lists, searches = [], []
        for number in range(n):
            for view in VIEWS:
                begun = time.perf_counter()
                await self._app.store.listed(QUEUES, view, PersonId(1))
                lists.append(1000 * (time.perf_counter() - begun))
            for words in SOUGHT:
                begun = time.perf_counter()
                await self._app.store.search(words.format(17 + 31 * number), QUEUES, 20)
                searches.append(1000 * (time.perf_counter() - begun))
        return {"lists": lists, "searches": searches}

    async def carry_out(self, job: dict[str, Any]) -> dict[str, Any]:
        """What only we can do."""
        match job["do"]:
            case "at_work":
                await self.at_work()
                return {}
            case "index":
                return {"last": await self.index()}
            case "look":
                return {**await self.look(job["n"])}
            case unknown:
                raise ValueError(unknown)


async def _write(documents: Mapping[TicketId, Sequence[str]], tx: SqlTx) -> None:
    await tx.write_documents(documents)
