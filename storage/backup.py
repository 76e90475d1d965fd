"""A copy of a SQLite database that is in use. PostgreSQL has pg_dump."""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.engine import dialect_of, sqlite_path
from storage.schema import check


class NotCopied(Exception):
    """PostgreSQL databases are copied by PostgreSQL's own programs."""


async def backup(url: str, copy: Path) -> None:
    """Write the database as it stands into a new file, which only its owner may read. Nobody has to stop for it.

    Raises NotCopied, `SchemaMismatch` when there is no database of this version, FileExistsError, OSError.
    """
    if dialect_of(url) != "sqlite":
        raise NotCopied
    await check(url)
    # Made before it is filled: what it holds is nobody else's business, not even for a moment.
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        await asyncio.to_thread(_vacuum_into, sqlite_path(url), copy)
    except BaseException:
        copy.unlink()
        raise


def _vacuum_into(database: Path, copy: Path) -> None:
    with closing(sqlite3.connect(database, timeout=60)) as file:
        file.execute("VACUUM INTO ?", (str(copy),))
    descriptor = os.open(copy, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
