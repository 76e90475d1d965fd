"""The Store: an open database with what is done in it by name. Deliveries, jobs, clocks and upkeep are here, the team
is in `storage.team`; the queries are in `storage.queries`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from core.errors import Unavailable
from core.ids import JobId, TicketId
from core.jobs import Job
from core.ports import Raw
from storage import schema
from storage.commits import Commit
from storage.engine import Engine
from storage.group_commit import GroupCommit
from storage.outages import told_apart
from storage.queries.deliveries import RAWS, RawRow, raw_row
from storage.standing import Share
from storage.team import TeamStore
from storage.tx import SqlTx

PROBE, PROBE_SIZE = "probe", 64 * 1024
"""The name under which `probe` writes, and how many bytes: about what a large delivery needs."""


class SqlStore(TeamStore):
    """`core.ports.Store`. Made by `open_store`."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._raws = GroupCommit(self._write_raws)

    async def close(self) -> None:
        """Waits for what is being written."""
        await self._raws.close()
        await super().close()

    # --- the inbox ---

    async def put_raw(self, source: str, key: str, body: bytes, headers: Mapping[str, str], at: datetime) -> int | None:
        return await self._raws.put(raw_row(source, key, body, headers, at))

    async def _write_raws(self, raws: Sequence[RawRow]) -> dict[tuple[str, str], int]:
        try:
            return await self.atomic(lambda tx: tx.insert_raws(raws), single=len(raws) <= RAWS)
        except Unavailable as failure:
            if failure.in_doubt:
                self._tell(Commit(raws=True))  # there may be something to take in
            raise

    async def take_raw(
        self, prefix: str, limit: int, at: datetime, lease: timedelta, *, older: timedelta = timedelta()
    ) -> Sequence[Raw]:
        return await self.atomic(lambda tx: tx.lease_raws(prefix, limit, at, lease, older))

    async def take_raw_by_id(self, row: int, at: datetime, lease: timedelta) -> Raw | None:
        return await self.atomic(lambda tx: tx.lease_raw(row, at, lease))

    async def give_back_raws(self, prefix: str, until: datetime) -> None:
        await self.atomic(lambda tx: tx.unlease_raws(prefix, until))

    async def raw_failed(self, row: int, error: str, limit: int) -> bool:
        return await self.atomic(lambda tx: tx.fail_raw(row, error, limit))

    async def hand_back(self) -> None:
        """What this process took out of the inbox and did not come to: others need not wait for its lease."""
        await self.atomic(lambda tx: tx.give_back())

    # --- the outbox ---

    async def take_jobs(
        self,
        limit: int,
        at: datetime,
        lease: timedelta,
        full: Sequence[str],
        low: Sequence[str] = (),
        shut: Sequence[str] = (),
    ) -> Sequence[Job]:
        return await self.atomic(lambda tx: tx.take(limit, at, lease, full, low, shut))

    async def give_back_jobs(self, until: datetime, but: Sequence[JobId]) -> None:
        await self.atomic(lambda tx: tx.untake(until, but))

    async def expire_leases(
        self, at: datetime, but: Sequence[JobId] = (), lease: timedelta = timedelta(minutes=2)
    ) -> Sequence[Job]:
        # Looked for at every step of the outbox: nearly always there is none, and no transaction is needed to see that.
        if not await self.has_dead(at, self.company.standing.gone):
            return []
        return await self.atomic(lambda tx: tx.expire(at, lease, but))

    # --- clocks ---

    async def due_tickets(self, at: datetime, limit: int, share: Share | None = None) -> Sequence[TicketId]:
        """Of this process's share, and what another should have done long ago."""
        return await super().due_tickets(at, limit, share or self.company.standing.share)

    async def next_clock_at(self, after: datetime | None = None, share: Share | None = None) -> datetime | None:
        return await super().next_clock_at(after, share or self.company.standing.share)

    # --- upkeep ---

    async def retry_parked(self, kind: Literal["raw", "job"], id: int, at: datetime) -> bool:
        """An admin's word; False when it is not parked (any more). Uncertain replies are the agent's business."""
        return await self.atomic(lambda tx: tx.unpark(kind, id, at))

    async def probe(self, at: datetime) -> None:
        """Write as much as a delivery may need, and take it away again. Raises `Unavailable`."""

        async def write(tx: SqlTx) -> None:
            await tx.set_setting(PROBE, at.isoformat().ljust(PROBE_SIZE))
            await tx.drop_setting(PROBE)

        await self.atomic(write)

    async def save_setting(self, name: str, value: str) -> None:
        await self.atomic(lambda tx: tx.set_setting(name, value))

    async def take_lease(self, name: str, owner: str, at: datetime, until: datetime) -> bool:
        """Whether what only one process may do at a time is `owner`'s until then. Taking it again renews it."""
        return await self.atomic(lambda tx: tx.take_lease(name, owner, at, until))

    async def drop_lease(self, name: str, owner: str) -> None:
        await self.atomic(lambda tx: tx.drop_lease(name, owner))

    async def prune(self, now: datetime, raw_days: int) -> int:
        """Throw away what is finished and old; returns how many rows went."""
        gone, more = 0, True
        while more:
            went, more = await self.atomic(lambda tx: tx.throw_away(now, raw_days))
            gone += went
        return gone


async def open_store(url: str, *, migrate: bool = True, guest: bool = False) -> SqlStore:
    """Open a database: `sqlite:///path`, `sqlite://:memory:`, `postgres://` or `postgresql://`.

    A guest comes for a moment beside the process that owns a SQLite file (doctor, a command that looks): it does not
    wait for the file's lock and never migrates. Raises `DatabaseBusy`, `SchemaMismatch`, `BadDatabaseUrl`,
    `Unavailable`.
    """
    engine = Engine(url, alone=not guest)
    try:
        with told_apart():
            if migrate and not guest:
                await schema.apply(engine.url)
            else:
                await schema.check(engine.url)
            await engine.open()
    except BaseException:
        await engine.close()
        raise
    store = SqlStore(engine)
    if engine.owns_file:
        await store.atomic(lambda tx: tx.end_leases())
    return store
