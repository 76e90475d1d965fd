"""The line to PostgreSQL, which a test may cut, let hang, or cut at the worst of moments: it passes bytes on till then.

For the program this is a server that went away, or that hangs; and nothing has to be started or waited for.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit, urlunsplit

COMMIT = b"COMMIT;"
"""What the driver sends at the end of a transaction, a statement of its own."""


@dataclass(eq=False)
class _Line:
    """One connection: what the program writes goes to `there`, what the server answers to `here`."""

    here: asyncio.StreamWriter
    there: asyncio.StreamWriter
    answer_is_lost: bool = False

    def cut(self) -> None:
        for side in (self.here, self.there):
            side.transport.abort()


@dataclass
class Wire:
    """`async with Wire(url) as wire:`; `wire.url` is the same database, by this line."""

    server_url: str
    commits: int = 0
    """How many the program asked for since the line is watched."""
    _lines: set[_Line] = field(default_factory=set)
    _pumps: set[asyncio.Task[None]] = field(default_factory=set)
    _is_cut: bool = False
    _cut_at: int | None = None
    _flowing: asyncio.Event = field(default_factory=asyncio.Event)
    _lost: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        self._flowing.set()
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        parts = urlsplit(self.server_url)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.url = urlunsplit(parts._replace(netloc=f"{parts.username}@{host}:{port}"))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    def cut(self) -> None:
        """Every connection breaks at once, and nobody gets in."""
        self._is_cut = True
        for line in tuple(self._lines):
            line.cut()

    def mend(self) -> None:
        self._is_cut, self._cut_at = False, None
        self._flowing.set()

    def hang(self) -> None:
        """Connections are taken, and nothing is ever answered."""
        self._flowing.clear()

    def cut_at_commit(self, number: int = 1) -> None:
        """The server gets that commit, counted from now, and does it; the answer never comes, and all breaks."""
        self.commits, self._cut_at = 0, number
        self._lost.clear()

    async def answer_lost(self) -> None:
        """Return once `cut_at_commit` has happened."""
        await self._lost.wait()

    async def _connected(self, reader: asyncio.StreamReader, here: asyncio.StreamWriter) -> None:
        if self._is_cut:
            here.transport.abort()
            return
        parts = urlsplit(self.server_url)
        back, there = await asyncio.open_connection(parts.hostname, parts.port)
        line = _Line(here, there)
        self._lines.add(line)
        for pump in (self._forth(line, reader), self._back(line, back)):
            task = asyncio.create_task(pump, name="wire")
            self._pumps.add(task)
            task.add_done_callback(self._pumps.discard)

    async def _forth(self, line: _Line, reader: asyncio.StreamReader) -> None:
        async for data in _chunks(reader):
            await self._flowing.wait()
            self.commits += COMMIT in data
            line.answer_is_lost |= COMMIT in data and self.commits == self._cut_at
            line.there.write(data)
        self._ended(line)

    async def _back(self, line: _Line, reader: asyncio.StreamReader) -> None:
        async for data in _chunks(reader):
            await self._flowing.wait()
            if line.answer_is_lost:
                self.cut()
                self._lost.set()
            line.here.write(data)
        self._ended(line)

    def _ended(self, line: _Line) -> None:
        line.cut()
        self._lines.discard(line)


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while True:
        try:
            data = await reader.read(65_536)
        except ConnectionError:
            return
        if not data:
            return
        yield data
