"""What the program costs when it does nothing, how soon it is there, and what its memory does over many messages."""

import asyncio
import statistics
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from benchmarks.databases import Databases
from benchmarks.house import config
from benchmarks.processes import ROOT, child, cpu_of, resident, stop
from benchmarks.report import Report
from benchmarks.sizes import Sizes
from benchmarks.sustained import WHOLE, running
from tests.databases import Dialect, free_port

WARM_UP = 0.05
"""Share of the messages after which memory is first looked at: caches and pools are filled then."""
SETTLE = 3.0
"""Seconds after the start until the program counts as idle."""
WANTED_MIB, WANTED_GROWTH, WANTED_IDLE, WANTED_START = 200.0, 20.0, 1.0, 3.0


async def start(bases: Databases, dialect: Dialect, sizes: Sizes, report: Report) -> None:
    """`dragoman run` itself, from its start to the first good answer of `/health`; then it is left alone."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(child("benchmarks.slack_side"))
        url, folder = stack.enter_context(bases.fresh(dialect))
        port = free_port()
        path = config(folder, url, slack.ready["slack"], port)
        seconds = [await _start(path, port) for _ in range(sizes.rounds)]
        await _start(path, port, idle=sizes.idle, report=report)
    report.lines(f"/health after {statistics.median(seconds):.2f} s ({min(seconds):.2f}-{max(seconds):.2f})")
    report.target("/health after the start of the process", statistics.median(seconds), below=WANTED_START, unit="s")


async def _start(path: Path, port: int, *, idle: float = 0, report: Report | None = None) -> float:
    """Seconds until it is healthy; with a report it is then watched while nothing happens."""
    begun = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable, *("-m", "bot", "run", "-c", str(path)), cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await _healthy(port)
        seconds = time.monotonic() - begun
        if report is not None:
            await asyncio.sleep(min(SETTLE, idle))
            cpu = cpu_of(process.pid)
            await asyncio.sleep(idle)
            share = 100 * (cpu_of(process.pid) - cpu) / idle
            report.lines(f"resident after the start: {resident(process.pid):.0f} MiB")
            report.target(f"idle over {idle:g} s, CPU", share, below=WANTED_IDLE, unit="%")
        return seconds
    finally:
        await stop(process)


async def _healthy(port: int) -> None:
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/health") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.02)


async def memory(bases: Databases, dialect: Dialect, sizes: Sizes, report: Report) -> None:
    """One process, ack and intake and outbox, over so many messages."""
    async with running(bases, dialect, WHOLE) as it:
        await it.take(max(1, int(sizes.memory * WARM_UP)))
        before = after = resident(it.processes[0].pid)
        most = before
        for _ in range(10):
            await it.take(sizes.memory // 10)
            after = resident(it.processes[0].pid)
            most = max(most, after)
    report.lines(f"resident {before:.0f} MiB after warming up, {after:.0f} MiB after {sizes.memory:,} more messages")
    report.target("resident memory at its most", most, below=WANTED_MIB, unit="MiB")
    report.target(f"its growth over {sizes.memory:,} messages", after - before, below=WANTED_GROWTH, unit="MiB")
