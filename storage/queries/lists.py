"""Lists of tickets: the views. Each is read in its order from an index of its own (migration 0008), queue by queue."""

from collections.abc import Sequence
from typing import Any

from core.ids import PersonId, QueueName
from core.ports import COUNTED, Found
from storage.queries.tickets import TicketReads

FARTHEST = 5_000
"""Rows into a list; whoever looks for something farther down looks for it by other means."""

OPEN, CLOSED = "status <> 'closed'", "status = 'closed'"
VIEWS = {
    "open": (OPEN,),
    "mine": (f"{OPEN} AND assignee_id = ?",),
    "unassigned": (f"{OPEN} AND assignee_id IS NULL",),
    "breaching": (f"{OPEN} AND warned AND due_at IS NOT NULL",),
    "closed": (CLOSED,),
    "all": (OPEN, CLOSED),
}
"""What belongs to them, one part after the other; word for word what the indexes are of: SQLite uses them for nothing
less. `breaching`: a clock has warned and still runs."""

SOONEST = "(due_at IS NULL), due_at, COALESCE(last_customer_at, opened_at) DESC, id DESC"
LATEST = "COALESCE(closed_at, last_customer_at, opened_at) DESC, id DESC"


class ListReads(TicketReads):
    async def listed(
        self,
        queues: Sequence[QueueName],
        view: str,
        person: PersonId | None = None,
        *,
        limit: int = 50,
        offset: int = 0,
    ) -> Found:
        if not queues or (view == "mine" and person is None):
            return Found((), 0)
        whose = [person] if view == "mine" and person is not None else []
        total = await self._counted(queues, VIEWS[view], whose, COUNTED + 1)
        found: list[Any] = []
        left = offset
        for part in VIEWS[view]:
            if len(found) < limit and offset <= FARTHEST:
                page = await self._part(queues, part, whose, limit=limit - len(found), offset=left)
                found += page
                if page or not left:
                    left = 0
                else:
                    left -= await self._counted(queues, (part,), whose, left)
        tickets = await self.tickets(found)
        return Found(tuple(tickets.values()), total)

    async def _counted(
        self, queues: Sequence[QueueName], parts: Sequence[str], whose: Sequence[PersonId], most: int
    ) -> int:
        """Up to `most`: how many more there are is nobody's business, and would cost as much as they are."""
        every = " UNION ALL ".join(_first("1", part) for part in parts for _ in queues)
        row = await self.session.one(
            f"SELECT count(*) AS n FROM (SELECT * FROM ({every}) AS of_queues LIMIT ?) AS counted",
            *(value for _ in parts for queue in queues for value in (queue, *whose, most)),
            most,
        )
        return int(row["n"]) if row else 0

    async def _part(
        self, queues: Sequence[QueueName], part: str, whose: Sequence[PersonId], *, limit: int, offset: int
    ) -> list[Any]:
        """Of every queue the first ones; in order among each other."""
        every = " UNION ALL ".join(_first("id, due_at, last_customer_at, opened_at, closed_at", part) for _ in queues)
        page = await self.session.rows(
            f"SELECT id FROM ({every}) AS of_queues ORDER BY {_order(part)} LIMIT ? OFFSET ?",
            *(value for queue in queues for value in (queue, *whose, offset + limit)),
            limit,
            offset,
        )
        return [row["id"] for row in page]


def _first(columns: str, part: str) -> str:
    """The first rows of one queue: ordered, even to count them, so that PostgreSQL too goes along the index and does
    not look for the open tickets among all the closed ones."""
    return (
        f"SELECT * FROM (SELECT {columns} FROM tickets WHERE queue = ? AND {part} ORDER BY {_order(part)} LIMIT ?)"
        " AS of_queue"
    )


def _order(part: str) -> str:
    return LATEST if part == CLOSED else SOONEST
