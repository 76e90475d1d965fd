"""One run from its first message on: customers write, agents answer, processes are killed, all comes to rest.

Nothing here judges; what simulators and database hold at the end goes to `verify`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Literal

from tests.crash.agents import Agents
from tests.crash.clock import Beat
from tests.crash.collect import collect
from tests.crash.database import unfinished
from tests.crash.evidence import Evidence
from tests.crash.people import Customer, OnMeta
from tests.crash.plan import Kill, Moment, Plan, Script
from tests.crash.processes import Process, processes
from tests.crash.site import Visitor
from tests.crash.threads import Threads
from tests.crash.world import LIMITS, World, open_world
from tests.platforms.bell import Bell
from tests.platforms.faults import Fault, Gate

SPEED = 10.0
AT_A_TIME = 40
"""Customers who are in the middle of something."""
PLATFORMS_RETRY = 0.3
"""Seconds between the looks of Meta and Slack at what was not taken; in earnest minutes."""
LOOK = 0.25
"""Seconds between looks whether the program has come to rest: no other process tells us."""
SOON = timedelta(seconds=20)
"""By the run's clock: what is due within it must be done, too."""
GENERATIONS = 5
"""What came leads to a job, that to a file, that to a post, that to an edit."""

REPLY, POST = "POST */messages", "chat.postMessage"
CALLS: Mapping[Moment, tuple[str, Callable[[Gate], Fault]]] = {
    "sending": (REPLY, Fault.hang_before),
    "sent": (REPLY, Fault.hang_after),
    "posting": (POST, Fault.hang_before),
    "posted": (POST, Fault.hang_after),
}
COMES_SOON = 5.0
"""Seconds a kill waits for the call in which it is to fall; towards the end none may come."""
BEFORE = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Options:
    seed: int
    database: Literal["sqlite", "postgres"]
    speed: float = SPEED
    """How much faster the run's clock goes than the machine's."""
    patience: float = 120.0
    """Seconds without a message, a reply or a call until the run is given up: a safety net, never a measured time."""


