"""Whose a delivery is: two numbers of one app have one webhook address."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.channels.whatsapp_parse import Line, parse
from bot.customer_words import speak
from bot.workers.intake import Intake
from core.apply import Door
from core.errors import Unavailable
from core.events import ChannelEvent, CustomerMessage
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


@dataclass(frozen=True)
class Away(Door):
    """The database goes away as often as there are reasons left."""

    reasons: list[str] = field(default_factory=list)

    async def receive(self, rows: Sequence[int], events: Sequence[ChannelEvent]) -> None:
        if self.reasons:
            raise Unavailable(self.reasons.pop())
        await super().receive(rows, events)


@dataclass(frozen=True)
class Moody(Number):
    """Cannot read what says `ouch`."""

    read: list[str] = field(default_factory=list)

    def parse(self, hook: Hook) -> Sequence[ChannelEvent]:
        events = super().parse(hook)
        words = [event.text for event in events if isinstance(event, CustomerMessage)]
        self.read.extend(words)
        if "ouch" in words:
            raise KeyError("ouch")
        return events


async def writes(world: World, *texts: str) -> None:
    for text in texts:
        item = {"from": "49151", "id": f"wamid.{text}", "type": "text", "text": {"body": text}}
        value = {"metadata": {"phone_number_id": "111"}, "messages": [item]}
        body = json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()
        await world.store.put_raw(f"channel:{INBOX}", text, body, {}, world.clock.now())


async def stands(world: World) -> list[str]:
    """What the customer wrote, as the tickets have it."""
    found = await world.store.listed(list(POLICY.queues), "all")
    entries = [entry for ticket in found.tickets for entry in await world.store.entries(ticket.id)]
    messages = await world.store.messages([entry.message for entry in entries if entry.message])
    return [message.text for message in messages.values()]


async def test_a_database_that_is_away_counts_against_nothing(world: World) -> None:
    """And what came meanwhile does not pass what was in hand."""
    door = Away(world.store, world.clock, world.policy, speak, ["away"] * 5)
    intake = Intake(door, {INBOX: Number(Line(INBOX, "111"))})  # type: ignore[dict-item]
    await writes(world, "one", "two")
    for _ in range(5):
        with pytest.raises(Unavailable):
            await intake.step()
        await writes(world, "three")
    await intake.step()
    assert await stands(world) == ["one", "two", "three"]
    assert await world.store.parked() == []


async def test_one_that_cannot_be_read_is_tried_in_its_place_and_parked(world: World) -> None:
    channel = Moody(Line(INBOX, "111"))
    await writes(world, "one", "ouch", "two")
    await Intake(world.door, {INBOX: channel}).step()  # type: ignore[dict-item]
    assert await stands(world) == ["one", "two"]
    assert channel.read == ["one", "ouch", "one", "ouch", "ouch", "ouch", "two"]
    [parked] = await world.store.parked()
    assert (parked.what, parked.code) == (f"channel:{INBOX}", "KeyError")
