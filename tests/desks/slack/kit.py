"""The Slack desk before the simulated workspace, by socket and by HTTP."""

import asyncio
import time
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.desks.slack.account import Account
from bot.desks.slack.desk import SlackDesk
from core.model import ThreadRef
from core.people import Identity
from tests.desks.builders import NOW, StandingClock, link_to, name_of
from tests.desks.contract import PostingKit
from tests.platforms.faults import Fault
from tests.platforms.slack import Message, Person, Room, SlackSim, Thread

QUEUE = "C_SALES"


class SlackOverSocket(PostingKit):
    """Socket Mode. `sim`, `room`, `ana` are for Slack's own tests."""

    desk: SlackDesk
    sim: SlackSim
    room: Room
    ana: Person

    async def __aenter__(self) -> "SlackOverSocket":
        self.now = NOW
        self.sim = await SlackSim.start(clock=lambda: self.now)
        self.ana = self.sim.person("Ana", email="ana@example.com")
        self.room = self.sim.channel(QUEUE)
        self.place = QUEUE
        self._desks: list[SlackDesk] = []
        self.desk = self.again()
        self._listening = asyncio.create_task(self.desk.run(self.sink))
        await self._connected()
        return self

    def account(self, **changes: Any) -> Account:
        given = {"bot_token": self.sim.bot_token, "app_token": self.sim.app_token, "base_url": self.sim.api_url}
        return Account(**given | {"places": (QUEUE,)} | changes)

    def again(self, **changes: Any) -> SlackDesk:
        """Another desk at the same workspace, as after a restart."""
        desk = SlackDesk(self.account(**changes), StandingClock(), name_of, link_to, lambda: [self.person])
        self._desks.append(desk)
        return desk

    async def _connected(self) -> None:
        await self.sim.connected()

    async def __aexit__(self, *exc: object) -> None:
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        for desk in self._desks:
            await desk.aclose()
        await self.sim.stop()

    @property
    def person(self) -> Identity:
        return Identity("slack", "T0DRAGOMAN", self.ana.id)

    def thread(self, ref: ThreadRef) -> Thread:
        return next(thread for thread in self.room.threads if thread.ts == ref.root)

    async def types(self, text: str, thread: ThreadRef) -> None:
        await self.ana.types(text, self.thread(thread))
        await self.answered()

    async def settled(self) -> None:
        await self.sim.settled()

    async def delivers_again(self) -> None:
        self.now += timedelta(minutes=6)
        await self.sim.retries()
        await self.sim.settled()

    def shown(self, thread: ThreadRef) -> str:
        return repr(self.thread(thread))

    def told(self) -> str:
        return repr(self.ana.dms)

    def pings(self) -> int:
        return len([message for message in self.ana.pings if message.channel == QUEUE])

    def limits_rate(self, seconds: int) -> None:
        self.sim.faults.next("chat.postMessage", Fault.rate_limited(seconds))

    def takes_and_hangs_up(self) -> None:
        self.sim.faults.next("chat.postMessage", Fault.drop_after())

    def refuses_connection(self) -> None:
        self.desk = self.again(base_url="http://127.0.0.1:1/api/")

    async def removes(self, thread: ThreadRef) -> None:
        self.thread(thread).root.deleted = True

    def last(self, ref: ThreadRef) -> Message:
        return self.thread(ref).last


class SlackOverHttp(SlackOverSocket):
    """The Events API and interactivity over signed HTTP."""

    async def __aenter__(self) -> "SlackOverHttp":
        self._runner: web.AppRunner | None = None
        await super().__aenter__()
        return self

    def account(self, **changes: Any) -> Account:
        return super().account(**{"app_token": "", "signing_secret": self.sim.signing_secret} | changes)

    async def _connected(self) -> None:
        app = web.Application()
        app.router.add_post("/slack/events", self.desk.http_handler(self.sink))
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.sim.outbox.request_url = f"http://{host}:{port}/slack/events"
        # Bolt judges signatures by the machine's own clock.
        self.sim.outbox.stamp = time.time

    async def __aexit__(self, *exc: object) -> None:
        await super().__aexit__(*exc)
        if self._runner is not None:
            await self._runner.cleanup()
