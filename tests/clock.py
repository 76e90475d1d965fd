"""Time in a story: it stands still until `forward`, and then goes from instant to instant at which somebody waits."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.durations import parse_duration

MONDAY_MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUSEKEEPING = frozenset({"roll", "prune", "lease", "reconcile", "absence", "indexing"})
"""Tasks that look at their affairs every few seconds or hours: they get their turn at the end of a leap, once."""


@dataclass(slots=True, eq=False)
class Waiter:
    name: str
    until: datetime | None
    woken: asyncio.Future[object]
    rang: asyncio.Future[object]

    @property
    def asleep(self) -> bool:
        return not self.woken.done() and not self.rang.done()


class StoryClock:
    """core.ports.Clock. `settled` is awaited before and after every instant; the story sets it."""

    def __init__(self, start: datetime = MONDAY_MORNING) -> None:
        self._now = start
        self._waiters: list[Waiter] = []
        self._listeners: list[asyncio.Future[None]] = []
        self.settled: Callable[[], Awaitable[None]] = _at_once

    def now(self) -> datetime:
        return self._now

    async def wait(self, wake: Awaitable[object], until: datetime | None) -> None:
        task = asyncio.current_task()
        rang: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        waiter = Waiter(task.get_name() if task else "", until, asyncio.ensure_future(wake), rang)
        if until is not None and until <= self._now:
            rang.set_result(None)
        self._waiters.append(waiter)
        self._changed()
        try:
            await asyncio.wait([waiter.woken, rang], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waiters.remove(waiter)
            waiter.woken.cancel()

    async def forward(self, by: str | timedelta) -> None:
        """`await clock.forward("2h")`: everything that is due until then happens, each thing at its own time."""
        end = self._now + (parse_duration(by) if isinstance(by, str) else by)
        await self.settled()
        while (at := self._next(end)) is not None:
            self._now = max(at, self._now)
            self._ring(lambda waiter: waiter.name not in HOUSEKEEPING)
            await self.settled()
        self._now = end
        self._ring(lambda waiter: True)
        await self.settled()

    def asleep(self, names: Iterable[str]) -> bool:
        """Whether every task of these names waits here and nobody has woken it."""
        return set(names) <= {waiter.name for waiter in self._waiters if waiter.asleep}

    def waits_for(self, at: datetime) -> bool:
        """Whether somebody wants to be woken at that instant."""
        return any(waiter.asleep and waiter.until == at for waiter in self._waiters)

    async def change(self) -> None:
        """Return when the next task has gone to sleep."""
        listener: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._listeners.append(listener)
        await listener

    def __repr__(self) -> str:
        waiting = ", ".join(f"{waiter.name} until {waiter.until}" for waiter in self._waiters if waiter.asleep)
        return f"{self._now}; asleep: {waiting or 'nobody'}"

    def _next(self, end: datetime) -> datetime | None:
        instants = (waiter.until for waiter in self._waiters if waiter.asleep and waiter.name not in HOUSEKEEPING)
        return min((at for at in instants if at is not None and at <= end), default=None)

    def _ring(self, whom: Callable[[Waiter], bool]) -> None:
        for waiter in self._waiters:
            if waiter.asleep and waiter.until is not None and waiter.until <= self._now and whom(waiter):
                waiter.rang.set_result(None)

    def _changed(self) -> None:
        listeners, self._listeners = self._listeners, []
        for listener in listeners:
            if not listener.done():
                listener.set_result(None)


async def _at_once() -> None:
    return
