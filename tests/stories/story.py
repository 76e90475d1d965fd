"""One story: the real program, built as `dragoman run` builds it, between simulated platforms, on a clock of its own.

A story moves time only by `forward`. After everything an agent or customer does it waits until all is settled: every
worker asleep, nothing in hand, nothing on its way in the simulators. That wait is event-driven; no test sleeps.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Literal, assert_never

from bot.app import build
from bot.config.loading import load
from bot.process import ROLES, App
from core.ids import QueueName
from core.people import Role
from core.ports import NewPerson
from tests.clock import StoryClock
from tests.platforms.graph import GraphWorld, StoryCustomer
from tests.platforms.slack import SlackSim
from tests.platforms.telegram import TelegramSim
from tests.stories.agents import Agent, Seen, Team
from tests.stories.console_team import ConsoleTeam
from tests.stories.rest import House
from tests.stories.slack_team import Mode, SlackTeam
from tests.stories.telegram_team import AtTelegram, TelegramTeam

DeskChoice = Literal["slack", "telegram", "console"]
LOOK_AGAIN = 0.02
"""Real seconds between looks for work that was begun while the program died; nothing depends on their number."""
NAP = timedelta(hours=6)
QUEUES = ("sales", "billing")
READING = "20s"
"""What an agent needs to have read what the thread shows."""

TOML = """
{digests}

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

