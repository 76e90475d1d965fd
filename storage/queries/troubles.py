"""Troubles that stand, as rows of the settings: few, and each as short as its name and its beginning."""

from collections.abc import Sequence
from datetime import datetime

from core.jobs import CloseThread, EditBoard, EditCard, EditEntry
from core.ports import Trouble
from storage.codec import kind_of
from storage.commits import Changes
from storage.session import Bound

LOOKS = tuple(kind_of(work) for work in (EditCard, EditEntry, EditBoard, CloseThread))
"""Jobs that wait for nobody's cure, so that words need not wait for them: they are tried again when it is there."""
PREFIX, FORESEEN = "trouble|", "foreseen|"


class TroubleReads(Bound):
    async def troubles(self) -> Sequence[Trouble]:
        found = await self.session.rows("SELECT name, value FROM settings WHERE name LIKE 'trouble|%' ORDER BY name")
        return [_trouble(row["name"], row["value"]) for row in found]


class TroubleWrites(TroubleReads):
    changes: Changes

    async def foresee_trouble(self, where: str, code: str, at: datetime) -> None:
        await self.session.run("DELETE FROM settings WHERE name = ?", f"{FORESEEN}{code}|{where}")
        await self.session.run(
            "INSERT INTO settings (name, value) VALUES (?, ?)", f"{FORESEEN}{code}|{where}", at.isoformat()
        )

    async def foreseen(self, where: str, code: str, since: datetime) -> bool:
        name = f"{FORESEEN}{code}|{where}"
        row = await self.session.one("DELETE FROM settings WHERE name = ? RETURNING value", name)
        return row is not None and datetime.fromisoformat(row["value"]) >= since

    async def begin_trouble(self, where: str, code: str, at: datetime) -> datetime:
        row = await self.session.one(
            "INSERT INTO settings (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = settings.value RETURNING value",
            _name(where, code),
            at.isoformat(),
        )
        assert row is not None
        return datetime.fromisoformat(row["value"])

    async def end_trouble(self, where: str, code: str) -> datetime | None:
        row = await self.session.one("DELETE FROM settings WHERE name = ? RETURNING value", _name(where, code))
        return None if row is None else datetime.fromisoformat(row["value"])

    async def try_now(self, code: str, at: datetime, bucket: str = "") -> None:
        where, values = (" AND bucket = ?", (bucket,)) if bucket else ("", ())
        self.changes.jobs |= bool(
            await self.session.run(
                f"UPDATE jobs SET not_before = ? WHERE state = 'waiting' AND code = ? AND not_before > ?{where}",
                at,
                code,
                at,
                *values,
            )
        )
        for kind in LOOKS:
            self.changes.jobs |= bool(
                await self.session.run(
                    "UPDATE jobs SET state = 'waiting', not_before = ?, done_at = NULL, code = '', failures = 0"
                    f" WHERE state = 'parked' AND kind = ? AND code = ?{where} AND NOT EXISTS (SELECT 1 FROM jobs o"
                    " WHERE o.key = jobs.key AND (o.state = 'waiting' OR (o.state = 'parked' AND o.id > jobs.id)))",
                    at,
                    kind,
                    code,
                    *values,
                )
            )


def _name(where: str, code: str) -> str:
    return f"{PREFIX}{code}|{where}"


def _trouble(name: str, value: str) -> Trouble:
    code, _, where = name.removeprefix(PREFIX).partition("|")
    return Trouble(where, code, datetime.fromisoformat(value))
