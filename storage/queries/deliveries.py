"""The inbox (raw deliveries, durable before the ack) and the once-keys of what has had its effect."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core.ids import DeskName
from core.ports import FROM_DESK, Raw
from storage import rows
from storage.commits import Changes
from storage.fields import instant, utc
from storage.session import Bound, chunks, marks, tuples
from storage.standing import Standing

RAWS = 150
"""Rows of one INSERT into the inbox."""
OPEN = "state IN ('waiting', 'leased', 'parked')"
"""Word for word what the index inbox_open is of: SQLite uses it for nothing less."""
TAKING = 0x_D7A6_3
"""Advisory lock: one process takes at a time, so that what each finds in others' hands is all of it."""
BEFORE_TAKING = (
    "SELECT pg_advisory_xact_lock(?), set_config('enable_sort', 'off', true),"
    " set_config('enable_bitmapscan', 'off', true)"
)
"""The next rows are found in the order of the index. The planner, whose statistics of a table that fills and empties
are always old, would rather sort all that waits."""
WINDOW = 2000
"""How many waiting rows are looked at for one that may be taken."""


class RawRow(tuple[str, str, bytes, str, datetime]):
    """source, key, body, headers as JSON, at."""

    __slots__ = ()


def raw_row(source: str, key: str, body: bytes, headers: Mapping[str, str], at: datetime) -> RawRow:
    return RawRow((source, key, body, json.dumps(dict(headers)), at))


class DeliveryReads(Bound):
    async def heard(self, desk: DeskName, prefix: str, since: datetime) -> Sequence[bytes]:
        """What a desk put into the inbox since then under keys that begin so, oldest first."""
        found = await self.session.rows(
            "SELECT body FROM inbox WHERE source = ? AND substr(key, 1, ?) = ? AND at >= ? ORDER BY id",
            FROM_DESK + desk,
            len(prefix),
            prefix,
            since,
        )
        return [bytes(row["body"]) for row in found]

    async def lies_unread(self, until: datetime) -> bool:
        sql = f"SELECT 1 AS one FROM inbox WHERE {OPEN} AND state <> 'parked' AND at <= ? LIMIT 1"
        return await self.session.one(sql, until) is not None

    async def used(self, keys: Sequence[str]) -> frozenset[str]:
        found: set[str] = set()
        for some in chunks(keys):
            rows = await self.session.rows(f"SELECT key FROM once WHERE key IN ({marks(len(some))})", *some)
            found |= {row["key"] for row in rows}
        return frozenset(found)


