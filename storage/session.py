"""Plain SQL on either dialect from one text: placeholders are `?`, instants are aware datetimes, flags are bools.

A session is bound to one client of the engine: the open transaction, or the reading connection.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from tortoise.backends.base.client import BaseDBAsyncClient

from storage.fields import clean, utc

Dialect = Literal["sqlite", "postgres"]
Row = Mapping[str, Any]
FORMS: Mapping[type, Callable[[Any], Any]] = {str: clean, datetime: utc}
"""How values are given to the drivers. By their very type, as there are hundreds a message: what is a word by
inheritance is one of our own, which need no cleaning."""
CHUNK = 500
"""Ids in one IN list; SQLite of old takes 999 variables."""


@lru_cache(maxsize=1024)
def _numbered(sql: str) -> str:
    first, *rest = sql.split("?")
    return first + "".join(f"${n}{part}" for n, part in enumerate(rest, 1))


def marks(n: int) -> str:
    """`?, ?, ?` for an IN list."""
    return ", ".join("?" * n)


def tuples(rows: int, width: int) -> str:
    """`(?, ?), (?, ?)` for a VALUES list."""
    return ", ".join([f"({marks(width)})"] * rows)


class Session:
    """One connection. `rows` and `one`: what a statement yields (RETURNING too); `run`: how many rows it changed."""

    def __init__(self, client: BaseDBAsyncClient, dialect: Dialect) -> None:
        self.client = client
        self.dialect = dialect

    async def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        return await self.client.execute_query_dict(self._text(sql), self._values(values))

    async def one(self, sql: str, *values: Any) -> dict[str, Any] | None:
        found = await self.rows(sql, *values)
        return found[0] if found else None

    async def run(self, sql: str, *values: Any) -> int:
        """For UPDATE and DELETE. How many rows an INSERT made is not told alike by the drivers: use RETURNING."""
        changed, _ = await self.client.execute_query(self._text(sql), self._values(values))
        return changed

    async def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """One statement for each row, in one round trip."""
        if values := [self._values(row) for row in rows]:
            await self.client.execute_many(self._text(sql), values)

    @property
    def for_update(self) -> str:
        """Locks the rows read; SQLite's transaction has the whole file already."""
        return " FOR UPDATE" if self.dialect == "postgres" else ""

    @property
    def for_no_key_update(self) -> str:
        """`for_update` that lets others insert rows which point to the locked ones; empty on SQLite."""
        return " FOR NO KEY UPDATE" if self.dialect == "postgres" else ""

    def for_update_of(self, table: str) -> str:
        """`for_update` where a join reads other tables too."""
        return f" FOR UPDATE OF {table}" if self.dialect == "postgres" else ""

    @property
    def skip_locked(self) -> str:
        return " FOR UPDATE SKIP LOCKED" if self.dialect == "postgres" else ""

    def _text(self, sql: str) -> str:
        return _numbered(sql) if self.dialect == "postgres" else sql

    def _values(self, values: Iterable[Any]) -> list[Any]:
        return [FORMS[type(value)](value) if type(value) in FORMS else value for value in values]


class Bound:
    """A theme's queries, bound to a session. `SqlTx` and `SqlStore` are made of these."""

    session: Session


def chunks(values: Iterable[Any]) -> Iterable[list[Any]]:
    """Distinct values in pieces that fit into one statement."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), CHUNK):
        yield distinct[start : start + CHUNK]
