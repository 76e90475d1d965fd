"""The connections: one writing client and one reading client, on SQLite or PostgreSQL, both of tortoise's backends.

SQLite: WAL, synchronous FULL, foreign keys, transactions that begin IMMEDIATE, and a second, query-only connection, so
that a read never waits for an open transaction. The file belongs to one process, which holds a lock beside it.
Transactions are begun by `storage.atomic` alone. Which tables there are is not known here.
"""

import fcntl
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TextIO, cast
from urllib.parse import unquote, urlsplit

import asyncpg
import tortoise.context
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionWrapper
from tortoise.context import TortoiseContext

from core.errors import Unavailable
from storage.errors import BadDatabaseUrl, DatabaseBusy
from storage.outages import outage, told_apart
from storage.session import Dialect, Session

PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "busy_timeout": 5_000,
    "journal_size_limit": 64 * 1024 * 1024,
    "cache_size": -16_000,
}
STALLED = 30
"""Seconds of silence inside a transaction after which PostgreSQL ends it."""
WRITERS = 8
"""PostgreSQL connections for transactions, and as many again for reads."""
CONNECTING = 5.0
"""Seconds that PostgreSQL may take to let us in, and a call to get one of the connections."""
ANSWERING = 30.0
"""Seconds that a statement may take: a server that hangs, or a line that is cut without a word, must not keep us."""


class SqliteEngine(SqliteClient):
    """tortoise's client with our pragmas."""

    def __init__(self, file_path: str, *, query_only: bool = False, **kwargs: Any) -> None:
        super().__init__(file_path, **PRAGMAS, **kwargs)
        if query_only:
            self.pragmas["query_only"] = "ON"

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Any]:
        with told_apart():
            found: tuple[int, Any] = await super().execute_query(query, values)
            return found

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        with told_apart():
            found: list[dict[str, Any]] = await super().execute_query_dict(query, values)
            return found


