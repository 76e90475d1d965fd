"""How many signed webhooks a second are acknowledged once durable, beside a handler that checks and stores nothing."""

import asyncio
import hashlib
import hmac
from pathlib import Path

import aiohttp
from aiohttp import web

from benchmarks.measure import Figure, measure
from benchmarks.sample import SECRET, deliveries, settings
from bot.app import build

REQUESTS = 1_000
AT_ONCE = 32


async def run(folder: Path, rounds: int) -> list[Figure]:
    """The bare handler first: it is the baseline."""
    bare = web.Application()
    bare.router.add_post("/hooks/wa", _bare)
    async with build(settings(folder)) as app:
        return [
            await _figure("aiohttp + HMAC, nothing stored", bare, rounds),
            await _figure("dragoman, durable before the answer", app.web, rounds),
        ]


async def _figure(name: str, app: web.Application, rounds: int) -> Figure:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/wa"
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:
            return await measure(name, rounds, lambda: _send_all(session, url))
    finally:
        await runner.cleanup()


async def _send_all(session: aiohttp.ClientSession, url: str) -> int:
    waiting = iter(list(deliveries(REQUESTS)))

    async def sender() -> None:
        for body, signature in waiting:
            headers = {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}
            async with session.post(url, data=body, headers=headers) as answer:
                answer.raise_for_status()

    await asyncio.gather(*(sender() for _ in range(AT_ONCE)))
    return REQUESTS


async def _bare(request: web.Request) -> web.Response:
    body = await request.read()
    expected = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers["X-Hub-Signature-256"]):
        raise web.HTTPUnauthorized
    return web.Response()
