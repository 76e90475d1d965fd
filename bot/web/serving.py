"""How the server takes connections: how many, how long they may be silent, and bodies just as they were sent."""

import asyncio
import resource
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

SILENCE = 75.0
"""Seconds until the headers of a connection's first request are there, and between two requests. Proxies keep theirs
for less (nginx: 60 s), so that none is closed just as a request comes."""
LINGER = 2.0
"""Seconds that what is left of a refused body is read for, so that whoever sends it hears of the refusal."""
MOST = 10_000
"""Connections at once."""
GOODBYE = 10.0
"""Seconds that requests in hand are given when we stop."""
RESERVED = 200
"""Descriptors kept for the database, the platforms and files: a crowd at the door must not stop the work inside."""


@asynccontextmanager
async def serving(
    app: web.Application, host: str, port: int, *, silence: float = SILENCE, most: int = MOST
) -> AsyncIterator[str]:
    """Serve for as long as the block runs; its address. A body that says it is packed is not unpacked: a few kilobytes
    would become gigabytes."""
    runner = web.AppRunner(
        app,
        access_log=None,
        keepalive_timeout=silence,
        lingering_time=LINGER,
        auto_decompress=False,
        shutdown_timeout=GOODBYE,
    )
    await runner.setup()
    try:
        assert runner.server is not None
        take = _limited(runner.server, min(most, _descriptors() - RESERVED))
        server = await asyncio.get_running_loop().create_server(take, host, port, reuse_address=True)
        try:
            here, number = server.sockets[0].getsockname()[:2]
            yield f"http://[{here}]:{number}" if ":" in here else f"http://{here}:{number}"
        finally:
            server.close()
    finally:
        await runner.cleanup()


def _limited(server: web.Server, most: int) -> Callable[[], asyncio.BaseProtocol]:
    """Makes what answers a connection; of those that are too many it closes each at once."""

    def take() -> asyncio.BaseProtocol:
        return server() if len(server.connections) < most else _TooMany()

    return take


def _descriptors() -> int:
    """How many files and sockets this process may have open, after asking for as many as it may ask for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(MOST + RESERVED, hard) if hard != resource.RLIM_INFINITY else MOST + RESERVED
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return MOST + RESERVED if soft == resource.RLIM_INFINITY else soft


class _TooMany(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.abort()
