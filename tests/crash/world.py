"""The simulated world of a run: platforms with stretched limits, customers, the team, and the program's settings."""

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientSession, TCPConnector

from bot.config.loading import load
from bot.config.settings import Settings
from bot.demo.clock import DemoClock
from core.ids import QueueName
from core.people import Identity, Role
from core.ports import NewPerson
from storage import open_store
from tests.crash.people import Customer, OnMeta
from tests.crash.plan import AGENTS, Script
from tests.crash.site import Visitor
from tests.platforms.graph import GraphWorld
from tests.platforms.slack import Person, SlackSim
from tests.platforms.slack.state import TEAM_ID

LIMITS = 100
"""How much more generous platforms and outbox are than they are in earnest."""
QUEUES = ("sales", "service", "shop")
TOML = """
[dragoman]
organisation = "Fernweh Lamps"
base_url = "http://127.0.0.1:{port}"
port = {port}
data_dir = "{folder}"
database_url = "{database}"
{queues}
[slack]
mode = "socket"
bot_token = "{slack.bot_token}"
app_token = "{slack.app_token}"
signing_secret = "{slack.signing_secret}"
api_base = "{slack_api}"

[[inboxes]]
name = "wa"
channel = "whatsapp"
queue = "sales"
phone_number_id = "{number.id}"
access_token = "{number.token}"
app_secret = "{number.app_secret}"
verify_token = "{number.verify_token}"
api_base = "{graph.base_url}"

[[inboxes]]
name = "page"
channel = "messenger"
queue = "service"
page_id = "{page.id}"
app_id = "{page.app_id}"
access_token = "{page.token}"
app_secret = "{page.app_secret}"
verify_token = "{page.verify_token}"
api_base = "{graph.base_url}"

[[inboxes]]
name = "site"
channel = "livechat"
queue = "shop"
origins = ["https://lamps.example"]
secret = "a long random text"

[[targets]]
first_reply = "30m"
next_reply = "40m"
"""
"""So short that some warnings fire while the run lasts."""
QUEUE = """
[[queues]]
name = "{name}"
slack = "{place}"
calendar = {{ zone = "UTC", weekly = "always" }}
"""


@dataclass(slots=True)
class World:
    clock: DemoClock
    graph: GraphWorld
    slack: SlackSim
    browser: ClientSession
    folder: Path
    database: str
    port: int
    agents: Sequence[Person] = ()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def config(self) -> Path:
        return self.folder / "dragoman.toml"

    @property
    def settings(self) -> Settings:
        return load(self.config, {})

    def settle_in(self) -> None:
        """Everything that settings name exists, and the settings are written."""
        number, page = self.graph.number(), self.graph.page()
        number.webhook, page.webhook = f"{self.base_url}/hooks/wa", f"{self.base_url}/hooks/page"
        for queue in QUEUES:
            self.slack.channel(_place(queue))
        self.config.write_text(
            TOML.format(
                port=self.port,
                folder=self.folder,
                database=self.database,
                queues="".join(QUEUE.format(name=queue, place=_place(queue)) for queue in QUEUES),
                slack=self.slack,
                slack_api=self.slack.api_url.rstrip("/"),
                number=number,
                page=page,
                graph=self.graph,
            )
        )

    async def hire(self) -> None:
        """The team joins before the program runs. The last two are told when nobody answers."""
        roles = {f"Agent{nth}": Role.AGENT for nth in range(AGENTS)} | {"Sol": Role.SUPERVISOR, "Ada": Role.ADMIN}
        store = await open_store(self.database)
        try:
            for name, role in roles.items():
                new = NewPerson(name=name, role=role, queues=frozenset(QueueName(queue) for queue in QUEUES))
                person = await store.create_person(new, self.clock.now())
                await store.add_identity(person.id, Identity("slack", TEAM_ID, self.slack.person(name).id))
        finally:
            await store.close()
        self.agents = [self.slack.person(f"Agent{nth}") for nth in range(AGENTS)]

    def customer(self, script: Script, nth: int) -> Customer:
        match script.where:
            case "whatsapp":
                return OnMeta(self.graph, self.graph.customer(script.name, f"346{nth:08}"))
            case "messenger":
                return OnMeta(self.graph, self.graph.person(script.name))
            case "site":
                # No two from one address, or they would be taken for a flood.
                address = f"100.{64 + nth // 65536}.{nth // 256 % 256}.{nth % 256}"
                return Visitor(script.name, self.browser, self.base_url, address)


@asynccontextmanager
async def open_world(clock: DemoClock, folder: Path, database: str) -> AsyncIterator[World]:
    async with (
        GraphWorld(clock.now, limit_scale=LIMITS) as graph,
        await SlackSim.start(clock=clock.now, limits=LIMITS) as slack,
        ClientSession(connector=TCPConnector(limit=0)) as browser,
    ):
        world = World(clock, graph, slack, browser, folder, database, _free_port())
        world.settle_in()
        await world.hire()
        try:
            yield world
        finally:
            await graph.close()


def _place(queue: str) -> str:
    return f"C_{queue.upper()}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
