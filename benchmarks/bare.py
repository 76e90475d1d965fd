"""Yardstick (a): what a good engineer writes by hand when nothing but a durable ack is wanted. aiohttp, the HMAC, one
insert of the same columns into the same table, and one commit for all requests that came while the last one ran.

`python -m benchmarks.bare DATABASE_URL`, a process of its own.
"""

import asyncio
import hashlib
import hmac
import json
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from urllib.parse import unquote

import asyncpg
from aiohttp import web

from benchmarks.deliveries import SECRET
from benchmarks.processes import say, told

Row = tuple[str, str, bytes, str, str | datetime]
Write = Callable[[Sequence[Row]], Awaitable[None]]
SQLITE = "INSERT INTO inbox (source, key, body, headers, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
POSTGRES = "INSERT INTO inbox (source, key, body, headers, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"


class Inbox:
    """Rows that wait for the commit that is under way share the next one."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._rows: list[Row] = []
        self._waiting: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None

    async def put(self, row: Row) -> None:
        self._rows.append(row)
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().create_future()
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        await asyncio.shield(self._waiting)

    async def _work(self) -> None:
        while self._waiting is not None:
            rows, waiting = self._rows, self._waiting
            self._rows, self._waiting = [], None
            try:
                await self._write(rows)
                waiting.set_result(None)
            except Exception as failure:
                waiting.set_exception(failure)
        self._task = None


def application(inbox: Inbox, now: Callable[[], str | datetime]) -> web.Application:
    secret = SECRET.encode()

    async def hook(request: web.Request) -> web.Response:
        body = await request.read()
        expected = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, request.headers.get("X-Hub-Signature-256", "")):
            raise web.HTTPUnauthorized
        headers = json.dumps({name: request.headers[name] for name in ("Content-Type", "User-Agent")})
        await inbox.put(("channel:wa", hashlib.sha256(body).hexdigest(), body, headers, now()))
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_post("/hooks/wa", hook)
    return app


def sqlite_writer(path: str) -> Write:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = FULL")

    def write(rows: Sequence[Row]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(SQLITE, rows)
        connection.execute("COMMIT")

    return lambda rows: asyncio.to_thread(write, rows)


async def postgres_writer(url: str) -> Write:
    connection = await asyncpg.connect(url)

    async def write(rows: Sequence[Row]) -> None:
        await connection.executemany(POSTGRES, rows)  # which is one transaction

    return write


async def main(url: str) -> None:
    if url.startswith("sqlite://"):
        inbox = Inbox(sqlite_writer(unquote(url.removeprefix("sqlite://"))))
        app = application(inbox, lambda: datetime.now(UTC).isoformat(timespec="microseconds"))
    else:
        app = application(Inbox(await postgres_writer(url)), lambda: datetime.now(UTC))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    say(ready=runner.addresses[0][1])
    async for _ in told():  # until the parent is gone
        pass


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
