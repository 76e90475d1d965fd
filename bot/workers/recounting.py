"""Live deadlines are counted again after the policy changed: how far that is, and a batch more of it.

How far is a setting, so that whoever is killed in the middle goes on and does not begin again. Deadlines that come due
meanwhile do not wait for the end of it: `bot.workers.clocks` counts those again as it fires them.
"""

from collections.abc import Awaitable, Callable, Sequence

import structlog

from core.apply import Door
from core.errors import Unavailable
from core.ids import TicketId

BATCH = 50
"""Tickets in one transaction. Nobody waits for it, and customers' messages take turns with it: on SQLite one
transaction with another, everywhere one core."""
POLICY = "policy"
"""The setting that names the policy all live deadlines were counted by, or are being counted by."""
COUNTED_TO = " counted to "
"""Between policy and ticket while they are being counted."""

_log = structlog.get_logger()


async def together(
    work: Callable[[Sequence[TicketId]], Awaitable[None]], tickets: Sequence[TicketId], failed: str
) -> Sequence[TicketId]:
    """`work`, one transaction for all of them. One that cannot be done must not stop the others: then it is done in
    halves, until that one is alone. Those that failed alone, each logged as `failed` says."""
    try:
        await work(tickets)
    except Unavailable:
        raise
    except Exception:
        if len(tickets) == 1:
            _log.exception(failed, ticket=tickets[0])
            return tickets
        half = len(tickets) // 2
        parts = (tickets[:half], tickets[half:])
        return [ticket for part in parts for ticket in await together(work, part, failed)]
    return ()


class Recounting:
    """A worker with a new policy counts again; one that still has the old takes no clocks."""

    def __init__(self, door: Door, our_turn: Callable[[], Awaitable[bool]]) -> None:
        """`our_turn`: whether to count again for all; asked as long as it goes on."""
        self._door = door
        self._our_turn = our_turn
        self._mine = door.policy.hash
        self._ours = False
        """Whether deadlines have ever been seen to be counted by our policy: if they are not any more, ours is old."""
        self._reached: TicketId | None = None
        """Tickets until here are counted; None: all of them."""

    @property
    def done(self) -> bool:
        return self._reached is None

    async def look(self) -> bool:
        """Whether deadlines are, or are being, counted by our policy."""
        store = self._door.store
        policy, going_on, reached = (await store.setting(POLICY) or "").partition(COUNTED_TO)
        if policy != self._mine:
            if self._ours or not await self._our_turn():
                return False
            await self._reach(TicketId(0))
        else:
            self._reached = TicketId(int(reached)) if going_on else None
        self._ours = True
        return True

    async def some(self) -> bool:
        """Count a batch again; whether there may be more for us to do. One that cannot be counted again keeps its
        deadlines."""
        if self._reached is None or not await self._our_turn():
            return False
        batch = await self._door.store.counting_tickets(self._reached, BATCH)
        if batch:
            await together(self._door.recount, batch, "clocks.not_recounted")
        await self._reach(batch[-1] if batch else None)
        return bool(batch)

    async def _reach(self, ticket: TicketId | None) -> None:
        """Who is killed after this goes on from here."""
        going_on = "" if ticket is None else f"{COUNTED_TO}{ticket}"
        await self._door.store.save_setting(POLICY, self._mine + going_on)
        self._reached = ticket
