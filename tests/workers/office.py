"""An outbox at work on a real database, with two desks that remember what was asked of them.

`Chat` is a desk like Slack: the card is the thread. `Forum` is one like Telegram: a thread is made first and the card
is put into it, every write is dear, and each group keeps a board. A desk may be told to `die` around a request, which
leaves the job exactly as a killed process does; or to `refuse` it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

from bot.blobs import DiskBlobs
from bot.present import Presenter
from bot.workers.buckets import Buckets
from bot.workers.deeds import Deeds
from bot.workers.outbox import LEASE, Outbox
from core.commands import Command
from core.errors import SendError
from core.events import ChannelEvent, DeskEvent
from core.hours import Calendar
from core.ids import DeskName, InboxName, TicketId
from core.messages import File
from core.model import PostRef, Thread, ThreadRef, Ticket
from core.people import Identity
from core.policy import Policy, QueuePolicy
from core.ports import Channel, ChannelCaps, Content, Hook, Outgoing, Sent, Sink
from core.say import Say
from core.settle import Settler
from core.views import Board, Card, Post, Shown
from tests.core import door
from tests.core.house import FINANCE, SLACK, SUPPORT, a_policy

TELEGRAM = DeskName("telegram")
SETTLE = timedelta(seconds=20)
CAPS = ChannelCaps(4096, None, {"*": 1})

POLICY = a_policy(
    queues={
        SUPPORT: QueuePolicy(SUPPORT, "Support", Calendar.always(), {SLACK: ("C1",), TELEGRAM: ("east",)}),
        FINANCE: QueuePolicy(FINANCE, "Finance", Calendar.always(), {TELEGRAM: ("money",)}),
    },
    boards=frozenset({TELEGRAM}),
    settle={TELEGRAM: SETTLE},
)


def seen(post: Post) -> str:
    """What a post shows: words or keys of lines, one after the other, and whom it pings."""
    words = [_words(shown) for shown in post.shown]
    pings = [f"@{shown.mention_address}" for shown in post.shown if shown.mention_address]
    return " ".join([*(["again:"] if post.repeated else []), " + ".join(words), *pings])


def _words(shown: Shown) -> str:
    if shown.message is not None:
        return shown.message.text
    return shown.entry.say.key.removeprefix("line.") if shown.entry.say else ""


@dataclass
class Chat:
    """Topics, cards and posts are numbered as they come: t1, c2, p3."""

    name: DeskName = SLACK
    requests: list[str] = field(default_factory=list)
    cards: dict[str, Card] = field(default_factory=dict)
    """By the card's message, as it is now."""
    die: dict[str, Literal["before", "after"]] = field(default_factory=dict)
    """By the kind of request: when it is next asked, the process dies."""
    refuse: dict[str, SendError] = field(default_factory=dict)
    """By the kind of request, or kind and place or thread: what is answered until it is taken out."""
    made: int = 0

    def new(self, kind: str) -> str:
        self.made += 1
        return f"{kind}{self.made}"

    def asked(self, kind: str, where: str, what: str = "") -> None:
        error = self.refuse.get(kind) or self.refuse.get(f"{kind} {where}")
        if error is not None:
            raise error
        if self.die.get(kind) == "before":
            del self.die[kind]
            raise asyncio.CancelledError
        self.requests.append(f"{kind} {where} {what}".strip())

    def done(self, kind: str) -> None:
        if self.die.get(kind) == "after":
            del self.die[kind]
            raise asyncio.CancelledError

    def requests_of(self, kind: str) -> list[str]:
        return [request for request in self.requests if request.split()[0] == kind]

    def requests_but(self, *kinds: str) -> list[str]:
        return [request for request in self.requests if request.split()[0] not in kinds]

    async def open(self, place: str, card: Card, job: int) -> ThreadRef:
        self.asked("open", place)
        root = self.new("t")
        self.cards[root] = card
        self.done("open")
        return ThreadRef(self.name, place, root)

    async def post(self, thread: ThreadRef, post: Post) -> PostRef | None:
        self.asked("post", thread.root, seen(post))
        ref = PostRef(self.name, thread.place, self.new("p"))
        self.done("post")
        return ref

    async def edit(self, at: PostRef, thread: ThreadRef, post: Post) -> None:
        self.asked("edit", at.post, seen(post))

    async def post_file(
        self, thread: ThreadRef, file: File, content: bytes, job: int, repeated: str = ""
    ) -> PostRef | None:
        self.asked("file", thread.root, f"again: {file.name}" if repeated else file.name)
        self.done("file")
        return None

    async def update(self, thread: ThreadRef, card: Card) -> bool:
        self.asked("update", thread.card or thread.root)
        self.cards[thread.card or thread.root] = card
        return False

    async def close(self, thread: ThreadRef, card: Card) -> None:
        self.asked("close", thread.root)

    async def tell(self, who: Identity, notice: Say, locale: str, zone: str, job: int) -> None:
        again = "again: " * any(line.key == "desk.repeated" for line in notice.lines)
        self.asked("tell", who.value, f"{again}{notice.key}")
        self.done("tell")

    def parse(self, raw: bytes) -> Sequence[DeskEvent]:
        return ()

    async def run(self, sink: Sink) -> None: ...


