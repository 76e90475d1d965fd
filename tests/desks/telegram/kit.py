"""The Telegram desk before the simulated Telegram, by polling and by webhook."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from bot.desks.telegram.account import Account
from bot.desks.telegram.desk import TelegramDesk
from core.ids import DeskName
from core.model import ThreadRef
from core.people import Identity
from core.views import Card
from tests.desks.builders import NOW, link_to, name_of
from tests.desks.contract import PostingKit
from tests.platforms.faults import Fault
from tests.platforms.telegram import Group, Person, TelegramSim, Topic

PLACE = "sales"
SECRET = "s3cret"


class Minutes:
    """A clock that the test moves; whoever waits for a time wakes when it has come."""

    def __init__(self) -> None:
        self.at = NOW
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self.at

    def forward(self, span: timedelta) -> None:
        self.at += span
        self._moved.set()
        self._moved = asyncio.Event()

    async def wait(self, wake: Awaitable[object], until: datetime | None) -> None:
        waking = asyncio.ensure_future(wake)
        try:
            while not waking.done() and (until is None or self.at < until):
                moved = asyncio.ensure_future(self._moved.wait())
                await asyncio.wait({waking, moved}, return_when=asyncio.FIRST_COMPLETED)
                moved.cancel()
        finally:
            waking.cancel()


class Groups:
    """Which chat each of our places is."""

    def __init__(self) -> None:
        self.chats: dict[str, str] = {}

    def chat(self, desk: DeskName, place: str) -> str | None:
        return self.chats.get(place)

    def place(self, desk: DeskName, chat: str) -> str | None:
        return next((place for place, there in self.chats.items() if there == chat), None)


class TelegramByPolling(PostingKit):
    """`sim`, `group`, `ana` are for Telegram's own tests; `spent` counts what the desk said it wrote besides."""

    desk: TelegramDesk
    sim: TelegramSim
    group: Group
    ana: Person

    async def __aenter__(self) -> "TelegramByPolling":
        self.clock = Minutes()
        self.sim = await TelegramSim.start(clock=self.clock.now)
        self.group = self.sim.group("Sales")
        self.ana = self.sim.person("Ana", started=True)
        self.place = PLACE
        self.places = Groups()
        self.places.chats[PLACE] = str(self.group.id)
        self.spent: list[str] = []
        self._desks: list[TelegramDesk] = []
        self.desk = self.again()
        self._listening = asyncio.create_task(self.desk.run(self.sink))
        await self._listens()
        return self

    def account(self, **changes: Any) -> Account:
        given = {"bot_token": self.sim.token, "api_base": self.sim.api_base, "places": (PLACE,)}
        return Account(**given | changes)

    def again(self, **changes: Any) -> TelegramDesk:
        """Another desk with the same bot, as after a restart."""
        account = self.account(**changes)
        desk = TelegramDesk(
            account,
            self.clock,
            name_of,
            link_to,
            self.places,
            lambda: [self.person],
            self.spent.append,
            self.remembered,
        )
        self._desks.append(desk)
        return desk

    async def remembered(self, prefix: str, since: datetime) -> list[bytes]:
        """What was made durable under keys that begin so."""
        return [raw for key, raw in self.heard if key.startswith(prefix)]

    async def _listens(self) -> None:
        await self.sim.polled()

    async def __aexit__(self, *exc: object) -> None:
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        for desk in self._desks:
            await desk.aclose()
        await self.sim.stop()

    async def opens(self, card: Card) -> ThreadRef:
        thread = await self.desk.open(self.place, card, job=1)
        return ThreadRef(thread.desk, thread.place, thread.root, await self.desk.put_card(thread, card, job=2))

    @property
    def person(self) -> Identity:
        return Identity("telegram", "", str(self.ana.id))

    def topic(self, ref: ThreadRef) -> Topic:
        return next(topic for topic in self.group.topics if topic.id == int(ref.root))

    async def types(self, text: str, thread: ThreadRef) -> None:
        await self.ana.types(self.topic(thread), text)
        await self.answered()

    async def settled(self) -> None:
        await self.sim.settled()

    async def delivers_again(self) -> None:
        self.clock.forward(timedelta(minutes=2))
        self.sim.updates.retries()
        await self.sim.settled()

    def shown(self, thread: ThreadRef) -> str:
        return repr(self.topic(thread))

    def told(self) -> str:
        return repr(self.ana.dms)

    def pings(self) -> int:
        return len([message for message in self.ana.pings.messages if message.chat.id == self.group.id])

    def limits_rate(self, seconds: int) -> None:
        self.sim.faults.next("sendMessage", Fault.rate_limited(seconds))

    def takes_and_hangs_up(self) -> None:
        self.sim.faults.next("sendMessage", Fault.drop_after())

    def refuses_connection(self) -> None:
        self.desk = self.again(api_base="http://127.0.0.1:1")

    async def removes(self, thread: ThreadRef) -> None:
        await self.ana.deletes_topic(self.topic(thread))


class TelegramByWebhook(TelegramByPolling):
    """Telegram calls us, and says a secret."""

    async def __aenter__(self) -> "TelegramByWebhook":
        self._runner: web.AppRunner | None = None
        await super().__aenter__()
        return self

    def account(self, **changes: Any) -> Account:
        hook = {"secret_token": SECRET, "hook_url": "https://desk.example/telegram/events"}
        return super().account(**hook | changes)

    async def _listens(self) -> None:
        app = web.Application()
        app.router.add_post("/telegram/events", self.desk.http_handler(self.sink))
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.sim.updates.reroute["https://desk.example"] = f"http://{host}:{port}"
        await self.sim.until(lambda: self.sim.updates.webhook.url, "the webhook")

    async def __aexit__(self, *exc: object) -> None:
        await super().__aexit__(*exc)
        if self._runner is not None:
            await self._runner.cleanup()
