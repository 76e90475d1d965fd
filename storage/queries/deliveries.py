"""The inbox (raw deliveries, durable before the ack) and the once-keys of what has had its effect."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core.ids import DeskName
from core.ports import FROM_DESK, Raw
from storage import rows
from storage.commits import Changes
from storage.session import Bound, chunks, marks, tuples

OPEN = "state IN ('waiting', 'leased', 'parked')"
"""Word for word what the index inbox_open is of: SQLite uses it for nothing less."""
FREE = "(state = 'waiting' OR (state = 'leased' AND lease_until <= ?))"
"""A dead lease says nothing against the row: whoever held it was stopped, with all that it had in hand."""


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


class DeliveryWrites(Bound):
    changes: Changes

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
        for start in range(0, len(raws), 150):
            some = raws[start : start + 150]
            found = await self.session.rows(
                f"INSERT INTO inbox (source, key, body, headers, at) VALUES {tuples(len(some), 5)}"
                " ON CONFLICT (source, key) DO NOTHING RETURNING id, source, key",
                *(value for raw in some for value in raw),
            )
            made |= {(row["source"], row["key"]): row["id"] for row in found}
        self.changes.raws |= bool(made)
        return made

    async def lease_raws(
        self, prefix: str, limit: int, at: datetime, lease: timedelta, older: timedelta
    ) -> Sequence[Raw]:
        found = await self.session.rows(
            f"SELECT id FROM inbox WHERE {OPEN} AND {FREE} AND substr(source, 1, ?) = ? AND at <= ?"
            f" ORDER BY id LIMIT ?{self.session.skip_locked}",
            at,
            len(prefix),
            prefix,
            at - older,
            limit,
        )
        return await self._lease([row["id"] for row in found], at, lease)

    async def lease_raw(self, row: int, at: datetime, lease: timedelta) -> Raw | None:
        return next(iter(await self._lease([row], at, lease)), None)

    async def _lease(self, ids: Sequence[int], at: datetime, lease: timedelta) -> Sequence[Raw]:
        taken: list[dict[str, Any]] = []
        for some in chunks(ids):
            taken += await self.session.rows(
                f"UPDATE inbox SET state = 'leased', lease_until = ? WHERE id IN ({marks(len(some))}) AND {FREE}"
                " RETURNING *",
                at + lease,
                *some,
                at,
            )
        return [rows.raw(row) for row in sorted(taken, key=lambda row: row["id"])]

    async def fail_raw(self, row: int, error: str, limit: int) -> bool:
        """Compare-and-set on the lease; False as well when somebody else has the row by now."""
        parked = await self.session.one(
            "UPDATE inbox SET attempts = attempts + 1, error = ?, lease_until = NULL,"
            " state = CASE WHEN attempts + 1 >= ? THEN 'parked' ELSE 'waiting' END"
            " WHERE id = ? AND state = 'leased' RETURNING state",
            error[:500],
            limit,
            row,
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
