"""The socket's address: who may open one, and running the hub for as long as the server runs."""

import asyncio
import ipaddress

from aiohttp import web

from bot.web.chat.connection import TOO_MANY, Connection
from bot.web.chat.frames import FRAME_LIMIT
from bot.web.chat.hub import CHAT
from bot.web.chat.site import Site
from bot.web.security import same_origin
from core.ids import InboxName

BEAT = 25.0
"""Seconds between two pings of a socket."""
NETWORK = 64
"""Bits of an IPv6 address that say whose it is."""
CHAT_TASK: web.AppKey[asyncio.Task[None]] = web.AppKey("chat task", asyncio.Task)


def site_of(request: web.Request) -> Site:
    """The chat that the address names. Answers 404."""
    site = request.app[CHAT].sites.get(InboxName(request.match_info["inbox"]))
    if site is None:
        raise web.HTTPNotFound
    return site


def address_of(request: web.Request) -> str:
    """Whose connection it is, as far as floods are concerned. Behind a proxy of ours, which is near, the last that
    `X-Forwarded-For` names. Of IPv6 the network: whoever has one address has 2**64."""
    peer = request.remote or ""
    # Some proxies add to the header, some add another one below.
    told = ",".join(request.headers.getall("X-Forwarded-For", [])).rpartition(",")[2].strip()
    near = _read(peer)
    if told and (near is None or not near.is_global):
        peer = told
    found = _read(peer)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((found, NETWORK), strict=False))
    return str(found or peer[:64])


def _read(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    # A socket for both sees who comes by IPv4 as a part of IPv6, which is near to nobody.
    return getattr(found, "ipv4_mapped", None) or found


async def socket(request: web.Request) -> web.WebSocketResponse:
    """Only our own page opens one: what a browser sends of where it comes from is asked, as a socket's does not."""
    site = site_of(request)
    if not same_origin(request):
        raise web.HTTPForbidden
    hub, address = request.app[CHAT], address_of(request)
    ws = web.WebSocketResponse(heartbeat=BEAT, max_msg_size=FRAME_LIMIT, compress=False)
    await ws.prepare(request)
    connection = Connection(hub, site, ws, address, request.transport)
    if one_too_many := hub.enter(address):
        await connection.turn_away(one_too_many, TOO_MANY)
        return ws
    try:
        await connection.run()
    except ConnectionError:
        pass  # the page went
    finally:
        hub.go(address)
    return ws


async def start(app: web.Application) -> None:
    app[CHAT_TASK] = asyncio.create_task(app[CHAT].run(), name="chat hub")


async def stop(app: web.Application) -> None:
    app[CHAT_TASK].cancel()
    await asyncio.gather(app[CHAT_TASK], return_exceptions=True)


async def close_sockets(app: web.Application) -> None:
    """Before the server waits for its connections."""
    await app[CHAT].close()
