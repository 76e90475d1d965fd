"""The live socket's address, and running the hub for as long as the server runs."""

import asyncio

from aiohttp import WSMsgType, web

from bot.web.auth import signed_in
from bot.web.hub import HUB, Socket
from bot.web.keys import PERSON, SESSION
from bot.web.security import same_origin

BEAT = 30.0
"""Seconds between two pings of a socket."""
HUB_TASK: web.AppKey[asyncio.Task[None]] = web.AppKey("hub task", asyncio.Task)


def add_routes(router: web.UrlDispatcher) -> None:
    router.add_get("/console/live", signed_in(live))


async def live(request: web.Request) -> web.WebSocketResponse:
    """A socket does not obey the same-origin policy by itself, so the origin is asked here."""
    if not same_origin(request):
        raise web.HTTPForbidden
    hub = request.app[HUB]
    ws = web.WebSocketResponse(heartbeat=BEAT, max_msg_size=1024)
    await ws.prepare(request)
    socket = Socket(request[PERSON].id, request[SESSION].token, ws)
    hub.sockets.add(socket)
    try:
        async for message in ws:
            if message.type is not WSMsgType.TEXT:
                break
    finally:
        hub.sockets.discard(socket)
    return ws


async def start(app: web.Application) -> None:
    """Runs the hub for as long as the server runs."""
    app[HUB_TASK] = asyncio.create_task(app[HUB].run(), name="live hub")


async def stop(app: web.Application) -> None:
    app[HUB_TASK].cancel()
    await asyncio.gather(app[HUB_TASK], return_exceptions=True)


async def close_sockets(app: web.Application) -> None:
    """Before the server waits for its connections."""
    await app[HUB].close()
