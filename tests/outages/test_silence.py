"""A platform that takes connections and never answers: the others keep their pace, and memory stays where it was."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.workers.hands import HANGS, OF_FILES, OF_ONE, SLOTS, TRIALS, Hands, platform_of
from bot.workers.loop import Worker
from core import events as e
from core.ids import JobId, TicketId
from core.jobs import CloseThread, Job
from core.model import ThreadRef
from core.people import Identity
from core.views import Card
from storage import open_store
from tests.clock import StoryClock
from tests.core.door import House
from tests.core.house import NOON, SHOP, SLACK
from tests.workers.office import POLICY, Chat, Forum, Office, Phone

CUSTOMERS = 40


@dataclass
class Silent:
    """Lets nothing through while it is `silent`; `held`: how many wait for an answer, `most`: how many did at once."""

    answers: asyncio.Event = field(default_factory=asyncio.Event)
    held: int = 0
    most: int = 0

    async def wait(self) -> None:
        self.held += 1
        self.most = max(self.most, self.held)
        try:
            await self.answers.wait()
        finally:
            self.held -= 1


@dataclass
class SilentChat(Chat):
    line: Silent = field(default_factory=Silent)

    async def open(self, place: str, card: Card, job: int) -> ThreadRef:
        await self.line.wait()
        return await super().open(place, card, job)


@dataclass
class SilentPhone(Phone):
    line: Silent = field(default_factory=Silent)

    async def name_of(self, address: str) -> str:
        await self.line.wait()
        return await super().name_of(address)


@dataclass
class Counting(Forum):
    """Tells when it has this many threads."""

    full: asyncio.Event = field(default_factory=asyncio.Event)

    def asked(self, kind: str, where: str, what: str = "") -> None:
        super().asked(kind, where, what)
        if len(self.requests_of("open")) == CUSTOMERS:
            self.full.set()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    store = await open_store(f"sqlite:///{tmp_path / 'house.sqlite3'}")
    try:
        yield Office(House(store, StoryClock(NOON), POLICY), tmp_path, SilentChat(), Counting(), {SHOP: SilentPhone()})
    finally:
        await store.close()


@asynccontextmanager
async def at_work(office: Office) -> AsyncIterator[None]:
    """The outbox as a worker, on the story's clock."""
    outbox = office.hire()
    worker = Worker("outbox", office.house.clock, outbox.step, lambda name, at: None)
    outbox.freed = worker.wake.set
    task = asyncio.create_task(worker.run(), name="outbox")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await outbox.stop()


async def customers_write(office: Office, *, named: bool) -> None:
    for number in range(CUSTOMERS):
        address = f"4917012345{number:02}"
        who = e.Sender((Identity("phone", "", address),), address, address, "Anna" if named else "")
        await office.house.hears(e.CustomerMessage(SHOP, f"w{number}", NOON, who, "Where is my order?"))


async def test_one_silent_desk_keeps_nothing_from_the_other(office: Office) -> None:
    """Not a second passes, and all forty customers are in Telegram."""
    slack, telegram = office.slack, office.telegram
    assert isinstance(slack, SilentChat)
    assert isinstance(telegram, Counting)
    await customers_write(office, named=True)
    async with at_work(office):
        async with asyncio.timeout(20):
            await telegram.full.wait()
        assert slack.line.most == slack.line.held == OF_ONE
        slack.line.answers.set()
        await office.house.clock.forward("1m")
    await office.work()
    assert len(slack.requests_of("open")) == CUSTOMERS


async def test_two_silent_platforms_keep_the_third_for_seconds_only(office: Office) -> None:
    slack, telegram, phone = office.slack, office.telegram, office.channels[SHOP]
    assert isinstance(slack, SilentChat)
    assert isinstance(telegram, Counting)
    assert isinstance(phone, SilentPhone)
    await customers_write(office, named=False)
    telegram.full.clear()
    async with at_work(office):
        await office.house.clock.forward(HANGS)
        await office.house.clock.forward(HANGS)
        async with asyncio.timeout(20):
            await telegram.full.wait()
        assert slack.line.most <= OF_ONE
        assert phone.line.most <= OF_ONE
        slack.line.answers.set()
        phone.line.answers.set()


# --- the hands themselves ---


class Held:
    """Hands that hold jobs of these buckets."""

    def __init__(self) -> None:
        self.hands = Hands()
        self.tasks: list[asyncio.Task[None]] = []

    def takes(self, bucket: str, count: int, at: timedelta = timedelta()) -> None:
        for _ in range(count):
            number = JobId(len(self.tasks))
            job = Job(number, CloseThread(TicketId(1), SLACK, "C1"), "lane", bucket, attempt=1)
            self.tasks.append(asyncio.create_task(_forever()))
            self.hands.take(self.tasks[-1], job, NOON + at)


async def _forever() -> None:
    await asyncio.Event().wait()


@pytest.fixture
async def held() -> AsyncIterator[Held]:
    held = Held()
    yield held
    for task in held.tasks:
        task.cancel()
    await asyncio.gather(*held.tasks, return_exceptions=True)


async def test_a_platform_has_its_part_of_the_slots(held: Held) -> None:
    held.takes("slack:C1", OF_ONE - 1)
    assert held.hands.shut(NOON) == []
    held.takes("slack:C2", 1)
    assert held.hands.shut(NOON) == ["slack:"]
    assert not held.hands.are_full(NOON)
    held.takes("whatsapp:wa", SLOTS - OF_ONE)
    assert held.hands.are_full(NOON)
    assert held.hands.next_slot(NOON) == NOON + HANGS


async def test_what_hangs_takes_no_slot_and_gets_but_trials(held: Held) -> None:
    held.takes("slack:C1", TRIALS - 1)
    later = NOON + HANGS
    assert held.hands.shut(later) == []
    held.takes("slack:C1", 1, HANGS)
    assert held.hands.shut(later) == ["slack:"]
    held.takes("telegram:east", OF_ONE - 1, HANGS)
    assert not held.hands.are_full(later)
    held.hands.drop(held.tasks[0])
    assert held.hands.shut(later) == []


async def test_few_files_travel_at_once(held: Held) -> None:
    held.takes("files:wa", OF_FILES - 1)
    held.takes("files:slack", 1)
    assert held.hands.shut(NOON) == ["files:"]


@pytest.mark.parametrize(
    ("bucket", "platform"),
    [("slack:C1", "slack:"), ("person:slack:7", "person:slack:"), ("files:wa", "files:wa:"), ("x", "x:")],
)
def test_whose_bucket_it_is(bucket: str, platform: str) -> None:
    assert platform_of(bucket) == platform
