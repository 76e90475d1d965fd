"""What waited for people's morning, or for the rest of a crowd, is told then, as one notice a person. Several processes
may look: whoever takes it first tells it, and one that was down tells it late."""

from datetime import datetime

import structlog

from core.apply import Door
from core.errors import Unavailable
from core.ids import PersonId

_log = structlog.get_logger()


class Digests:
    def __init__(self, door: Door) -> None:
        self._door = door

    async def step(self) -> datetime | None:
        """Tell what is due; when anything will be next."""
        store, clock = self._door.store, self._door.clock
        for person in await store.due_digests(clock.now()):
            await self._tell(person)
        return await store.next_digest_at(clock.now())

    async def _tell(self, person: PersonId) -> None:
        """One that cannot be put together must not keep the others waiting."""
        try:
            await self._door.write(lambda ledger: ledger.tell_waiting(person))
        except Unavailable:
            raise
        except Exception:
            _log.exception("digests.failed", person=person)
