"""A site chat whose other end the test holds, and a shop that carries it: two servers, two origins, strict policies.

It speaks the frames of bot/web/chat/ over a log of its own, so that a test may say what the real one would say only in
bad hours: refusals, silence, a restart in the middle. What the two have in common is tried in test_shop.py.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import BodyPartReader, WSMsgType, web

import bot.web
from bot import i18n

WEB = Path(bot.web.__file__).parent
DIRS = {"ar": "rtl"}
Frame = dict[str, Any]


@dataclass(slots=True)
class Chat:
    """The server's side of one inbox. Everything that happened outlives a restart, as a database does."""

    title: str = "Lantern & Co."
    colour: str = "#0b5fff"
    languages: tuple[tuple[str, str], ...] = (("en", "English"), ("zh-CN", "中文"), ("ar", "العربية"))
    team: Frame = field(default_factory=lambda: {"open": True, "opens_at": None, "ask_email": False})
    limits: Frame = field(default_factory=lambda: {"text": 400, "file": 50_000, "files": 3, "types": ".png,.pdf,.txt"})
    origins: list[str] = field(default_factory=list)
    log: dict[str, list[Frame]] = field(default_factory=dict)
    heard: list[Frame] = field(default_factory=list)
    refusals: list[Frame] = field(default_factory=list)
    """Answers to the next words, instead of taking them."""
    deaf: bool = False
    """It hears, and takes nothing."""
    wordless: bool = False
    """It has the words of no other language."""
    mute: bool = False
    """It answers no ping."""
    uploads: dict[str, Frame] = field(default_factory=dict)
    upload_answer: Callable[[], web.Response | None] = lambda: None
    read: int = 0
    port: int = 0
    _sockets: dict[web.WebSocketResponse, str] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sockets(self) -> int:
        return len(self._sockets)

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/chat/shop/widget.js", self._loader)
        app.router.add_get("/chat/shop/frame", self._frame)
        app.router.add_get("/chat/shop/words/{name}", self._words)
        app.router.add_get("/chat/shop/socket", self._socket)
        app.router.add_post("/chat/shop/files", self._upload)
        app.router.add_get("/chat/shop/files/{id}", self._download)
        app.router.add_static("/static/", WEB / "static")
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """As a restart does it: the sockets are told, then nobody is there."""
        await self.cut()
        if self._runner:
            await self._runner.cleanup()

    async def cut(self, code: int = 1001) -> None:
        for socket in tuple(self._sockets):
            await socket.close(code=code)

    async def says(self, text: str, author: str = "Mei", *, unheard: bool = False) -> None:
        """An agent, to everybody. `unheard`: it stands in the log, and no socket carries it."""
        for token in self.log:
            await self._append(token, {"kind": "agent", "text": text, "author": author, "files": []}, unheard)

    async def sends(self, **frame: Any) -> None:
        for socket in tuple(self._sockets):
            await socket.send_json(frame)

    async def reads(self) -> None:
        self.read = max((len(log) for log in self.log.values()), default=0)
        await self.sends(type="read", seq=self.read)

    async def hears(self, type: str, **given: Any) -> Frame:
        """The first such frame since the test began, as soon as it is there. Raises TimeoutError."""
        async with asyncio.timeout(15):
            while True:
                for frame in self.heard:
                    if frame["type"] == type and given.items() <= frame.items():
                        return frame
                self._news.clear()
                await self._news.wait()

    @property
    def said(self) -> list[str]:
        """What the visitors' log holds of their own words, across all visitors."""
        return [entry["text"] for log in self.log.values() for entry in log if entry["kind"] == "customer"]

    async def _append(self, token: str, entry: Frame, unheard: bool = False) -> Frame:
        log = self.log[token]
        made = {"type": "entry", "seq": len(log) + 1, "at": datetime.now(UTC).isoformat(), "reply_to": None, **entry}
        log.append(made)
        for socket, whose in tuple(self._sockets.items()):
            if whose == token and not unheard:
                await socket.send_json(made)
        return made

    async def _loader(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(WEB / "static/chat/widget.js", headers={"Cross-Origin-Resource-Policy": "cross-origin"})

    async def _frame(self, request: web.Request) -> web.Response:
        config = {
            "inbox": "shop",
            "origin": request.query.get("origin", "") if request.query.get("origin") in self.origins else "",
            "title": self.title,
            "colour": self.colour,
            "locale": "en",
            "socket": "/chat/shop/socket",
            "upload": "/chat/shop/files",
            "languages": [
                {
                    "tag": tag,
                    "name": name,
                    "dir": DIRS.get(tag, "ltr"),
                    "words": tag if tag in WORDS else "en",
                }
                for tag, name in self.languages
            ],
            "limits": self.limits,
            "words": {"en": WORDS["en"]},
            "catalogues": {name: f"/chat/shop/words/{name}" for name in WORDS},
        }
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
            f"base-uri 'none'; form-action 'none'; frame-ancestors {' '.join(self.origins)}"
        )
        page = PAGES.get_template("chat_frame.html").render(
            locale="en", dir="ltr", title=self.title, config=json.dumps(config).replace("<", "\\u003c")
        )
        return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": policy})

    async def _words(self, request: web.Request) -> web.Response:
        if self.wordless:
            raise web.HTTPNotFound
        return web.json_response(WORDS[request.match_info["name"]])

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._hear(socket, json.loads(message.data))
        finally:
            self._sockets.pop(socket, None)
            self._news.set()
        return socket

    async def _hear(self, socket: web.WebSocketResponse, frame: Frame) -> None:
        self.heard.append(frame)
        self._news.set()
        match frame["type"]:
            case "hello":
                await self._welcome(socket, frame)
            case "ping" if not self.mute:
                await socket.send_json({"type": "pong"})
            case "say" if not self.deaf:
                await self._take(socket, frame)
            case "details":
                await socket.send_json({"type": "noted"})

    async def _welcome(self, socket: web.WebSocketResponse, frame: Frame) -> None:
        token = frame["token"] if frame["token"] in self.log else secrets.token_hex(8)
        fresh = token != frame["token"]
        log = self.log.setdefault(token, [])
        team = {"title": self.title, **self.team}
        marks = {"seq": len(log), "seen": 0, "read": self.read}
        welcome = {"type": "welcome", "token": token, "fresh": fresh, "locale": frame["locale"], "limits": self.limits}
        await socket.send_json({**welcome, **marks, "team": team})
        for entry in log[frame["after"] :]:
            await socket.send_json(entry)
        self._sockets[socket] = token

    async def _take(self, socket: web.WebSocketResponse, frame: Frame) -> None:
        if self.refusals:
            return await socket.send_json({"type": "refused", "id": frame["id"], **self.refusals.pop(0)})
        token = self._sockets[socket]
        known = next((entry for entry in self.log[token] if entry.get("id") == frame["id"]), None)
        files = [self.uploads[file] for file in frame["files"]]
        entry = known or await self._append(
            token, {"kind": "customer", "id": frame["id"], "text": frame["text"], "files": files, "author": ""}
        )
        await socket.send_json({"type": "taken", "id": frame["id"], "seq": entry["seq"]})

    async def _upload(self, request: web.Request) -> web.Response:
        part = await (await request.multipart()).next()
        assert isinstance(part, BodyPartReader)
        body = bytes(await part.read())
        if (answer := self.upload_answer()) is not None:
            return answer
        assert request.headers["X-Visitor"] in self.log
        id = secrets.token_hex(4)
        mime = part.headers["Content-Type"]
        self.uploads[id] = {"name": part.filename, "mime": mime, "size": len(body), "url": f"/chat/shop/files/{id}"}
        self.uploads[id + "body"] = {"body": body, "mime": mime}
        return web.json_response({"id": id, **self.uploads[id]})

    async def _download(self, request: web.Request) -> web.Response:
        held = self.uploads[request.match_info["id"] + "body"]
        return web.Response(body=held["body"], content_type=held["mime"])


