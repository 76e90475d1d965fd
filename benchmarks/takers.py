"""Who takes messages in, each a process of its own: `python -m benchmarks.takers orm|hand|dragoman URL FOLDER`.

`take`: so many of the stream are put into the inbox, and then taken in against the clock. `tick`: so many clocks are
made due, and then worked off. What else ours is told, `inside` says.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from benchmarks.by_hand import ByHand, base_of
from benchmarks.deliveries import Delivery, deliveries
from benchmarks.measure import Stopwatch
from benchmarks.processes import say, told


class Taker(Protocol):
    async def put(self, deliveries: Iterable[Delivery]) -> None:
        """Into the inbox; not timed."""
        ...

    async def take_in(self) -> None:
        """All that waits there."""
        ...


@runtime_checkable
class Whole(Protocol):
    """Ours."""

    async def due(self, n: int) -> None: ...
    async def tick(self) -> None: ...
    async def carry_out(self, job: dict[str, Any]) -> dict[str, Any]: ...


@asynccontextmanager
async def taker(kind: str, url: str, folder: Path) -> AsyncIterator[Taker]:
    match kind:
        case "hand":
            yield ByHand(await base_of(url))
        case "orm":
            from tortoise import Tortoise

            from benchmarks.by_orm import ByOrm, open_models

            await open_models(url)
            yield ByOrm()
            await Tortoise.close_connections()
        case _:
            from benchmarks.house import errors_only, settings
            from benchmarks.inside import Dragoman
            from bot.app import build

            errors_only()
            async with build(settings(folder, url)) as app:
                yield Dragoman(app)


async def carry_out(it: Taker, job: dict[str, Any]) -> dict[str, Any]:
    match job["do"]:
        case "take":
            await it.put(deliveries(job["start"], job["count"]))
            watch = Stopwatch()
            await it.take_in()
            return asdict(watch.lap(job["count"]))
        case "tick" if isinstance(it, Whole):
            await it.due(job["count"])
            watch = Stopwatch()
            await it.tick()
            return asdict(watch.lap(job["count"]))
        case _ if isinstance(it, Whole):
            return await it.carry_out(job)
        case unknown:
            raise ValueError(unknown)


async def main(kind: str, url: str, folder: Path) -> None:
    async with taker(kind, url, folder) as it:
        say(ready=True)
        async for job in told():
            say(**await carry_out(it, job))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
