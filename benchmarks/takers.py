"""Who takes messages in, each a process of its own: `python -m benchmarks.takers orm|hand|dragoman URL FOLDER`.

A job is `start` and `count` of the stream: they are put into the inbox, and then taken in against the clock.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from benchmarks.by_hand import ByHand, base_of
from benchmarks.deliveries import Delivery, deliveries
from benchmarks.measure import Stopwatch
from benchmarks.processes import say, told
from core.ports import FROM_CHANNEL

if TYPE_CHECKING:
    from bot.process import App


class Taker(Protocol):
    async def put(self, deliveries: Iterable[Delivery]) -> None:
        """Into the inbox; not timed."""
        ...

    async def take_in(self) -> None:
        """All that waits there."""
        ...


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
            from benchmarks.house import settings
            from bot.app import build

            async with build(settings(folder, url)) as app:
                yield Dragoman(app)


class Dragoman:
    def __init__(self, app: "App") -> None:
        self._app = app

    async def put(self, deliveries: Iterable[Delivery]) -> None:
        source, now = f"{FROM_CHANNEL}wa", self._app.clock.now()
        waiting = (self._app.store.put_raw(source, each.key, each.body, {}, now) for each in deliveries)
        await asyncio.gather(*waiting)

    async def take_in(self) -> None:
        await self._app.intake.step()


async def main(kind: str, url: str, folder: Path) -> None:
    async with taker(kind, url, folder) as it:
        say(ready=True)
        async for job in told():
            await it.put(deliveries(job["start"], job["count"]))
            watch = Stopwatch()
            await it.take_in()
            lap = watch.lap(job["count"])
            say(units=lap.units, seconds=lap.seconds, cpu=lap.cpu)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
