"""What only one process may do at a time, such as asking Telegram for news: whoever holds the lease does it. When the
holder dies another has it as soon as the company knows, else when the lease has run out."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import structlog

from core.errors import Unavailable
from core.ports import Clock
from storage import SqlStore

LIFE = timedelta(seconds=15)
"""When nobody can tell that its holder died, another takes over after this long."""
RENEWED = timedelta(seconds=5)

_log = structlog.get_logger()


class Lease:
    """`name`: of what is done, and of the task that does it here."""

    def __init__(self, store: SqlStore, clock: Clock, name: str) -> None:
        self._store, self._clock = store, clock
        self._name, self._owner = name, f"{store.company.standing.me}.{uuid4().hex}"

    async def hold(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do it whenever the lease is ours, until cancelled. Raises what `work` raises, and when the lease cannot be
        renewed because the database is gone: somebody else may have it soon."""
        task: asyncio.Task[None] | None = None
        try:
            while task is None or not task.done():
                now = self._clock.now()
                ours = await self._store.take_lease(self._name, self._owner, now, now + LIFE)
                if ours and task is None:
                    _log.info("lease.taken", name=self._name)
                    task = asyncio.create_task(work(), name=self._name)
                elif not ours and task is not None:
                    _log.warning("lease.lost", name=self._name)
                    await _ended(task)
                    task = None
                await self._clock.wait(asyncio.shield(task) if task else self._store.company.moved(), now + RENEWED)
            await task
        finally:
            if task is not None:
                await _ended(task)
                with suppress(Unavailable):  # then it runs out, or the company sees that we are gone
                    await self._store.drop_lease(self._name, self._owner)


async def our_turn(store: SqlStore, clock: Clock, name: str, life: timedelta) -> bool:
    """Whether what one process does for all is this one's to do now; another's turn comes after `life`, or when this
    one is gone. SQLite has no others."""
    now = clock.now()
    return store.owns_file or await store.take_lease(name, f"{store.company.standing.me}.{name}", now, now + life)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
