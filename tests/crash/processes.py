"""The program's processes: started, killed as SIGKILL kills, started again at once. What they say goes into files."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.clock import Beat
from tests.platforms.bell import Bell

TOPOLOGY: Mapping[str, Sequence[str]] = {"sqlite": ("run",), "postgres": ("web", "worker", "worker")}
"""The roles of the processes on each database."""
POLITE = 60.0
"""Seconds a process is given to end when it is told to: a safety net."""


@dataclass(slots=True)
class Process:
    """One of them, with its successors. `lives`: how often it was started."""

    role: str
    name: str
    config: Path
    rates: float
    beat: Beat
    lives: int = 0
    _running: asyncio.subprocess.Process | None = field(default=None, repr=False)
    _meant: asyncio.subprocess.Process | None = field(default=None, repr=False)
    """The one that we ended ourselves."""
    _begun: Bell = field(default_factory=Bell, repr=False)

    @property
    def log(self) -> Path:
        return self.config.parent / f"{self.name}.log"

    async def start(self) -> None:
        program = ["-m", "tests.crash.program", self.role, str(self.config), str(self.rates), self.beat.packed()]
        self.lives += 1
        with self.log.open("ab") as log:
            log.write(f"--- life {self.lives}\n".encode())
            log.flush()
            self._running = await asyncio.create_subprocess_exec(
                sys.executable, *program, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, env=_environment()
            )

        self._begun.changed()

    async def kill(self) -> None:
        """Whatever it was doing ends in the middle."""
        if self._running is not None:
            self._meant = self._running
            with suppress(ProcessLookupError):
                self._running.kill()
            await self._running.wait()

    async def stop(self) -> int:
        """As an operator does; its exit code."""
        assert self._running is not None
        self._meant = self._running
        with suppress(ProcessLookupError):
            self._running.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self._running.wait(), POLITE)

    async def falls(self) -> str:
        """Waits until it ends though nobody ended it; says so."""
        while True:
            running = self._running
            assert running is not None
            code = await running.wait()
            if running is not self._meant:
                return f"{self.name} ended of itself with {code}"
            while self._running is running:
                await self._begun.change()


def processes(database: str, config: Path, rates: float, beat: Beat) -> Sequence[Process]:
    roles = TOPOLOGY[database]
    return [
        Process(role, f"{role}-{nth}" if roles.count(role) > 1 else role, config, rates, beat)
        for nth, role in enumerate(roles)
    ]


def _environment() -> Mapping[str, str]:
    """Ours without settings of the machine's own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DRAGOMAN_")}
