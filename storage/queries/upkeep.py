"""What an operator sees and does: what is parked, trying it again, settings, and throwing old things away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core.ids import TicketId
from core.jobs import JobState
from core.messages import FileState, Ladder
from storage.commits import Changes
from storage.fields import instant
from storage.queries.deliveries import OPEN
from storage.session import Bound, marks
from storage.standing import Standing

LOOKED = timedelta(days=2)
"""How long a visitor is kept who opened a site's chat and wrote nothing."""
SILENT = "EXISTS (SELECT 1 FROM visitors v WHERE v.inbox = chat_log.inbox AND v.visitor = chat_log.visitor\
 AND v.active_at < ?)"
LATEST = 20_000
"""How many of the newest messages are looked through for what failed."""
AT_ONCE = 2000
"""Rows thrown away in one transaction."""
ONCE_DAYS = 30
"""Platforms redeliver for a week at most."""


@dataclass(frozen=True, slots=True)
class Parked:
    """Something that waits for an admin. `what`: an inbox row's source, a job's kind. `code`: why, never text."""

    kind: Literal["raw", "job"]
    id: int
    what: str
    code: str
    attempts: int
    at: datetime
    ticket: TicketId | None = None
    uncertain: bool = False


class UpkeepReads(Bound):
    async def failures(self, since: datetime) -> Sequence[tuple[Literal["replies", "files"], str, int]]:
        """What did not come through among the newest messages since then: replies to customers and files of theirs, by
        the code of the reason."""
        newest = "m.id > (SELECT max(id) FROM messages) - ? AND m.at >= ?"
        replies = await self.session.rows(
            "SELECT p.code AS code, count(DISTINCT m.id) AS n FROM messages m JOIN parts p ON p.message_id = m.id"
            f" WHERE {newest} AND p.state = ? GROUP BY p.code ORDER BY p.code",
            *(LATEST, since, Ladder.FAILED),
        )
        files = await self.session.rows(
            "SELECT f.reason AS code, count(*) AS n FROM messages m JOIN files f ON f.message_id = m.id"
            f" WHERE {newest} AND f.state = ? GROUP BY f.reason ORDER BY f.reason",
            *(LATEST, since, FileState.REFUSED),
        )
        return [("replies", row["code"], row["n"]) for row in replies] + [
            ("files", row["code"], row["n"]) for row in files
        ]

    async def parked(self, limit: int = 200) -> Sequence[Parked]:
        """Oldest first: parked inbox rows, then parked and uncertain jobs."""
        raws = await self.session.rows(
            f"SELECT * FROM inbox WHERE {OPEN} AND state = 'parked' ORDER BY id LIMIT ?", limit
        )
        jobs = await self.session.rows(
            "SELECT * FROM jobs WHERE state IN ('parked', 'uncertain') ORDER BY id LIMIT ?", limit
        )
        return [
            Parked("raw", row["id"], row["source"], row["error"], row["attempts"], instant(row["at"])) for row in raws
        ] + [
            Parked(
                "job",
                row["id"],
                row["kind"],
                row["code"],
                row["attempt"],
                instant(row["created_at"]),
                row["ticket_id"],
                row["state"] == JobState.UNCERTAIN,
            )
            for row in jobs
        ]

    async def setting(self, name: str) -> str | None:
        row = await self.session.one("SELECT value FROM settings WHERE name = ?", name)
        return None if row is None else str(row["value"])


class UpkeepWrites(UpkeepReads):
    changes: Changes
    process: Standing

    async def set_setting(self, name: str, value: str) -> None:
        await self.session.run(
            "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            name,
            value,
        )

    async def drop_setting(self, name: str) -> None:
        await self.session.run("DELETE FROM settings WHERE name = ?", name)

    async def end_leases(self) -> None:
        """Nobody else works on this database: whoever held a lease is dead, and nobody need wait for it to run out."""
        await self.session.run(
            f"UPDATE inbox SET state = 'waiting', lease_until = NULL WHERE {OPEN} AND state = 'leased'"
        )
        await self.session.run("UPDATE jobs SET lease_until = created_at WHERE state = 'sending'")

    async def unpark(self, kind: Literal["raw", "job"], id: int, at: datetime) -> bool:
        if kind == "raw":
            self.changes.raws = True
            sql = "UPDATE inbox SET state = 'waiting', attempts = 0 WHERE id = ? AND state = 'parked'"
            return bool(await self.session.run(sql, id))
        self.changes.jobs = True
        # One with its key that waits by now does the same.
        return bool(
            await self.session.run(
                "UPDATE jobs SET state = 'waiting', not_before = ?, done_at = NULL, code = '',"
                " uncertain = ?, failures = 0 WHERE id = ? AND state = 'parked' AND NOT EXISTS"
                " (SELECT 1 FROM jobs o WHERE o.key = jobs.key AND o.key <> '' AND o.state = 'waiting')",
                at,
                False,
                id,
            )
        )

    async def take_lease(self, name: str, owner: str, at: datetime, until: datetime) -> bool:
        """Take or renew it, unless somebody else has it still. `owner` begins with the process's number and a dot."""
        gone = [str(number) for number in sorted(self.process.gone)]
        theirs = f" OR split_part(leases.owner, '.', 1) IN ({marks(len(gone))})" if gone else ""
        taken = await self.session.one(
            "INSERT INTO leases (name, owner, until) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE"
            " SET owner = excluded.owner, until = excluded.until WHERE leases.owner = excluded.owner"
            f" OR leases.until <= ?{theirs} RETURNING name",
            name,
            owner,
            until,
            at,
            *gone,
        )
        return taken is not None

    async def drop_lease(self, name: str, owner: str) -> None:
        await self.session.run("DELETE FROM leases WHERE name = ? AND owner = ?", name, owner)

    async def throw_away(self, at: datetime, raw_days: int) -> tuple[int, bool]:
        """How many rows went, and whether there may be more: of the large tables some in a transaction, so that nobody
        waits long for it. Tickets, messages and facts stay: erasing people is another matter."""
        old, long_ago = at - timedelta(days=raw_days), at - timedelta(days=ONCE_DAYS)
        gone = 0
        for table, key, which, before in (
            ("inbox", "id", "state = 'done' AND done_at < ?", old),
            ("jobs", "id", "state IN ('done', 'cancelled') AND COALESCE(done_at, created_at) < ?", old),
            ("once", "key", "at < ?", long_ago),
        ):
            some = f"SELECT {key} FROM {table} WHERE {which} LIMIT ?"
            went = await self.session.run(f"DELETE FROM {table} WHERE {key} IN ({some})", before, AT_ONCE)
            gone += went
            if went == AT_ONCE:
                return gone, True
        for sql, before in (
            ("DELETE FROM early_reports WHERE at < ?", long_ago),
            ("DELETE FROM sessions WHERE expires_at < ?", at),
            ("DELETE FROM logins WHERE expires_at < ?", at),
            ("DELETE FROM invites WHERE expires_at < ?", long_ago),
            ("DELETE FROM group_codes WHERE expires_at < ?", at),
            # What a visitor sees; a signed-in user keeps the place where they go on.
            (f"DELETE FROM chat_log WHERE {SILENT}", old),
            ("DELETE FROM visitors WHERE user_ref IS NULL AND active_at < ?", old),
            ("DELETE FROM visitors WHERE user_ref IS NULL AND last_seq = 0 AND active_at < ?", at - LOOKED),
        ):
            gone += await self.session.run(sql, before)
        return gone, False
