"""Processes beside this one: how they are started and told what to do, and what they cost (Linux's /proc).

A child speaks in lines of JSON: it says `{"ready": ...}` once it is up, and answers each line it is told with one.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
PATIENCE = 60.0
"""Seconds a child may take to come up."""
ROOM = 64 * 1024 * 1024
"""Bytes of one line: a report holds every single time."""


class Child:
    """A process of ours that speaks lines of JSON. `ready`: what it said when it was up."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.ready: Any = None

    @property
    def pid(self) -> int:
        return self._process.pid

    async def said(self) -> Any:
        """Its next line. Raises `RuntimeError` when it has ended."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a process of the benchmark ended with {await self._process.wait()}")
        return json.loads(line)

    async def ask(self, **job: Any) -> Any:
        """Tell it what to do and wait for its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job).encode() + b"\n")
        return await self.said()

    def cpu(self) -> float:
        return cpu_of(self.pid)


@asynccontextmanager
async def child(module: str, *arguments: str) -> AsyncIterator[Child]:
    """`python -m module arguments`, told to stop at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", module, *arguments),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=ROOM,
    )
    started = Child(process)
    try:
        async with asyncio.timeout(PATIENCE):
            started.ready = (await started.said())["ready"]
        yield started
    finally:
        await stop(process)


async def stop(process: asyncio.subprocess.Process) -> None:
    """As an operator would; what does not listen is killed."""
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(30):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def say(**report: Any) -> None:
    """A child's line to its parent."""
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()


async def told() -> AsyncIterator[dict[str, Any]]:
    """In a child: the jobs, one after the other, until the parent is gone."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=ROOM)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield json.loads(line)


def cpu_of(pid: int, *, with_ended_children: bool = False) -> float:
    """Seconds of CPU a process has used so far, in itself and the system; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(map(int, fields[11 : 15 if with_ended_children else 13])) / TICKS


def cpu_of_tree(pid: int) -> float:
    """A process and its children, those that have ended among them: PostgreSQL's server with its backends."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return 0.0
    return cpu_of(pid, with_ended_children=True) + sum(cpu_of(int(each)) for each in children)


def resident(pid: int) -> float:
    """MiB of memory a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
