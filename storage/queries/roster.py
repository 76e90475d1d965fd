"""Who is there to work: duty, absence, who is on call, and how much of the open tickets is in whose hands."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from core.ids import PersonId, QueueName, TicketId
from core.people import Person, Roster, Stand
from storage import models, rows
from storage.queries.people import PeopleReads, PeopleWrites
from storage.session import Row, chunks, marks

OWNED = "status <> 'closed' AND assignee_id IS NOT NULL"
LEFT_TO_THEM = (
    f"SELECT t.id FROM tickets t JOIN people p ON p.id = t.assignee_id WHERE t.assignee_id = ? AND {OWNED}"
    " AND (t.assigned_at IS NULL OR p.away_since IS NULL OR t.assigned_at < p.away_since)"
)
"""Open tickets that somebody had before they went away."""


class RosterReads(PeopleReads):
    async def roster(self) -> Roster:
        people = tuple(await self._people(models.Person.filter(active=True)))
        stands = await self.session.rows("SELECT queue, person_id, since, until FROM stands ORDER BY id")
        return Roster(people, tuple(map(rows.stand, stands)), await self._room(people))

    async def _room(self, people: Sequence[Person]) -> Mapping[PersonId, int]:
        limits = {person.id: person.capacity for person in people if person.capacity is not None}
        counts = await self.open_counts(list(limits))
        return {person: limit - counts.get(person, 0) for person, limit in limits.items()}

    async def open_counts(self, people: Sequence[PersonId]) -> Mapping[PersonId, int]:
        """How many open tickets each has; who has none is left out."""
        counts: dict[PersonId, int] = {}
        for some in chunks(people):
            sql = (
                f"SELECT assignee_id, count(*) AS n FROM tickets WHERE {OWNED} AND assignee_id IN ({marks(len(some))})"
            )
            for row in await self.session.rows(f"{sql} GROUP BY assignee_id", *some):
                counts[PersonId(row["assignee_id"])] = row["n"]
        return counts

    async def stranded(self, person: PersonId, limit: int) -> Sequence[TicketId]:
        """Open tickets that wait for somebody who is away, oldest first; what `core.relief.waits_for` says of them."""
        found = await self.session.rows(
            f"{LEFT_TO_THEM} AND t.status <> 'pending' AND t.snoozed_until IS NULL",
            person,
        )
        return _oldest(found, limit)

    async def overdue(self, person: PersonId, now: datetime, limit: int) -> Sequence[TicketId]:
        """Late tickets of somebody who is away, oldest first; what `core.relief.is_late` says of them."""
        late = f"{LEFT_TO_THEM} AND t.due_at <= ? AND t.in_flight = '[]'"
        return _oldest(await self.session.rows(late, person, now), limit)

    async def left_behind(self, limit: int) -> Sequence[TicketId]:
        """Open tickets of people who work here no more, oldest first."""
        found = await self.session.rows(
            f"SELECT id FROM tickets WHERE {OWNED} AND assignee_id IN (SELECT id FROM people WHERE active = ?)", False
        )
        return _oldest(found, limit)


def _oldest(found: Sequence[Row], limit: int) -> Sequence[TicketId]:
    """Ordered here: asked for in order, a database may read all tickets for the sake of it."""
    return sorted(TicketId(row["id"]) for row in found)[:limit]


class RosterWrites(RosterReads, PeopleWrites):
    async def set_duty(self, person: Person) -> None:
        """Shifts, languages, capacity and substitute, as they stand in `person`."""
        await self.put_person(
            person.id,
            shifts=json.dumps(person.shifts),
            languages=json.dumps(sorted(person.languages)),
            capacity=person.capacity,
            substitute_id=person.substitute,
        )

    async def go_away(
        self, person: PersonId, since: datetime, until: datetime | None, substitute: PersonId | None
    ) -> None:
        """A substitute that is None stays who it was."""
        more = {} if substitute is None else {"substitute_id": substitute}
        await self.put_person(person, away=True, away_since=since, away_until=until, **more)

    async def come_back(self, person: PersonId) -> None:
        await self.put_person(person, away=False, away_since=None, away_until=None)

    async def put_stand(self, stand: Stand) -> None:
        """Of several that cover an instant the last word counts. What is over by then is forgotten."""
        self.changes.roll = True
        await self.session.run("DELETE FROM stands WHERE until <= ?", stand.since)
        await self.session.run(
            "INSERT INTO stands (queue, person_id, since, until) VALUES (?, ?, ?, ?)",
            stand.queue,
            stand.person,
            stand.since,
            stand.until,
        )

    async def end_stands(self, queue: QueueName, person: PersonId) -> int:
        """The rotation counts again; returns how many there were."""
        self.changes.roll = True
        return await self.session.run("DELETE FROM stands WHERE queue = ? AND person_id = ?", queue, person)
