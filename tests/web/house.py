"""A whole house for the web tests: a real store in memory, the real door, dispatcher and presenter; no workers."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.blobs import DiskBlobs
from bot.customer_words import speak
from bot.desks.console import ConsoleDesk
from bot.handlers.dispatch import Dispatcher
from bot.present import Presenter
from bot.web.parts import Parts, Settings, Workers
from bot.workers.acts import Acts
from core.apply import Door
from core.chains import Chain, EarlyWarning, Level
from core.events import CustomerMessage, FileNote, Sender
from core.hours import Calendar
from core.ids import CONSOLE, ChannelName, DeskName, InboxName, QueueName, TicketId
from core.people import Identity, Person, Role
from core.policy import InboxPolicy, Policy, QueuePolicy
from core.ports import Desk, NewPerson
from core.targets import DEFAULT_CHAIN, Target
from storage import SqlStore, open_store

WHATSAPP = InboxName("whatsapp")
SALES, REPAIR = QueueName("sales"), QueueName("repair")
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
URL = "http://127.0.0.1:8080"
CHAIN = Chain(
    warnings=(EarlyWarning(0.75, ("assignee",)),),
    levels=(Level(("supervisors",), timedelta(minutes=30)), Level(("admins",), timedelta(minutes=30))),
)
POLICY = Policy(
    queues={
        SALES: QueuePolicy(SALES, "Sales", Calendar.always()),
        REPAIR: QueuePolicy(REPAIR, "Repair", Calendar.always()),
    },
    inboxes={WHATSAPP: InboxPolicy(WHATSAPP, ChannelName("whatsapp"), SALES, 4096, timedelta(hours=24))},
    targets=(Target(timedelta(hours=1), timedelta(hours=2)),),
    chains={DEFAULT_CHAIN: CHAIN},
    slash=frozenset({CONSOLE}),
)


class HandClock:
    """Moves when it is told to."""

    def __init__(self, at: datetime = NINE) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)

    async def wait(self, wake: Awaitable[object], until: datetime | None) -> None:
        await wake


@dataclass(slots=True)
class House:
    store: SqlStore
    clock: HandClock
    parts: Parts
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def door(self) -> Door:
        return Door(self.store, self.clock, self.parts.policy, speak)

    async def joins(self, name: str, *queues: QueueName, role: Role = Role.AGENT, locale: str = "en") -> Person:
        new = NewPerson(name, f"{name}@example.org".lower(), role, frozenset(queues), locale)
        self.people[name] = await self.store.create_person(new, self.clock.now())
        return self.people[name]

    async def customer_writes(
        self, text: str, *, name: str = "Maria Silva", phone: str = "5511987650001", files: tuple[FileNote, ...] = ()
    ) -> TicketId:
        """Returns the ticket it went to."""
        at = self.clock.now()
        external = f"wamid.{phone}.{at.timestamp()}.{len(text)}"
        sender = Sender((Identity("phone", "", phone),), phone, phone, name)
        message = CustomerMessage(WHATSAPP, external, at, sender, text, files=files)
        await self.door.receive([], [message])
        found = await self.store.listed([SALES, REPAIR], "all", limit=200)
        contacts = await self.store.contacts([ticket.contact for ticket in found.tickets])
        return max(ticket.id for ticket in found.tickets if contacts[ticket.contact].name == name)

    async def link(self, name: str) -> str:
        """A sign-in link's token."""
        return await self.store.new_login(self.people[name].id, self.clock.now(), timedelta(minutes=10))


@asynccontextmanager
async def house(
    folder: Path, url: str = "sqlite://:memory:", clock: HandClock | None = None, policy: Policy = POLICY
) -> AsyncIterator[House]:
    store = await open_store(url)
    try:
        yield _wired(store, clock or HandClock(), DiskBlobs(folder), policy)
    finally:
        await store.close()


def _wired(store: SqlStore, clock: HandClock, blobs: DiskBlobs, policy: Policy) -> House:
    presenter = Presenter(store, policy, clock, URL)
    desks: dict[DeskName, Desk] = {CONSOLE: ConsoleDesk(blobs)}
    door = Door(store, clock, policy, speak)
    dispatcher = Dispatcher(store, door, clock, policy, {}, desks, presenter.overview, URL)
    parts = Parts(
        store=store,
        blobs=blobs,
        policy=policy,
        clock=clock,
        act=Acts(store, clock, desks, dispatcher).act,
        presenter=presenter,
        book=dispatcher.book,
        workers=Workers(),
        settings=Settings(organisation="Harbour Trading", public_url=URL, upload_limit=64 * 1024),
    )
    return House(store, clock, parts)
