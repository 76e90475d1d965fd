"""Lists of tickets and the search over them."""

import re
from collections.abc import Sequence
from typing import Any

from core.ids import PersonId, QueueName, TicketId
from core.ports import Found
from storage.queries.tickets import TicketReads
from storage.session import marks

NUMBER = re.compile(r"(?:[tT]-|#)?(\d{1,15})")
RECENT = 20_000
"""How many of the newest messages are searched for words."""

VIEWS = {
    "open": "status <> 'closed'",
    "mine": "status <> 'closed' AND assignee_id = ?",
    "unassigned": "status <> 'closed' AND assignee_id IS NULL",
    "breaching": "due_at IS NOT NULL AND status <> 'closed' AND EXISTS (SELECT 1 FROM clocks c"
    " WHERE c.ticket_id = tickets.id AND c.state = 'running' AND c.due_at IS NOT NULL AND c.fired <> '[]')",
    "closed": "status = 'closed'",
    "all": "1 = 1",
}
"""`breaching`: a reply clock has warned and still runs."""

SOONEST = "CASE WHEN due_at IS NULL THEN 1 ELSE 0 END, due_at, COALESCE(last_customer_at, opened_at) DESC, id DESC"
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
        where = VIEWS[view]
        if not queues or (view == "mine" and person is None):
            return Found((), 0)
        values: list[Any] = [*queues, *([person] if view == "mine" else [])]
        where = f"queue IN ({marks(len(queues))}) AND {where}"
        total = await self.session.one(f"SELECT count(*) AS n FROM tickets WHERE {where}", *values)
        page = await self.session.rows(
            f"SELECT id FROM tickets WHERE {where} ORDER BY {LATEST if view == 'closed' else SOONEST} LIMIT ? OFFSET ?",
            *values,
            limit,
            offset,
        )
        found = await self.tickets([row["id"] for row in page])
        return Found(tuple(found.values()), total["n"] if total else 0)

    async def search(self, words: str, queues: Sequence[QueueName], limit: int) -> Sequence[TicketId]:
        if not (words := words.strip()) or not queues:
            return []
        visible = f"t.queue IN ({marks(len(queues))})"
        branches = [
            ("JOIN contacts c ON c.id = t.contact_id WHERE lower(c.name) LIKE lower(?) ESCAPE '\\'", f"{like(words)}%"),
            ("JOIN identities i ON i.contact_id = t.contact_id WHERE i.value = ?", words),
            ("JOIN ticket_tags g ON g.ticket_id = t.id WHERE g.tag = ?", words.lower().removeprefix("#")),
            (
                "JOIN messages m ON m.ticket_id = t.id WHERE m.id > (SELECT COALESCE(max(id), 0) FROM messages) -"
                f" {RECENT} AND m.deleted_at IS NULL AND lower(m.text) LIKE lower(?) ESCAPE '\\'",
                f"%{like(words)}%",
            ),
        ]
        if digits := re.sub(r"\D", "", words) if re.fullmatch(r"\+?[\d\s().-]{5,}", words) else "":
            branches.append(("JOIN identities i ON i.contact_id = t.contact_id WHERE i.value IN (?, '+' || ?)", digits))
        sql: list[str] = []
        values: list[Any] = []
        for branch, value in branches:
            sql.append(f"SELECT t.id FROM tickets t {branch} AND {visible}")
            values += [value] * branch.count("?")
            values += queues
        if number := NUMBER.fullmatch(words):
            sql.append(f"SELECT t.id FROM tickets t WHERE t.id = ? AND {visible}")
            values += [int(number[1]), *queues]
        found = await self.session.rows(f"{' UNION '.join(sql)} ORDER BY id DESC LIMIT ?", *values, limit)
        return [row["id"] for row in found]


def like(words: str) -> str:
    """The words themselves as a LIKE pattern, for ESCAPE '\\'."""
    return re.sub(r"([%_\\])", r"\\\1", words)