class DeliveryWrites(Bound):
    changes: Changes
    process: Standing

    async def once(self, keys: Sequence[str], at: datetime) -> Sequence[bool]:
        fresh: set[str] = set()
        for some in chunks(sorted(set(keys))):
            found = await self.session.rows(
                f"INSERT INTO once (key, at) VALUES {tuples(len(some), 2)} ON CONFLICT (key) DO NOTHING RETURNING key",
                *(value for key in some for value in (key, at)),
            )
            fresh |= {row["key"] for row in found}
        out = []
        for key in keys:  # the same key twice in one call is new once
            out.append(key in fresh)
            fresh.discard(key)
        return out

    async def insert_raws(self, raws: Sequence[RawRow]) -> dict[tuple[str, str], int]:
        """Ids of the new rows by (source, key); what was there before is not among them."""
        made: dict[tuple[str, str], int] = {}
        for start in range(0, len(raws), RAWS):
            for row in await self._inserted(raws[start : start + RAWS]):
                made[row["source"], row["key"]] = row["id"]
        self.changes.raws |= bool(made)
        return made

    async def _inserted(self, raws: Sequence[RawRow]) -> Sequence[rows.Row]:
        new = " ON CONFLICT (source, key) DO NOTHING RETURNING id, source, key"
        if self.session.dialect == "postgres":
            # One statement whatever the number of rows: it stays prepared.
            arrays = "unnest(?::text[], ?::text[], ?::bytea[], ?::text[], ?::timestamptz[])"
            sql = f"INSERT INTO inbox (source, key, body, headers, at) SELECT * FROM {arrays}{new}"
            *texts, ats = (list(column) for column in zip(*raws, strict=True))
            return await self.session.rows(sql, *texts, [utc(at) for at in ats])
        sql = f"INSERT INTO inbox (source, key, body, headers, at) VALUES {tuples(len(raws), 5)}{new}"
        return await self.session.rows(sql, *(value for raw in raws for value in raw))

    async def lease_raws(
        self, prefix: str, limit: int, at: datetime, lease: timedelta, older: timedelta
    ) -> Sequence[Raw]:
        """Nothing that came after what another has in hand of the same source: no sender's words change their order.
        Among several workers one source at a time, which leaves the others to them."""
        if self.session.dialect == "postgres":
            await self.session.rows(BEFORE_TAKING, TAKING)
        held = await self._held(prefix)
        over = [row for row in held if self._is_over(row, at)]
        busy: dict[str, int] = {}
        for row in held:
            if row not in over and abs(row["owner"]) != self.process.me:
                busy.setdefault(row["source"], row["id"])
        waiting = await self._waiting(prefix, limit, at - older, busy)
        free = [row for row in await self._unlocked(over) if row["id"] < busy.get(row["source"], row["id"] + 1)]
        found = sorted([*free, *waiting], key=lambda row: int(row["id"]))
        if len(self.process.workers) > 1:
            found = [row for row in found if row["source"] == found[0]["source"]]
        return await self._lease([row["id"] for row in found[:limit]], at, lease)

    async def _held(self, prefix: str) -> Sequence[rows.Row]:
        sql = (
            f"SELECT id, source, owner, lease_until FROM inbox WHERE {OPEN} AND state = 'leased'"
            " AND substr(source, 1, ?) = ?"
        )
        return sorted(await self.session.rows(sql, len(prefix), prefix), key=lambda row: int(row["id"]))

    async def _waiting(
        self, prefix: str, limit: int, until: datetime, busy: Mapping[str, int]
    ) -> Sequence[Mapping[str, Any]]:
        """Not behind what is in others' hands; of several workers' rows those of the source that waits longest."""
        several = len(self.process.workers) > 1
        sql = (
            f"SELECT id, source FROM (SELECT id, source, id + 0 AS place FROM inbox WHERE {OPEN} AND state = 'waiting'"
            " AND substr(source, 1, ?) = ? AND at <= ? ORDER BY id + 0 LIMIT ?) w"
            f" WHERE id > 0{' AND NOT (source = ? AND id > ?)' * len(busy)}{{of}} ORDER BY place LIMIT ?"
        )
        window = WINDOW if busy or several else limit
        values = [len(prefix), prefix, until, window, *(value for one in busy.items() for value in one)]
        if not several:
            return await self.session.rows(sql.format(of=""), *values, limit)
        first = await self.session.one(sql.format(of=""), *values, 1)
        if first is None:
            return ()
        return await self.session.rows(sql.format(of=" AND source = ?"), *values, first["source"], limit)

    def _is_over(self, row: rows.Row, at: datetime) -> bool:
        """A dead lease says nothing against the row: whoever held it was stopped, with all that it had in hand."""
        return instant(row["lease_until"]) <= at or row["owner"] in self.process.gone

    async def _unlocked(self, over: Sequence[rows.Row]) -> Sequence[rows.Row]:
        """Without those that whoever held them is about to finish after all."""
        if not over or self.session.dialect == "sqlite":
            return over
        ids = [row["id"] for row in over]
        sql = f"SELECT id, source FROM inbox WHERE id IN ({marks(len(ids))}){self.session.skip_locked}"
        return await self.session.rows(sql, *ids)

    async def lease_raw(self, row: int, at: datetime, lease: timedelta) -> Raw | None:
        return next(iter(await self._lease([row], at, lease)), None)

    async def unlease_raws(self, prefix: str, until: datetime) -> None:
        """What this process took with a lease until then waits again. The taking in doubt is waited for."""
        if self.session.dialect == "postgres":
            await self.session.rows("SELECT pg_advisory_xact_lock(?)", TAKING)
        freed = await self.session.run(
            f"UPDATE inbox SET state = 'waiting', lease_until = NULL WHERE {OPEN} AND state = 'leased'"
            " AND substr(source, 1, ?) = ? AND lease_until = ? AND owner IN (?, ?)",
            len(prefix),
            prefix,
            until,
            self.process.me,
            -self.process.me,
        )
        self.changes.raws |= bool(freed)

    async def _lease(self, ids: Sequence[int], at: datetime, lease: timedelta) -> Sequence[Raw]:
        gone = sorted(self.process.gone)
        theirs = f" OR owner IN ({marks(len(gone))})" if gone else ""
        taken: list[dict[str, Any]] = []
        for some in chunks(ids):
            taken += await self.session.rows(
                f"UPDATE inbox SET state = 'leased', lease_until = ?, owner = ? WHERE id IN ({marks(len(some))})"
                f" AND (state = 'waiting' OR (state = 'leased' AND (lease_until <= ?{theirs}))) RETURNING *",
                at + lease,
                self.process.owner,
                *some,
                at,
                *gone,
            )
        return [rows.raw(row) for row in sorted(taken, key=lambda row: row["id"])]

    async def give_back(self) -> None:
        """What this process has leased and will not come to; and what it did for all is another's turn."""
        me = self.process.me
        await self.session.run("DELETE FROM leases WHERE substr(owner, 1, ?) = ?", len(f"{me}."), f"{me}.")
        returned = await self.session.run(
            f"UPDATE inbox SET state = 'waiting', lease_until = NULL WHERE {OPEN} AND state = 'leased'"
            " AND owner IN (?, ?)",
            me,
            -me,
        )
        self.changes.raws |= bool(returned)

    async def fail_raw(self, row: int, error: str, limit: int) -> bool:
        """Compare-and-set on the lease; False as well when somebody else has the row by now."""
        parked = await self.session.one(
            "UPDATE inbox SET attempts = attempts + 1, error = ?, lease_until = NULL,"
            " state = CASE WHEN attempts + 1 >= ? THEN 'parked' ELSE 'waiting' END"
            " WHERE id = ? AND state = 'leased' AND owner IN (?, ?) RETURNING state",
            error[:500],
            limit,
            row,
            self.process.me,
            -self.process.me,
        )
        self.changes.raws |= parked is not None
        return parked is not None and parked["state"] == "parked"

    async def raw_done(self, ids: Sequence[int], at: datetime) -> None:
        for some in chunks(ids):
            await self.session.run(
                "UPDATE inbox SET state = 'done', done_at = ?, lease_until = NULL, error = ''"
                f" WHERE id IN ({marks(len(some))}) AND state <> 'done'",
                at,
                *some,
            )
