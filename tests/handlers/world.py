"""A small house for the handlers' tests: a real database and the real door, people, a customer, a desk that listens.

What leaves the house is read from the outbox: `leaving` takes the jobs that are due and sends what a channel would be
given.
"""

import itertools
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from bot import i18n
from bot.customer_words import speak
from bot.handlers.asking import Answer
from bot.handlers.dispatch import Dispatcher
from bot.handlers.registry import COMMANDS, alias_key
from bot.present import Presenter
from core.apply import Door
from core.chains import Chain, Level
from core.errors import SendError
from core.events import CustomerMessage, Deleted, Edited, FileNote, Origin, Pressed, Sender, Submitted, Typed
from core.hours import Calendar
from core.ids import ChannelName, DeskName, InboxName, PersonId, QueueName, TicketId
from core.jobs import SendReply
from core.messages import Ladder, Message
from core.model import Entry, EntryKind, PostRef, ThreadRef, Ticket
from core.people import Identity, Person, Role
from core.policy import InboxPolicy, Policy, QueuePolicy
from core.ports import NewPerson, Profile, Tx
from core.settle import Settler
from core.targets import DEFAULT_CHAIN, Target
from storage import SqlStore

SLACK = DeskName("slack")
SUPPORT, BILLING = QueueName("support"), QueueName("billing")
INBOX = InboxName("wa")
START = datetime(2026, 11, 23, 9, tzinfo=UTC)
"""A Monday."""

LEVELS = Level(("supervisors",), timedelta(minutes=15)), Level(("admins",), timedelta(minutes=15))
POLICY = Policy(
    queues={
        SUPPORT: QueuePolicy(SUPPORT, "Support", Calendar("Asia/Shanghai", Calendar.always().week), {SLACK: ("C1",)}),
        BILLING: QueuePolicy(BILLING, "Billing", Calendar.always(), {SLACK: ("C2",)}),
    },
    inboxes={INBOX: InboxPolicy(INBOX, ChannelName("whatsapp"), SUPPORT, 4096, timedelta(hours=24))},
    targets=(Target(timedelta(hours=1), timedelta(hours=2)),),
    chains={DEFAULT_CHAIN: Chain(levels=LEVELS)},
)

PEOPLE: Mapping[str, NewPerson] = {
    "ana": NewPerson("Ana Ruiz", email="ana@example.com", queues=frozenset({SUPPORT}), zone="Europe/Madrid"),
    "bo": NewPerson("Bo Li", queues=frozenset({SUPPORT})),
    "eve": NewPerson("Eve Moss", queues=frozenset({BILLING})),
    "sam": NewPerson("Sam Oz", role=Role.SUPERVISOR, queues=frozenset({SUPPORT})),
}


