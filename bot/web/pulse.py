"""What /health and /metrics tell: how the database, the workers, the desks and the disk are at this moment.

It is looked for anew whenever somebody asks, and told within a second even when the database says nothing.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from bot.web.parts import Parts
from bot.workers.reconcile import DEAF_AFTER, HEARD
from core.errors import Unavailable
from core.ids import DeskName
from core.ports import Confesses, SaysHowItHears
from storage import Backlog

STALE = timedelta(minutes=2)
"""A worker that has not gone round for so long, or only failed, is stuck."""
OLD = timedelta(minutes=2)
"""Work that has waited for so long is late."""
PATIENCE = 0.8
"""Seconds that the database has to answer."""
HANGS = 5.0
"""Seconds after which one that does not answer counts as gone; until then it may only be busy."""

BUSY = "late"
"""What is said of a database that has not answered yet."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Vitals:
    """`store` and `files`: why they cannot be used, empty when they can. `workers` of this process, `desks` wherever
    they are listened to. `backlog` is None when the database did not say."""

    at: datetime
    store: str
    files: str
    workers: Mapping[str, bool]
    desks: Mapping[DeskName, bool]
    backlog: Backlog | None

    @property
    def writable(self) -> bool:
        """As far as is known."""
        return self.store in ("", BUSY)

    @property
    def failing(self) -> list[str]:
        """What keeps this process from its work: somebody, or a restart, must mend it."""
        stuck = [f"worker:{name}" for name, alive in self.workers.items() if not alive]
        return [*([] if self.writable else [f"store:{self.store}"]), *stuck]

    @property
    def degraded(self) -> list[str]:
        """What somebody should look at, while the rest works."""
        words = [f"store:{BUSY}"] if self.store == BUSY else []
        words += [f"desk:{name}" for name, heard in self.desks.items() if not heard]
        words += [f"files:{self.files}"] if self.files else []
        if self.backlog is not None:
            words += ["raw_old"] if self._is_old(self.backlog.raw_oldest) else []
            words += ["jobs_old"] if self._is_old(self.backlog.jobs_oldest) else []
            words += ["parked"] if self.backlog.parked else []
        return words

    def age(self, oldest: datetime | None) -> float | None:
        """Seconds."""
        return None if oldest is None else max(0.0, (self.at - oldest).total_seconds())

    def _is_old(self, oldest: datetime | None) -> bool:
        return oldest is not None and self.at - oldest > OLD


class Pulse:
    """However many ask at once, the database is written once at a time."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._writing: asyncio.Task[None] | None = None
        self._since = 0.0

    async def feel(self) -> Vitals:
        parts, now = self._parts, self._parts.clock.now()
        store, files, backlog, desks = await asyncio.gather(
            self._store(now), self._files(), _in_time(parts.store.backlog(now)), self._desks(now)
        )
        beats = sorted(parts.workers.beats.items())
        workers = {name: now - beat < STALE for name, beat in beats}
        return Vitals(now, store, files, workers, desks, backlog)

    async def _store(self, now: datetime) -> str:
        """A database that can only be read is none: nothing could be taken in."""
        loop = asyncio.get_running_loop()
        if self._writing is None or self._writing.done():
            self._since = loop.time()
            self._writing = asyncio.create_task(self._parts.store.probe(now), name="pulse")
        await asyncio.wait({self._writing}, timeout=PATIENCE)
        if not self._writing.done():
            return "slow" if loop.time() - self._since > HANGS else BUSY
        fault = self._writing.exception()
        return fault.reason if isinstance(fault, Unavailable) else "fault" if fault else ""

    async def _files(self) -> str:
        blobs = self._parts.blobs
        return await blobs.trouble() if isinstance(blobs, Confesses) else ""

    async def _desks(self, now: datetime) -> Mapping[DeskName, bool]:
        listeners = {name: desk for name, desk in self._parts.desks.items() if isinstance(desk, SaysHowItHears)}
        return {
            name: desk.hearing.since is not None or await self._elsewhere(name, now) for name, desk in listeners.items()
        }

    async def _elsewhere(self, desk: DeskName, now: datetime) -> bool:
        """Whether another process hears it: each writes down that it does, about once a minute."""
        if self._parts.store.owns_file:
            return False
        heard = await _in_time(self._parts.store.setting(f"{HEARD}{desk}"))
        return heard is not None and now - datetime.fromisoformat(heard) < DEAF_AFTER


async def _in_time(question: Awaitable[T]) -> T | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await question
    except (TimeoutError, Unavailable):
        return None
