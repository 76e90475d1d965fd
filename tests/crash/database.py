"""A run's database as an outsider reads it, beside the program: rows of plain SQL, on either engine."""

import asyncio
import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg

from storage.fields import instant_text

Row = Mapping[str, Any]
TABLES = ("inbox", "jobs", "tickets", "clocks", "messages", "parts", "entries", "threads", "posts", "facts", "drafts")
UNFINISHED = """
    SELECT 'inbox ' || source || ' ' || state AS what, count(*) AS many
      FROM inbox WHERE state IN ('waiting', 'leased') AND at <= {since} GROUP BY source, state
    UNION ALL
    SELECT 'job ' || kind || ' ' || state, count(*)
      FROM jobs WHERE (state = 'sending' OR (state = 'waiting' AND not_before <= {until})) AND created_at <= {since}
      GROUP BY kind, state
    UNION ALL
    SELECT 'clock ' || kind, count(*) FROM clocks WHERE next_at <= {since} GROUP BY kind
"""


async def rows(url: str, sql: str) -> Sequence[Row]:
    """Of what is committed."""
    if urlsplit(url).scheme == "sqlite":
        return await asyncio.to_thread(_of_file, url, sql)
    connection = await asyncpg.connect(url)
    try:
        return [dict(row) for row in await connection.fetch(sql)]
    finally:
        await connection.close()


async def unfinished(url: str, since: datetime, until: datetime) -> Mapping[str, int]:
    """Of what was there by `since`: what waits in the inbox, the jobs in hand or due until then, the clocks."""
    sql = UNFINISHED.format(since=quoted(url, since), until=quoted(url, until))
    return {row["what"]: row["many"] for row in await rows(url, sql)}


def quoted(url: str, at: datetime) -> str:
    """An instant as it stands in the database's SQL."""
    return f"'{instant_text(at) if urlsplit(url).scheme == 'sqlite' else at.isoformat()}'"


async def dump(url: str, folder: Path) -> None:
    """The tables as lines of JSON, for whoever looks what went wrong."""
    for table in TABLES:
        lines = [json.dumps(dict(row), default=str) for row in await rows(url, f"SELECT * FROM {table}")]
        (folder / f"{table}.jsonl").write_text("\n".join(lines))


def _of_file(url: str, sql: str) -> Sequence[Row]:
    file = Path(unquote(urlsplit(url).path)).absolute().as_uri()
    with closing(sqlite3.connect(f"{file}?mode=ro", uri=True, timeout=30)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]
