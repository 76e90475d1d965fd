"""What somebody did on a desk and we could not handle: they are told, and in the end the admins."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.handlers.asking import Answer
from bot.workers.acts import Acts
from core.events import DeskEvent, Typed
from core.ids import DeskName
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

    def parse(self, raw: bytes) -> Sequence[DeskEvent]:
        return [self._event]

    async def whisper(self, event: DeskEvent, answer: Say, locale: str, zone: str) -> None:
        self.whispered.append(answer.key)


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
