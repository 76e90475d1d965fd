"""A real PostgreSQL server is stopped at once, as by a crash, and started again. The worst moments are in
`test_database_away`, by a line that a test can cut; here it is seen that a server behaves like that line."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from storage.schema import migrate
from tests.databases import SETTINGS, Server, start_server
from tests.stories.story import Story

DURABLE = [each for each in SETTINGS if not each.startswith("synchronous_commit")]
"""A commit that was answered stands."""


@dataclass(frozen=True, slots=True)
class OwnServer:
    server: Server
    home: Path
    url: str

    async def stops(self) -> None:
        """As a crash: nobody is told, no connection is closed properly."""
        await asyncio.to_thread(
            self.server.run, "pg_ctl", "stop", "--wait", "--mode=immediate", f"--pgdata={self.server.data}"
        )

    async def starts(self) -> None:
        await asyncio.to_thread(
            self.server.run, "pg_ctl", "start", "--wait", f"--pgdata={self.server.data}", f"--log={self.home}/log"
        )


@pytest.fixture
def own() -> Iterator[OwnServer]:
    # Not below pytest's own folder: that one is closed to the user PostgreSQL runs as.
    home = Path(tempfile.mkdtemp(prefix="dragoman-own-"))
    try:
        server, url = start_server(home, DURABLE)
        kept = [*DURABLE, "listen_addresses='127.0.0.1'", "unix_socket_directories=''", f"port={urlsplit(url).port}"]
        with (server.data / "postgresql.conf").open("a") as file:
            file.write("\n".join(["", *kept, ""]))
        yield OwnServer(server, home, url)
        server.run("pg_ctl", "stop", "--mode=immediate", f"--pgdata={server.data}")
    finally:
        shutil.rmtree(home)


async def test_all_goes_on_by_itself_when_it_is_started_again(own: OwnServer, tmp_path: Path) -> None:
    await migrate(own.url)
    async with Story(own.url, tmp_path, "slack", slack_mode="http") as story:
        ana, ben = story.customer(), story.customer("Ben", "34600111333")
        ticket = await story.opened(ana, "Where is my order?")
        await story.mei.types("!r It left yesterday.", ticket)
        await own.stops()
        await ben.writes("I need an invoice.")
        await story.li.types("!n She is in a hurry.", ticket)
        await story.forward("1m")
        assert ana.received == []
        await own.starts()
        story.slack.outbox.retries()
        await story.graph.redeliver()
        await story.forward("1m")
        await ana.sees_nothing_but(["It left yesterday."])
        await (await story.ticket("I need an invoice.")).shows_once("I need an invoice.")
        await ticket.shows_once("She is in a hurry.")
        assert await story.running.store.parked() == []


CUSTOMERS, SAYS = 40, 3
WRITTEN = "SELECT conversation_id AS who, ticket_id, text FROM messages WHERE kind = 'customer' ORDER BY id"


async def test_a_restart_while_a_crowd_writes_and_another_while_it_is_caught_up(own: OwnServer, tmp_path: Path) -> None:
    await migrate(own.url)
    async with Story(own.url, tmp_path, "console") as story:
        heard, stopped = asyncio.Event(), asyncio.Event()

        async def talks(nth: int) -> None:
            customer = story.customer(f"Customer {nth}", f"346001{nth:05}")
            for word in range(SAYS):
                if word == SAYS - 1:
                    await stopped.wait()
                await customer.writes(f"{nth} {word}")
                heard.set()

        crowd = [asyncio.create_task(talks(nth)) for nth in range(CUSTOMERS)]
        await heard.wait()
        await own.stops()
        stopped.set()
        await asyncio.gather(*crowd)
        assert [status for _, status in story.graph.hooks.posts].count(503) >= CUSTOMERS
        await own.starts()
        await story.graph.redeliver()
        caught_up = asyncio.create_task(story.forward("15s"))
        await own.stops()
        await own.starts()
        await caught_up
        for _ in range(4):
            await story.forward("30s")
        written = await story.running.store.session.rows(WRITTEN)
        told: dict[int, list[str]] = {}
        for row in written:
            told.setdefault(row["who"], []).append(row["text"])
        assert sorted(told.values()) == sorted([f"{nth} {word}" for word in range(SAYS)] for nth in range(CUSTOMERS))
        assert len({row["ticket_id"] for row in written}) == CUSTOMERS
        assert not await story.running.store.session.rows("SELECT id FROM inbox WHERE state <> 'done' OR attempts > 0")
        assert await story.running.store.parked() == []
