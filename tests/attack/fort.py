"""The real program with every door open, and an attacker who sits outside: nothing here goes through the simulators'
good manners unless a test says so."""

import asyncio
import io
import itertools
import json
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from bot.demo.graph_hooks import sign
from bot.logs import configure
from bot.process import ROLES
from core.ids import QueueName
from core.model import Ticket
from tests.stories.agents import Agent
from tests.stories.console_team import BOOT
from tests.stories.story import QUEUES, Story

MORE_INBOXES = """
[[inboxes]]
name = "site"
channel = "livechat"
queue = "sales"
origins = ["https://lamps.example"]
secret = "canary-of-the-site-chat-7f3a"

[[inboxes]]
name = "other"
channel = "whatsapp"
queue = "billing"
phone_number_id = "999000111"
access_token = "EAAcanaryOfTheOtherNumber"
app_secret = "canary-app-secret-of-the-other"
verify_token = "canary-verify-token-of-the-other"
api_base = "{graph}"
"""
PATIENCE = 10.0
_keys = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        return json.loads(self.body)


class Fort(Story):
    """The usual house at the console and at Slack (over HTTP), with a chat on its site and a second number."""

    outside: aiohttp.ClientSession

    async def begins(self, roles: frozenset[str] = ROLES) -> None:
        if not self._parts["more"]:
            self._parts["more"] = MORE_INBOXES.format(graph=self.graph.base_url)
            self.outside = await self._stack.enter_async_context(
                aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False)
            )
        await super().begins(roles)

    @property
    def address(self) -> str:
        return self.running.address

    async def asks(self, method: str, path: str, **what: Any) -> Reply:
        """One request of somebody outside; `path` goes out as it is written."""
        url = URL(f"{self.address}{path}", encoded=True)
        async with self.outside.request(method, url, allow_redirects=False, **what) as answer:
            return Reply(answer.status, dict(answer.headers), await answer.read())

    async def delivers(self, body: bytes, inbox: str = "wa", secret: str | None = None, **headers: str) -> Reply:
        """A webhook in Meta's name, signed with the inbox's own secret unless another is given."""
        signed = {"X-Hub-Signature-256": sign(secret or self.number.app_secret, body)}
        return await self.asks("POST", f"/hooks/{inbox}", data=io.BytesIO(body), headers={**signed, **headers})

    async def raw(self, sent: bytes, *, patience: float = PATIENCE) -> bytes:
        """Bytes over a bare connection; all that comes back until the server closes it."""
        where = urlsplit(self.address)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        try:
            async with asyncio.timeout(patience):
                writer.write(sent)
                await writer.drain()
                return await reader.read()
        finally:
            writer.close()

    async def all_tickets(self) -> Sequence[Ticket]:
        found = await self.running.store.listed([*map(QueueName, QUEUES)], "all", limit=200)
        return found.tickets

    def stored(self, holding: bytes = b"") -> int:
        """How many deliveries were ever stored, of whatever source, in which this stands."""
        with closing(sqlite3.connect(self._database.partition("://")[2])) as database:
            return sum(holding in bytes(body) for [body] in database.execute("SELECT body FROM inbox"))

    async def link(self, agent: Agent) -> str:
        """The token of a sign-in link."""
        return await self.running.store.new_login(agent.person.id, self.clock.now(), timedelta(minutes=10))

    async def enters(self, agent: Agent) -> "Browser":
        """A browser in which this person is signed in."""
        token = await self.link(agent)
        browser = Browser(self)
        reply = await browser.asks("POST", "/console/login", data={"token": token})
        assert reply.status == 303, reply.text
        browser.cookie = reply.headers["Set-Cookie"].partition(";")[0]
        browser.csrf = json.loads(BOOT.findall((await browser.asks("GET", "/console")).text)[0])["csrf"]
        return browser


@dataclass(slots=True)
class Browser:
    """What a thief would have: the cookie, and what our page sends with it. `without` leaves something away."""

    fort: Fort
    cookie: str = ""
    csrf: str = ""

    async def asks(self, method: str, path: str, *, without: str = "", **what: Any) -> Reply:
        ours = {"Cookie": self.cookie, "Origin": self.fort.address, "X-CSRF-Token": self.csrf}
        headers = {name: value for name, value in ours.items() if value and name != without}
        return await self.fort.asks(method, path, headers={**headers, **what.pop("headers", {})}, **what)

    async def does(self, act: str, ticket: int | None = None, **body: Any) -> Reply:
        """What the page posts; with a key of its own."""
        where = f"tickets/{ticket}/{act}" if ticket else act
        given = {"key": f"attack-{next(_keys):08d}", **body}
        reply = await self.asks("POST", f"/console/api/{where}", json=given)
        await self.fort.settled()
        return reply


@asynccontextmanager
async def besieged(database: str, folder: Path, **settings: Any) -> AsyncIterator[Fort]:
    configure("json")  # as `dragoman run` does; tests/conftest.py puts it back
    fort = Fort(database, folder, "console", also=("slack",), slack_mode="http", **settings)
    async with fort:
        yield fort