class PostgresEngine(AsyncpgDBClient):
    """tortoise's client, which waits for nobody forever."""

    def acquire_connection(self) -> Any:
        return self.connection()

    async def _translate_exceptions(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        with told_apart():
            return await super()._translate_exceptions(func, *args, **kwargs)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """One of the pool's, for as long. A dead one is never given out: the pool connects anew."""
        assert self._pool is not None
        connection = await self._pool.acquire(timeout=CONNECTING)
        try:
            yield connection
        finally:
            # Not waited for longer: one that does not come to rest is cut off.
            await self._pool.release(connection, timeout=CONNECTING)


class SqliteTransaction(SqliteTransactionWrapper):
    """Takes the write lock at once: a transaction that reads first and writes later cannot fail half-way."""

    async def begin(self) -> None:
        await self._connection.execute("BEGIN IMMEDIATE")


def get_client_class(db_info: dict[str, Any]) -> type[BaseDBAsyncClient]:
    """Called by tortoise, which knows this module as its engine."""
    return SqliteEngine if "file_path" in db_info["credentials"] else PostgresEngine


class Engine:
    """An open database. `alone` holds the file's lock; without it one is a guest beside the process that does."""

    def __init__(self, url: str, *, alone: bool) -> None:
        self.dialect: Dialect = dialect_of(url)
        self._temporary = tempfile.TemporaryDirectory(prefix="dragoman-") if is_memory(url) else None
        self.url = f"sqlite://{self._temporary.name}/memory.sqlite3" if self._temporary else url
        self._lock = lock_file(self.url) if alone and self.dialect == "sqlite" else None
        self._clients: list[BaseDBAsyncClient] = []
        self._context = TortoiseContext()

    @property
    def owns_file(self) -> bool:
        """Whether this process alone writes the database."""
        return self._lock is not None

    async def open(self) -> None:
        """Connect, and bind the models to this database."""
        EXECUTOR_CACHE.clear()  # it is keyed by names only, and keeps one dialect's SQL for the other
        config = {
            "connections": {
                "default": {"engine": "storage.engine", "credentials": _credentials(self.url)},
                "reads": {"engine": "storage.engine", "credentials": _credentials(self.url, query_only=True)},
            },
            "apps": {"storage": {"models": ["storage.models"], "default_connection": "default"}},
        }
        with self._context as context:
            await context.init(config)
            self._clients = [context.connections.get(name) for name in ("default", "reads")]
        _show_models(self._context, opened=True)
        for client in self._clients:
            await client.create_connection(with_db=True)

    async def close(self) -> None:
        """Close everything and let the file go."""
        _show_models(self._context, opened=False)
        for client in self._clients:
            await client.close()
        if self._lock:
            self._lock.close()
        if self._temporary:
            self._temporary.cleanup()

    def reads(self) -> Session:
        """What is committed; never waits for a transaction."""
        return Session(self._clients[1], self.dialect)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """For `storage.atomic` alone: must not be cancelled, so it is entered in a task of its own.

        Raises `Unavailable`, which tells whether the transaction may stand."""
        begun = self._sqlite_transaction if self.dialect == "sqlite" else self._postgres_transaction
        with told_apart():
            async with begun() as session:
                yield session

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[Session]:
        """For `storage.atomic` alone: one statement, which is a transaction by itself. Raises `Unavailable`, and then
        it may stand."""
        try:
            yield Session(self._clients[0], self.dialect)
        except Unavailable as failure:
            raise Unavailable(failure.reason, failure.detail, in_doubt=True) from failure

    @asynccontextmanager
    async def _sqlite_transaction(self) -> AsyncIterator[Session]:
        client = cast(SqliteEngine, self._clients[0])
        async with client._lock:
            transaction = SqliteTransaction(client)
            try:
                await transaction.begin()
                yield Session(transaction, "sqlite")
                with told_apart(in_doubt=True):
                    await transaction.commit()
            except BaseException:
                await _undone(transaction)
                raise

    @asynccontextmanager
    async def _postgres_transaction(self) -> AsyncIterator[Session]:
        client = cast(PostgresEngine, self._clients[0])
        async with client.connection() as connection:
            transaction = TransactionWrapper(client)
            transaction._connection = connection
            await transaction.begin()
            try:
                yield Session(transaction, "postgres")
            except BaseException:
                await _undone(transaction)
                raise
            with told_apart(in_doubt=True):
                await transaction.commit()


async def _undone(transaction: SqliteTransactionWrapper | TransactionWrapper) -> None:
    """What went wrong is to be told, not that a connection which died of it cannot take anything back: that the
    database does by itself."""
    try:
        await transaction.rollback()
    except Exception as failure:
        if outage(failure) is None:
            raise


_open_contexts: list[TortoiseContext] = []


def _show_models(context: TortoiseContext, *, opened: bool) -> None:
    """A model asks the current context what its database can do, even when a query names its connection, and finds
    none in a task that did not open the store. Tortoise has one fallback for the process; ours is the newest open."""
    _open_contexts[:] = [other for other in _open_contexts if other is not context] + ([context] if opened else [])
    tortoise.context._global_context = _open_contexts[-1] if _open_contexts else None


def dialect_of(url: str) -> Dialect:
    """Raises `BadDatabaseUrl`."""
    match urlsplit(url).scheme:
        case "sqlite" if len(url) > len("sqlite://"):
            return "sqlite"
        case "postgres" | "postgresql":
            return "postgres"
    raise BadDatabaseUrl


def is_memory(url: str) -> bool:
    """SQLite's own in-memory databases cannot be shared by two connections; ours is a file that goes with the store."""
    return url.startswith("sqlite://") and url.endswith(":memory:")


def sqlite_path(url: str) -> Path:
    """`sqlite:///a/b` is absolute, `sqlite://b` is relative to the working directory."""
    return Path(unquote(url.removeprefix("sqlite://")))


def lock_file(url: str) -> TextIO:
    """Take the SQLite file for this process. The lock goes with the process, however it ends. Raises `DatabaseBusy`."""
    path = sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # customers' words: for our own eyes; the files SQLite puts beside it get the same mode
    lock = path.with_name(path.name + ".lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise DatabaseBusy(str(path)) from None
    return lock


def _credentials(url: str, *, query_only: bool = False) -> dict[str, Any]:
    if dialect_of(url) == "sqlite":
        return {"file_path": str(sqlite_path(url)), "query_only": query_only}
    parts = urlsplit(url)
    settings = {"default_transaction_read_only": "on"} if query_only else {}
    return {
        "host": parts.hostname,
        "port": parts.port or 5432,
        "user": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "database": unquote(parts.path.lstrip("/")),
        "minsize": 1,
        "maxsize": WRITERS,
        "timeout": CONNECTING,
        "command_timeout": ANSWERING,
        "reset": _as_it_is,
        "server_settings": {
            "timezone": "UTC",
            "application_name": "dragoman",
            # One that is frozen in the middle of a transaction must not keep its locks from all others.
            "idle_in_transaction_session_timeout": f"{STALLED}s",
            **settings,
        },
    }


async def _as_it_is(connection: asyncpg.Connection) -> None:
    """How a connection goes back to the pool. We never change a session's settings there, so that resetting them, as
    asyncpg would, is a round trip for nothing; it rolls back what was left open by itself."""
