"""What people were told in private, and what waits for their morning."""

from collections.abc import Sequence
from datetime import datetime

from core.ids import PersonId, TicketId
from core.ports import Notice
from core.say import Say
from storage import models, rows
from storage.commits import Changes
from storage.fields import instant
from storage.session import Bound


class NoticeReads(Bound):
    async def notices(self, person: PersonId, limit: int) -> Sequence[Notice]:
        told = models.Notice.filter(person_id=person, digest_at__isnull=True).order_by("-id").limit(limit)
        return [rows.notice(row) for row in await told.using_db(self.session.client)]

    async def notice(self, notice: int) -> Notice | None:
        row = await models.Notice.filter(id=notice).using_db(self.session.client).first()
        return rows.notice(row) if row else None

    async def due_digests(self, at: datetime) -> Sequence[PersonId]:
        # Each once, and in order, is seen to here: asked for it, a database may read all notices for the sake of it.
        found = await self.session.rows("SELECT person_id FROM notices WHERE digest_at <= ?", at)
        return sorted({PersonId(row["person_id"]) for row in found})

    async def next_digest_at(self, after: datetime) -> datetime | None:
        """What was due by then and could not be told waits for a while, not for a moment."""
        row = await self.session.one("SELECT min(digest_at) AS at FROM notices WHERE digest_at > ?", after)
        return instant(row["at"]) if row is not None and row["at"] is not None else None


class NoticeWrites(NoticeReads):
    changes: Changes

    async def add_notice(
        self, person: PersonId, say: Say, ticket: TicketId | None, at: datetime, later: datetime | None = None
    ) -> int:
        made = await models.Notice.create(
            person_id=person,
            ticket_id=ticket,
            say=rows.dump_say(say),
            at=at,
            digest_at=later,
            using_db=self.session.client,
        )
        self.changes.people |= {person}
        return int(made.id)

    async def take_waiting(self, person: PersonId, at: datetime) -> Sequence[Notice]:
        gone = await self.session.rows(
            "DELETE FROM notices WHERE person_id = ? AND digest_at <= ? RETURNING id, ticket_id, say, at", person, at
        )
        return [rows.waiting(person, row) for row in sorted(gone, key=lambda row: int(row["id"]))]

    async def see_notices(self, person: PersonId, at: datetime) -> None:
        unseen = models.Notice.filter(person_id=person, seen_at__isnull=True, digest_at__isnull=True, at__lte=at)
        await unseen.using_db(self.session.client).update(seen_at=at)
