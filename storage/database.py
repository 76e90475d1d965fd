"""An open database: reads answer from what is committed, changes go through `atomic`, and whoever waits for one is told
after its commit. What is done in one transaction, by name, is in `storage.team` and `storage.store`."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from storage.atomic import Transactions
from storage.commits import Commit, Listener
from storage.company import Company
from storage.engine import Engine
from storage.session import Session
from storage.tx import SqlReads, SqlTx

T = TypeVar("T")

_log = structlog.get_logger()


class Database(SqlReads):
    """Reads from what is committed, and one door to change it."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.reads())
        self.url = engine.url
        self.owns_file = engine.owns_file
        """Whether this process alone writes the database; on PostgreSQL others may."""
        self._engine = engine
        self._transactions = Transactions(engine)
        self._listeners: list[Listener] = []
        self.company = Company(engine.url, self._pass_on)
        """On PostgreSQL, for a process that joins it."""

    async def close(self) -> None:
        """Waits for what is being written."""
        await self._transactions.ended()
        await self._engine.close()

    def on_commit(self, listener: Listener) -> Callable[[], None]:
        """`listener` is called after every commit somebody may wait for, of this process and of its company; it must
        not block. Returns how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def atomic(self, work: Callable[[SqlTx], Awaitable[T]], *, single: bool = False) -> T:
        """See `core.ports.Store`. Raises `Lost` only when it was lost dozens of times in a row. `single`: `work` is one
        statement."""

        async def once(session: Session) -> tuple[T, Commit | None]:
            tx = SqlTx(session, self.company.standing)
            return await work(tx), tx.changes.commit()

        return await self._transactions.run(once, self._tell, single=single)

    def _tell(self, commit: Commit) -> None:
        self.company.note(commit)
        self._pass_on(commit)

    def _pass_on(self, commit: Commit) -> None:
        for listener in list(self._listeners):
            try:
                listener(commit)
            except Exception:  # the commit stands, whatever a listener thinks of it
                _log.exception("commit_listener.failed")