@dataclass
class Forum(Chat):
    name: DeskName = TELEGRAM
    boards: list[Board] = field(default_factory=list)

    async def put_card(self, thread: ThreadRef, card: Card, job: int) -> str:
        self.asked("card", thread.root)
        post = self.new("c")
        self.cards[post] = card
        self.done("card")
        return post

    async def board(self, place: str, board: Board, post: str) -> str:
        self.asked("board", place, post)
        self.boards.append(board)
        standing = post or self.new("b")
        self.done("board")
        return standing

    async def withdraw(self, post: PostRef) -> None:
        self.asked("withdraw", post.post)


@dataclass
class Phone:
    """A channel that takes everything, and can be asked for names."""

    caps: ChannelCaps = CAPS
    sent: list[Outgoing] = field(default_factory=list)
    name: str | SendError = ""
    asked: list[str] = field(default_factory=list)

    async def send(self, out: Outgoing) -> Sent:
        self.sent.append(out)
        return Sent(f"out.{len(self.sent)}")

    async def name_of(self, address: str) -> str:
        self.asked.append(address)
        if isinstance(self.name, SendError):
            raise self.name
        return self.name

    def verify(self, hook: Hook) -> str | None:
        return None

    def parse(self, hook: Hook) -> Sequence[ChannelEvent]:
        return ()

    async def fetch(self, file: File) -> Content:
        raise NotImplementedError


@dataclass
class Office:
    house: door.House
    folder: Path
    slack: Chat = field(default_factory=Chat)
    telegram: Forum = field(default_factory=Forum)
    channels: Mapping[InboxName, Channel] = field(default_factory=dict)
    outbox: Outbox | None = None

    def hire(self, buckets: Buckets | None = None) -> Outbox:
        """A new process."""
        house = self.house
        settler = Settler(house.door)
        presenter = Presenter(house.store, house.policy, house.clock, "https://desk.example")
        desks = {SLACK: self.slack, TELEGRAM: self.telegram}
        deeds = Deeds(settler, self.channels, desks, presenter, DiskBlobs(self.folder))
        self.outbox = Outbox(settler, deeds, buckets or Buckets({}))
        return self.outbox

    async def work(self) -> None:
        """Everything that is due now."""
        outbox = self.outbox or self.hire()
        busy = True
        while busy:
            before = await self._in_hand()
            await outbox.step()
            busy = await self._in_hand() > before
            await outbox.idle()

    async def wait(self, length: str | timedelta) -> None:
        await self.house.clock.forward(length)
        await self.work()

    async def after_a_crash(self) -> None:
        """Another process takes over when the leases of the dead one have ended."""
        await self.house.clock.forward(LEASE)
        self.hire()
        await self.work()

    async def hears(self, *events: ChannelEvent) -> None:
        await self.house.hears(*events)
        await self.work()

    async def does(self, *commands: Command) -> None:
        for command in commands:
            await self.house.do(command)
        await self.work()

    def reorganise(self, **places: Mapping[DeskName, tuple[str, ...]]) -> None:
        """Another configuration, after a restart."""
        policy: Policy = self.house.policy
        queues = {name: replace(queue, places=places.get(name, queue.places)) for name, queue in policy.queues.items()}
        self.house.policy = replace(policy, queues=queues)
        self.hire()

    async def ticket(self) -> Ticket:
        return await self.house.ticket()

    async def thread(self, desk: DeskName = TELEGRAM) -> Thread:
        found = await self.house.store.thread(TicketId(1), desk)
        assert found is not None
        return found

    async def parked(self) -> list[str]:
        return [row.what for row in await self.house.store.parked()]

    async def _in_hand(self) -> int:
        row = await self.house.store.session.one("SELECT sum(attempt) AS n FROM jobs")
        return row["n"] or 0 if row else 0