WORDS = {
    locale: {key: text for key, text in i18n.catalogue(locale).items() if key.startswith("widget.")}
    for locale in i18n.locales()
}
PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(WEB / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


@dataclass(slots=True)
class Shop:
    """The shop's own server. `tag`: attributes of the one script tag; `lang` and `dir` of its page."""

    chat: Chat
    tag: str = ""
    lang: str = "en"
    dir: str = "ltr"
    port: int = 0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def page(self, _: web.Request) -> web.Response:
        chat = self.chat.base
        # Nothing of the shop's own may be written into its pages, and of ours only what is named.
        policy = f"default-src 'none'; script-src {chat}; frame-src {chat}; require-trusted-types-for 'script'"
        text = (
            f"<!doctype html><html lang='{self.lang}' dir={self.dir}><meta name=viewport content='width=device-width'>"
            f"<title>Lamps</title><h1>Lamps</h1><p><a href=#>Cart</a></p>"
            + "<p>They shine.</p>" * 60
            + f"<script src='{chat}/chat/shop/widget.js' async {self.tag}></script>"
        )
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": policy})


@asynccontextmanager
async def shop_with_chat() -> AsyncIterator[Shop]:
    """Both, on ports of their own."""
    chat = Chat()
    await chat.start()
    shop = Shop(chat)
    app = web.Application()
    app.router.add_get("/{page:.*}", shop.page)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    shop.port = runner.addresses[0][1]
    chat.origins.append(shop.base)
    try:
        yield shop
    finally:
        await runner.cleanup()
        await chat.stop()
