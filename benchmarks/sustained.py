"""Ack and intake together: webhooks come as fast as they are acknowledged, and the clock stops when the last of them is
a ticket's. Slack is there with its real limits, so that the outbox works as it would. One process (`run`) on either
database; on PostgreSQL also `web` and `worker` apart."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.acks import Load, load
from benchmarks.counting import LEFT, Ask, asking
from benchmarks.databases import Databases
from benchmarks.house import config
from benchmarks.measure import Figure, Lap
from benchmarks.processes import Child, child
from benchmarks.report import Report
from benchmarks.sizes import Sizes
from tests.databases import Dialect

LOOK = 0.05
"""Seconds between looks at what is left in the inbox."""
WHOLE = ("web,worker",)
APART = ("web", "worker")


@dataclass(slots=True)
class Running:
    """The program, as one process or two; the first serves the hooks."""

    processes: Sequence[Child]
    sender: Load
    ask: Ask
    sent: int = 0

    def cpu(self) -> float:
        return sum(process.cpu() for process in self.processes)

    async def take(self, n: int) -> tuple[Lap, float]:
        """`n` messages, and how many of them a second were acknowledged."""
        begun, cpu, start = time.monotonic(), self.cpu(), self.sent
        self.sent += n
        told = await self.sender.send(self.processes[0].ready, n, start=start)
        while await self.ask(LEFT):  # noqa: ASYNC110 # another process works it off
            await asyncio.sleep(LOOK)
        return Lap(n, time.monotonic() - begun, self.cpu() - cpu), n / told["seconds"]


@asynccontextmanager
async def running(bases: Databases, dialect: Dialect, roles: Sequence[str]) -> AsyncIterator[Running]:
    async with AsyncExitStack() as stack:
        sender = await stack.enter_async_context(load())
        slack = await stack.enter_async_context(child("benchmarks.slack_side"))
        await slack.ask(do="limits", factor=1)
        url, folder = stack.enter_context(bases.fresh(dialect))
        path: Path = config(folder, url, slack.ready["slack"])
        processes = [await stack.enter_async_context(child("benchmarks.house", str(path), each, "1")) for each in roles]
        await slack.ask(do="connected")
        yield Running(processes, sender, await stack.enter_async_context(asking(url)))


async def run(bases: Databases, dialect: Dialect, sizes: Sizes, report: Report) -> None:
    shapes = {"run": WHOLE, **({"web + worker": APART} if dialect == "postgres" else {})}
    for name, roles in shapes.items():
        async with running(bases, dialect, roles) as it:
            figure, acks = Figure(f"webhook to ticket, sustained ({name})"), Figure("acknowledged meanwhile")
            for number in range(sizes.rounds + 1):
                before = bases.cpu(dialect)
                lap, acked = await it.take(sizes.sustained)
                if number:
                    figure.laps.append(Lap(lap.units, lap.seconds, lap.cpu, bases.cpu(dialect) - before))
                    acks.laps.append(Lap(lap.units, lap.units / acked, 0))
            report.lines(figure.line(), acks.line())
            it.sender.note(report)
