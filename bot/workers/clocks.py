"""The clock worker: whatever is due goes through the door. Its cost grows with what is due, never with what is open."""

from datetime import datetime

from core.apply import Door

BATCH = 100


class Clocks:
    def __init__(self, door: Door) -> None:
        self._door = door

    async def step(self) -> datetime | None:
        """Fire what is due; the next instant anything will be."""
        store, clock = self._door.store, self._door.clock
        while due := await store.due_tickets(clock.now(), BATCH):
            for ticket in due:
                await self._door.tick(ticket)
        return await store.next_clock_at()