{desks}
{targets}
{more}
"""
IN_FOUR_HOURS = """
[[targets]]
first_reply = "4h"
next_reply = "8h"
"""


class Story:
    """`async with Story(...) as story:`. `mei` and `li` are agents, `sol` a supervisor, `ada` an admin.

    They sit at `desk`; the queues stand there and at the desks of `also`, where the same people are known. The settings
    beside the usual ones are TOML: `general` joins [dragoman], `inbox` the inbox, `sales_more` the queue, `more` stands
    at the end; `targets` replaces the usual answer in four hours, `digests` the usual silence (empty: what is shipped).
    `rates`: how much faster than the platforms' limits the outbox may be.
    """

    slack: SlackSim
    telegram: TelegramSim

    def __init__(
        self,
        database: str,
        folder: Path,
        desk: DeskChoice = "slack",
        *,
        also: Sequence[DeskChoice] = (),
        general: str = "",
        sales_more: str = "",
        calendar: str = 'calendar = { zone = "UTC", weekly = "always" }',
        inbox: str = "",
        targets: str = IN_FOUR_HOURS,
        more: str = "",
        digests: str = "digests = []",
        slack_mode: Mode = "socket",
        at_telegram: AtTelegram = AtTelegram(),  # noqa: B008, it is frozen
        rates: float = 1e9,
        nap: timedelta = NAP,
    ) -> None:
        self.clock = StoryClock()
        self.clock.settled = self.settled
        self.desk: DeskChoice = desk
        self._also = also
        self._database, self._folder = database, folder
        self._parts = {
            "general": general,
            "sales_more": sales_more,
            "calendar": calendar,
            "inbox": inbox,
            "targets": targets,
            "more": more,
            "digests": digests,
        }
        self._slack_mode, self._at_telegram = slack_mode, at_telegram
        self._rates, self._nap = rates, nap
        self._stack, self._life = AsyncExitStack(), AsyncExitStack()
        self.teams: dict[DeskChoice, Team] = {}
        self._agents: dict[tuple[DeskChoice, str], Agent] = {}
        self.app: App | None = None

    # --- beginning and end --------------------------------------------------------------------------------------

    async def __aenter__(self) -> "Story":
        self.graph = await self._stack.enter_async_context(GraphWorld(self.clock.now))
        self._stack.push_async_callback(self.graph.close)
        self.number = self.graph.number()
        try:
            for desk in (self.desk, *self._also):
                self.teams[desk] = await self._meets(desk)
                self._stack.push_async_callback(self.teams[desk].ends)
            await self.begins()
            for team in self.teams.values():
                await team.opens()
            await self._hire()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._life.aclose()
        await self._stack.aclose()

    async def _meets(self, desk: DeskChoice) -> Team:
        match desk:
            case "slack":
                self.slack = await self._stack.enter_async_context(await SlackSim.start(clock=self.clock.now))
                self.sales, self.billing = self.slack.channel("C_SALES"), self.slack.channel("C_BILLING")
                return SlackTeam(self, self.slack, self._slack_mode)
            case "telegram":
                limits = self._at_telegram.limits
                sim = await TelegramSim.start(clock=self.clock.now, limits=limits)
                self.telegram = await self._stack.enter_async_context(sim)
                self.support, self.accounts = sim.group("Support"), sim.group("Accounts")
                return TelegramTeam(self, sim, self._at_telegram)
            case "console":
                return ConsoleTeam(self)
            case _:
                assert_never(desk)

    async def begins(self, roles: frozenset[str] = ROLES) -> None:
        """Start the program; after `crashes` or `stops` on the same database."""
        self._life = AsyncExitStack()
        self.app = await self._life.enter_async_context(self._running(roles))
        if "web" in roles:
            self.number.webhook = f"{self.app.address}/hooks/wa"
        for team in self.teams.values():
            await team.begins(roles)
        await self.settled()

    @property
    def running(self) -> App:
        assert self.app is not None, "the program does not run"
        return self.app

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
        built = build(load(self._config(), {}), clock=self.clock, rate_scale=self._rates, nap=self._nap)
        async with built as app, app.at_work(roles):
            yield app

    def _config(self) -> Path:
        number, teams = self.number, self.teams.values()
        words = TOML.format(
            folder=self._folder,
            database=self._database,
            sales="\n".join(team.queue("sales") for team in teams),
            billing="\n".join(team.queue("billing") for team in teams),
            number=number.id,
            token=number.token,
            app_secret=number.app_secret,
            verify_token=number.verify_token,
            graph=self.graph.base_url,
            desks="".join(team.table() for team in teams),
            **self._parts,
        )
        path = self._folder / "dragoman.toml"
        path.write_text(words)
        return path

    # --- people -------------------------------------------------------------------------------------------------

    async def _hire(self) -> None:
        roles = {"Mei": Role.AGENT, "Li": Role.AGENT, "Sol": Role.SUPERVISOR, "Ada": Role.ADMIN}
        self.mei, self.li, self.sol, self.ada = await self._welcome([_member(*each) for each in roles.items()])

    async def hires(self, name: str, role: Role = Role.AGENT, queues: Sequence[str] = QUEUES) -> Agent:
        """Somebody who has joined and is known on every desk."""
        [agent] = await self._welcome([_member(name, role, queues)])
        return agent

    async def _welcome(self, members: Sequence[NewPerson]) -> list[Agent]:
        """They join at once, each at every desk."""
        app = self.running
        people = [await app.store.create_person(member, self.clock.now()) for member in members]
        for desk, team in self.teams.items():
            agents = await asyncio.gather(*(team.welcomes(person) for person in people))
            self._agents |= {(desk, agent.name): agent for agent in agents}
        await app.roll.read(app.store)
        return [self._agents[self.desk, person.name] for person in people]

    def at(self, desk: DeskChoice, agent: Agent) -> Agent:
        """The same person at another desk."""
        return self._agents[desk, agent.name]

    def customer(
        self, name: str = "Ana", phone: str | None = "34600111222", user_id: str | None = None
    ) -> StoryCustomer:
        return self.graph.customer(name, phone, user_id)

    # --- what happens -------------------------------------------------------------------------------------------

    async def ticket(self, words: str, desk: DeskChoice | None = None) -> Seen:
        """The newest ticket in whose thread these words stand."""
        return await self.teams[desk or self.desk].ticket(words)

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
        await House(self.clock, self.teams.values(), lambda: self.app).settled()


def _member(name: str, role: Role, queues: Sequence[str] = QUEUES) -> NewPerson:
    return NewPerson(name, role=role, queues=frozenset(map(QueueName, queues)), zone="UTC")
