"""Tickets, their clocks and their history."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core.clocks import ClockKind
from core.errors import Lost
from core.facts import Fact
from core.ids import ContactId, TicketId
from core.model import Ticket
from core.ports import SavedFact
from storage import rows, ticket_rows
from storage.codec import FACTS
from storage.commits import Changes
from storage.queries.ids import Ids
from storage.session import Bound, chunks, marks
from storage.standing import Share
from storage.ticket_rows import TICKET_COLUMNS, clock_values

INSERT = f"INSERT INTO tickets (id, {', '.join(TICKET_COLUMNS)}) VALUES ({marks(1 + len(TICKET_COLUMNS))})"
UPDATE = f"UPDATE tickets SET {', '.join(f'{name} = ?' for name in TICKET_COLUMNS)} WHERE id = ?"

CLOCK_COLUMNS = ("ticket_id", "kind", "cycle", "seq", "state", "spans", "target", "due_at", "fired", "next_at")
UPDATE_CLOCK = (
    f"UPDATE clocks SET {', '.join(f'{name} = ?' for name in CLOCK_COLUMNS[2:])} WHERE ticket_id = ? AND kind = ?"
)
ClockRow = tuple[Any, ...]
"""In the order of CLOCK_COLUMNS."""

OVERDUE = timedelta(seconds=30)
"""After so long a clock is anybody's."""


class TicketReads(Bound):
    async def ticket(self, ticket: TicketId) -> Ticket | None:
        return (await self.tickets([ticket])).get(ticket)

    async def tickets(self, ids: Sequence[TicketId]) -> Mapping[TicketId, Ticket]:
        # The version first: were the clocks read before it, another's commit in between would leave the old clocks
        # under the new version, and the compare-and-set would let a step fire twice.
        found: dict[TicketId, Ticket] = {}
        for some in chunks(ids):
            ticket_sql = f"SELECT * FROM tickets WHERE id IN ({marks(len(some))})"
            clock_sql = f"SELECT * FROM clocks WHERE ticket_id IN ({marks(len(some))}) ORDER BY ticket_id, seq"
            own = await self.session.rows(ticket_sql, *some)
            clocks: defaultdict[int, list[Any]] = defaultdict(list)
            for row in await self.session.rows(clock_sql, *some):
                clocks[row["ticket_id"]].append(row)
            found |= {row["id"]: ticket_rows.ticket(row, clocks[row["id"]]) for row in own}
        return {ticket: found[ticket] for ticket in ids if ticket in found}

    async def earlier_tickets(self, contact: ContactId, before: TicketId, limit: int) -> Sequence[TicketId]:
        found = await self.session.rows(
            "SELECT id FROM tickets WHERE contact_id = ? AND id < ? ORDER BY id DESC LIMIT ?", contact, before, limit
        )
        return [row["id"] for row in found]

    async def open_tickets(self, contact: ContactId) -> Sequence[TicketId]:
        found = await self.session.rows(
            "SELECT id FROM tickets WHERE contact_id = ? AND status <> 'closed' ORDER BY id", contact
        )
        return [TicketId(row["id"]) for row in found]

    async def history(self, ticket: TicketId, limit: int) -> Sequence[SavedFact]:
        found = await self.session.rows(
            "SELECT * FROM facts WHERE ticket_id = ? ORDER BY id DESC LIMIT ?", ticket, limit
        )
        return [rows.saved_fact(row) for row in found]

    async def due_tickets(self, at: datetime, limit: int, share: Share | None = None) -> Sequence[TicketId]:
        """Of a share, and after all of it what another should have done a while ago: after an outage everything is
        overdue, and two who take up the same tickets are no quicker than one."""
        if share is None:
            return await self._due("", (at,), limit)
        place, of = share
        own = await self._due(" AND ticket_id % ? = ?", (at, of, place), limit)
        if len(own) < limit:
            own += await self._due(" AND ticket_id % ? <> ?", (at - OVERDUE, of, place), limit - len(own))
        return own

    async def _due(self, whose: str, values: Sequence[Any], limit: int) -> list[TicketId]:
        # Of each kind a ticket has one that is due at most: so many clocks are those of enough tickets, however many
        # more are due after an outage.
        found = await self.session.rows(
            f"SELECT ticket_id FROM clocks WHERE next_at IS NOT NULL AND next_at <= ?{whose}"
            " ORDER BY next_at, ticket_id LIMIT ?",
            *values,
            limit * len(ClockKind),
        )
        return list(dict.fromkeys(TicketId(row["ticket_id"]) for row in found))[:limit]

    async def counting_tickets(self, after: TicketId, limit: int) -> Sequence[TicketId]:
        found = await self.session.rows(
            "SELECT DISTINCT ticket_id FROM clocks WHERE ticket_id > ? AND state <> 'stopped' AND target IS NOT NULL"
            " ORDER BY ticket_id LIMIT ?",
            after,
            limit,
        )
        return [TicketId(row["ticket_id"]) for row in found]

    async def next_clock_at(self, after: datetime | None = None, share: Share | None = None) -> datetime | None:
        """The next of a share: what another is just about to do is no reason to look."""
        since, ours = (" AND next_at > ?" if after else ""), (" AND ticket_id % ? = ?" if share else "")
        values = (*((after,) if after else ()), *((share[1], share[0]) if share else ()))
        sql = f"SELECT min(next_at) AS next_at FROM clocks WHERE next_at IS NOT NULL{since}{ours}"
        row = await self.session.one(sql, *values)
        return rows.moment(row["next_at"]) if row else None


