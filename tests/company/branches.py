"""A house with several branches: parts of the program side by side on one database and one clock.

The clock stands still, so no worker looks by itself: whatever one branch does for another, it does because it was told.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

from bot.app import build
from bot.config.loading import load
from bot.process import App
from core.ids import QueueName
from core.people import Person, Role
from core.ports import NewPerson
from tests.clock import StoryClock
from tests.stories.console_team import Browser
from tests.web.chat.page import Page

PATIENCE = 30.0
TOML = """
[dragoman]
organisation = "Fernweh Lamps"
port = 0
undo_seconds = 0
data_dir = "{folder}"
database_url = "{database}"

[[queues]]
name = "sales"
calendar = {{ zone = "UTC", weekly = "always" }}

[[inboxes]]
name = "site"
channel = "livechat"
queue = "sales"
origins = ["https://lamps.example"]
secret = "a long random text"
"""


class Desk:
    """An agent's browser at one branch's console, its live socket open."""

    def __init__(self, browser: Browser, live: ClientWebSocketResponse) -> None:
        self.browser, self.live = browser, live

    async def hears(self, **wanted: Any) -> dict[str, Any]:
        """The next hint that has all this."""
        while True:
            hint: dict[str, Any] = await asyncio.wait_for(self.live.receive_json(), PATIENCE)
            if all(hint.get(name) == value for name, value in wanted.items()):
                return hint

    async def sees(self, words: str) -> int:
        """Follows the hints until a ticket's thread shows these words; the ticket."""
        while True:
            for ticket, _ in (await self.hears())["tickets"]:
                if words in str((await self.browser.get(f"tickets/{ticket}"))["entries"]):
                    return int(ticket)


class Branches:
    def __init__(self, database: str, folder: Path) -> None:
        self.clock = StoryClock()
        self._config = folder / "dragoman.toml"
        self._config.write_text(TOML.format(folder=folder, database=database))
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Branches":
        self.http = await self._stack.enter_async_context(ClientSession())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def opens(self, *roles: str) -> App:
        return await self._stack.enter_async_context(self.branch(*roles))

    @asynccontextmanager
    async def branch(self, *roles: str) -> AsyncIterator[App]:
        built = build(load(self._config, {}), clock=self.clock, rate_scale=1e9)
        async with built as app, app.at_work(frozenset(roles)):
            yield app

    async def hires(self, app: App, name: str = "Mei", role: Role = Role.AGENT) -> Person:
        new = NewPerson(name, role=role, queues=frozenset({QueueName("sales")}), zone="UTC")
        return await app.store.create_person(new, self.clock.now())

    async def until(self, condition: Callable[[], object]) -> None:
        """Some worker went round, and now it is so."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await self.clock.change()

    async def sits(self, person: Person, app: App) -> Desk:
        """At the console of one branch."""

        async def sign_in() -> str:
            return await app.store.new_login(person.id, self.clock.now(), timedelta(minutes=5))

        browser = Browser(lambda: app.address, sign_in)
        self._stack.push_async_callback(browser.close)
        return Desk(browser, await self._stack.enter_async_context(browser.listens()))

    async def visits(self, app: App, **hello: Any) -> Page:
        """The shop's chat, served by one branch."""
        socket = await self.http.ws_connect(f"{app.address}/chat/site/socket", origin=app.address)
        page = Page(socket)
        self._stack.push_async_callback(socket.close)
        await page.sends("hello", **hello)
        page.welcome = await page.hears("welcome")
        return page
