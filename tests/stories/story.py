"""One story: the real program, built as `dragoman run` builds it, between simulated platforms, on a clock of its own.

A story moves time only by `forward`. After everything an agent or customer does it waits until all is settled: every
worker asleep, nothing in hand, nothing on its way in the simulators. That wait is event-driven; no test sleeps.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Literal

from bot.app import ROLES, App, build
from bot.config.loading import load
from core.ids import QueueName
from core.people import Identity, Person, Role
from core.ports import NewPerson
from tests.clock import StoryClock
from tests.platforms.graph import GraphWorld, StoryCustomer
from tests.platforms.slack import SlackSim
from tests.platforms.slack.state import TEAM_ID
from tests.stories.agents import Agent, Seen
from tests.stories.console_team import Browser, ConsoleTeam
from tests.stories.slack_team import SlackTeam

DeskChoice = Literal["slack", "console"]
PATIENCE = 10.0
"""Real seconds until `settled` gives up: a safety net, never a measured time."""
LOOK_AGAIN = 0.02
"""Real seconds between looks for work that was begun while the program died; nothing depends on their number."""
NAP = timedelta(hours=6)
READING = "20s"
"""What an agent needs to have read what the thread shows."""

TOML = """
[dragoman]
organisation = "Fernweh Lamps"
port = 0
data_dir = "{folder}"
database_url = "{database}"
{general}

[[queues]]
name = "sales"
title = "Sales"
{sales}
{calendar}
{sales_more}

[[queues]]
name = "billing"
title = "Billing"
{billing}
calendar = {{ zone = "UTC", weekly = "always" }}

[[inboxes]]
name = "wa"
channel = "whatsapp"
queue = "sales"
phone_number_id = "{number}"
access_token = "{token}"
app_secret = "{app_secret}"
verify_token = "{verify_token}"
api_base = "{graph}"
{inbox}

