"""The reconciler: paced, put down and taken up again, by one process, and what it tells whom."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.workers.reconcile import BURST, EVERY, PACE, SOON, TURN, Reconcile
from core.errors import SendError
from core.ids import DeskName
from core.model import ThreadRef
from core.ports import Hearing, Looked, Sink
from tests.core.door import said
from tests.core.house import SLACK
from tests.workers.office import Chat, Office

PAGES = 30
"""Of the one thread there is."""


@dataclass
class Readable(Chat):
    """A desk that can be read back: in its thread so much was said that it takes many requests."""

    hearing: Hearing = field(default_factory=Hearing)
    kept: timedelta = timedelta(days=3)
    clock_off: timedelta = timedelta()
    asked_for: list[tuple[str, datetime]] = field(default_factory=list)
    fails: SendError | None = None

    async def stirred(self, threads: Sequence[ThreadRef], since: datetime) -> Looked:
        self._request("card", since)
        return Looked(tuple(threads), ())

    async def catch_up(self, thread: ThreadRef, since: datetime, sink: Sink, page: str = "") -> str:
        self._request(page or "0", since)
        following = int(page or "0") + 1
        return str(following) if following < PAGES else ""

    def _request(self, what: str, since: datetime) -> None:
        if self.fails is not None:
            raise self.fails
        self.asked_for.append((what, since))

    @property
    def pages(self) -> list[str]:
        return [what for what, _ in self.asked_for]


@pytest.fixture
async def desk(office: Office) -> Readable:
    now = office.house.clock.now()
    made = Readable(hearing=Hearing(now, now))
    office.slack = made
    office.hire()
    await office.hears(said("Where is my order?"))
    return made


def reconciler(office: Office, desk: Readable, process: str = "1.reconcile") -> Reconcile:
    store, clock = office.house.store, office.house.clock

    async def found(name: DeskName, key: str, raw: bytes) -> bool:
        return True

    async def our_turn() -> bool:
        return await store.take_lease("reconcile", process, clock.now(), clock.now() + TURN)

    return Reconcile(office.house.door, {SLACK: desk}, found, our_turn)


async def pass_by(office: Office, desk: Readable, length: timedelta) -> None:
    """The desk listens all the while."""
    await office.house.clock.forward(length)
    desk.hearing = Hearing(desk.hearing.since, office.house.clock.now())


async def test_it_reads_in_bursts_and_goes_on_where_it_stopped(office: Office, desk: Readable) -> None:
    """Slack allows 50 requests of a kind a minute; some are left for others."""
    worker, now = reconciler(office, desk), office.house.clock.now()
    assert await worker.step() == now + PACE
    assert len(desk.asked_for) == BURST
    await worker.step()  # woken too early
    assert len(desk.asked_for) == BURST
    await pass_by(office, desk, PACE)
    await worker.step()
    assert desk.pages == ["card", *(str(page) for page in range(PAGES))]


async def test_patience_that_is_asked_for_is_had_and_nothing_is_read_twice(office: Office, desk: Readable) -> None:
    worker, now = reconciler(office, desk), office.house.clock.now()
    await worker.step()
    desk.fails = SendError("rate_limited", retry=True, after=timedelta(minutes=5))
    await pass_by(office, desk, PACE)
    assert await worker.step() == now + PACE + timedelta(minutes=1)  # only to see whether it still listens
    desk.fails = None
    await pass_by(office, desk, timedelta(minutes=4))
    await worker.step()
    assert len(desk.asked_for) == BURST
    await pass_by(office, desk, timedelta(minutes=1))
    await worker.step()
    assert desk.pages == ["card", *(str(page) for page in range(PAGES))]


async def read_whole(office: Office, desk: Readable, worker: Reconcile) -> None:
    await worker.step()
    await pass_by(office, desk, PACE)
    await worker.step()


async def test_after_a_gap_twice_and_then_every_ten_minutes(office: Office, desk: Readable) -> None:
    worker = reconciler(office, desk)
    await read_whole(office, desk, worker)
    for wait, rounds in ((SOON, 2), (EVERY, 3), (EVERY, 4)):
        await pass_by(office, desk, wait)
        await read_whole(office, desk, worker)
        assert desk.pages.count("card") == rounds
    await pass_by(office, desk, timedelta(minutes=1))
    await worker.step()
    assert desk.pages.count("card") == 4
    await pass_by(office, desk, timedelta(minutes=1))
    desk.hearing = Hearing(office.house.clock.now(), office.house.clock.now())  # connected anew
    await worker.step()
    assert desk.pages.count("card") == 5


async def test_a_process_that_dies_is_followed_by_one_that_reads_from_where_all_was_read(
    office: Office, desk: Readable
) -> None:
    start = office.house.clock.now()
    await read_whole(office, desk, reconciler(office, desk))
    await office.house.clock.forward("5h")
    desk.hearing = Hearing(office.house.clock.now(), office.house.clock.now())
    desk.asked_for.clear()
    await reconciler(office, desk).step()
    [since] = {since for _, since in desk.asked_for}
    assert start - timedelta(minutes=20) < since < start


async def test_of_two_processes_one_reads(office: Office, desk: Readable) -> None:
    one, other = reconciler(office, desk, "1.reconcile"), reconciler(office, desk, "2.reconcile")
    await one.step()
    await other.step()
    assert len(desk.asked_for) == BURST
    await pass_by(office, desk, timedelta(minutes=5))  # the first is dead
    await other.step()
    assert len(desk.asked_for) == 2 * BURST


async def test_a_desk_that_was_just_started_is_given_time_to_connect(office: Office, desk: Readable) -> None:
    await reconciler(office, desk).step()
    await office.house.clock.forward("5h")
    desk.hearing = Hearing(None, None, "no_connection")
    await reconciler(office, desk).step()
    assert await office.house.store.troubles() == []


async def test_a_desk_that_does_not_hear_is_told_of_once_and_when_it_does_again(office: Office, desk: Readable) -> None:
    worker, clock = reconciler(office, desk), office.house.clock
    await worker.step()
    heard = clock.now()
    desk.hearing = Hearing(None, heard, "token_expired")
    for _ in range(10):
        await clock.forward("1m")
        await worker.step()
    [trouble] = await office.house.store.troubles()
    assert (trouble.where, trouble.code) == (SLACK, "unheard")
    await clock.forward("1m")
    desk.hearing = Hearing(clock.now(), clock.now())
    await worker.step()
    assert await office.house.store.troubles() == []
