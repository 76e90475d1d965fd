"""The clock worker: whatever is due goes through the door, many tickets in one transaction. Its cost grows with what is
due, never with what is open."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from bot.workers.recounting import Recounting, together
from core.apply import Door
from core.ids import TicketId

BATCH = 100
"""Tickets in one transaction: on SQLite, where one writes at a time, what a customer's message may have to wait for."""
ROUNDS = 20
"""Batches in one step: a worker has to say now and then that it lives."""
STEP_ASIDE = timedelta(seconds=30)


async def _always() -> bool:
    return True


class Clocks:
    """A worker with a new policy counts live deadlines again, a batch in turn with a batch of what is due: nobody who
    waits for an answer waits for the other hundred thousand as well. What is due before its turn came is counted again
    in the transaction that fires it, so that nothing ever fires by the old policy."""

    def __init__(self, door: Door, our_turn: Callable[[], Awaitable[bool]] = _always) -> None:
        """`our_turn`: whether to count again for all; asked as long as it goes on."""
        self._door = door
        self._recounting = Recounting(door, our_turn)
        self._crowded = False
        """Whether the last batch was full."""
        self._aside: dict[TicketId, datetime] = {}
        """Tickets that cannot be done, and until when nobody tries."""

    async def step(self) -> datetime | None:
        """Fire what is due; the next instant anything will be."""
        clock = self._door.clock
        for _ in range(ROUNDS):
            if not await self._recounting.look():
                return clock.now() + STEP_ASIDE
            more = await self._recounting.some()
            if not await self._fire() and not more:
                return await self._next()
        return clock.now()

    async def _fire(self) -> bool:
        """A batch; False when nothing was due."""
        store, now = self._door.store, self._door.clock.now()
        self._aside = {ticket: until for ticket, until in self._aside.items() if until > now}
        due = [t for t in await store.due_tickets(now, BATCH + len(self._aside)) if t not in self._aside]
        if due:
            # The batch after a full one may be small: whoever is told of it has waited for it, too.
            crowded = len(due) >= BATCH or self._crowded
            self._crowded = len(due) >= BATCH
            tick = partial(self._door.tick, counted=self._recounting.done, crowded=crowded)
            self._aside |= dict.fromkeys(await together(tick, due, "clocks.failed"), now + STEP_ASIDE)
        return bool(due)

    async def _next(self) -> datetime | None:
        """What was put aside is due all the time, and must not keep us awake. While another counts, we look now and
        then whether that is done."""
        store, now = self._door.store, self._door.clock.now()
        instants = [*self._aside.values(), await store.next_clock_at(now if self._aside else None)]
        if not self._recounting.done:
            instants.append(now + STEP_ASIDE)
        return min((at for at in instants if at is not None), default=None)
