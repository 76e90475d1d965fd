"""The clock worker of the program in a process of its own: `python -m benchmarks.clock_side URL FOLDER`. Intake is
there as well, for what it is worth while deadlines are counted again."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.deliveries import deliveries
from benchmarks.house import errors_only, settings
from benchmarks.inside import QUEUES, Dragoman
from benchmarks.measure import Lap, Stopwatch
from benchmarks.processes import say, told
from bot.app import build
from bot.process import App
from bot.workers.clocks import Clocks
from core.people import Role
from core.ports import NewPerson
from core.targets import Target, WorkDays

BATCH = 100
TEAM = {"Ann": Role.AGENT, "Bo": Role.AGENT, "Sol": Role.SUPERVISOR}


class ClockSide:
    def __init__(self, app: App) -> None:
        self._app = app
        self._inside = Dragoman(app)
        self._company = AsyncExitStack()
        self._policies = 0

    async def begin(self) -> None:
        """Somebody is there to be told, and no policy has changed."""
        for name, role in TEAM.items():
            new = NewPerson(name, email=f"{name}@example.com", role=role, queues=frozenset(QUEUES), zone="UTC")
            await self._app.store.create_person(new, self._app.clock.now())
        await self._inside.at_work()

    async def join(self, workers: int) -> None:
        """Be one of so many who share the clocks."""
        company = self._app.store.company
        await self._company.enter_async_context(company.joined(working=True, well=lambda: True))
        while len(company.standing.workers) != workers:
            await company.moved()

    async def leave(self) -> None:
        await self._company.aclose()

    async def look(self, times: int) -> dict[str, Sequence[float]]:
        """Milliseconds of a step of the worker when nothing is due, and of asking for what is."""
        store, clock = self._app.store, self._app.clock
        return {
            "steps": await _timed(self._app.clocks.step, times),
            "asked": await _timed(lambda: store.due_tickets(clock.now(), BATCH), times),
        }

    async def fire(self) -> None:
        """Whatever is due."""
        await self._until_done(self._app.clocks)

    async def count(self) -> None:
        """Another policy: all deadlines are counted again."""
        self._policies += 1
        target = Target(timedelta(hours=10, minutes=self._policies), timedelta(hours=12), WorkDays(9 + self._policies))
        door = self._app.door
        await self._until_done(Clocks(replace(door, policy=replace(door.policy, targets=(target,)))))

    async def take(self, start: int, count: int) -> Lap:
        await self._inside.put(deliveries(start, count))
        watch = Stopwatch()
        await self._inside.take_in()
        return watch.lap(count)

    async def ack(self, start: int, count: int) -> Sequence[float]:
        """Milliseconds until each delivery is durable."""
        waiting = iter(deliveries(start, count))
        return await _timed(lambda: self._inside.put([next(waiting)]), count)

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[None]:
        """Deadlines are counted again, and again, meanwhile."""

        async def on_and_on() -> None:
            while True:
                await self.count()

        task = asyncio.create_task(on_and_on())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _until_done(self, clocks: Clocks) -> None:
        while (at := await clocks.step()) is not None and at <= self._app.clock.now():
            pass

    async def carry_out(self, job: dict[str, Any]) -> dict[str, Any]:
        match job:
            case {"do": "begin" | "leave" as what}:
                await getattr(self, what)()
                return {}
            case {"do": "join", "workers": workers}:
                await self.join(workers)
                return {}
            case {"do": "look", "times": times}:
                return dict(await self.look(times))
            case {"do": "fire" | "count" as what, "units": units}:
                watch = Stopwatch()
                await getattr(self, what)()
                return asdict(watch.lap(units))
            case {"do": "take" | "ack" as what, "start": start, "count": count, "counting": counting}:
                async with self.counting() if counting else AsyncExitStack():
                    if what == "take":
                        return asdict(await self.take(start, count))
                    return {"took": await self.ack(start, count)}
            case unknown:
                raise ValueError(unknown)


async def _timed(work: Callable[[], Awaitable[object]], times: int) -> list[float]:
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        await work()
        took.append(1000 * (time.perf_counter() - begun))
    return took


async def main(url: str, folder: Path) -> None:
    errors_only()
    async with build(settings(folder, url)) as app:
        side = ClockSide(app)
        say(ready=True)
        async for job in told():
            say(**await side.carry_out(job))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
