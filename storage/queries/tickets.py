"""Tickets, their clocks and their history."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.errors import Lost
from core.facts import Fact
from core.ids import ContactId, TicketId
from core.model import Ticket
from core.ports import SavedFact
from storage import rows, ticket_rows
from storage.codec import FACTS
from storage.commits import Changes
from storage.session import Bound, chunks, marks
from storage.ticket_rows import TICKET_COLUMNS

INSERT = f"INSERT INTO tickets (id, {', '.join(TICKET_COLUMNS)}) VALUES ({marks(1 + len(TICKET_COLUMNS))})"
UPDATE = f"UPDATE tickets SET {', '.join(f'{name} = ?' for name in TICKET_COLUMNS)} WHERE id = ? AND version = ?"


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

    async def history(self, ticket: TicketId, limit: int) -> Sequence[SavedFact]:
        found = await self.session.rows(
            "SELECT * FROM facts WHERE ticket_id = ? ORDER BY id DESC LIMIT ?", ticket, limit
        )
        return [rows.saved_fact(row) for row in found]

    async def due_tickets(self, at: datetime, limit: int) -> Sequence[TicketId]:
        found = await self.session.rows(
            "SELECT ticket_id, min(next_at) AS next_at FROM clocks WHERE next_at IS NOT NULL AND next_at <= ?"
            " GROUP BY ticket_id ORDER BY min(next_at), ticket_id LIMIT ?",
            at,
            limit,
        )
        return [row["ticket_id"] for row in found]

    async def counting_tickets(self, after: TicketId, limit: int) -> Sequence[TicketId]:
        found = await self.session.rows(
            "SELECT DISTINCT ticket_id FROM clocks WHERE ticket_id > ? AND state <> 'stopped' AND target IS NOT NULL"
            " ORDER BY ticket_id LIMIT ?",
            after,
            limit,
        )
        return [TicketId(row["ticket_id"]) for row in found]

    async def next_clock_at(self) -> datetime | None:
        row = await self.session.one("SELECT min(next_at) AS next_at FROM clocks WHERE next_at IS NOT NULL")
        return rows.moment(row["next_at"]) if row else None


class TicketWrites(Bound):
    changes: Changes

    async def new_ids(self, table: str, n: int) -> Sequence[int]:
        if table not in ("tickets", "messages", "files"):
            raise ValueError(f"{table} has ids of its own")
        if self.session.dialect == "postgres":
            found = await self.session.rows(f"SELECT nextval('{table}_ids') AS id FROM generate_series(1, ?)", n)
            return [row["id"] for row in found]
        row = await self.session.one("UPDATE ids SET last = last + ? WHERE name = ? RETURNING last", n, table)
        assert row is not None
        return range(row["last"] - n + 1, row["last"] + 1)

    async def insert_tickets(self, tickets: Sequence[Ticket]) -> None:
        await self.session.many(INSERT, [(t.id, *ticket_rows.ticket_values(t)) for t in tickets])
        await self._write_clocks(tickets)
        await self._write_tags(tickets)

    async def save_tickets(self, tickets: Sequence[tuple[Ticket, int]]) -> None:
        # In id order, so that two transactions over the same tickets wait for each other and do not deadlock.
        for ticket, version in sorted(tickets, key=lambda pair: pair[0].id):
            if not await self.session.run(UPDATE, *ticket_rows.ticket_values(ticket), ticket.id, version):
                raise Lost
        saved = [ticket for ticket, _ in tickets]
        for some in chunks(ticket.id for ticket in saved):
            await self.session.run(f"DELETE FROM clocks WHERE ticket_id IN ({marks(len(some))})", *some)
            await self.session.run(f"DELETE FROM ticket_tags WHERE ticket_id IN ({marks(len(some))})", *some)
        await self._write_clocks(saved)
        await self._write_tags(saved)

    async def _write_clocks(self, tickets: Sequence[Ticket]) -> None:
        values = [ticket_rows.clock_values(t.id, seq, clock) for t in tickets for seq, clock in enumerate(t.clocks)]
        await self.session.many(
            "INSERT INTO clocks (ticket_id, kind, cycle, seq, state, spans, target, due_at, fired, next_at)"
            f" VALUES ({marks(10)})",
            values,
        )
        self.changes.clocks |= any(clock.next_at for t in tickets for clock in t.clocks)
        for ticket in tickets:
            self.changes.ticket(ticket.id, ticket.version)

    async def _write_tags(self, tickets: Sequence[Ticket]) -> None:
        await self.session.many(
            "INSERT INTO ticket_tags (tag, ticket_id) VALUES (?, ?)",
            [(tag, t.id) for t in tickets for tag in sorted(t.tags)],
        )

    async def insert_facts(self, ticket: Ticket, facts: Sequence[Fact], at: datetime) -> None:
        where = (ticket.queue, ticket.channel, ticket.tier, ticket.language, ticket.country)
        await self.session.many(
            "INSERT INTO facts (ticket_id, version, kind, data, at, by_id, queue, channel, tier, language, country)"
            f" VALUES ({marks(11)})",
            [(ticket.id, ticket.version, *FACTS.pack(fact), at, getattr(fact, "by", None), *where) for fact in facts],
        )
