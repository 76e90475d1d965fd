"""Real processes of the program on one database, and what can be seen of them: what they log, and what the database
itself tells when a row is leased or a message stands."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Real seconds: a safety net, never a measured time."""
BELLS = """
    CREATE FUNCTION ring() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('test', TG_TABLE_NAME || ' ' || coalesce(to_jsonb(NEW) ->> 'owner', ''));
            RETURN NEW;
        END $$;
    CREATE TRIGGER ring AFTER UPDATE ON inbox FOR EACH ROW WHEN (NEW.state = 'leased') EXECUTE FUNCTION ring();
    CREATE TRIGGER ring AFTER INSERT ON messages FOR EACH ROW EXECUTE FUNCTION ring();
    CREATE TRIGGER ring AFTER INSERT ON facts FOR EACH ROW EXECUTE FUNCTION ring();
"""


@dataclass(eq=False)
class Process:
    """One of them. `told`: its log, line by line."""

    running: asyncio.subprocess.Process
    told: list[dict[str, Any]] = field(default_factory=list)
    over: bool = False
    _more: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def read(self) -> None:
        assert self.running.stdout is not None
        async for line in self.running.stdout:
            try:
                self.told.append(json.loads(line))
            except ValueError:
                self.told.append({"event": line.decode(errors="replace")})
            await self._rings()
        self.over = True
        await self._rings()

    async def _rings(self) -> None:
        async with self._more:
            self._more.notify_all()

    def find(self, event: str) -> dict[str, Any] | None:
        return next((line for line in self.told if line["event"] == event), None)

    async def tells(self, event: str) -> dict[str, Any]:
        """The first line of its log about this."""
        async with asyncio.timeout(PATIENCE), self._more:
            await self._more.wait_for(lambda: self.over or self.find(event))
        line = self.find(event)
        assert line is not None, self.told[-5:]
        return line

    async def me(self) -> int:
        return int((await self.tells("company.joined"))["me"])

    async def address(self) -> str:
        return str((await self.tells("app.started"))["address"])

    def kill(self) -> None:
        """Whatever it was doing ends in the middle."""
        self.running.kill()

    async def stops(self) -> int:
        """As a rolling restart does; its exit code."""
        self.running.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.running.wait(), PATIENCE)


class Town:
    """Processes that share a configuration and a database."""

    def __init__(self, folder: Path, database: str, config: str) -> None:
        self._folder, self._database = folder, database
        (folder / "dragoman.toml").write_text(config)
        self._stack = AsyncExitStack()
        self._rang = asyncio.Event()
        self._leased: list[int] = []

    async def __aenter__(self) -> "Town":
        self.database = await asyncpg.connect(self._database)
        self._stack.push_async_callback(self.database.close)
        await self.database.execute(BELLS)
        await self.database.add_listener("test", self._rings)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def starts(self, *roles: str) -> list[Process]:
        """All at once; returns when they serve."""
        begun = [await self._stack.enter_async_context(self._process(role)) for role in roles]
        await asyncio.gather(*(each.tells("app.started") for each in begun))
        return begun

    @asynccontextmanager
    async def _process(self, role: str) -> AsyncIterator[Process]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DRAGOMAN_")}
        running = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", role),
            cwd=self._folder,
            env={**environment, "PYTHONPATH": str(ROOT), "DRAGOMAN_DATABASE_URL": self._database},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        process = Process(running)
        reading = asyncio.create_task(process.read())
        try:
            yield process
        finally:
            if running.returncode is None:
                running.kill()
            await running.wait()
            await reading

    @asynccontextmanager
    async def stuck(self, table: str) -> AsyncIterator[None]:
        """Whoever writes to it comes no further until the end of the block."""
        another = await asyncpg.connect(self._database)
        try:
            async with another.transaction():
                await another.execute(f"LOCK TABLE {table} IN SHARE MODE")
                yield
        finally:
            await another.close()

    # --- what the database tells ---

    def _rings(self, connection: object, pid: int, channel: str, text: str) -> None:
        table, _, owner = text.partition(" ")
        if table == "inbox":
            self._leased.append(int(owner))
        self._rang.set()

    async def leased(self) -> int:
        """Whoever takes a delivery next."""
        self._leased.clear()
        await self.until(lambda: self._leased)
        return self._leased[0]

    async def until(self, condition: Callable[[], object]) -> None:
        """Something stands in the database that was waited for."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._rang.clear()
                await self._rang.wait()

    async def texts(self, at_least: int) -> list[str]:
        """What customers wrote, in the order in which it stands, as soon as there is so much."""
        while True:
            self._rang.clear()
            async with asyncio.timeout(PATIENCE):
                found = await self.database.fetch("SELECT text FROM messages WHERE kind = 'customer' ORDER BY id")
                if len(found) >= at_least:
                    return [row["text"] for row in found]
                await self._rang.wait()

    async def in_hand(self, table: str, processes: int) -> None:
        """So many have come as far as the table that is `stuck`."""
        sql = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND relation = $1::text::regclass"
        async with asyncio.timeout(PATIENCE):
            while await self.database.fetchval(sql, table) < processes:
                pass  # a round trip to the database each time

    async def told_of_clocks(self) -> None:
        """As if another process had started some."""
        await self.database.execute("SELECT pg_notify('dragoman', '{\"flags\":[\"clocks\"]}')")

    async def happened(self, kind: str, at_least: int) -> list[int]:
        """The tickets of the facts of a kind, as soon as there are so many."""
        while True:
            self._rang.clear()
            async with asyncio.timeout(PATIENCE):
                found = await self.database.fetch("SELECT ticket_id FROM facts WHERE kind = $1 ORDER BY id", kind)
                if len(found) >= at_least:
                    return [row["ticket_id"] for row in found]
                await self._rang.wait()
