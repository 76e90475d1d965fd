"""The processes that share a PostgreSQL database: which of them live, and telling each other what was committed.

One connection of its own: a session's advisory lock says "I live" and goes with the process, however it ends; LISTEN
and NOTIFY carry hints. Nothing here is needed for anything to be right, only for it to be quick, so nothing here may
stop the program: without the connection others wake by looking, and leases end by themselves. Its times are those of
the connection, real ones, whatever the program's clock says.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import asyncpg
import structlog

from storage.commits import ANYTHING, Commit, Listener
from storage.hints import Hints, Typing, TypingListener, unpacked
from storage.queries.deliveries import OPEN
from storage.standing import Standing

CHANNEL = "dragoman"
PROCESSES, WORKERS = 0x_D7A6_1, 0x_D7A6_2
"""Classes of advisory locks; the second part is the process's number."""
GATHERED = 0.01
"""Seconds between two NOTIFYs: each takes a lock that the whole cluster shares."""
LOOK = 1.0
"""Seconds between two looks at who lives."""
ABSENT = 2.0
"""Seconds after which an owner of work who was missed once, and is missed again, is gone."""
GRACE = 10.0
"""Seconds after a reconnection in which nobody is called gone: as a rule others are just reconnecting too."""
SILENT = 15
"""Seconds of silence after which PostgreSQL ends the session, and with it the lock, of a process that is frozen or out
of reach."""
AGAIN_FIRST, AGAIN_LAST = 0.1, 1.0
"""Seconds before connecting again."""
CONNECTING, ANSWERING, LEAVING = 5.0, 10.0, 2.0

LIVING = f"""
    SELECT 'owner' AS what, owner AS number FROM inbox WHERE {OPEN} AND state = 'leased' AND owner > 0
    UNION SELECT 'owner', owner FROM jobs WHERE state = 'sending' AND owner > 0
    UNION SELECT 'owner', split_part(owner, '.', 1)::bigint FROM leases WHERE owner ~ '^[0-9]{{1,18}}[.]'
    UNION SELECT CASE l.classid::bigint WHEN {WORKERS} THEN 'worker' ELSE 'process' END, l.objid::bigint FROM pg_locks l
        WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted AND l.classid::bigint IN ({PROCESSES}, {WORKERS})
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    UNION SELECT 'young', 0 WHERE now() - pg_postmaster_start_time() < interval '{GRACE} seconds'
"""
"""The rows are those of the statement's beginning and the locks are read after it: whoever is an owner and has no lock
let it go."""

_log = structlog.get_logger()
Connection = Any
"""asyncpg's, which has no types."""


