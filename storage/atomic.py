"""The only place where a transaction is begun.

Each runs in a task of its own, shielded: cancelling the caller leaves it to end whole, so no lock and no pool slot can
leak. What was lost or deadlocked runs again from the start, at once: somebody else has just got through, so the
repeats come to an end by themselves, and the limit is for what is lost for good.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import TypeVar

import asyncpg
from tortoise.exceptions import IntegrityError, OperationalError

from core.errors import Lost, Unavailable
from storage.commits import Commit
from storage.engine import Engine
from storage.session import Session

T = TypeVar("T")
TRIES = 50
_inside: ContextVar[bool] = ContextVar("inside_a_transaction", default=False)


class Transactions:
    """Runs transactions on an engine and knows which are still running."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._running: set[asyncio.Task[object]] = set()

    async def run(
        self,
        work: Callable[[Session], Awaitable[tuple[T, Commit | None]]],
        tell: Callable[[Commit], None],
        *,
        single: bool = False,
    ) -> T:
        """The result of `work`, committed, and `tell` told of it: in the transaction's own task, so that a cancelled
        caller does not leave others asleep. Raises what `work` raised (rolled back), `Lost` when lost for good,
        `Unavailable` when the database is: then it may stand, if that went away while it was being committed.

        `single`: `work` is one statement, which needs no transaction around it and so fewer round trips."""
        if _inside.get():
            raise RuntimeError("a transaction cannot be begun inside a transaction")
        task = asyncio.create_task(self._run(work, tell, single))
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    async def ended(self) -> None:
        """Wait for transactions whose callers were cancelled."""
        while self._running:
            await asyncio.wait(self._running)

    def _ended(self, task: "asyncio.Task[T]") -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # seen: when the caller is gone, nobody else asks for it

    async def _run(
        self,
        work: Callable[[Session], Awaitable[tuple[T, Commit | None]]],
        tell: Callable[[Commit], None],
        single: bool,
    ) -> T:
        done: Commit | None = None

        async def noted(session: Session) -> T:
            nonlocal done
            result, done = await work(session)
            return result

        try:
            result = await self._repeat(noted, single)
        except Unavailable as failure:
            if failure.in_doubt and done:
                tell(done)  # it may stand, and then there is something to do
            raise
        if done:
            tell(done)
        return result

    async def _repeat(self, work: Callable[[Session], Awaitable[T]], single: bool) -> T:
        token = _inside.set(True)
        try:
            for _ in range(TRIES - 1):
                try:
                    return await self._once(work, single)
                except Exception as failure:
                    if not _lost(failure):
                        raise
                await asyncio.sleep(0)
            return await self._once(work, single)
        finally:
            _inside.reset(token)

    async def _once(self, work: Callable[[Session], Awaitable[T]], single: bool) -> T:
        async with self._engine.statement() if single else self._engine.transaction() as session:
            return await work(session)


def _lost(failure: BaseException | None) -> bool:
    """Worth another try: a compare-and-set that failed, a deadlock or serialization failure."""
    match failure:
        case None:
            return False
        case Lost() | asyncpg.DeadlockDetectedError() | asyncpg.SerializationError():
            return True
        case asyncpg.UniqueViolationError():
            # Two made the same thing at once where no ON CONFLICT reaches: on a change of state, a new address, a user
            # who signs in on two pages.
            return failure.constraint_name in ("jobs_waiting_key", "conversations_inbox_key_key", "visitors_user")
        case OperationalError() | IntegrityError():
            return _lost(failure.args[0] if failure.args and isinstance(failure.args[0], Exception) else None)
    return False
