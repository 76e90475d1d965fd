"""The live socket's address: who may open one and for how long, and running the hub for as long as the server runs."""

import asyncio
from datetime import timedelta

import structlog
from aiohttp import WSMsgType, web

from bot.web.auth import live_session, signed_in
from bot.web.hub import HUB, Hub, Socket
from bot.web.keys import PERSON, SESSION
from bot.web.security import same_origin

BEAT = 30.0
"""Seconds between two pings of a socket."""
OF_SESSION = 30
"""Sockets of a browser: as many tabs as anybody has open."""
LOOK = timedelta(minutes=1)
"""How often it is looked whose session is over: a socket outlives the request that opened it."""
TASKS: web.AppKey[list[asyncio.Task[None]]] = web.AppKey("live tasks", list)

_log = structlog.get_logger()


def add_routes(router: web.UrlDispatcher) -> None:
    router.add_get("/console/live", signed_in(live))


async def live(request: web.Request) -> web.WebSocketResponse:
    """A socket does not obey the same-origin policy by itself, so the origin is asked here."""
    if not same_origin(request):
        raise web.HTTPForbidden
    hub, token = request.app[HUB], request[SESSION].token
    if sum(socket.token == token for socket in hub.sockets) >= OF_SESSION:
        raise web.HTTPTooManyRequests
    ws = web.WebSocketResponse(heartbeat=BEAT, max_msg_size=1024, compress=False)
    await ws.prepare(request)
    socket = Socket(request[PERSON].id, token, ws, request.transport)
    hub.sockets.add(socket)
    try:
        async for message in ws:
            if message.type is not WSMsgType.TEXT:
                break
    finally:
        hub.sockets.discard(socket)
    return ws


async def _watch(hub: Hub) -> None:
    """Close the sockets of sessions that are over, until cancelled."""
    clock = hub.parts.clock
    while True:
        await clock.wait(asyncio.Event().wait(), clock.now() + LOOK)
        try:
            for token in {socket.token for socket in hub.sockets}:
                if await live_session(hub.parts, token) is None:
                    await hub.leave(token)
        except Exception:
            _log.exception("live.fault")


async def start(app: web.Application) -> None:
    """Runs the hub for as long as the server runs."""
    hub = app[HUB]
    running = {"live hub": hub.run(), "live sessions": _watch(hub)}
    app[TASKS] = [asyncio.create_task(task, name=name) for name, task in running.items()]


async def stop(app: web.Application) -> None:
    for task in app[TASKS]:
        task.cancel()
    await asyncio.gather(*app[TASKS], return_exceptions=True)


async def close_sockets(app: web.Application) -> None:
    """Before the server waits for its connections."""
    await app[HUB].close()
