"""The database, and what is done in it by name: a transaction each, begun and ended inside."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from core.ids import DeskName, JobId, PersonId, QueueName, TicketId
from core.jobs import Job
from core.people import Identity, Person, Stand
from core.ports.desk import Profile
from core.ports.reads import Reads
from core.ports.records import Raw
from core.ports.tx import Tx

T = TypeVar("T")


class Store(Reads, Protocol):
    """The database. Reads answer from what is committed and never wait for an open transaction.

    Everything asked of it may raise `Unavailable`: it is away, full or read-only; what was asked is not to blame."""

    async def atomic(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run `work` in one transaction, from the start again when it was `Lost` or deadlocked. `work` must have no
        effect but through its Tx. Safe against cancellation: it commits whole or not at all."""
        ...

    async def put_raw(self, source: str, key: str, body: bytes, headers: Mapping[str, str], at: datetime) -> int | None:
        """Group commit: returns when the row is durable; its id, or None when (source, key) was there before."""
        ...

    async def take_raw(
        self, prefix: str, limit: int, at: datetime, lease: timedelta, *, older: timedelta = timedelta()
    ) -> Sequence[Raw]:
        """Lease the oldest waiting rows whose source begins with `prefix` and that have waited for `older`."""
        ...

    async def take_raw_by_id(self, row: int, at: datetime, lease: timedelta) -> Raw | None:
        """Lease one waiting row; None when somebody else has it."""
        ...

    async def give_back_raws(self, prefix: str, until: datetime) -> None:
        """Called after a taking was `Unavailable` in doubt: what it leased until then waits again."""
        ...

    async def raw_failed(self, row: int, error: str, limit: int) -> bool:
        """Count a failure; True when it was parked because it failed `limit` times."""
        ...

    async def take_jobs(
        self,
        limit: int,
        at: datetime,
        lease: timedelta,
        full: Sequence[str],
        low: Sequence[str] = (),
        shut: Sequence[str] = (),
    ) -> Sequence[Job]:
        """Commit lane heads that are due as `sending`, most urgent first, at most one of each bucket.

        Left out: buckets in `full`, those that begin as `shut` says, and of those in `low` what is only cosmetic."""
        ...

    async def give_back_jobs(self, until: datetime, but: Sequence[JobId]) -> None:
        """Called after `take_jobs` was `Unavailable` in doubt: what it took under a lease until then waits again, `but`
        for the jobs that are in hand."""
        ...

    async def expire_leases(self, at: datetime, but: Sequence[JobId] = ()) -> Sequence[Job]:
        """Jobs `sending` with a dead lease. Replies stay so under a fresh lease of the caller's, who must settle them,
        and so do those which the caller has in hand; everything else waits again, marked uncertain."""
        ...

    async def is_held(self, job: JobId, attempt: int) -> bool:
        """Whether this attempt still goes on, or somebody else has taken its worker for dead."""
        ...

    async def next_job_at(self, after: datetime) -> datetime | None:
        """When the next lane head becomes due, or the next lease dies. What was due by `after` and could not be taken
        waits for its bucket, not for a moment."""
        ...

    async def due_tickets(self, at: datetime, limit: int) -> Sequence[TicketId]:
        """Tickets with a clock whose next instant has come."""
        ...

    async def next_clock_at(self, after: datetime | None = None) -> datetime | None:
        """The next instant of any clock, or of those later than `after`."""
        ...

    async def counting_tickets(self, after: TicketId, limit: int) -> Sequence[TicketId]:
        """Tickets above `after` with a live business clock, in order."""
        ...

    async def due_digests(self, at: datetime) -> Sequence[PersonId]:
        """For whose digest something waited until then."""
        ...

    async def next_digest_at(self, after: datetime) -> datetime | None: ...
    async def setting(self, name: str) -> str | None: ...
    async def save_setting(self, name: str, value: str) -> None: ...
    async def add_identity(self, person: PersonId, identity: Identity) -> None: ...
    async def set_person(self, person: PersonId, *, locale: str | None = None, zone: str | None = None) -> None: ...
    async def set_away(
        self, person: PersonId, since: datetime, until: datetime | None = None, substitute: PersonId | None = None
    ) -> None:
        """Until None: until they say so. A substitute that is None stays who it was."""
        ...

    async def set_back(self, person: PersonId) -> None: ...
    async def put_stand(self, stand: Stand) -> None:
        """On call in place of whom the rotation names; of several the last word counts."""
        ...

    async def end_stands(self, queue: QueueName, person: PersonId) -> int:
        """The rotation counts again; returns how many there were."""
        ...

    async def redeem_invite(
        self, code: str, identity: Identity, profile: Profile | None, at: datetime
    ) -> Person | None:
        """Use an invitation; None when it is unknown, used or expired."""
        ...

    async def new_group_code(self, desk: DeskName, place: str, at: datetime, lives: timedelta) -> str:
        """A one-time code that makes a group the place; only its hash is stored, and older ones are void."""
        ...

    async def bind_group(self, desk: DeskName, code: str, chat: str, title: str, at: datetime) -> str | None:
        """Use a code: the group is that place from now on, and no other. None when it is unknown, used or expired."""
        ...

    async def hold_code(self, desk: DeskName, code: str, chat: str, at: datetime) -> bool:
        """Whether `bind_group` would take it. From now on it is worth nothing in any other group."""
        ...

    async def new_login(self, person: PersonId, at: datetime, lives: timedelta) -> str:
        """A one-time sign-in token for the console; only its hash is stored."""
        ...

    async def seen_notices(self, person: PersonId, at: datetime) -> None: ...