@dataclass(slots=True)
class Told:
    """What a run says of itself beside the evidence."""

    kills: int = 0
    lives: int = 0
    asked: int = 0
    doubled: int = 0
    """Updates that Meta delivered though they had been taken."""
    seconds: float = 0.0
    ended_at: datetime = BEFORE
    troubles: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Run:
    world: World
    plan: Plan
    processes: Sequence[Process]
    dice: Random
    told: Told = field(default_factory=Told)
    customers: list[tuple[Script, Customer]] = field(default_factory=list)
    doing: dict[str, str] = field(default_factory=dict)
    """By customer: what goes on, for whoever asks why nothing does."""
    _done: int = 0
    _step: Bell = field(default_factory=Bell)

    def prepare(self) -> Agents:
        whose: dict[str, Customer] = {}
        for nth, script in enumerate(self.plan.scripts):
            customer = self.world.customer(script, nth)
            self.customers.append((script, customer))
            whose |= {text[:6]: customer for text in script.says}
            whose |= {turn.reply.text[:6]: customer for turn in script.turns if turn.reply}
        threads = Threads(self.world.slack, whose)
        return Agents(self.world.slack, threads, self.world.clock, self.world.agents)

    async def happens(self, agents: Agents) -> None:
        """Everything of the plan; returns when the customers and the agents are done and the last kill is over."""
        turns = asyncio.Semaphore(AT_A_TIME)

        async def live(script: Script, customer: Customer) -> None:
            async with turns:
                await self._lives(script, customer, agents)

        async with asyncio.TaskGroup() as group:
            group.create_task(self._kills())
            for script, customer in self.customers:
                group.create_task(live(script, customer))

    async def _lives(self, script: Script, customer: Customer, agents: Agents) -> None:
        for turn in script.turns:
            self.doing[script.name] = f"says {[text[:6] for text in turn.says]}"
            await customer.says(turn)
            self._advance(len(turn.says))
            if turn.reply is not None:
                self.doing[script.name] = f"waits for {turn.reply.text[:6]}"
                await agents.answer(customer, customer.said, turn.reply)
                self._advance(1)
        del self.doing[script.name]

    @property
    def progress(self) -> tuple[int, int, int]:
        world = self.world
        return self._done, len(world.slack.workspace.calls), len(world.graph.calls)

    def _advance(self, by: int) -> None:
        self._done += by
        self._step.changed()

    async def _kills(self) -> None:
        """At each moment of the plan one process dies and is started again at once."""
        replies = sum(turn.reply is not None for script in self.plan.scripts for turn in script.turns)
        whole = replies + sum(len(script.says) for script in self.plan.scripts)
        for kill in self.plan.kills:
            while self._done < kill.after * whole:
                await self._step.change()
            await asyncio.sleep(kill.pause)
            await self._strike(kill)

    async def _strike(self, kill: Kill) -> None:
        """Who did not make the call that is under way leaves its maker to wait a moment longer."""
        victim = self.processes[kill.victim % len(self.processes)]
        async with self._under_way(kill):
            await victim.kill()
        self.told.kills += 1
        await victim.start()

    @asynccontextmanager
    async def _under_way(self, kill: Kill) -> AsyncIterator[None]:
        """While a call of the kind stands at its platform, if one comes soon."""
        if kill.moment == "any":
            yield
            return
        name, hangs = CALLS[kill.moment]
        faults, gate = self.world.graph.faults if name == REPLY else self.world.slack.faults, Gate()
        faults.next(name, hangs(gate))
        with suppress(TimeoutError):
            await gate.reached(COMES_SOON)
        try:
            yield
        finally:
            gate.open()
            faults.clear(name)

    # --- what goes on beside ----------------------------------------------------------------------------------------

    def beside(self, agents: Agents) -> Sequence[Coroutine[Any, Any, object]]:
        """Platforms that deliver again, pages that stay open, and eyes on everything; none of it ends by itself."""
        pages = [customer.stays() for _, customer in self.customers if isinstance(customer, Visitor)]
        falls = [process.falls() for process in self.processes]
        return [agents.threads.watch(), self._phones(), self._meta(), self._slack(), *pages, *falls]

    async def _phones(self) -> None:
        """Tell customers what changes on their phones."""
        of = {customer.phone: customer for _, customer in self.customers if isinstance(customer, OnMeta)}
        with self.world.graph.feed.listen() as changes:
            while True:
                customer = (await changes.get()).customer
                if customer in of:
                    of[customer].changed()

    async def _meta(self) -> None:
        """What was not taken comes again in one delivery, in its order, and now and then what was taken with it."""
        hooks = self.world.graph.hooks
        while True:
            await asyncio.sleep(PLATFORMS_RETRY)
            if hooks.delivered and self.dice.random() < 0.1:
                again = self.dice.sample(list(hooks.delivered), min(20, len(hooks.delivered)))
                self.told.doubled += len(again)
                hooks.undelivered[:0] = [update for update in again if update not in hooks.undelivered]
            if hooks.undelivered:
                hooks.undelivered.sort(key=lambda update: update.object)
                await hooks.redeliver()

    async def _slack(self) -> None:
        while True:
            await asyncio.sleep(PLATFORMS_RETRY)
            await self.world.slack.retries()

    async def rests(self) -> None:
        """Until nothing of what has happened waits in the program, nor on its way to it, nor what followed from it.
        Warnings may fire for a long time yet; they are not waited for."""
        for _ in range(GENERATIONS):
            self.told.ended_at = self.world.clock.now()
            waiting = await self.unrest(self.told.ended_at)
            while waiting:
                await asyncio.sleep(LOOK)
                waiting = await self.unrest(self.told.ended_at)

    async def unrest(self, since: datetime) -> Sequence[str]:
        """What was there by then and is not done."""
        await self.world.graph.settle()
        waiting = await unfinished(self.world.database, since, self.world.clock.now() + SOON)
        found = [f"{many} x {what}" for what, many in waiting.items()]
        found += [f"to us: {update.name}" for update in self.world.graph.hooks.undelivered]
        told = [each for each in self.world.slack.outbox.pending() if each.sent_at <= since.timestamp()]
        return [*found, *(f"to us: {each.name}" for each in told)]


async def run(plan: Plan, options: Options, folder: Path, database: str) -> tuple[Evidence, Told]:
    """Raises AssertionError when it never came to an end."""
    began, beat = time.monotonic(), Beat.now(options.speed)
    async with open_world(beat.clock(), folder, database) as world:
        ones = processes(options.database, world.config, LIMITS, beat)
        one = Run(world, plan, ones, Random(options.seed))
        agents = one.prepare()
        try:
            await asyncio.gather(*(process.start() for process in ones))
            await _in_time(one, agents, options.patience)
            codes = {process.name: await process.stop() for process in ones}
        finally:
            for process in ones:
                with suppress(ProcessLookupError):
                    await process.kill()
        one.told.troubles += [f"{name} was told to stop and ended with {code}" for name, code in codes.items() if code]
        one.told.lives, one.told.asked = sum(process.lives for process in ones), agents.asked
        one.told.seconds = time.monotonic() - began
        return await collect(world, one.customers, agents, one.told.ended_at), one.told


async def _in_time(one: Run, agents: Agents, patience: float) -> None:
    async def through() -> None:
        await one.happens(agents)
        await one.rests()

    whole: asyncio.Task[object] = asyncio.create_task(through())
    tasks = [whole, *(asyncio.create_task(each) for each in one.beside(agents))]
    try:
        done, seen = set[asyncio.Task[object]](), None
        while not done and seen != one.progress:
            seen = one.progress
            done, _ = await asyncio.wait(tasks, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        ended = [task.result() for task in done]
        assert whole in done, f"it never came to rest: {ended}, {await one.unrest(one.world.clock.now())}, {one.doing}"
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