class Company:
    """`heard` is called with what others committed. A store without a process of its own around it never joins."""

    def __init__(self, url: str, heard: Listener) -> None:
        self._url = url
        self._heard = heard
        self.standing = Standing(secrets.randbelow(2**31 - 1) + 1)
        self.listening = False
        """Others' commits wake us at once."""
        self._working = False
        self._well: Callable[[], bool] = lambda: True
        self._leaving = False
        self._held: set[int] = set()
        self._hints = Hints()
        self._stir = asyncio.Event()
        self._tried = asyncio.Event()
        self._why = ""
        """What keeps us apart from the others."""
        self._look_now = False
        self._missed: dict[int, float] = {}
        self._judges_from = 0.0
        self._looked_at = 0.0
        self._moved: list[asyncio.Future[None]] = []
        self._typing: list[TypingListener] = []

    # --- for the program ---

    @asynccontextmanager
    async def joined(self, *, working: bool, well: Callable[[], bool]) -> AsyncIterator[None]:
        """Be one of them for as long as the block runs. `working`: has an outbox, and a share of the buckets. `well` is
        asked now and then: who is not gives its locks up, and what it has in hand is another's soon."""
        self._working, self._well, self._leaving = working, well, False
        task = asyncio.create_task(self._run(), name="company")
        try:
            await self._tried.wait()
            yield
        finally:
            self._leaving = True
            self._stir.set()
            await asyncio.wait({task}, timeout=LEAVING)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def retire(self) -> None:
        """Take no more work: the buckets pass to others, while what is in hand is still ours."""
        self._working = False
        self._look_now = True
        self._stir.set()

    def note(self, commit: Commit) -> None:
        """This process committed it. Returns at once."""
        if self.listening:
            self._hints.add(commit)
            self._stir.set()

    def types(self, typing: Typing) -> None:
        """Told to the others for the moment."""
        if self.listening:
            self._hints.typing.add(typing)
            self._stir.set()

    def on_typing(self, listener: TypingListener) -> Callable[[], None]:
        """Called when somebody types whose page is at another process. Returns how to stop."""
        self._typing.append(listener)
        return lambda: self._typing.remove(listener)

    async def moved(self) -> None:
        """Return when somebody joined, left or was found to be gone."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._moved.append(waiter)
        try:
            await waiter
        finally:
            with suppress(ValueError):
                self._moved.remove(waiter)

    # --- the connection ---

    async def _run(self) -> None:
        again = AGAIN_FIRST
        while not self._leaving:
            try:
                await self._live()
                again = AGAIN_FIRST
            except Exception as fault:
                self._says_why(type(fault).__name__)
            self._tried.set()
            if not self._leaving:
                await asyncio.sleep(again)
                again = min(2 * again, AGAIN_LAST)

    def _says_why(self, fault: str) -> None:
        """Once, and not at every try: it may go on for ever, as behind a pooler that cannot LISTEN."""
        if fault != self._why:
            _log.warning("company.apart", error=fault)
        self._why = fault

    async def _live(self) -> None:
        """Until the connection ends, or we leave."""
        settings = {
            "application_name": "dragoman company",
            "synchronous_commit": "off",  # a hint is worth no wait for the disk
            "idle_session_timeout": f"{SILENT}s",
        }
        connection: Connection = await asyncpg.connect(
            self._url, timeout=CONNECTING, command_timeout=ANSWERING, server_settings=settings
        )
        try:
            connection.add_termination_listener(lambda _: self._stir.set())
            await connection.add_listener(CHANNEL, self._hear)
            await self._join(connection)
            while not self._leaving:
                await self._next(connection)
            await self._tell(connection)
        finally:
            self._apart()
            await _closed(connection)

    async def _join(self, connection: Connection) -> None:
        if self._judges_from:
            self._judges_from = _now() + GRACE
        else:
            self._judges_from = _now()
        self._missed.clear()
        await self._look(connection)
        await self._tell(connection)
        self.listening = True
        self._tried.set()
        self._why = ""
        _log.info("company.joined", me=self.standing.me, workers=len(self.standing.workers))
        self._heard(ANYTHING)  # what was told before nobody heard

    async def _next(self, connection: Connection) -> None:
        """Wait for something to do, and do it."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._looks_at):
                await self._stir.wait()
        self._stir.clear()
        if connection.is_closed():
            raise ConnectionError
        if self._look_now or _now() >= self._looks_at or self._leaving:
            await self._look(connection)
        await self._tell(connection)
        await asyncio.sleep(GATHERED)

    async def _tell(self, connection: Connection) -> None:
        hints, self._hints = self._hints, Hints()
        text = hints.packed()
        if text is not None:
            await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, text)

    def _apart(self) -> None:
        self.listening = False
        self._held.clear()
        self._stand(replace(self.standing, joined=False, gone=frozenset(), workers=()))

    # --- who lives ---

    async def _look(self, connection: Connection) -> None:
        self._look_now = False
        await self._hold(connection)
        found = [(row["what"], row["number"]) for row in await connection.fetch(LIVING)]
        now = self._looked_at = _now()
        if ("young", 0) in found:
            self._judges_from = now + GRACE
        living = {number for what, number in found if what != "owner"} | {self.standing.me}
        missed = {number for what, number in found if what == "owner"} - living
        self._missed = {number: self._missed.get(number, now) for number in missed}
        gone = {number for number, since in self._missed.items() if now - since >= ABSENT}
        self._stand(
            replace(
                self.standing,
                joined=PROCESSES in self._held,
                gone=frozenset(gone) if now >= self._judges_from else frozenset(),
                workers=tuple(sorted(number for what, number in found if what == "worker")),
            )
        )

    async def _hold(self, connection: Connection) -> None:
        """The locks that are ours to hold. Shared, as our own last session may not have been missed yet."""
        wanted: set[int] = set()
        if not self._leaving and self._well():
            wanted = {PROCESSES, WORKERS} if self._working else {PROCESSES}
        if wanted == self._held:
            return
        for kind in wanted - self._held:
            await connection.execute("SELECT pg_advisory_lock_shared($1, $2)", kind, self.standing.me)
        for kind in self._held - wanted:
            await connection.execute("SELECT pg_advisory_unlock_shared($1, $2)", kind, self.standing.me)
        self._held = wanted
        self._hints.look = True

    @property
    def _looks_at(self) -> float:
        return self._looked_at + LOOK

    def _stand(self, standing: Standing) -> None:
        """Whoever waits is woken when it is news."""
        before, self.standing = self.standing, standing
        if standing == before:
            return
        if gone := standing.gone - before.gone:
            _log.warning("company.gone", processes=len(gone))
        if gone or standing.workers != before.workers:
            self._heard(ANYTHING)  # what was theirs may be ours
        waiters, self._moved = self._moved, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    # --- what others say ---

    def _hear(self, connection: Connection, pid: int, channel: str, text: str) -> None:
        """Called by asyncpg inside the loop."""
        if pid == connection.get_server_pid():
            return
        try:
            commit, typing, look = unpacked(text)
        except (ValueError, KeyError, TypeError, AttributeError):
            _log.warning("company.not_understood")
            return
        if look:
            self._look_now = True
            self._stir.set()
        if commit is not None:
            self._heard(commit)
        for one in typing:
            for listener in list(self._typing):
                listener(one)


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _closed(connection: Connection) -> None:
    """Without waiting for a server that does not answer."""
    try:
        await connection.close(timeout=LEAVING)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection.terminate()
