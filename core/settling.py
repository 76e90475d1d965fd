"""How a job ends, whatever it was: its row and what came of it in one transaction.

`finish` is a compare-and-set on the job's attempt: a worker whose lease was taken over settles nothing (`Overtaken`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.apply import Door
from core.errors import Overtaken, Unavailable
from core.jobs import Job, JobState
from core.ledger import Ledger

AGAIN = timedelta(seconds=2)
"""How soon the database is asked again when it was away."""


@dataclass(frozen=True, slots=True)
class Settling:
    """What every ending shares."""

    door: Door

    async def done(self, job: Job) -> None:
        """It is done and changes no ticket."""
        await self._finish(job, JobState.DONE)

    async def again(self, job: Job, at: datetime | None = None) -> None:
        """There is more to do, or it was too early."""
        await self._finish(job, JobState.WAITING, at=at)

    async def back(self, job: Job, at: datetime) -> None:
        """Our own house kept it from being done: it waits as if it had not been taken."""
        with suppress(Overtaken):
            await self._settle(lambda ledger: ledger.tx.put_back(job.id, job.attempt, at, uncertain=job.uncertain))

    async def _finish(
        self,
        job: Job,
        state: JobState,
        effect: Callable[[Ledger], Awaitable[None]] | None = None,
        *,
        code: str = "",
        at: datetime | None = None,
        uncertain: bool = False,
    ) -> None:
        async def finish(ledger: Ledger) -> None:
            await ledger.tx.finish(job.id, job.attempt, state, code, at, ledger.now, uncertain=uncertain)
            if effect is not None:
                await effect(ledger)

        await self._settle(finish)

    async def _settle(self, effect: Callable[[Ledger], Awaitable[None]]) -> None:
        """What was done outside must not be forgotten because the database is away: it is told when that is back.

        When it went in the middle the first attempt may stand; then the second is `Overtaken` by it."""
        clock = self.door.clock
        while True:
            try:
                return await self.door.write(effect)
            except Unavailable:
                await clock.wait(asyncio.Event().wait(), clock.now() + AGAIN)