{slack}
{more}
"""
SLACK = """
[slack]
mode = "{mode}"
bot_token = "{bot}"
app_token = "{app}"
signing_secret = "{secret}"
api_base = "{api}"
"""


class Story:
    """`async with Story(...) as story:`. `mei` and `li` are agents, `sol` a supervisor, `ada` an admin.

    The settings beside the usual ones are TOML: `general` joins [dragoman], `inbox` the inbox, `sales_more` the queue,
    `more` stands at the end. `rates`: how much faster than the platforms' limits the outbox may be.
    """

    def __init__(
        self,
        database: str,
        folder: Path,
        desk: DeskChoice = "slack",
        *,
        general: str = "",
        sales_more: str = "",
        calendar: str = 'calendar = { zone = "UTC", weekly = "always" }',
        inbox: str = "",
        more: str = "",
        slack_mode: Literal["socket", "http"] = "socket",
        rates: float = 1e9,
        nap: timedelta = NAP,
    ) -> None:
        self.clock = StoryClock()
        self.clock.settled = self.settled
        self.desk: DeskChoice = desk
        self._database, self._folder = database, folder
        self._parts = {"general": general, "sales_more": sales_more, "calendar": calendar, "inbox": inbox, "more": more}
        self._slack_mode, self._rates, self._nap = slack_mode, rates, nap
        self._stack, self._life = AsyncExitStack(), AsyncExitStack()
        self._browsers: dict[str, Browser] = {}
        self.app: App | None = None

    # --- beginning and end --------------------------------------------------------------------------------------

    async def __aenter__(self) -> "Story":
        self.graph = await self._stack.enter_async_context(GraphWorld(self.clock.now))
        self._stack.push_async_callback(self.graph.close)
        self.slack = await self._stack.enter_async_context(await SlackSim.start(clock=self.clock.now))
        self.number = self.graph.number()
        self.sales, self.billing = self.slack.channel("C_SALES"), self.slack.channel("C_BILLING")
        try:
            await self.begins()
            await self._hire()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        for browser in self._browsers.values():
            await browser.close()
        await self._life.aclose()
        await self._stack.aclose()

    async def begins(self, roles: frozenset[str] = ROLES) -> None:
        """Start the program; after `crashes` or `stops` on the same database."""
        self._life = AsyncExitStack()
        self.app = await self._life.enter_async_context(self._running(roles))
        if "web" in roles:
            self.number.webhook = f"{self.app.address}/hooks/wa"
        if self.desk == "slack" and self._slack_mode == "http":
            self.slack.outbox.request_url = f"{self.app.address}/slack/events"
            self.slack.outbox.stamp = time.time  # Bolt judges signatures by the machine's own clock
        elif self.desk == "slack" and "worker" in roles:
            await self.slack.connected()
        await self.settled()

    async def stops(self) -> None:
        """As with SIGTERM: what is in hand is finished."""
        app, self.app = self.app, None
        assert app is not None
        await self._life.aclose()

    async def crashes(self) -> None:
        """As with SIGKILL: whatever is in hand goes no further, nor does what a worker was just about to begin."""
        ending, ended = asyncio.ensure_future(self.stops()), set[asyncio.Task[object]]()
        while not ending.done():
            hands = {task for task in asyncio.all_tasks() if task.get_name().startswith(("job-", "act-"))} - ended
            for task in hands:
                task.cancel()
            ended |= hands
            await asyncio.wait({ending}, timeout=LOOK_AGAIN)
        await ending

    @asynccontextmanager
    async def _running(self, roles: frozenset[str]) -> AsyncIterator[App]:
        async with build(load(self._config(), {}), clock=self.clock, rate_scale=self._rates, nap=self._nap) as app:
            running = asyncio.create_task(app.run(roles), name="app")
            started = asyncio.create_task(app.started.wait())
            await asyncio.wait({running, started}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                started.cancel()
                running.result()
            try:
                yield app
            finally:
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running

    def _config(self) -> Path:
        on_slack = self.desk == "slack"
        number = self.number
        words = TOML.format(
            folder=self._folder,
            database=self._database,
            sales='slack = "C_SALES"' if on_slack else "",
            billing='slack = "C_BILLING"' if on_slack else "",
            number=number.id,
            token=number.token,
            app_secret=number.app_secret,
            verify_token=number.verify_token,
            graph=self.graph.base_url,
            slack=self._slack_table() if on_slack else "",
            **self._parts,
        )
        path = self._folder / "dragoman.toml"
        path.write_text(words)
        return path

    def _slack_table(self) -> str:
        slack = self.slack
        return SLACK.format(
            mode=self._slack_mode,
            bot=slack.bot_token,
            app=slack.app_token,
            secret=slack.signing_secret,
            api=slack.api_url.rstrip("/"),
        )

    # --- people -------------------------------------------------------------------------------------------------

    async def _hire(self) -> None:
        self.mei = await self.hires("Mei")
        self.li = await self.hires("Li")
        self.sol = await self.hires("Sol", Role.SUPERVISOR)
        self.ada = await self.hires("Ada", Role.ADMIN)

    async def hires(self, name: str, role: Role = Role.AGENT, queues: Sequence[str] = ("sales", "billing")) -> Agent:
        """Somebody who has joined and is known on the desk."""
        assert self.app is not None
        member = NewPerson(name, role=role, queues=frozenset(map(QueueName, queues)), zone="UTC")
        person = await self.app.store.create_person(member, self.clock.now())
        if self.desk == "slack":
            known = Identity("slack", TEAM_ID, self.slack.person(name).id)
            await self.app.store.add_identity(person.id, known)
        await self.app.roll.read(self.app.store)
        if role is Role.ADMIN:
            self._reader = person
        return self._team(person).agent(person)

    def customer(
        self, name: str = "Ana", phone: str | None = "34600111222", user_id: str | None = None
    ) -> StoryCustomer:
        return self.graph.customer(name, phone, user_id)

    def _team(self, person: Person) -> SlackTeam | ConsoleTeam:
        if self.desk == "slack":
            return SlackTeam(self.slack, self.settled)
        return ConsoleTeam(self._browser, person, self.settled)

    def _browser(self, person: Person) -> Browser:
        async def sign_in() -> str:
            assert self.app is not None
            return await self.app.store.new_login(person.id, self.clock.now(), timedelta(minutes=5))

        def address() -> str:
            assert self.app is not None
            return self.app.address

        if person.name not in self._browsers:
            self._browsers[person.name] = Browser(address, sign_in)
        return self._browsers[person.name]

    # --- what happens -------------------------------------------------------------------------------------------

    async def ticket(self, words: str) -> Seen:
        """The newest ticket in whose thread these words stand."""
        return await self._team(self._reader).ticket(words)

    async def opened(self, customer: StoryCustomer, words: str) -> Seen:
        """The customer writes, and the team has read it."""
        await customer.writes(words)
        await self.settled()
        ticket = await self.ticket(words)
        await self.forward(READING)
        return ticket

    async def forward(self, by: str) -> None:
        await self.clock.forward(by)

    async def settled(self) -> None:
        """Until nothing more happens by itself at this moment."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not self._quiet():
                    await self._changed()
        except TimeoutError:
            raise AssertionError(f"it never settled: {self._unrest()}\n{self.slack.dump()}") from None

    async def _changed(self) -> None:
        """Wait until a worker falls asleep, something in hand ends, or Slack moves."""
        moves = [asyncio.create_task(self.clock.change()), asyncio.create_task(self.slack.workspace.change())]
        hands = [task for task in asyncio.all_tasks() if _is_hand(task)]
        await asyncio.sleep(0)  # the two begin to listen
        try:
            if not self._quiet():
                await asyncio.wait([*moves, *hands], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for move in moves:
                move.cancel()

    def _quiet(self) -> bool:
        return not self._unrest()

    def _unrest(self) -> list[str]:
        """What still goes on."""
        found = [f"to us: {delivery.name}" for delivery in self.slack.outbox.pending()]
        found += ["a call of Slack's API"] if self.slack.workspace.open_calls else []
        found += [task.get_name() for task in asyncio.all_tasks() if _is_hand(task)]
        if self.app is not None and self.app.started.is_set():
            at_work = [name for name in self._workers() if not self.clock.asleep([name])]
            found += [f"worker {name}" for name in at_work]
            found += [f"woken: {name}" for name in self._workers() if self.app.workers[name].wake.is_set()]
        return found

    def _workers(self) -> list[str]:
        assert self.app is not None
        running = {task.get_name() for task in asyncio.all_tasks()}
        return [name for name in self.app.workers if name in running]


def _is_hand(task: "asyncio.Task[object]") -> bool:
    """A job, an act or a report of the Graph simulator on its way."""
    coroutine = getattr(task.get_coro(), "__qualname__", "")
    return task.get_name().startswith(("job-", "act-")) or coroutine == "GraphSim._follow_up"
