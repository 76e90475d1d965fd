"""One process of the program while it runs. Which roles it has (web, worker) decides what of it works; the parts are
the same. How they are put together is said in `bot.app`."""

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog
from aiohttp import web

from bot.channels import CHANNELS
from bot.config.settings import Settings
from bot.roll import Roll
from bot.web import health
from bot.web.keys import PARTS
from bot.web.serving import serving
from bot.workers.acts import Acts
from bot.workers.clocks import Clocks
from bot.workers.intake import Intake
from bot.workers.lease import Lease
from bot.workers.loop import Worker
from bot.workers.outbox import Outbox
from core.apply import Door
from core.errors import Unavailable
from core.ids import DeskName
from core.ports import Clock, Desk, ListensAlone
from storage import Commit, SqlStore

WEB, WORKER = "web", "worker"
ROLES = frozenset({WEB, WORKER})
STUCK = 30.0
"""Seconds of one round of the outbox after which this process is taken for dead, and others do its work."""
DESK_AGAIN = timedelta(seconds=5)
"""Before a desk that lost its connection for good is listened to again."""

_log = structlog.get_logger()


@dataclass(slots=True)
class App:
    """Everything of one process. `started` is set once it serves, at `address`; a worker may serve nothing."""

    settings: Settings
    store: SqlStore
    clock: Clock
    door: Door
    desks: Mapping[DeskName, Desk]
    acts: Acts
    intake: Intake
    outbox: Outbox
    clocks: Clocks
    roll: Roll
    web: web.Application
    workers: Mapping[str, Worker]
    address: str = ""
    started: asyncio.Event = field(default_factory=asyncio.Event)

    def committed(self, commit: Commit) -> None:
        """Wake whoever waits for what a transaction did, of this process or of another."""
        if commit.raws:
            self._wake("intake")
        if commit.jobs:
            self._wake("outbox")
        if commit.clocks:
            self._wake("clocks")
        if commit.roll:
            self._wake("roll")
            self._wake("standins")
            self._wake("bulletins")
        if commit.people or commit.more:
            self._wake("digests")
        if commit.tickets or commit.more:
            self._wake("indexing")
        if commit.visitors or commit.more:
            for channel in CHANNELS:
                self._wake(channel)

    def _wake(self, worker: str) -> None:
        if worker in self.workers:
            self.workers[worker].wake.set()

    @asynccontextmanager
    async def at_work(self, roles: frozenset[str] = ROLES) -> AsyncIterator[None]:
        """`run` for as long as the block does, entered once it serves. Raises what keeps it from starting."""
        self.started.clear()
        running = asyncio.create_task(self.run(roles), name="app")
        starting = asyncio.create_task(self.started.wait())
        try:
            await asyncio.wait({running, starting}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()
            yield
        finally:
            starting.cancel()
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    async def run(self, roles: frozenset[str] = ROLES) -> None:
        """Listen and work until cancelled; then finish what is in hand."""
        await self.roll.read(self.store)
        async with AsyncExitStack() as stack:
            stack.callback(self.store.on_commit(self.committed))
            if not self.store.owns_file:
                goes_round = partial(self.workers["outbox"].goes_round, STUCK)
                await stack.enter_async_context(self.store.company.joined(working=WORKER in roles, well=goes_round))
            served = await stack.enter_async_context(AsyncExitStack())
            general = self.settings.dragoman
            if WEB in roles:
                self.address = await served.enter_async_context(serving(self.web, general.host, general.port))
            elif general.health_port:
                alone = health.alone(self.web[PARTS])
                self.address = await served.enter_async_context(serving(alone, general.host, general.health_port))
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(worker.run(), name=name) for name, worker in self._working(roles).items()]
                if WORKER in roles:
                    tasks += [group.create_task(self._listen(desk), name=desk.name) for desk in self.desks.values()]
                self.started.set()
                _log.info("app.started", roles=sorted(roles), address=self.address)
                try:
                    await asyncio.Event().wait()
                finally:
                    await self._finish(tasks, served)

    async def _finish(self, tasks: Sequence[asyncio.Task[None]], served: AsyncExitStack) -> None:
        """Take nothing more, let others serve and take, and end what is in hand."""
        self.store.company.retire()
        for task in tasks:
            task.cancel()
        # Waited for here: the group would cancel them a second time, in the middle of saying goodbye.
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(self._close(served), self.outbox.stop())
        if not self.store.owns_file:
            try:
                await self.store.hand_back()
            except Exception:
                _log.exception("app.not_handed_back")

    async def _close(self, served: AsyncExitStack) -> None:
        """Pages go elsewhere; what people did last is still done here."""
        await served.aclose()
        await self.acts.idle()

    def _working(self, roles: frozenset[str]) -> Mapping[str, Worker]:
        return self.workers if WORKER in roles else {"roll": self.workers["roll"]}

    async def _listen(self, desk: Desk) -> None:
        """A desk listens for as long as we live; when it fails, again after a while."""
        while True:
            try:
                await self._listen_once(desk)
            except Unavailable as fault:
                _log.error("desk.waiting", desk=desk.name, reason=fault.reason)
            except Exception:
                _log.exception("desk.fault", desk=desk.name)
            await self.clock.wait(asyncio.Event().wait(), self.clock.now() + DESK_AGAIN)

    async def _listen_once(self, desk: Desk) -> None:
        """On SQLite no other process can be there."""
        run = partial(desk.run, partial(self.acts.take, desk.name))
        if isinstance(desk, ListensAlone) and desk.alone and not self.store.owns_file:
            lease = Lease(self.store, self.clock, desk.name)
            await asyncio.create_task(lease.hold(run), name="lease")
        else:
            await run()


def told_to_stop() -> asyncio.Event:
    """Set by SIGTERM and SIGINT, which from now on end nothing by themselves."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    return told