class TicketWrites(Ids):
    changes: Changes

    async def insert_tickets(self, tickets: Sequence[Ticket]) -> None:
        await self.session.many(INSERT, [(t.id, *ticket_rows.ticket_values(t)) for t in tickets])
        await self._write_clocks(tickets)
        await self._write_tags(tickets)
        self._changed(tickets)

    async def save_tickets(self, changes: Sequence[tuple[Ticket, Ticket]]) -> None:
        # In id order, so that two transactions over the same tickets wait for each other and do not deadlock.
        by_id = {before.id: before.version for before, _ in sorted(changes, key=lambda change: change[0].id)}
        for some in chunks(by_id):
            sql = f"SELECT id, version FROM tickets WHERE id IN ({marks(len(some))}) ORDER BY id"
            found = await self.session.rows(f"{sql}{self.session.for_no_key_update}", *some)
            if {row["id"]: row["version"] for row in found} != {ticket: by_id[ticket] for ticket in some}:
                raise Lost
        saved = [after for _, after in changes]
        await self.session.many(UPDATE, [(*ticket_rows.ticket_values(ticket), ticket.id) for ticket in saved])
        await self._save_clocks(changes)
        tags = [after for before, after in changes if after.tags != before.tags]
        await self._forget("ticket_tags", tags)
        await self._write_tags(tags)
        self._changed(saved)

    def _changed(self, tickets: Sequence[Ticket]) -> None:
        for ticket in tickets:
            self.changes.ticket(ticket.id, ticket.version)

    async def _forget(self, table: str, tickets: Sequence[Ticket]) -> None:
        for some in chunks(ticket.id for ticket in tickets):
            await self.session.run(f"DELETE FROM {table} WHERE ticket_id IN ({marks(len(some))})", *some)

    async def _write_clocks(self, tickets: Sequence[Ticket]) -> None:
        await self._insert_clocks(
            [clock_values(t.id, seq, clock) for t in tickets for seq, clock in enumerate(t.clocks)]
        )

    async def _save_clocks(self, changes: Sequence[tuple[Ticket, Ticket]]) -> None:
        """Only those that changed: as a rule that is one, of the half dozen that a ticket has. None ever goes; of each
        kind there is one, and its next cycle takes the place of the last."""
        new: list[ClockRow] = []
        changed: list[ClockRow] = []
        for before, after in changes:
            was = {clock.kind: (seq, clock) for seq, clock in enumerate(before.clocks)}
            for place in enumerate(after.clocks):
                kind = place[1].kind
                if was.get(kind) != place:
                    (changed if kind in was else new).append(clock_values(after.id, *place))
        await self._insert_clocks(new)
        await self.session.many(UPDATE_CLOCK, [(*values[2:], *values[:2]) for values in changed])
        self.changes.clocks |= any(values[-1] for values in changed)

    async def _insert_clocks(self, rows: Sequence[ClockRow]) -> None:
        await self.session.many(
            f"INSERT INTO clocks ({', '.join(CLOCK_COLUMNS)}) VALUES ({marks(len(CLOCK_COLUMNS))})", rows
        )
        self.changes.clocks |= any(values[-1] for values in rows)

    async def _write_tags(self, tickets: Sequence[Ticket]) -> None:
        await self.session.many(
            "INSERT INTO ticket_tags (tag, ticket_id) VALUES (?, ?)",
            [(tag, t.id) for t in tickets for tag in sorted(t.tags)],
        )

    async def insert_facts(self, happened: Sequence[tuple[Ticket, Sequence[Fact]]], at: datetime) -> None:
        await self.session.many(
            "INSERT INTO facts (ticket_id, version, kind, data, at, by_id, queue, channel, tier, language, country)"
            f" VALUES ({marks(11)})",
            [
                (t.id, t.version, *FACTS.pack(fact), at, getattr(fact, "by", None),
                 t.queue, t.channel, t.tier, t.language, t.country)
                for t, facts in happened
                for fact in facts
            ],
        )  # fmt: skip
