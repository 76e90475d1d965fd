"""The Store: reads answer from what is committed, changes go through `atomic`. The queries are in `storage.queries`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeVar

import structlog

from core.errors import Unavailable
from core.ids import DeskName, JobId, PersonId, QueueName, TicketId
from core.jobs import Job
from core.people import Identity, Person, Role
from core.ports import NewPerson, Profile, Raw
from storage import schema
from storage.atomic import Transactions
from storage.commits import Changes, Commit, Listener
from storage.company import Company
from storage.engine import Engine
from storage.group_commit import GroupCommit
from storage.outages import told_apart
from storage.queries.chat import ChatReads, ChatWrites
from storage.queries.conversations import ConversationReads, ConversationWrites
from storage.queries.deliveries import RAWS, DeliveryReads, DeliveryWrites, RawRow, raw_row
from storage.queries.groups import GroupReads, GroupWrites
from storage.queries.indexing import IndexReads, IndexWrites
from storage.queries.lists import ListReads
from storage.queries.messages import MessageReads, MessageWrites
from storage.queries.open_threads import OpenThreadReads
from storage.queries.outbox import OutboxReads, OutboxWrites
from storage.queries.people import NewSession, PeopleReads, PeopleWrites
from storage.queries.search import SearchReads
from storage.queries.threads import ThreadReads, ThreadWrites
from storage.queries.tickets import TicketReads, TicketWrites
from storage.queries.troubles import TroubleReads, TroubleWrites
from storage.queries.upkeep import UpkeepReads, UpkeepWrites
from storage.queries.watch import WatchReads
from storage.session import Session
from storage.standing import ALONE, Share, Standing

T = TypeVar("T")
PROBE, PROBE_SIZE = "probe", 64 * 1024
log = structlog.get_logger(__name__)


class SqlReads(
    ListReads,
    SearchReads,
    IndexReads,
    TicketReads,
    ConversationReads,
    MessageReads,
    ThreadReads,
    OpenThreadReads,
    PeopleReads,
    GroupReads,
    DeliveryReads,
    OutboxReads,
    ChatReads,
    UpkeepReads,
    TroubleReads,
    WatchReads,
):
    """`core.ports.Reads` on a session, and what the program's own pages ask besides."""

    def __init__(self, session: Session) -> None:
        self.session = session


class SqlTx(
    SqlReads,
    TicketWrites,
    ConversationWrites,
    MessageWrites,
    ThreadWrites,
    PeopleWrites,
    GroupWrites,
    OutboxWrites,
    IndexWrites,
    DeliveryWrites,
    ChatWrites,
    UpkeepWrites,
    TroubleWrites,
):
    """`core.ports.Tx`: one open transaction."""

    def __init__(self, session: Session, process: Standing = ALONE) -> None:
        super().__init__(session)
        self.changes = Changes()
        self.process = process


