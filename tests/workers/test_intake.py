"""Whose a delivery is: two numbers of one app have one webhook address."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.channels.whatsapp_parse import Line, parse
from bot.workers.intake import Intake
from core.events import ChannelEvent
from core.ids import InboxName
from core.people import Role
from core.ports import Hook, NewPerson
from storage import open_store
from tests.handlers.world import INBOX, POLICY, World

OTHER = InboxName("wa-2")


@dataclass(frozen=True)
class Number:
    """Of a channel, what intake uses."""

    line: Line

    def parse(self, hook: Hook) -> Sequence[ChannelEvent]:
        return parse(self.line, hook)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    store = await open_store(f"sqlite:///{tmp_path / 'house.sqlite3'}")
    yield await World.peopled(store)
    await store.close()


async def delivered(world: World, number: str) -> list[str]:
    """A message to `number` comes in at the other inbox's address; what the admin is told."""
    admin = await world.store.create_person(NewPerson("Ada", role=Role.ADMIN), world.clock.now())
    item = {"from": "49151", "id": "wamid.1", "type": "text", "text": {"body": "Where is my order?"}}
    value = {"metadata": {"phone_number_id": number}, "messages": [item]}
    body = json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()
    await world.store.put_raw(f"channel:{OTHER}", "k", body, {}, world.clock.now())
    numbers = {INBOX: Number(Line(INBOX, "111")), OTHER: Number(Line(OTHER, "222"))}
    await Intake(world.door, numbers).step()  # type: ignore[arg-type]
    return [notice.say.key for notice in await world.store.notices(admin.id, 9)]


async def test_what_came_to_the_wrong_address_of_ours_is_taken_in(world: World) -> None:
    assert await delivered(world, "111") == []
    found = await world.store.listed(list(POLICY.queues), "all")
    assert [ticket.inbox for ticket in found.tickets] == [INBOX]


async def test_what_is_nobodys_is_told(world: World) -> None:
    assert await delivered(world, "333") == ["tell.inbox_trouble"]
    assert (await world.store.listed(list(POLICY.queues), "all")).tickets == ()
