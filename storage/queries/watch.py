"""What the console's sockets and /health look at: what changed lately, and how long the oldest work waits."""

from dataclasses import dataclass
from datetime import datetime

from core.ids import PersonId, TicketId
from storage.fields import instant
from storage.queries.deliveries import OPEN
from storage.session import Bound

TROUBLE = "state IN ('parked', 'uncertain')"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the logs of facts and notices ended when somebody looked."""

    fact: int
    notice: int


@dataclass(frozen=True, slots=True)
class Change:
    """Tickets and people's notices that were changed, by whatever process."""

    tickets: frozenset[TicketId] = frozenset()
    people: frozenset[PersonId] = frozenset()


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits. The instants are of the oldest; None when nothing waits."""

    raw_waiting: int
    raw_oldest: datetime | None
    jobs_due: int
    jobs_oldest: datetime | None
    parked: int
    uncertain: int


class WatchReads(Bound):
    async def changes_mark(self) -> Mark:
        row = await self.session.one(
            "SELECT (SELECT max(id) FROM facts) AS fact, (SELECT max(id) FROM notices) AS notice"
        )
        assert row is not None
        return Mark(row["fact"] or 0, row["notice"] or 0)

    async def changes_since(self, mark: Mark) -> tuple[Mark, Change]:
        """Cheap when nothing changed: both questions end at the head of an index."""
        facts = await self.session.rows("SELECT id, ticket_id FROM facts WHERE id > ? ORDER BY id", mark.fact)
        notices = await self.session.rows("SELECT id, person_id FROM notices WHERE id > ? ORDER BY id", mark.notice)
        reached = Mark(facts[-1]["id"] if facts else mark.fact, notices[-1]["id"] if notices else mark.notice)
        tickets = frozenset(TicketId(row["ticket_id"]) for row in facts)
        return reached, Change(tickets, frozenset(PersonId(row["person_id"]) for row in notices))

    async def backlog(self, at: datetime) -> Backlog:
        raw = await self.session.one(
            f"SELECT count(*) AS n, min(at) AS oldest FROM inbox WHERE {OPEN} AND state <> 'parked'"
        )
        jobs = await self.session.one(
            "SELECT count(*) AS n, min(not_before) AS oldest FROM jobs WHERE state = 'waiting' AND not_before <= ?", at
        )
        stuck = await self.session.one(
            f"SELECT (SELECT count(*) FROM inbox WHERE {OPEN} AND state = 'parked') AS raws,"
            f" (SELECT count(*) FROM jobs WHERE {TROUBLE} AND state = 'parked') AS jobs,"
            f" (SELECT count(*) FROM jobs WHERE {TROUBLE} AND state = 'uncertain') AS uncertain"
        )
        assert raw is not None
        assert jobs is not None
        assert stuck is not None
        return Backlog(
            raw["n"],
            instant(raw["oldest"]) if raw["oldest"] else None,
            jobs["n"],
            instant(jobs["oldest"]) if jobs["oldest"] else None,
            stuck["raws"] + stuck["jobs"],
            stuck["uncertain"],
        )
