"""The outbox: jobs owed to the outside world. A lane is first in, first out; a keyed job waits at most once."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from core.errors import Overtaken
from core.ids import JobId
from core.jobs import Job, JobState, Owed, Urgency
from storage import rows
from storage.codec import WORK
from storage.commits import Changes
from storage.fields import instant
from storage.session import Bound, chunks, marks
from storage.standing import Standing

FREE = (
    " AND NOT EXISTS (SELECT 1 FROM jobs e WHERE e.lane = j.lane AND e.id <> j.id AND e.state IN ('waiting', 'sending')"
    f" AND (e.state = 'sending' OR (e.id < j.id AND NOT (j.urgency < {int(Urgency.COSMETIC)}"
    f" AND e.urgency >= {int(Urgency.COSMETIC)} AND e.failures = 0))))"
)
"""Nothing stands before it in its lane. What is only cosmetic lets words pass: it may be waiting for more of its kind,
or for room in its bucket, and shows what is true when its turn comes. Not when it failed: so may the words."""

HEADS = f"""
    WITH RECURSIVE bucket(name) AS (
        SELECT min(bucket) FROM jobs WHERE state = 'waiting'
        UNION ALL SELECT (SELECT min(n.bucket) FROM jobs n WHERE n.state = 'waiting' AND n.bucket > bucket.name)
        FROM bucket WHERE bucket.name IS NOT NULL
    ), head(id) AS (
        SELECT (SELECT j.id FROM jobs j WHERE j.state = 'waiting' AND j.bucket = bucket.name AND j.not_before <= ?
            {{unless_cosmetic}}{FREE} ORDER BY j.urgency, j.id LIMIT 1)
        FROM bucket WHERE bucket.name IS NOT NULL{{buckets}}
    )
    SELECT j.id FROM jobs j WHERE j.id IN (SELECT id FROM head) ORDER BY j.urgency, j.id LIMIT ?"""
"""The first of each bucket, from one bucket to the next in the index. Behind it, and in the buckets that are full, any
number may wait: none of it is looked at."""

OF_OURS = " AND (hashtext(bucket.name) & 2147483647) % ? = ?"
"""A bucket is one worker's at a time, so that its limit is kept exactly. The hash is the server's, alike for all."""

UNLESS_COSMETIC = f" AND (j.urgency < {int(Urgency.COSMETIC)} OR j.bucket NOT IN ({{buckets}}))"


def _dead(gone: Collection[int]) -> str:
    """Jobs whose worker is gone: their lease has run out, or they are of one of these owners."""
    theirs = f" OR owner IN ({marks(len(gone))})" if gone else ""
    return f"state = 'sending' AND (lease_until <= ?{theirs})"


class OutboxReads(Bound):
    async def has_dead(self, at: datetime, gone: Collection[int]) -> bool:
        return await self.session.one(f"SELECT 1 AS dead FROM jobs WHERE {_dead(gone)} LIMIT 1", at, *gone) is not None

    async def is_held(self, job: JobId, attempt: int) -> bool:
        sql = "SELECT 1 AS held FROM jobs WHERE id = ? AND attempt = ? AND state = 'sending'"
        return await self.session.one(sql, job, attempt) is not None

    async def next_job_at(self, after: datetime) -> datetime | None:
        row = await self.session.one(
            f"SELECT min(j.not_before) AS next_at FROM jobs j WHERE j.state = 'waiting' AND j.not_before > ?{FREE}",
            after,
        )
        lease = await self.session.one(
            "SELECT min(lease_until) AS next_at FROM jobs WHERE state = 'sending' AND lease_until > ?", after
        )
        instants = [instant(found["next_at"]) for found in (row, lease) if found and found["next_at"]]
        return min(instants, default=None)


class OutboxWrites(Bound):
    changes: Changes
    process: Standing

    async def enqueue(self, jobs: Sequence[Owed], at: datetime) -> None:
        await self.session.many(
            "INSERT INTO jobs (kind, payload, lane, bucket, urgency, key, ticket_id, not_before, created_at)"
            f" VALUES ({marks(9)}) ON CONFLICT (key) WHERE state = 'waiting' AND key <> ''"
            " DO UPDATE SET not_before = CASE WHEN excluded.not_before < jobs.not_before THEN excluded.not_before"
            " ELSE jobs.not_before END, urgency = CASE WHEN excluded.urgency < jobs.urgency THEN excluded.urgency"
            " ELSE jobs.urgency END, bucket = excluded.bucket WHERE ?",
            [
                (
                    *WORK.pack(owed.work),
                    owed.lane,
                    owed.bucket,
                    int(owed.urgency),
                    owed.key,
                    owed.ticket,
                    owed.not_before or at + owed.delay,
                    at,
                    owed.hurries,
                )
                for owed in _in_order(jobs)
            ],
        )
        self.changes.jobs |= bool(jobs)

    async def withdraw(self, keys: Sequence[str]) -> Sequence[bool]:
        cancelled: set[str] = set()
        for some in chunks(sorted(set(keys))):
            found = await self.session.rows(
                f"UPDATE jobs SET state = 'cancelled' WHERE key IN ({marks(len(some))}) AND key <> ''"
                " AND state = 'waiting' AND NOT uncertain RETURNING key",
                *some,
            )
            cancelled |= {row["key"] for row in found}
        self.changes.jobs |= bool(cancelled)
        return [key in cancelled for key in keys]

    async def hurry(self, bucket: str, at: datetime) -> None:
        self.changes.jobs |= bool(
            await self.session.run(
                "UPDATE jobs SET not_before = ? WHERE bucket = ? AND state = 'waiting' AND not_before > ?",
                at,
                bucket,
                at,
            )
        )

    async def no_doubt(self, key: str, at: datetime) -> None:
        await self.session.run(
            "UPDATE jobs SET state = 'done', done_at = ?"
            " WHERE state IN ('parked', 'uncertain') AND state = 'uncertain' AND key = ?",
            at,
            key,
        )

    async def take(
        self,
        limit: int,
        at: datetime,
        lease: timedelta,
        full: Sequence[str],
        low: Sequence[str] = (),
        shut: Sequence[str] = (),
    ) -> Sequence[Job]:
        """At most one of each bucket. On PostgreSQL a head that another worker is just taking is skipped, and still
        blocks its lane."""
        buckets = f" AND bucket.name NOT IN ({marks(len(full))})" if full else ""
        buckets += " AND bucket.name || ':' NOT LIKE ?" * len(shut)
        share = self.process.share
        buckets += OF_OURS if share else ""
        unless = UNLESS_COSMETIC.format(buckets=marks(len(low))) if low else ""
        lock = " FOR UPDATE OF j SKIP LOCKED" if self.session.skip_locked else ""
        values = (*low, *full, *(f"{begin}%" for begin in shut), *(reversed(share) if share else ()), limit)
        sql = HEADS.format(unless_cosmetic=unless, buckets=buckets) + lock
        heads = await self.session.rows(sql, at, *values)
        taken: list[dict[str, Any]] = []
        for some in chunks(row["id"] for row in heads):
            taken += await self.session.rows(
                "UPDATE jobs SET state = 'sending', attempt = attempt + 1, lease_until = ?, owner = ?"
                f" WHERE state = 'waiting' AND id IN ({marks(len(some))}) RETURNING *",
                at + lease,
                self.process.owner,
                *some,
            )
        return await self._readable(sorted(taken, key=lambda row: (row["urgency"], row["id"])), at)

    async def untake(self, until: datetime, but: Sequence[JobId]) -> None:
        """What this process took with a lease until then waits again, as if it had not been. One whose key waits by now
        is left to its lease."""
        kept = f" AND id NOT IN ({marks(len(but))})" if but else ""
        freed = await self.session.run(
            "UPDATE jobs SET state = 'waiting', lease_until = NULL WHERE state = 'sending' AND lease_until = ?"
            " AND owner IN (?, ?)"
            " AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.key = jobs.key AND o.key <> '' AND o.state = 'waiting')"
            + kept,
            until,
            self.process.me,
            -self.process.me,
            *but,
        )
        self.changes.jobs |= bool(freed)

    async def finish(
        self,
        job: JobId,
        attempt: int,
        state: JobState,
        code: str,
        not_before: datetime | None,
        at: datetime,
        *,
        uncertain: bool = False,
    ) -> None:
        held = await self._being_sent(job, attempt)
        if state is JobState.WAITING:
            failures = held["failures"] + 1 if code else 0
            await self._wait_again(held, code, failures, not_before or at, uncertain=uncertain)
        else:
            await self.session.run(
                "UPDATE jobs SET state = ?, code = ?, lease_until = NULL, done_at = ? WHERE id = ?",
                state,
                code,
                at,
                job,
            )
        self.changes.jobs = True

    async def put_back(self, job: JobId, attempt: int, not_before: datetime, *, uncertain: bool) -> None:
        held = await self._being_sent(job, attempt)
        await self._wait_again(held, held["code"], held["failures"], not_before, uncertain=uncertain)
        self.changes.jobs = True

    async def _being_sent(self, job: JobId, attempt: int) -> rows.Row:
        sql = f"SELECT * FROM jobs WHERE id = ? AND attempt = ? AND state = 'sending'{self.session.for_update}"
        held = await self.session.one(sql, job, attempt)
        if held is None:
            raise Overtaken
        return held

    async def _wait_again(
        self, job: rows.Row, code: str, failures: int, not_before: datetime, *, uncertain: bool
    ) -> None:
        """Keeps its place in the lane. One with its key that was enqueued meanwhile would do the same: it goes, and
        leaves its urgency and, as the ticket may have moved, its bucket."""
        same: Sequence[rows.Row] = ()
        if job["key"]:
            same = await self.session.rows(
                "UPDATE jobs SET state = 'cancelled', done_at = ? WHERE key = ? AND state = 'waiting'"
                " RETURNING urgency, bucket",
                not_before,
                job["key"],
            )
        await self.session.run(
            "UPDATE jobs SET state = 'waiting', code = ?, lease_until = NULL, not_before = ?, uncertain = ?,"
            " failures = ?, urgency = ?, bucket = ? WHERE id = ?",
            code,
            not_before,
            uncertain,
            failures,
            min(row["urgency"] for row in [job, *same]),
            [job, *same][-1]["bucket"],
            job["id"],
        )

    async def expire(self, at: datetime, lease: timedelta, but: Sequence[JobId] = ()) -> Sequence[Job]:
        """Jobs whose worker is gone. Replies stay `sending`, under a lease of the caller, who must settle them; so does
        what the caller has in hand."""
        dead = await self.session.rows(
            f"SELECT * FROM jobs WHERE {_dead(self.process.gone)} ORDER BY lease_until, id{self.session.skip_locked}",
            at,
            *self.process.gone,
        )
        for row in dead:
            if row["kind"] == "send_reply" or row["id"] in but:
                sql = "UPDATE jobs SET lease_until = ?, owner = ? WHERE id = ?"
                await self.session.run(sql, at + lease, self.process.owner, row["id"])
            else:
                await self._wait_again(row, "lease_expired", row["failures"] + 1, at, uncertain=True)
        self.changes.jobs |= bool(dead)
        return await self._readable([{**row, "uncertain": True} for row in dead], at)

    async def _readable(self, found: Sequence[rows.Row], at: datetime) -> Sequence[Job]:
        """One that nobody can read, as another version of ours may have left it, must not keep all others from their
        turn: it is parked."""
        jobs = []
        for row in found:
            try:
                jobs.append(rows.job(row))
            except ValueError:
                sql = (
                    "UPDATE jobs SET state = 'parked', code = 'internal', lease_until = NULL, done_at = ? WHERE id = ?"
                )
                await self.session.run(sql, at, row["id"])
                self.changes.jobs = True  # nobody was given it, and others wait behind it
        return jobs


def _in_order(jobs: Sequence[Owed]) -> Sequence[Owed]:
    """Boards and whatever else has a key and no ticket is asked for by transactions over different tickets: each once,
    last, and in the order of the lanes, so that two of them wait for each other and do not deadlock."""
    shared: dict[int | str, Owed] = {}
    for n, owed in enumerate(jobs):
        if _is_shared(owed):
            shared.setdefault(n if owed.hurries else owed.key, owed)
    return [*(owed for owed in jobs if not _is_shared(owed)), *sorted(shared.values(), key=lambda owed: owed.lane)]


def _is_shared(owed: Owed) -> bool:
    return owed.ticket is None and bool(owed.key)
