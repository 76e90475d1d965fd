"""Webhook to durable ack, beside yardstick (a): how many a second, and how long one takes at half of (a)'s load. Both
are processes of their own; the third, which makes the load, has its CPU time watched."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from benchmarks.databases import Databases
from benchmarks.house import config
from benchmarks.measure import Lap, Times, laps
from benchmarks.processes import Child, child
from benchmarks.report import Report
from benchmarks.sizes import Sizes
from bot.process import WEB
from tests.databases import Dialect

PATH = "/hooks/wa"
BUSY = 0.9
"""From this share of a core on, the load's own process may be what limits a figure."""
WANTED_SHARE = 0.7
WANTED_P99 = 50.0


@dataclass(slots=True)
class Load:
    """The process that makes the load. Whatever it sends is new to whoever gets it."""

    process: Child
    started: Callable[[], int] = count(1).__next__
    busiest: float = 0.0

    async def send(self, port: int, n: int, *, rate: float | None = None, start: int | None = None) -> dict[str, Any]:
        """`n` webhooks, `start`: from there in the stream. Raises `RuntimeError` when one was not acknowledged."""
        start = start if start is not None else self.started() * 1_000_000
        told = await self.process.ask(port=port, path=PATH, start=start, count=n, rate=rate)
        if told["failed"]:
            raise RuntimeError(f"{told['failed']} of {n} webhooks were not acknowledged")
        self.busiest = max(self.busiest, told["cpu"] / told["seconds"])
        answer: dict[str, Any] = told
        return answer

    def note(self, report: Report) -> None:
        """Say when the figures are the load's own."""
        if self.busiest > BUSY:
            report.note(f"the load's process used up to {self.busiest:.0%} of a core: it may be what limited this")


@asynccontextmanager
async def load() -> AsyncIterator[Load]:
    async with child("benchmarks.load") as process:
        yield Load(process)


async def run(bases: Databases, dialect: Dialect, sizes: Sizes, report: Report) -> None:
    async with AsyncExitStack() as stack:
        sender = await stack.enter_async_context(load())
        bare_url, _ = stack.enter_context(bases.fresh(dialect))
        bare = await stack.enter_async_context(child("benchmarks.bare", bare_url))
        url, folder = stack.enter_context(bases.fresh(dialect))
        ours = await stack.enter_async_context(child("benchmarks.house", str(config(folder, url)), WEB, "1"))

        async def lap(server: Child) -> Lap:
            cpu, database = server.cpu(), bases.cpu(dialect)
            told = await sender.send(server.ready, sizes.acks)
            return Lap(sizes.acks, told["seconds"], server.cpu() - cpu, bases.cpu(dialect) - database)

        base, mine = await laps(
            {
                "(a) bare aiohttp, HMAC, group commit": lambda: lap(bare),
                "dragoman, durable before the answer": lambda: lap(ours),
            },
            sizes.rounds,
        )
        report.lines(base.line(), mine.line(base))
        sender.note(report)
        report.target("durable ack, share of (a)", mine.rate / base.rate, at_least=WANTED_SHARE)
        half = Times(f"dragoman at {base.rate / 2:,.0f}/s, half of (a)")
        for _ in range(sizes.rounds):
            told = await sender.send(ours.ready, int(base.rate / 2 * sizes.seconds), rate=base.rate / 2)
            half.rounds.append([1000 * took for took in told["took"]])
        report.lines(half.line())
        report.target("ack p99 at half of (a)'s load", half.share(99), below=WANTED_P99, unit="ms")
