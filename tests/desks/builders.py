"""Tickets, cards and posts as a desk is given them, with everything a test does not speak of filled in."""

from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core.ids import ChannelName, ContactId, ConversationId, FileId, InboxName, MessageId, PersonId, QueueName, TicketId
from core.messages import File, FileState, Message, MessageKind
from core.model import Entry, EntryKind, Ticket
from core.people import Contact
from core.say import Button, Say
from core.views import Card, Post, Shown

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TICKET = TicketId(12)
ANA = PersonId(3)


@dataclass(frozen=True, slots=True)
class StandingClock:
    """Always the same moment."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    async def wait(self, wake: Awaitable[object], until: datetime | None) -> None:
        await wake


def name_of(person: PersonId) -> str:
    return {ANA: "Ana"}.get(person, f"person {person}")


def link_to(ticket: TicketId) -> str:
    return f"https://desk.example/t/{ticket}"


def ticket(**changes: Any) -> Ticket:
    given = Ticket(
        id=TICKET,
        version=1,
        queue=QueueName("sales"),
        inbox=InboxName("wa"),
        channel=ChannelName("whatsapp"),
        conversation=ConversationId(1),
        contact=ContactId(1),
        opened_at=NOW,
        language="pt",
        country="BR",
    )
    return replace(given, **changes)


def contact(**changes: Any) -> Contact:
    given = Contact(ContactId(1), "Maria Silva", "Acme Ltda", country="BR", zone="America/Sao_Paulo")
    return replace(given, **changes)


CLAIM = Button("claim", "desk.cancel", style="primary")
"""Any label that is in the catalogue will do."""


def card(about: Ticket | None = None, **changes: Any) -> Card:
    given = Card(
        ticket=about or ticket(),
        contact=contact(),
        queue_title="Sales",
        locale="en",
        zone="Asia/Shanghai",
        now=NOW,
        deadline=NOW + timedelta(hours=4),
        deadline_kind="first_reply",
        window_ends=NOW + timedelta(hours=23),
        buttons=(CLAIM,),
        more=(Button("snooze", "desk.cancel", "2h"), Button("hold", "home.none")),
        link=link_to(TICKET),
    )
    return replace(given, **changes)


def message(text: str, number: int = 1, kind: MessageKind = MessageKind.CUSTOMER, **changes: Any) -> Message:
    return replace(Message(MessageId(number), TICKET, ConversationId(1), kind, text, NOW), **changes)


def entry(kind: EntryKind = EntryKind.CUSTOMER, seq: int = 0, **changes: Any) -> Entry:
    return replace(Entry(TICKET, seq, 1, kind, NOW), **changes)


def wrote(text: str, seq: int = 0, *, author: str = "Maria Silva", **changes: Any) -> Shown:
    """The customer wrote."""
    return replace(Shown(entry(seq=seq), message(text, seq + 1), author), **changes)


def say_with(*buttons: Button) -> Say:
    """Something said with buttons below."""
    return Say("home.none", buttons=buttons)


def line(it: Say, seq: int = 0, **changes: Any) -> Shown:
    """A line of the log."""
    return replace(Shown(entry(EntryKind.LINE, seq, say=it)), **changes)


def post(*shown: Shown, job: int = 7, **changes: Any) -> Post:
    return replace(Post(TICKET, shown, "en", "Asia/Shanghai", job), **changes)


def file(name: str = "offer.pdf", **changes: Any) -> File:
    return replace(File(FileId(1), MessageId(1), name, "application/pdf", 3, FileState.STORED, "F1", "blob"), **changes)
