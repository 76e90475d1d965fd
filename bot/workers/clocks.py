"""The clock worker: whatever is due goes through the door. Its cost grows with what is due, never with what is open."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from core.apply import Door
from core.errors import Unavailable
from core.ids import TicketId

BATCH = 100
ROUNDS = 20
"""Batches in one step: a worker has to say now and then that it lives."""
POLICY = "policy"
"""The setting that names the policy all live deadlines were counted by."""
STEP_ASIDE = timedelta(seconds=30)

_log = structlog.get_logger()


async def _always() -> bool:
    return True


class Clocks:
    """A worker with a new policy counts live deadlines again before it fires anything; one that still has the old
    takes no clocks."""

    def __init__(self, door: Door, our_turn: Callable[[], Awaitable[bool]] = _always) -> None:
        """`our_turn`: whether to count again for all; asked as long as it goes on."""
        self._door = door
        self._our_turn = our_turn
        self._mine = door.policy.hash
        self._adopted = False

    async def step(self) -> datetime | None:
        """Fire what is due; the next instant anything will be."""
        store, clock = self._door.store, self._door.clock
        if not self._adopted:
            if not await self._adopt():
                return clock.now() + STEP_ASIDE
        elif await store.setting(POLICY) != self._mine:
            return clock.now() + STEP_ASIDE
        stuck: set[TicketId] = set()
        for _ in range(ROUNDS):
            due = set(await store.due_tickets(clock.now(), BATCH + len(stuck))) - stuck
            if not due:
                return clock.now() + STEP_ASIDE if stuck else await store.next_clock_at()
            for ticket in sorted(due):
                if not await self._tick(ticket):
                    stuck.add(ticket)
        return clock.now()

    async def _tick(self, ticket: TicketId) -> bool:
        """One ticket that cannot be done must not stop the others' clocks."""
        try:
            await self._door.tick(ticket)
        except Unavailable:
            raise
        except Exception:
            _log.exception("clocks.failed", ticket=ticket)
            return False
        return True

    async def _recount(self, ticket: TicketId) -> None:
        """One that cannot be counted again keeps its deadlines, and must not stop the others' clocks."""
        try:
            await self._door.recount(ticket)
        except Unavailable:
            raise
        except Exception:
            _log.exception("clocks.not_recounted", ticket=ticket)

    async def _adopt(self) -> bool:
        """False while another process counts. Counting twice does no harm, so it may die in the middle and begin
        again."""
        store, last = self._door.store, TicketId(0)
        if await store.setting(POLICY) != self._mine:
            if not await self._our_turn():
                return False
            await store.save_setting(POLICY, f"{self._mine} is counting")
            while batch := await store.counting_tickets(last, BATCH):
                await self._our_turn()
                for ticket in batch:
                    await self._recount(ticket)
                last = batch[-1]
            await store.save_setting(POLICY, self._mine)
        self._adopted = True
        return True
