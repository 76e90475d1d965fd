"""A house with two queues, its web server, and browsers without a screen."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar
from aiohttp.test_utils import TestServer
from yarl import URL

from bot.web.app import build
from core.people import Role
from tests.web.house import REPAIR, SALES, House, house


@dataclass(slots=True)
class Browser:
    """A signed-in browser: keeps the cookie, sends what our page sends."""

    client: ClientSession
    server: URL
    csrf: str = ""

    async def asks(self, method: str, url: URL, **more: Any) -> ClientResponse:
        """With the whole answer: what is not read keeps its connection."""
        response = await self.client.request(method, url, allow_redirects=False, **more)
        await response.read()
        return response

    async def get(self, path: str, **query: str | int) -> ClientResponse:
        return await self.asks("GET", self.server / path, params=query)

    async def json(self, path: str, **query: str | int) -> Any:
        response = await self.get(path, **query)
        assert response.status == 200, (path, response.status)
        return await response.json()

    async def post(self, path: str, body: object, **headers: str) -> ClientResponse:
        given = {"Origin": str(self.server.origin()), "X-CSRF-Token": self.csrf, **headers}
        return await self.asks("POST", self.server / path, json=body, headers=given)

    async def uses_link(self, token: str, origin: str = "") -> ClientResponse:
        """Presses the sign-in page's button."""
        headers = {"Origin": origin or str(self.server.origin())}
        where = self.server / "console/login"
        return await self.asks("POST", where, data={"token": token}, headers=headers)

    async def says(self, ticket: int, text: str, key: str = "", **more: object) -> Any:
        body = {"key": key or f"key-{hash((ticket, text)) & 0xFFFFFFFF:08x}", "text": text, **more}
        response = await self.post(f"console/api/tickets/{ticket}/say", body)
        assert response.status == 200, response.status
        return await response.json()


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    """Mei sells, Omar repairs, Ada is the admin."""
    async with house(tmp_path / "blobs") as made:
        await made.joins("Mei", SALES)
        await made.joins("Omar", REPAIR)
        await made.joins("Ada", SALES, role=Role.ADMIN)
        yield made


@pytest.fixture
async def server(home: House) -> AsyncIterator[TestServer]:
    running = TestServer(build(home.parts))
    async with running:
        yield running


SignIn = Callable[[str], Awaitable[Browser]]


@pytest.fixture
async def stranger(server: TestServer) -> AsyncIterator[Browser]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as client:
        yield Browser(client, server.make_url("/"))


@pytest.fixture
async def sign_in(home: House, server: TestServer) -> AsyncIterator[SignIn]:
    """`await sign_in("Mei")`"""
    open_clients: list[ClientSession] = []

    async def go(name: str) -> Browser:
        client = ClientSession(cookie_jar=CookieJar(unsafe=True))
        open_clients.append(client)
        browser = Browser(client, server.make_url("/"))
        response = await browser.uses_link(await home.link(name))
        assert response.status == 303
        browser.csrf = await csrf_of(browser)
        return browser

    yield go
    for client in open_clients:
        await client.close()


async def csrf_of(browser: Browser) -> str:
    """As the page carries it."""
    text = await (await browser.get("console")).text()
    return text.partition('"csrf": "')[2].partition('"')[0]
