"""A small run as the verdict sees it, in which all is well: what its tests spoil."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core import sla
from core.clocks import ClockKind
from core.facts import CustomerWrote, DeliveryMoved, Fact, Opened
from core.hours import Calendar
from core.ids import (
    ChannelName,
    ContactId,
    ConversationId,
    DeskName,
    InboxName,
    MessageId,
    QueueName,
    ThreadId,
    TicketId,
)
from core.messages import Ladder, Message, MessageKind, Part
from core.model import Entry, EntryKind, Thread, ThreadRef, Ticket
from core.policy import Policy, QueuePolicy
from core.ports import SavedFact
from core.targets import Target
from tests.crash.evidence import Evidence, Kept, Left, Phone, Shown, TypedWords

ASKED, ANSWERED = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SALES, SLACK = QueueName("sales"), DeskName("slack")
POLICY = Policy(
    queues={SALES: QueuePolicy(SALES, "Sales", Calendar.always())},
    inboxes={},
    targets=(Target(timedelta(hours=4), timedelta(hours=8)),),
    chains={},
)
PICTURE = b"\x89PNG"
ROOT = ("C_SALES", "1.0")
ONE, TWO, REPLY = "m00001 where is it?", "m00002 hello?", "r00001 it left yesterday."


@dataclass
class Book:
    """A run in which Ana said two things and was answered once; a test spoils one thing."""

    phone: Phone = field(default_factory=lambda: Phone("Ana", [ONE, TWO], [REPLY], [PICTURE]))
    typed: list[TypedWords] = field(default_factory=lambda: [TypedWords(REPLY, "Ana")])
    noted: list[TypedWords] = field(default_factory=list)
    posts: list[Shown] = field(
        default_factory=lambda: [
            Shown(ROOT, f"Ana\n{ONE}\n{TWO}"),
            Shown(ROOT, "lamp.png", files=[PICTURE]),
            Shown(ROOT, "Delivered"),
        ]
    )
    cards: dict[TicketId, list[tuple[str, str]]] = field(default_factory=lambda: {TicketId(1): [ROOT]})
    kept: list[Kept] = field(default_factory=lambda: [kept(1)])
    left: list[Left] = field(default_factory=list)

    def evidence(self) -> Evidence:
        phones, ended_at = [self.phone], ANSWERED + timedelta(minutes=1)
        return Evidence(phones, self.typed, self.noted, self.posts, self.cards, self.kept, self.left, POLICY, ended_at)

    def tickets(self, **fields: Any) -> None:
        """Spoil the ticket itself."""
        self.kept = [replace(self.kept[0], ticket=replace(self.kept[0].ticket, **fields))]

    def reply(self, state: Ladder, text: str = REPLY) -> None:
        """The reply ended otherwise; no clock was stopped by it, as nothing says that it was."""
        *said, reply = self.kept[0].messages
        self.kept = [replace(kept(1, state), messages=[*said, replace(reply, parts=(Part(0, text, state=state),))])]


def message(id: int, kind: MessageKind, text: str, at: datetime, *parts: Part) -> Message:
    return Message(MessageId(id), TicketId(1), ConversationId(1), kind, text, at, parts=parts)


def kept(id: int, state: Ladder = Ladder.DELIVERED) -> Kept:
    """As the program leaves it: two messages, a reply, and the clocks that follow."""
    messages = [
        message(1, MessageKind.CUSTOMER, ONE, ASKED),
        message(2, MessageKind.CUSTOMER, TWO, ASKED + timedelta(minutes=1)),
        message(3, MessageKind.REPLY, REPLY, ANSWERED, Part(0, REPLY, state=state)),
    ]
    facts: list[tuple[int, Fact]] = [
        (1, Opened()),
        (1, CustomerWrote(MessageId(1))),
        (2, CustomerWrote(MessageId(2))),
        (3, DeliveryMoved(MessageId(3), state)),
    ]
    ticket = Ticket(
        TicketId(id),
        version=3,
        queue=SALES,
        inbox=InboxName("wa"),
        channel=ChannelName("whatsapp"),
        conversation=ConversationId(id),
        contact=ContactId(id),
        opened_at=ASKED,
        entries=3,
    )
    ticket, _ = sla.start(ticket, ClockKind.FIRST_REPLY, ASKED, POLICY)
    if state is not Ladder.UNCERTAIN:
        ticket, _ = sla.stop(ticket, [ClockKind.FIRST_REPLY], ANSWERED, POLICY)
    kinds = (EntryKind.CUSTOMER, EntryKind.CUSTOMER, EntryKind.REPLY)
    return Kept(
        ticket,
        messages,
        [Entry(ticket.id, seq, seq + 1, kind, ASKED, MessageId(seq + 1)) for seq, kind in enumerate(kinds)],
        [SavedFact(ticket.id, version, ANSWERED, fact) for version, fact in facts],
        Thread(ThreadId(id), ticket.id, ThreadRef(SLACK, *ROOT), posted=3),
    )