class SqlStore(SqlReads):
    """`core.ports.Store`. Made by `open_store`."""

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
        self._raws = GroupCommit(self._write_raws)

    async def close(self) -> None:
        """Waits for what is being written."""
        await self._raws.close()
        await self._transactions.ended()
        await self._engine.close()

    def on_commit(self, listener: Listener) -> Callable[[], None]:
        """`listener` is called after every commit somebody may wait for, of this process and of its company; it must
        not block. Returns how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def atomic(self, work: Callable[[SqlTx], Awaitable[T]]) -> T:
        """See `core.ports.Store`. Raises `Lost` only when it was lost dozens of times in a row."""

        async def once(session: Session) -> tuple[T, Commit | None]:
            tx = SqlTx(session, self.company.standing)
            return await work(tx), tx.changes.commit()

        return await self._transactions.run(once, self._tell)

    def _tell(self, commit: Commit) -> None:
        self.company.note(commit)
        self._pass_on(commit)

    def _pass_on(self, commit: Commit) -> None:
        for listener in list(self._listeners):
            try:
                listener(commit)
            except Exception:  # the commit stands, whatever a listener thinks of it
                log.exception("commit_listener.failed")

    # --- the inbox ---

    async def put_raw(self, source: str, key: str, body: bytes, headers: Mapping[str, str], at: datetime) -> int | None:
        return await self._raws.put(raw_row(source, key, body, headers, at))

    async def _write_raws(self, raws: Sequence[RawRow]) -> dict[tuple[str, str], int]:
        async def work(session: Session) -> tuple[dict[tuple[str, str], int], Commit | None]:
            tx = SqlTx(session, self.company.standing)
            return await tx.insert_raws(raws), tx.changes.commit()

        try:
            return await self._transactions.run(work, self._tell, single=len(raws) <= RAWS)
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
        return await self.atomic(lambda tx: tx.expire(at, lease, but))

    # --- clocks ---

    async def due_tickets(self, at: datetime, limit: int, share: Share | None = None) -> Sequence[TicketId]:
        """Of this process's share, and what another should have done long ago."""
        return await super().due_tickets(at, limit, share or self.company.standing.share)

    async def next_clock_at(self, share: Share | None = None) -> datetime | None:
        return await super().next_clock_at(share or self.company.standing.share)

    # --- people ---

    async def create_person(self, new: NewPerson, at: datetime) -> Person:
        """Raises `EmailTaken`."""
        return await self.atomic(lambda tx: tx.make_person(new, at))

    async def update_person(
        self,
        person: PersonId,
        *,
        name: str | None = None,
        public_name: str | None = None,
        role: Role | None = None,
        queues: frozenset[QueueName] | None = None,
        active: bool | None = None,
    ) -> None:
        """What is None stays. Who is no longer active is signed out."""

        async def change(tx: SqlTx) -> None:
            await tx.change_person(person, queues=queues, name=name, public_name=public_name, role=role, active=active)
            if active is False:
                await tx.drop_sessions_of(person)

        await self.atomic(change)

    async def set_person(
        self, person: PersonId, *, away: bool | None = None, locale: str | None = None, zone: str | None = None
    ) -> None:
        await self.atomic(lambda tx: tx.change_person(person, away=away, locale=locale, zone=zone))

    async def add_identity(self, person: PersonId, identity: Identity) -> None:
        await self.atomic(lambda tx: tx.know_as(person, identity))

    async def new_invite(self, person: PersonId, at: datetime, lives: timedelta) -> str:
        """The code to hand to the person; only its hash is stored."""
        return await self.atomic(lambda tx: tx.make_invite(person, at, lives))

    async def redeem_invite(
        self, code: str, identity: Identity, profile: Profile | None, at: datetime
    ) -> Person | None:
        return await self.atomic(lambda tx: tx.use_invite(code, identity, profile, at))

    async def new_group_code(self, desk: DeskName, place: str, at: datetime, lives: timedelta) -> str:
        return await self.atomic(lambda tx: tx.make_group_code(desk, place, at, lives))

    async def hold_code(self, desk: DeskName, code: str, chat: str, at: datetime) -> bool:
        return await self.atomic(lambda tx: tx.hold_group_code(desk, code, chat, at)) is not None

    async def bind_group(self, desk: DeskName, code: str, chat: str, title: str, at: datetime) -> str | None:
        return await self.atomic(lambda tx: tx.use_group_code(desk, code, chat, title, at))

    async def new_login(self, person: PersonId, at: datetime, lives: timedelta) -> str:
        return await self.atomic(lambda tx: tx.make_login(person, at, lives))

    async def redeem_login(self, token: str, at: datetime, lives: timedelta) -> NewSession | None:
        """Spend a one-time sign-in token for a session; None when it is unknown, used or expired."""
        return await self.atomic(lambda tx: tx.use_login(token, at, lives))

    async def new_session(self, person: PersonId, at: datetime, lives: timedelta) -> NewSession:
        """A session without a sign-in token: the demo's."""
        return await self.atomic(lambda tx: tx.make_session(person, at, lives))

    async def touch_session(self, token: str, at: datetime, lives: timedelta) -> None:
        """Used again: it lives on from now."""
        await self.atomic(lambda tx: tx.prolong_session(token, at, lives))

    async def end_session(self, token: str) -> None:
        await self.atomic(lambda tx: tx.drop_session(token))

    async def seen_notices(self, person: PersonId, at: datetime) -> None:
        await self.atomic(lambda tx: tx.see_notices(person, at))

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
