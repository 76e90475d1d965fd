"""How many rows a database has, asked beside whoever writes it."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing
from urllib.parse import unquote

import asyncpg

TABLES = (
    *("inbox", "once", "contacts", "identities", "conversations", "tickets", "clocks"),
    *("messages", "entries", "facts", "jobs"),
)
"""What a message leaves rows in."""
Ask = Callable[[str], Awaitable[int]]
"""The one number that a statement yields."""
LEFT = "SELECT count(*) FROM inbox WHERE state IN ('waiting', 'leased', 'parked')"


async def rows_of(url: str) -> Mapping[str, int]:
    async with asking(url) as ask:
        return {table: await ask(f"SELECT count(*) FROM {table}") for table in TABLES}


@asynccontextmanager
async def asking(url: str) -> AsyncIterator[Ask]:
    """A connection of one's own for as long."""
    if url.startswith("sqlite://"):
        with closing(sqlite3.connect(unquote(url.removeprefix("sqlite://")))) as connection:

            async def ask(sql: str) -> int:
                found: int = connection.execute(sql).fetchone()[0]
                return found

            yield ask
    else:
        server = await asyncpg.connect(url)
        try:
            yield server.fetchval
        finally:
            await server.close()
