"""A server that is told to stop waits for the requests in hand, and not for ever."""

import asyncio

import aiohttp
import pytest
from aiohttp import web

from bot.web import serving as server


async def test_a_request_that_never_ends_does_not_keep_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "GOODBYE", 0.1)
    asked = asyncio.Event()

    async def never(_: web.Request) -> web.Response:
        asked.set()
        return await asyncio.Future()

    app = web.Application()
    app.router.add_get("/", never)
    async with asyncio.timeout(30), aiohttp.ClientSession() as session:
        async with server.serving(app, "127.0.0.1", 0) as address:
            asking = asyncio.create_task(session.get(address), name="asks")
            await asked.wait()
        with pytest.raises(aiohttp.ClientError):
            await asking
