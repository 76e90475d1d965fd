"""Applies the numbered SQL of `storage/migrations/<dialect>`: each file once, in one transaction, with its checksum.

Any number of processes may start at once: PostgreSQL has an advisory lock, SQLite the file's write lock.
"""

import asyncio
import hashlib
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable

import asyncpg

from storage.engine import dialect_of, is_memory, lock_file, sqlite_path
from storage.errors import SchemaMismatch
from storage.fields import instant_text
from storage.session import Dialect

TABLE = {
    "sqlite": """CREATE TABLE IF NOT EXISTS schema_version (
        version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL)""",
    "postgres": """CREATE TABLE IF NOT EXISTS schema_version (
        version bigint PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL)""",
}
ADVISORY_LOCK = 0x_D7A6_0_3A4


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def known_migrations(dialect: Dialect, folder: Traversable | None = None) -> Sequence[Migration]:
    """In order. `folder` holds one folder a dialect; by default the program's own."""
    here = (folder or files("storage.migrations")) / dialect
    found = [
        Migration(int(file.name[:4]), file.name.removesuffix(".sql"), file.read_text(encoding="utf-8"))
        for file in here.iterdir()
        if file.name.endswith(".sql")
    ]
    return sorted(found, key=lambda migration: migration.version)


async def migrate(url: str, folder: Traversable | None = None) -> int:
    """Bring a database up to the program; returns the version it has now. Raises `SchemaMismatch`, `DatabaseBusy`."""
    if dialect_of(url) == "sqlite" and not is_memory(url):
        with lock_file(url):
            return await apply(url, folder)
    return await apply(url, folder)


async def apply(url: str, folder: Traversable | None = None) -> int:
    """`migrate` for who holds the file's lock already."""
    dialect = dialect_of(url)
    known = known_migrations(dialect, folder)
    if dialect == "sqlite":
        return await asyncio.to_thread(_migrate_sqlite, url, known)
    return await _migrate_postgres(url, known)


async def check(url: str) -> None:
    """For a guest: raises `SchemaMismatch` unless the database stands exactly where the program does."""
    dialect = dialect_of(url)
    known = known_migrations(dialect)
    try:
        if dialect == "sqlite":
            with closing(sqlite3.connect(f"{sqlite_path(url).absolute().as_uri()}?mode=ro", uri=True)) as file:
                applied = _applied_sqlite(file)
        else:
            server = await asyncpg.connect(url)
            try:
                applied = await _applied_postgres(server)
            finally:
                await server.close()
    except (sqlite3.OperationalError, asyncpg.UndefinedTableError):
        applied = {}
    if missing(known, applied):
        raise SchemaMismatch("The database is not prepared for this version. Run: dragoman migrate")


def missing(known: Sequence[Migration], applied: Mapping[int, str]) -> Sequence[Migration]:
    """What is still to be applied. Raises `SchemaMismatch` when the database went another way than the program."""
    if unknown := applied.keys() - {migration.version for migration in known}:
        raise SchemaMismatch(
            f"The database is at version {max(unknown)}, the program knows up to {known[-1].version}: "
            "update the program, or restore the backup made before the update."
        )
    for migration in known:
        if applied.get(migration.version, migration.checksum) != migration.checksum:
            raise SchemaMismatch(
                f"Migration {migration.name} was changed after it had been applied to this database. "
                "Restore the file as it was released."
            )
    return [migration for migration in known if migration.version not in applied]


def _migrate_sqlite(url: str, known: Sequence[Migration]) -> int:
    path = sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None, timeout=60)) as file:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA foreign_keys = OFF")  # a table that is made anew must not take its children along
        while _step_sqlite(file, known):
            pass
    return known[-1].version


def _step_sqlite(file: sqlite3.Connection, known: Sequence[Migration]) -> bool:
    """Apply one migration; False when there was none left."""
    file.execute("BEGIN IMMEDIATE")
    try:
        file.execute(TABLE["sqlite"])
        todo = missing(known, _applied_sqlite(file))
        for migration in todo[:1]:
            for statement in _statements(migration.sql):
                file.execute(statement)
            if broken := file.execute("PRAGMA foreign_key_check").fetchone():
                raise SchemaMismatch(f"Migration {migration.name} leaves rows of {broken[0]} without their parent.")
            file.execute("INSERT INTO schema_version VALUES (?, ?, ?, ?)", _record(migration, instant_text(_now())))
    except BaseException:
        file.execute("ROLLBACK")
        raise
    file.execute("COMMIT")
    return len(todo) > 1


def _applied_sqlite(file: sqlite3.Connection) -> dict[int, str]:
    return dict(file.execute("SELECT version, checksum FROM schema_version").fetchall())


def _statements(script: str) -> Iterator[str]:
    """`executescript` would commit first."""
    statement = ""
    for piece in re.split(r"(?<=;)", script):  # a semicolon in a literal or comment completes nothing
        statement += piece
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


async def _migrate_postgres(url: str, known: Sequence[Migration]) -> int:
    server = await asyncpg.connect(url)
    try:
        await server.execute("SELECT pg_advisory_lock($1)", ADVISORY_LOCK)
        await server.execute("SET client_min_messages = warning")
        await server.execute(TABLE["postgres"])
        for migration in missing(known, await _applied_postgres(server)):
            async with server.transaction():
                await server.execute(migration.sql)
                await server.execute("INSERT INTO schema_version VALUES ($1, $2, $3, $4)", *_record(migration, _now()))
    finally:
        await server.close()  # and with it the lock
    return known[-1].version


async def _applied_postgres(server: asyncpg.Connection) -> dict[int, str]:
    return {
        row["version"]: row["checksum"] for row in await server.fetch("SELECT version, checksum FROM schema_version")
    }


def _record(migration: Migration, at: object) -> tuple[object, ...]:
    return migration.version, migration.name, migration.checksum, at


def _now() -> datetime:
    """When a migration was applied, for people who look; nothing is decided by it, so no Clock is asked for."""
    return datetime.now(UTC)
