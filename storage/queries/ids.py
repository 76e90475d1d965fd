"""Ids that the store hands out before the row is written, so that a batch can be planned whole."""

from collections.abc import Sequence

from storage.session import Bound

TABLES = frozenset({"tickets", "contacts", "messages", "files"})


class Ids(Bound):
    async def new_ids(self, table: str, n: int) -> Sequence[int]:
        if table not in TABLES:
            raise ValueError(f"{table} has ids of its own")
        if self.session.dialect == "postgres":
            found = await self.session.rows(f"SELECT nextval('{table}_ids') AS id FROM generate_series(1, ?)", n)
            return [row["id"] for row in found]
        row = await self.session.one("UPDATE ids SET last = last + ? WHERE name = ? RETURNING last", n, table)
        assert row is not None
        return range(row["last"] - n + 1, row["last"] + 1)
