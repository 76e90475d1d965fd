"""Short ways to put tickets, messages and jobs into a store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core.ids import ChannelName, DeskName, FileId, InboxName, MessageId, PersonId, QueueName, TicketId
from core.jobs import Job, JobState, Owed, SyncThread, Urgency, Work
from core.messages import File, Message, MessageKind, Part
from core.model import Ticket
from core.people import Identity
from core.ports import NewPerson, Wanted
from storage import SqlStore, SqlTx

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LEASE = timedelta(minutes=1)
SALES = QueueName("sales")
WA = InboxName("wa")
SLACK = DeskName("slack")


def later(**span: int) -> datetime:
    return NOW + timedelta(**span)


def wanted(phone: str, **more: Any) -> Wanted:
    return Wanted(WA, phone, phone, (Identity("phone", "", phone),), at=NOW, **more)


def owed(
    lane: str = "lane", *, key: str = "", bucket: str = "slack", urgency: Urgency = Urgency.THREAD, **more: Any
) -> Owed:
    work: Work = more.pop("work", SyncThread(TicketId(1), SLACK))
    return Owed(work, lane, bucket, urgency, key, **more)


@dataclass
class House:
    store: SqlStore

    async def ticket(self, phone: str = "4930", name: str = "", **more: Any) -> Ticket:
        """A customer's open ticket."""

        async def work(tx: SqlTx) -> Ticket:
            [(conversation, contact)] = await tx.senders([wanted(phone, name=name)])
            [number] = await tx.new_ids("tickets", 1)
            made = Ticket(
                id=TicketId(number),
                version=1,
                inbox=WA,
                channel=ChannelName("whatsapp"),
                conversation=conversation.id,
                contact=contact.id,
                **{"queue": SALES, "opened_at": NOW, **more},
            )
            await tx.insert_tickets([made])
            return made

        return await self.store.atomic(work)

    async def message(self, ticket: Ticket, text: str, *, files: int = 0, **more: Any) -> Message:
        async def work(tx: SqlTx) -> Message:
            [number] = await tx.new_ids("messages", 1)
            message = MessageId(number)
            attached = tuple(
                File(FileId(file), message, f"{file}.pdf", "application/pdf")
                for file in await tx.new_ids("files", files)
            )
            kind: MessageKind = more.pop("kind", MessageKind.CUSTOMER)
            made = Message(message, ticket.id, ticket.conversation, kind, text, NOW, files=attached, **more)
            await tx.insert_messages([made])
            return made

        return await self.store.atomic(work)

    async def reply(self, ticket: Ticket, *texts: str) -> Message:
        parts = tuple(Part(seq, text) for seq, text in enumerate(texts))
        return await self.message(ticket, " ".join(texts), kind=MessageKind.REPLY, parts=parts)

    async def person(self, name: str = "Ann", **more: Any) -> PersonId:
        return (await self.store.create_person(NewPerson(name, **{"queues": frozenset({SALES}), **more}), NOW)).id

    async def enqueue(self, *jobs: Owed, at: datetime = NOW) -> None:
        await self.store.atomic(lambda tx: tx.enqueue(jobs, at))

    async def take(
        self, limit: int = 10, at: datetime = NOW, full: Sequence[str] = (), low: Sequence[str] = ()
    ) -> Sequence[Job]:
        """One after the other, as the outbox does: a call gives at most one of each bucket."""
        jobs: list[Job] = []
        while len(jobs) < limit and (more := await self.store.take_jobs(1, at, LEASE, full, low)):
            jobs += more
        return jobs

    async def finish(self, job: Job, state: JobState = JobState.DONE, **more: Any) -> None:
        not_before, code = more.pop("not_before", None), more.pop("code", "")
        await self.store.atomic(lambda tx: tx.finish(job.id, job.attempt, state, code, not_before, NOW, **more))
