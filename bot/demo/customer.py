"""The demo's customer page: a phone on which one writes as a customer. Every act goes through the Graph simulator.

It speaks to nothing of ours but the simulator, so what the console shows took the real way: webhook, inbox, ticket.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import BodyPartReader, WSMsgType, web

from bot import i18n
from bot.demo.graph import Change, Customer, GraphSim, Message, Number
from bot.demo.graph_media import LIMITS, kind_of
from bot.web.auth import browser_locale
from bot.web.files import SAFE_IMAGES
from bot.web.security import FILE_POLICY, same_origin
from core.words import safe_name

HERE = Path(__file__).parent
TEXT_LIMIT = 4096
"""Characters in one WhatsApp message."""
BEAT = 30.0


class CustomerPages:
    """The page and its small API. By phone: `zones`, where each of the simulator's customers sits, and `lines`, which
    number they write to; else the first."""

    def __init__(self, sim: GraphSim, zones: Mapping[str, str], lines: Mapping[str, Number] | None = None) -> None:
        self._sim = sim
        self._zones = zones
        self._lines = lines or {}
        self._sockets: set[web.WebSocketResponse] = set()
        self._pages = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True)

    def add(self, app: web.Application) -> None:
        """Adds the routes; `same_origin` and the headers are the web server's."""
        app.router.add_get("/demo/customer", self.page)
        app.router.add_get("/demo/customer/live", self.live)
        app.router.add_get("/demo/customer/{phone:\\d+}", self.conversation)
        app.router.add_post("/demo/customer/{phone:\\d+}/say", self.say)
        app.router.add_post("/demo/customer/{phone:\\d+}/file", self.send_file)
        app.router.add_post("/demo/customer/{phone:\\d+}/read", self.read)
        app.router.add_get("/demo/customer/files/{wamid}", self.file)
        app.router.add_static("/demo/static/", HERE / "static")
        app.on_shutdown.append(self._close)

    async def page(self, request: web.Request) -> web.Response:
        locale = browser_locale(request)
        people = [
            (it.phone, it.name, self._zones.get(it.phone or "", "UTC"), self._line(it).name) for it in self._phones
        ]
        page = self._pages.get_template("customer.html").render(
            locale=locale,
            t=lambda key, **params: i18n.t(locale, key, **params),
            people=people,
            theme=request.cookies.get("theme", ""),
        )
        return web.Response(text=page, content_type="text/html")

    async def conversation(self, request: web.Request) -> web.Response:
        customer = self._customer(request)
        messages = [_message(message) for message in customer.messages]
        typing = customer.typing_seen is not None
        return web.json_response({"messages": messages, "typing": typing, "now": self._sim.now().isoformat()})

    async def say(self, request: web.Request) -> web.Response:
        customer = self._customer(request, acts=True)
        text = str((await request.json()).get("text", "")).strip()
        if not 0 < len(text) <= TEXT_LIMIT:
            raise web.HTTPBadRequest
        await customer.writes(text, to=self._line(customer))
        return web.json_response({})

    async def send_file(self, request: web.Request) -> web.Response:
        customer = self._customer(request, acts=True)
        part = await (await request.multipart()).next()
        if not isinstance(part, BodyPartReader):
            raise web.HTTPBadRequest
        mime = part.headers.get("Content-Type", "application/octet-stream")
        body = bytes(await part.read())
        if not 0 < len(body) <= LIMITS[kind_of(mime)]:
            raise web.HTTPRequestEntityTooLarge(LIMITS[kind_of(mime)], len(body))
        await customer.sends_file(safe_name(part.filename or ""), body, mime, to=self._line(customer))
        return web.json_response({})

    async def read(self, request: web.Request) -> web.Response:
        """The customer looks at the conversation: blue ticks for all of it."""
        await self._customer(request, acts=True).reads()
        return web.json_response({})

    async def file(self, request: web.Request) -> web.Response:
        try:
            media = self._sim.message(request.match_info["wamid"]).media
        except KeyError:
            media = None
        if media is None:
            raise web.HTTPNotFound
        mime = media.mime.partition(";")[0]
        shown = mime in SAFE_IMAGES
        headers = {
            "Content-Disposition": "inline" if shown else "attachment",
            "Content-Security-Policy": FILE_POLICY,
        }
        return web.Response(
            body=media.data, content_type=mime if shown else "application/octet-stream", headers=headers
        )

    async def live(self, request: web.Request) -> web.WebSocketResponse:
        """Hints: the phone whose conversation changed."""
        if not same_origin(request):
            raise web.HTTPForbidden
        ws = web.WebSocketResponse(heartbeat=BEAT, max_msg_size=1024)
        await ws.prepare(request)
        self._sockets.add(ws)
        try:
            with self._sim.feed.listen() as changes:
                telling = asyncio.create_task(_tell(ws, changes))
                try:
                    async for message in ws:
                        if message.type is not WSMsgType.TEXT:
                            break
                finally:
                    telling.cancel()
        finally:
            self._sockets.discard(ws)
        return ws

    @property
    def _phones(self) -> Sequence[Customer]:
        return [customer for customer in self._sim.customers if customer.phone]

    def _line(self, customer: Customer) -> Number:
        return self._lines.get(customer.phone or "", self._sim.default_number)

    def _customer(self, request: web.Request, *, acts: bool = False) -> Customer:
        if acts and not same_origin(request):
            raise web.HTTPForbidden
        for customer in self._phones:
            if customer.phone == request.match_info["phone"]:
                return customer
        raise web.HTTPNotFound

    async def _close(self, _app: web.Application) -> None:
        for ws in tuple(self._sockets):
            await ws.close()


async def _tell(ws: web.WebSocketResponse, changes: asyncio.Queue[Change]) -> None:
    while not ws.closed:
        customer = (await changes.get()).customer
        if isinstance(customer, Customer) and not ws.closed:
            await ws.send_json({"phone": customer.phone})


def _message(message: Message) -> dict[str, Any]:
    """As the phone shows it."""
    media = message.media
    return {
        "id": message.id,
        "mine": message.sender == "customer",
        "text": "" if message.deleted else message.text,
        "deleted": message.deleted,
        "edited": message.edited,
        "at": message.at.isoformat(),
        "status": message.status,
        "reactions": list(message.reactions.values()),
        "file": None if media is None else {"name": media.name, "mime": media.mime, "size": len(media.data)},
    }
