"""Members of a company on one database. Time is real where a connection's is; waiting is for events, never for time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from storage import Commit, SqlStore, Typing, open_store
from storage.standing import Standing
from tests.databases import fresh_database

PATIENCE = 30.0
"""Real seconds: a safety net, never a measured time."""


@dataclass
class Member:
    """A process, as far as the others can tell."""

    store: SqlStore
    healthy: bool = True
    heard: list[Commit] = field(default_factory=list)
    typed: list[Typing] = field(default_factory=list)
    _rang: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def me(self) -> int:
        return self.standing.me

    @property
    def standing(self) -> Standing:
        return self.store.company.standing

    def hears(self, commit: Commit) -> None:
        self.heard.append(commit)
        self._rang.set()

    def sees(self, typing: Typing) -> None:
        self.typed.append(typing)
        self._rang.set()

    async def until(self, condition: Callable[[], object]) -> None:
        """It hears of whatever changes."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._rang.clear()
                moved = asyncio.ensure_future(self.store.company.moved())
                rang = asyncio.ensure_future(self._rang.wait())
                await asyncio.wait({moved, rang}, return_when=asyncio.FIRST_COMPLETED)
                moved.cancel()
                rang.cancel()

    async def until_workers(self, *members: "Member") -> None:
        wanted = tuple(sorted(member.me for member in members))
        await self.until(lambda: self.standing.workers == wanted)


Join = Callable[..., Any]


@pytest.fixture
def url(tmp_path: Path, shared_folder: Path) -> Iterator[str]:
    with fresh_database("postgres", tmp_path, shared_folder, migrated=True) as address:
        yield address


@asynccontextmanager
async def membership(url: str, *, working: bool = True) -> AsyncIterator[Member]:
    store = await open_store(url, migrate=False)
    member = Member(store)
    store.on_commit(member.hears)
    store.company.on_typing(member.sees)
    try:
        async with store.company.joined(working=working, well=lambda: member.healthy):
            yield member
    finally:
        await store.close()


@pytest.fixture
async def join(url: str) -> AsyncIterator[Join]:
    """`mei = await join()`: a worker; `working=False`: a web process."""
    async with AsyncExitStack() as stack:
        yield lambda **how: stack.enter_async_context(membership(url, **how))


async def cut(url: str, member: Member) -> None:
    """As when the database fails over: the member's connection ends, and it lives on."""
    await _execute(
        url,
        "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
        " WHERE l.locktype = 'advisory' AND l.objid = $1 AND a.datname = current_database()",
        member.me,
    )


async def _execute(url: str, sql: str, *values: object) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.fetch(sql, *values)
    finally:
        await connection.close()
