"""A house with its door open, on a real database, and short ways to speak with it."""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.customer_words import speak
from core import events as e
from core.apply import Door
from core.commands import Draft, Reply
from core.ids import MessageId, TicketId
from core.jobs import Job, SendReply
from core.messages import Ladder, Message, MessageKind
from core.model import Ticket
from core.people import Identity
from core.policy import Policy
from core.settle import Settler
from storage import SqlStore
from tests.clock import StoryClock
from tests.core.house import NOON, POLICY, SHOP, mei

LEASE = timedelta(minutes=1)
PHONE = "491701234567"
SENDER = e.Sender((Identity("phone", "", PHONE),), PHONE, PHONE, "Anna")
SHORT: Policy = replace(POLICY, inboxes={SHOP: replace(POLICY.inboxes[SHOP], text_limit=12)})
THREE_PARTS = "first part. second part. third part."


@dataclass
class House:
    store: SqlStore
    clock: StoryClock
    policy: Policy = SHORT
    keys: int = 0

    @property
    def door(self) -> Door:
        return Door(self.store, self.clock, self.policy, speak)

    @property
    def settler(self) -> Settler:
        return Settler(self.door)

    async def hears(self, *events: e.ChannelEvent) -> None:
        await self.door.receive([], events)

    async def ticket(self, number: int = 1) -> Ticket:
        found = await self.store.ticket(TicketId(number))
        assert found is not None
        return found

    async def do(self, command: object, number: int = 1) -> Ticket:
        self.keys += 1
        return await self.door.apply(TicketId(number), command, once=f"key-{self.keys}")  # type: ignore[arg-type]

    async def reply(self, text: str = "hello", *, force: bool = True) -> Message:
        """Mei's answer, held."""
        ticket = await self.ticket()
        await self.do(Reply(mei, Draft(text), ticket.last_customer, self.clock.now(), force=force))
        entries = await self.store.entries(TicketId(1))
        return await self.message(max(entry.message for entry in entries if entry.message))

    async def message(self, number: MessageId) -> Message:
        found = await self.store.message(number)
        assert found is not None
        return found

    async def send(self) -> Job | None:
        """What the outbox takes up for a customer after the hold."""
        await self.clock.forward("9s")
        jobs = await self.store.take_jobs(20, self.clock.now(), LEASE, [])
        return next((job for job in jobs if isinstance(job.work, SendReply)), None)

    async def customer_said(self) -> list[str]:
        entries = await self.store.entries(TicketId(1))
        found = await self.store.messages([entry.message for entry in entries if entry.message])
        return [m.text for m in found.values() if m.kind is MessageKind.CUSTOMER]


def said(text: str = "hi", external: str = "w1", minute: float = 0) -> e.CustomerMessage:
    return e.CustomerMessage(SHOP, external, NOON + timedelta(minutes=minute), SENDER, text)


def report(state: Ladder, external: str = "out-0", code: str = "") -> e.DeliveryReport:
    return e.DeliveryReport(SHOP, external, state, NOON, code)
