"""The database, for commands that come for a moment, beside a running program; what is wrong is said in words."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from bot.cli.shared import give_up, words

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from storage import SqlStore

T = TypeVar("T")


def with_store(settings: "Settings", work: "Callable[[SqlStore], Awaitable[T]]") -> T:
    """What `work` returns. Ends the program when the database cannot be used."""

    async def visit() -> T:
        store = await _open(settings.database_url)
        try:
            return await work(store)
        finally:
            await store.close()

    with said_in_words():
        return asyncio.run(visit())


async def _open(url: str) -> "SqlStore":
    """A guest beside whoever runs. A database that nobody has prepared yet is prepared; then nobody runs either."""
    from storage import SchemaMismatch, open_store

    try:
        return await open_store(url, guest=True)
    except SchemaMismatch:
        return await open_store(url)


@contextmanager
def said_in_words() -> Iterator[None]:
    """What is wrong with a database ends the program with a sentence, not with a traceback."""
    import sqlite3

    from asyncpg import InterfaceError, PostgresError
    from tortoise.exceptions import BaseORMException

    from core.errors import Unavailable
    from storage import BadDatabaseUrl, DatabaseBusy, SchemaMismatch

    try:
        yield
    except Unavailable as error:
        give_up(words("cli.database.failed"), [reason(error.__cause__ or error)])
    except DatabaseBusy:
        give_up(words("cli.database.busy"))
    except BadDatabaseUrl:
        give_up(words("cli.database.failed"), [words("config.bad_database_url")])
    except (SchemaMismatch, PostgresError, InterfaceError, sqlite3.Error, BaseORMException, OSError) as error:
        give_up(words("cli.database.failed"), [reason(error)])


def reason(error: BaseException) -> str:
    """In one line. A database's second line may hold the values of a row."""
    return str(error).partition("\n")[0] or type(error).__name__
