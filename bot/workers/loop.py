"""How every worker lives: do what is due, say that it lives, wait for a wake-up or the next instant; survive faults."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog

from core.errors import Unavailable
from core.ports import Clock

ALONE = timedelta(seconds=30)
"""A worker looks again after this long even when nobody woke it."""
IN_COMPANY = timedelta(seconds=5)
"""The same where other processes write the same database and tell of it: a hint may be lost with who gave it."""
UNTOLD = timedelta(seconds=1)
"""The same while their hints cannot be heard."""
AFTER_FAULT = timedelta(seconds=2)

T = TypeVar("T")
Step = Callable[[], Awaitable[datetime | None]]

_log = structlog.get_logger()


async def finished(work: Coroutine[Any, Any, T]) -> T:
    """Told to stop in the middle, `work` is finished first: what it has taken is in nobody else's hands. For what
    waits for our own database only."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


class Wake:
    """Tells a worker that there is something to do. Setting it twice is setting it once."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        self._event.set()

    def clear(self) -> None:
        self._event.clear()

    def is_set(self) -> bool:
        return self._event.is_set()

    async def wait(self) -> None:
        await self._event.wait()


class Worker:
    """`step` does what is due and returns when to look again (None: when woken). Runs until cancelled.

    A step that goes on for minutes looks stuck: one with much to do does some of it and asks to be called again now."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        step: Step,
        beat: Callable[[str, datetime], None],
        nap: Callable[[], timedelta] = lambda: ALONE,
    ) -> None:
        self.name = name
        self.wake = Wake()
        self._nap = nap
        self._clock = clock
        self._step = step
        self._beat = beat
        self._begun: float | None = None
        """When its step began, by the loop's clock; None between two steps."""
        self._kept_by = ""
        """Why our own database or disk keeps it from working."""

    async def run(self) -> None:
        self._beat(self.name, self._clock.now())  # from now on one that always fails is seen to
        while True:
            self.wake.clear()
            self._begun = asyncio.get_running_loop().time()
            until = await self._once()
            self._begun = None
            longest = self._clock.now() + self._nap()
            await self._clock.wait(self.wake.wait(), min(until, longest) if until else longest)

    def goes_round(self, patience: float) -> bool:
        """Whether no step of it has been going on for so many seconds, real ones."""
        return self._begun is None or asyncio.get_running_loop().time() - self._begun < patience

    async def _once(self) -> datetime | None:
        """A fault of the database or of ours ends this round, not the worker."""
        try:
            until = await self._step()
        except Unavailable as fault:
            if fault.reason != self._kept_by:
                _log.error("worker.waiting", worker=self.name, reason=fault.reason, detail=fault.detail)
            self._kept_by = fault.reason
            return self._clock.now() + AFTER_FAULT
        except Exception:
            _log.exception("worker.fault", worker=self.name)
            return self._clock.now() + AFTER_FAULT
        if self._kept_by:
            _log.info("worker.goes_on", worker=self.name, reason=self._kept_by)
        self._kept_by = ""
        self._beat(self.name, self._clock.now())
        return until
