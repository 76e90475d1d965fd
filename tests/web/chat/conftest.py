"""A shop's chat on a real server, and its visitors' pages without a screen: they say what our page says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession
from aiohttp.test_utils import TestServer
from yarl import URL

from bot.channels import Around, build_channel
from bot.channels.livechat_inbox import LivechatInbox
from bot.customer_words import speak
from bot.http import Http
from bot.web.app import build
from bot.web.chat import add_chat
from bot.web.parts import Parts
from core.apply import Door
from core.events import ChannelEvent
from core.hours import Calendar
from core.ids import ChannelName, InboxName, TicketId
from core.messages import File
from core.policy import InboxPolicy, QueuePolicy
from core.ports import Channel, Hook, Outgoing
from storage import Commit, SqlChatLog
from tests.clock import StoryClock
from tests.web.chat.page import PATIENCE, SECRET, Page
from tests.web.house import SALES, House, house

SITE = InboxName("site")
SHOP = "https://shop.example"
LEASE = timedelta(minutes=1)


def inbox(**settings: Any) -> LivechatInbox:
    given = {"name": SITE, "channel": "livechat", "queue": SALES, "origins": [SHOP], "secret": SECRET, "upload_mb": 1}
    return LivechatInbox.model_validate({**given, **settings})


@dataclass
class Shop:
    """The server, its clock, and what can be seen of it from outside and in the database."""

    server: TestServer
    home: House
    parts: Parts
    clock: StoryClock
    channel: Channel
    browser: ClientSession
    evening: AsyncExitStack
    """What is closed at the end."""

    @property
    def log(self) -> SqlChatLog:
        return SqlChatLog(self.parts.store)

    @property
    def origin(self) -> str:
        return str(self.server.make_url("/").origin())

    async def asks(self, method: str, url: URL, **more: Any) -> ClientResponse:
        """With the whole answer: what is not read keeps its connection."""
        answer = await self.browser.request(method, url, **more)
        await answer.read()
        return answer

    async def connects(self, origin: str | None = None, inbox: str = SITE, **headers: str) -> Page:
        """A socket on which nothing was said yet."""
        url = self.server.make_url(f"/chat/{inbox}/socket")
        socket = await self.browser.ws_connect(url, origin=origin or self.origin, headers=headers)
        self.evening.push_async_callback(socket.close)
        return Page(socket)

    async def opens(self, **hello: Any) -> Page:
        page = await self.connects()
        await page.sends("hello", **hello)
        page.welcome = await page.hears("welcome")
        return page

    async def closes(self, page: Page) -> None:
        """The page goes, it was the visitor's last, and the server has noticed."""
        noticed = asyncio.Event()

        def committed(commit: Commit) -> None:
            if (SITE, page.visitor) in commit.visitors:
                noticed.set()

        stop = self.parts.store.on_commit(committed)
        await page.ws.close()
        await asyncio.wait_for(noticed.wait(), PATIENCE)
        stop()

    async def until_asleep_for(self, seconds: float) -> None:
        """Until somebody in the server waits for that moment, so that `clock.forward` wakes them."""
        at = self.clock.now() + timedelta(seconds=seconds)
        async with asyncio.timeout(PATIENCE):
            while not self.clock.waits_for(at):
                await self.clock.change()

    async def answers(self, page: Page, text: str, ref: str = "", **more: Any) -> str:
        """As the outbox does; the external id."""
        return (await self.channel.send(Outgoing(page.visitor, text, ref=ref, **more))).external

    async def sends_file(self, page: Page, file: File, content: bytes) -> str:
        stored = replace(file, blob=await self.parts.blobs.put(content))
        return await self.answers(page, "", file=stored, content=content)

    async def intake(self) -> list[ChannelEvent]:
        """What the tickets are to hear of, read by the channel."""
        return [event for hook in await self.raws() for event in self.channel.parse(hook)]

    async def ticket(self) -> TicketId:
        """The newest, after the intake."""
        await Door(self.parts.store, self.clock, self.parts.policy, speak).receive([], await self.intake())
        found = await self.parts.store.listed([SALES], "all", limit=50)
        return max(ticket.id for ticket in found.tickets)

    async def raws(self) -> list[Hook]:
        now = self.clock.now()
        rows = await self.parts.store.take_raw("channel:", 100, now, LEASE)
        await self.parts.store.atomic(lambda tx: tx.raw_done([row.id for row in rows], now))
        return [Hook(row.body, at=row.at) for row in rows]


OpenShop = Callable[..., Awaitable[Shop]]


@pytest.fixture
async def open_shop(tmp_path: Path) -> AsyncIterator[OpenShop]:
    """`shop = await open_shop(**inbox_settings)`; a second one is the same house after a restart, or beside it."""
    async with Opened(tmp_path) as opened:
        yield opened.shop


@pytest.fixture
async def shop(open_shop: OpenShop) -> Shop:
    return await open_shop()


class Opened:
    """A house and its servers, on a clock of their own. Two houses may share a database, as two processes do."""

    def __init__(self, folder: Path, url: str = "sqlite://:memory:") -> None:
        self._url = url
        self._stack = AsyncExitStack()
        self._folder = folder
        self._home: House | None = None
        self.clock = StoryClock()

    async def __aenter__(self) -> "Opened":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def shop(self, calendar: Calendar | None = None, **settings: Any) -> Shop:
        if self._home is None:
            self._home = await self._stack.enter_async_context(house(self._folder / "blobs", self._url))
            if not (await self._home.store.roster()).people:
                await self._home.joins("Mei", SALES)
        queue = QueuePolicy(SALES, "Sales", calendar or Calendar.always())
        here = InboxPolicy(SITE, ChannelName("livechat"), SALES, 4000)
        policy = replace(self._home.parts.policy, queues={SALES: queue}, inboxes={SITE: here})
        parts = replace(self._home.parts, clock=self.clock, policy=policy)
        made = inbox(**settings)
        server = TestServer(build(parts, partial(add_chat, inboxes=[made])))
        await self._stack.enter_async_context(server)
        http = await self._stack.enter_async_context(Http([]))
        around = Around(http, self.clock, log=SqlChatLog(parts.store), blobs=parts.blobs)
        browser = await self._stack.enter_async_context(ClientSession())
        return Shop(server, self._home, parts, self.clock, build_channel(made, around), browser, self._stack)
