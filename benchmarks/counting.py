"""How many rows a database has, asked beside whoever writes it."""

import sqlite3
from collections.abc import Mapping
from urllib.parse import unquote

import asyncpg

TABLES = (
    *("inbox", "once", "contacts", "identities", "conversations", "tickets", "clocks"),
    *("messages", "entries", "facts", "jobs"),
)
"""What a message leaves rows in."""
OPEN = "SELECT count(*) FROM inbox WHERE state IN ('waiting', 'leased', 'parked')"


async def rows_of(url: str) -> Mapping[str, int]:
    return {table: await ask(url, f"SELECT count(*) FROM {table}") for table in TABLES}


async def ask(url: str, sql: str) -> int:
    """One number."""
    if url.startswith("sqlite://"):
        connection = sqlite3.connect(unquote(url.removeprefix("sqlite://")))
        try:
            found: int = connection.execute(sql).fetchone()[0]
            return found
        finally:
            connection.close()
    server = await asyncpg.connect(url)
    try:
        found = await server.fetchval(sql)
        return found
    finally:
        await server.close()