class Hands:
    """The clock: it stands until a test moves it."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    async def wait(self, wake: Awaitable[object], until: datetime | None) -> None:
        raise AssertionError("nothing waits here")


@dataclass
class Listening:
    """Of a desk, what dispatch uses: whose profile is what."""

    profiles: dict[str, Profile] = field(default_factory=dict)
    asked: int = 0
    broken: bool = False

    async def profile(self, who: Identity) -> Profile | None:
        self.asked += 1
        if self.broken:
            raise SendError("server_error", retry=True)
        return self.profiles.get(who.value)


class World:
    def __init__(
        self, store: SqlStore, policy: Policy = POLICY, desks: Mapping[DeskName, object] = MappingProxyType({})
    ) -> None:
        self.store, self.clock, self.policy = store, Hands(), policy
        self.door = Door(store, self.clock, policy, speak)
        self.desk = Listening()
        self.people: dict[str, Person] = {}
        self._numbers = itertools.count(1)
        self.dispatcher = Dispatcher(
            store,
            self.door,
            self.clock,
            policy,
            {name: tuple(i18n.t("zh-CN", alias_key(name)).split()) for name, c in COMMANDS.items() if c.typed},
            {SLACK: self.desk, **desks},  # type: ignore[dict-item]  # of a desk dispatch asks for abilities only
            Presenter(store, policy, self.clock, "https://desk.example").overview,
            "https://desk.example",
        )

    @classmethod
    async def peopled(
        cls, store: SqlStore, policy: Policy = POLICY, desks: Mapping[DeskName, object] = MappingProxyType({})
    ) -> "World":
        world = cls(store, policy, desks)
        for name, new in PEOPLE.items():
            person = await world.store.create_person(new, START)
            await world.store.add_identity(person.id, Identity("slack", "W", name))
            world.people[name] = person
        return world

    def wait(self, **length: float) -> None:
        self.clock.at += timedelta(**length)

    async def customer_writes(self, text: str = "Where is my order?", *, who: str = "34600111222") -> Ticket:
        """The ticket it is in now, with the message shown in its thread."""
        number = next(self._numbers)
        sender = Sender((Identity("phone", "", who),), who, who, "María López")
        await self.door.receive([], [CustomerMessage(INBOX, f"wamid.{number}", self.clock.now(), sender, text)])
        found = await self.store.listed(list(self.policy.queues), "all", limit=1000)
        ids = [ticket.id for ticket in found.tickets]
        newest = await self.ticket(max(ids))
        await self.show(newest.id)
        return newest

    async def show(self, ticket: TicketId) -> None:
        """The outbox has brought the thread up to date."""
        now = self.clock.now()
        entries = await self.store.entries(ticket, limit=1000)
        thread = await self.store.thread(ticket, SLACK)

        async def work(tx: Tx) -> None:
            known = thread.id if thread else await tx.save_thread(ticket, ThreadRef(SLACK, "C1", f"card{ticket}"), 0)
            for entry in entries[thread.posted if thread else 0 :]:
                ref = PostRef(SLACK, "C1", f"bot{ticket}.{entry.seq}")
                await tx.advance_thread(known, entry.seq + 1, ref, [entry.seq], now)

        await self.store.atomic(work)

    async def ticket(self, ticket: TicketId) -> Ticket:
        found = await self.store.ticket(ticket)
        assert found is not None
        return found

    def origin(self, who: str, ticket: Ticket | TicketId | None, *, post: str = "", direct: bool = False) -> Origin:
        number = next(self._numbers)
        id_ = ticket.id if isinstance(ticket, Ticket) else ticket
        return Origin(
            SLACK,
            f"key{number}",
            Identity("slack", "W", who),
            "D1" if direct else "C1",
            self.clock.now(),
            None if id_ is None else f"card{id_}",
            PostRef(SLACK, "C1", post or f"typed{number}"),
            direct=direct,
        )

    async def types(
        self,
        who: str,
        ticket: Ticket | None,
        text: str,
        *,
        post: str = "",
        direct: bool = False,
        mentions_first: bool = False,
        files: tuple[FileNote, ...] = (),
    ) -> Answer:
        origin = self.origin(who, ticket, post=post, direct=direct)
        return await self.dispatcher.handle(Typed(origin, text, files, mentions_first))

    async def edits(self, who: str, ticket: Ticket, post: str, text: str) -> Answer:
        return await self.dispatcher.handle(Edited(self.origin(who, ticket, post=post), text))

    async def deletes(self, who: str, ticket: Ticket, post: str) -> Answer:
        return await self.dispatcher.handle(Deleted(self.origin(who, ticket, post=post)))

    async def presses(self, who: str, ticket: Ticket | None, action: str, value: str = "", text: str = "") -> Answer:
        origin = self.origin(who, ticket, direct=ticket is None)
        return await self.dispatcher.handle(Pressed(origin, action, value, text))

    async def submits(self, who: str, ticket: Ticket | None, action: str, value: str, **fields: str) -> Answer:
        return await self.dispatcher.handle(Submitted(self.origin(who, ticket), action, value, fields))

    async def thread(self, ticket: Ticket) -> list[tuple[Entry, Message | None]]:
        entries = await self.store.entries(ticket.id, limit=1000)
        messages = await self.store.messages([e.message for e in entries if e.message is not None])
        return [(entry, messages.get(entry.message) if entry.message is not None else None) for entry in entries]

    async def words(self, ticket: Ticket, kind: EntryKind) -> list[str]:
        """The texts of the thread's notes, replies or customer's messages, but for deleted ones."""
        found = await self.thread(ticket)
        return [m.text for e, m in found if e.kind is kind and m is not None and m.deleted_at is None]

    async def notes(self, ticket: Ticket) -> list[str]:
        return await self.words(ticket, EntryKind.NOTE)

    async def held(self, ticket: Ticket) -> list[str]:
        """Replies that wait out their hold."""
        found = await self.thread(ticket)
        return [m.text for e, m in found if e.kind is EntryKind.REPLY and m is not None and m.ladder is Ladder.HELD]

    async def leaving(self) -> list[str]:
        """Send all that is due now, as the outbox would, and return the texts that left the house."""
        settler, left = Settler(self.door), []
        while jobs := await self.store.take_jobs(100, self.clock.now(), timedelta(minutes=1), []):
            for job in jobs:
                if not isinstance(job.work, SendReply):
                    await settler.done(job)
                    continue
                message = await self.store.message(job.work.message)
                assert message is not None
                part = next(p for p in message.parts if p.state in (Ladder.HELD, Ladder.QUEUED))
                left.append(part.text)
                await settler.part_sent(job, message.id, part, f"out.{message.id}.{part.seq}")
        return left

    def id(self, who: str) -> PersonId:
        return self.people[who].id


def keys(answer: Answer) -> list[str]:
    """What was whispered, by catalogue key. There are words for it, with these parameters."""
    for locale in i18n.locales():
        for whisper in answer.whispers:
            i18n.render(locale, whisper.key, whisper.params, resolve=lambda wrapped: f"#{wrapped.id}")
    return [whisper.key for whisper in answer.whispers]
