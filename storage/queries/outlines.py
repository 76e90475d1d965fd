"""Outlines of open tickets for bulletins: a few columns of the first rows of each queue, read along an index each
(migrations 0008 and 0015). What is counted in them, and who is told, is none of this room's business."""

from collections.abc import Mapping, Sequence

from core.ids import PersonId, QueueName, TicketId
from core.ports import Outline
from storage.queries.lists import OPEN, SOONEST
from storage.rows import Row, moment
from storage.session import Bound

COLUMNS = "id, queue, country, assignee_id, opened_at, waiting_since, last_reply_at, due_at, promised_at, consulted"
ORDERS: Mapping[str, tuple[str, str]] = {
    "due": (OPEN, SOONEST),
    "unassigned": (f"{OPEN} AND assignee_id IS NULL", SOONEST),
    "waiting": ("waiting_since IS NOT NULL", "waiting_since, id"),
    "promised": ("promised_at IS NOT NULL", "promised_at, id"),
    # Every value of theirs is above it: so that the index is entered, and not read as a table would be.
    "consulted": ("consulted <> '' AND consulted >= 'p'", "consulted, id"),
}
"""Of each view what belongs to it and what comes first; word for word what the indexes are of."""


class OutlineReads(Bound):
    async def outlines(self, queues: Sequence[QueueName], view: str, limit: int) -> Sequence[Outline]:
        belongs, order = ORDERS[view]
        found: list[Outline] = []
        for queue in queues:
            sql = f"SELECT {COLUMNS} FROM tickets WHERE queue = ? AND {belongs} ORDER BY {order} LIMIT ?"
            found += [_outline(row) for row in await self.session.rows(sql, queue, limit)]
        return found


def _outline(row: Row) -> Outline:
    opened = moment(row["opened_at"])
    assert opened is not None
    return Outline(
        id=TicketId(row["id"]),
        queue=QueueName(row["queue"]),
        country=row["country"],
        assignee=None if row["assignee_id"] is None else PersonId(row["assignee_id"]),
        opened_at=opened,
        waiting_since=moment(row["waiting_since"]),
        answered=row["last_reply_at"] is not None,
        due_at=moment(row["due_at"]),
        promised_at=moment(row["promised_at"]),
        consulted=row["consulted"],
    )
