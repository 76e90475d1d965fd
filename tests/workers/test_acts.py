"""What somebody did on a desk, and how they are answered; what we could not handle is told to them and the admins."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.handlers.asking import Answer
from bot.workers.acts import Acts
from core import owed
from core.events import DeskEvent, Pressed, Typed
from core.ids import DeskName
from core.jobs import Withdraw
from core.model import PostRef
from core.people import Role
from core.ports import NewPerson
from core.say import Say
from storage import open_store
from tests.handlers.world import World

SLACK = DeskName("slack")


class Slack:
    """A desk that hears one thing and remembers what it whispers."""

    name = SLACK

    def __init__(self, event: DeskEvent) -> None:
        self._event, self.whispered = event, list[str]()
        self.seen: PostRef | None = None
        """What others can see of a whisper."""
        self.acknowledged = 0

    def parse(self, raw: bytes) -> Sequence[DeskEvent]:
        return [self._event]

    async def whisper(self, event: DeskEvent, answer: Say, locale: str, zone: str) -> PostRef | None:
        self.whispered.append(answer.key)
        return self.seen

    async def acknowledge(self, event: DeskEvent) -> None:
        self.acknowledged += 1


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    store = await open_store(f"sqlite:///{tmp_path / 'house.sqlite3'}")
    yield await World.peopled(store)
    await store.close()


async def test_a_command_that_breaks_us_is_answered_once_and_admins_are_told(world: World) -> None:
    admin = await world.store.create_person(NewPerson("Ada", role=Role.ADMIN), world.clock.now())
    ticket = await world.customer_writes()
    desk = Slack(Typed(world.origin("ana", ticket), "!r It left yesterday."))

    async def breaks(event: DeskEvent) -> Answer:
        raise ZeroDivisionError

    world.dispatcher.handle = breaks  # type: ignore[method-assign]
    acts = Acts(world.store, world.clock, {SLACK: desk}, world.dispatcher)  # type: ignore[dict-item]
    await acts.take(SLACK, "Ev1", b"{}")
    await acts.idle()
    await acts.step()
    assert desk.whispered == ["answer.broken"]
    [parked] = await world.store.parked()
    assert parked.what == "desk:slack"
    assert [notice.say.key for notice in await world.store.notices(admin.id, 9)] == ["tell.raw_parked"]


async def withdrawn(world: World) -> list[object]:
    """What is taken away within a minute from now."""
    world.wait(seconds=owed.WITHDRAWN_AFTER.total_seconds())
    jobs = await world.store.take_jobs(20, world.clock.now(), owed.WITHDRAWN_AFTER, [])
    return [job.work for job in jobs if isinstance(job.work, Withdraw)]


@pytest.mark.parametrize("breaks", [False, True])
async def test_an_answer_that_others_can_see_is_taken_away_again(world: World, breaks: bool) -> None:
    desk = Slack(Typed(world.origin("ana", None, direct=True), "!claim"))
    desk.seen = PostRef(SLACK, "C1", "m9")

    async def broken(event: DeskEvent) -> Answer:
        raise ZeroDivisionError

    if breaks:
        world.dispatcher.handle = broken  # type: ignore[method-assign]
    acts = Acts(world.store, world.clock, {SLACK: desk}, world.dispatcher)  # type: ignore[dict-item]
    await acts.take(SLACK, "Ev1", b"{}")
    await acts.idle()
    assert desk.whispered == ["answer.broken" if breaks else "refused.needs_ticket"]
    assert await withdrawn(world) == [Withdraw(SLACK, "C1", "m9")]


@pytest.mark.parametrize(("action", "acknowledged"), [("claim", 1), ("nothing we know", 1), ("undo", 0)])
async def test_what_was_pressed_is_acknowledged_when_there_is_nothing_to_say(
    world: World, action: str, acknowledged: int
) -> None:
    ticket = await world.customer_writes()
    desk = Slack(Pressed(world.origin("ana", ticket), action))
    acts = Acts(world.store, world.clock, {SLACK: desk}, world.dispatcher)  # type: ignore[dict-item]
    await acts.take(SLACK, "Ev1", b"{}")
    await acts.idle()
    assert desk.acknowledged == acknowledged
    assert bool(desk.whispered) is not bool(acknowledged)
