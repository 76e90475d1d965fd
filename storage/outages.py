"""What the drivers raise when the database itself cannot be used, told as `core.errors.Unavailable`.

Everything else they raise speaks of what was asked, and is left as it is.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from tortoise.exceptions import BaseORMException

from core.errors import Unavailable

SQLITE = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_IOERR: "io",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CANTOPEN: "io",
    sqlite3.SQLITE_PERM: "read_only",
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_PROTOCOL: "busy",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
}
"""By the primary code: the lower byte (https://www.sqlite.org/rescode.html)."""
POSTGRES: tuple[tuple[type[Exception], str], ...] = (
    (asyncpg.DiskFullError, "full"),
    (asyncpg.ReadOnlySQLTransactionError, "read_only"),
    (asyncpg.QueryCanceledError, "slow"),
    (asyncpg.LockNotAvailableError, "slow"),
    (asyncpg.PostgresIOError, "io"),
    (asyncpg.InvalidAuthorizationSpecificationError, "refused"),
    (asyncpg.InvalidCatalogNameError, "refused"),
    (asyncpg.TooManyConnectionsError, "refused"),
    (asyncpg.PostgresConnectionError, "away"),
    (asyncpg.OperatorInterventionError, "away"),
    (asyncpg.IdleInTransactionSessionTimeoutError, "away"),
    (asyncpg.InsufficientResourcesError, "away"),
    (asyncpg.InternalClientError, "away"),
)
"""The first that fits. The last: a connection that died in the middle of a message."""


@contextmanager
def told_apart(*, in_doubt: bool = False) -> Iterator[None]:
    """Raises `Unavailable` for what speaks of the database itself. For code that does nothing but ask it.

    `in_doubt`: what is asked may be done although the answer says nothing."""
    try:
        yield
    except Exception as failure:
        reason = outage(failure)
        if reason is None or isinstance(failure, Unavailable):
            raise
        raise Unavailable(reason, type(failure).__name__, in_doubt=in_doubt) from failure


def outage(failure: BaseException) -> str | None:
    """Why the database cannot be used; None when it can."""
    match failure:
        case Unavailable(reason=reason):
            return reason
        case sqlite3.Error():
            return SQLITE.get((getattr(failure, "sqlite_errorcode", None) or 0) & 0xFF)
        case BaseORMException(args=(Exception() as cause, *_)):
            return outage(cause)
        case TimeoutError():
            return "slow"
        case OSError():
            return "away"
        case asyncpg.InterfaceError():
            # The driver has one class for a connection that is gone and for its wrong use.
            gone = not isinstance(failure, asyncpg.DataError) and "clos" in str(failure)
            return "away" if gone else None
    return next((reason for kind, reason in POSTGRES if isinstance(failure, kind)), None)
