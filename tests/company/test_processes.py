"""Real processes: what happens when one is killed, and when one is told to stop, while customers write."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.graph import Number
from core.clocks import ClockKind, ClockState, Span, TicketClock
from storage import open_store
from tests.company.processes import Town
from tests.platforms.graph import GraphWorld
from tests.platforms.telegram import TelegramSim
from tests.storage.house import House

TOML = """
[dragoman]
organisation = "Fernweh Lamps"
port = 0
log_format = "json"

[[queues]]
name = "sales"
calendar = {{ zone = "UTC", weekly = "always" }}
{desks}
"""
INBOX = """
[[inboxes]]
name = "{name}"
channel = "whatsapp"
queue = "sales"
phone_number_id = "{number.id}"
access_token = "{number.token}"
app_secret = "{number.app_secret}"
verify_token = "{number.verify_token}"
api_base = "{graph}"
"""
TELEGRAM = """
[telegram]
mode = "polling"
bot_token = "{token}"
secret_token = "a-secret_of-the-webhook"
api_base = "{api}"
"""


@pytest.fixture
async def graph() -> AsyncIterator[GraphWorld]:
    async with GraphWorld(lambda: datetime.now(UTC)) as world:
        yield world
        await world.close()


def inbox(graph: GraphWorld, name: str, number: Number) -> str:
    return INBOX.format(name=name, number=number, graph=graph.base_url)


async def test_what_a_killed_worker_had_in_hand_is_taken_over(url: str, tmp_path: Path, graph: GraphWorld) -> None:
    number = graph.number()
    async with Town(tmp_path, url, TOML.format(desks="") + inbox(graph, "wa", number)) as town:
        web, *workers = await town.starts("web", "worker", "worker")
        number.webhook = f"{await web.address()}/hooks/wa"
        async with town.stuck("once"):
            leased = asyncio.create_task(town.leased())
            await graph.customer("Ana", "34600111222").writes("Do you ship to Chile?")
            owner = await leased
            [victim] = [worker for worker in workers if await worker.me() == owner]
            victim.kill()
            await victim.running.wait()
        assert await town.texts(1) == ["Do you ship to Chile?"]
        [other] = [worker for worker in workers if worker is not victim]
        assert other.find("company.gone")  # it did not wait for the lease


async def test_another_asks_telegram_when_the_one_that_did_is_killed(url: str, tmp_path: Path) -> None:
    async with await TelegramSim.start(clock=lambda: datetime.now(UTC)) as telegram:
        table = TELEGRAM.format(token=telegram.token, api=telegram.api_base)
        config = TOML.format(desks='telegram = ["support"]') + table
        async with Town(tmp_path, url, config) as town:
            workers = await town.starts("worker", "worker")
            asks = [asyncio.create_task(worker.tells("lease.taken")) for worker in workers]
            await asyncio.wait(asks, return_when=asyncio.FIRST_COMPLETED)
            [poller] = [worker for worker in workers if worker.find("lease.taken")]
            [other] = [worker for worker in workers if worker is not poller]
            await telegram.polled()
            poller.kill()
            await other.tells("lease.taken")
            assert other.find("company.gone")
            await telegram.person("Owner").types(telegram.group("Support"), "hello")
            await telegram.settled()


async def test_two_hundred_messages_keep_their_order_while_processes_are_exchanged(
    url: str, tmp_path: Path, graph: GraphWorld
) -> None:
    one, two = graph.number(), graph.number("+1 555 010 0001")
    config = TOML.format(desks="") + inbox(graph, "one", one) + inbox(graph, "two", two)
    ana, bo = graph.customer("Ana", "34600111222"), graph.customer("Bo", "34600111333")
    async with Town(tmp_path, url, config) as town:
        first, second, old, _ = await town.starts("web", "web", "worker", "worker")
        webs = [await first.address(), await second.address()]
        ending: list[asyncio.Task[int]] = []
        for n in range(200):
            one.webhook, two.webhook = f"{webs[n % 2]}/hooks/one", f"{webs[(n + 1) % 2]}/hooks/two"
            await ana.writes(f"ana {n:03}", to=one)
            if n % 10 == 0:
                await bo.writes(f"bo {n:03}", to=two)
            if n == 60:
                ending.append(asyncio.create_task(old.stops()))
            if n == 120:
                webs = [webs[1]] * 2
                ending.append(asyncio.create_task(first.stops()))
        texts = await town.texts(220)
        assert [text for text in texts if text.startswith("ana")] == [f"ana {n:03}" for n in range(200)]
        assert [text for text in texts if text.startswith("bo")] == [f"bo {n:03}" for n in range(0, 200, 10)]
        assert await asyncio.gather(*ending) == [0, 0]
        assert not graph.hooks.undelivered
        left = await town.database.fetch("SELECT id FROM inbox WHERE state <> 'done'")
        assert not left


async def overdue(url: str, tickets: int) -> None:
    """So many customers have waited since the day before yesterday; their answers were due within an hour."""
    begun = datetime.now(UTC) - timedelta(days=2)
    due = begun + timedelta(hours=1)
    running = TicketClock(
        ClockKind.FIRST_REPLY, 1, ClockState.RUNNING, (Span(begun),), timedelta(hours=1), due, next_at=due
    )
    store = await open_store(url, migrate=False)
    for phone in range(tickets):
        await House(store).ticket(str(phone), clocks=(running,))
    await store.close()


async def test_every_deadline_is_told_once_though_a_worker_is_killed_among_them(url: str, tmp_path: Path) -> None:
    async with Town(tmp_path, url, TOML.format(desks="")) as town:
        victim, other = await town.starts("worker", "worker")
        await asyncio.gather(victim.me(), other.me())
        async with town.stuck("facts"):
            await overdue(url, 400)
            await town.told_of_clocks()
            await town.in_hand("facts", 2)  # each has a batch that is not committed yet
            victim.kill()
            await victim.running.wait()
        assert sorted(await town.happened("breached", 400)) == list(range(1, 401))
        await other.stops()
        assert len(await town.happened("breached", 400)) == 400
