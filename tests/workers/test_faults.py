"""A fault of our own around a request: what may have reached the customer is never sent again by itself."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from bot.blobs import DiskBlobs
from bot.present import Presenter
from bot.workers.buckets import Buckets
from bot.workers.deeds import Deeds
from bot.workers.outbox import Outbox
from core.events import ChannelEvent
from core.ids import MessageId
from core.jobs import Job
from core.messages import File, Ladder, Part
from core.model import EntryKind
from core.ports import ChannelCaps, Content, Hook, Outgoing, Sent
from core.settle import Settler
from storage import open_store
from tests.handlers.world import INBOX, POLICY, World

CAPS = ChannelCaps(4096, None, {"*": 1})


@dataclass
class Phone:
    """A channel that takes everything."""

    received: list[str] = field(default_factory=list)
    caps: ChannelCaps = CAPS

    async def send(self, out: Outgoing) -> Sent:
        self.received.append(out.text)
        return Sent(f"out.{len(self.received)}")

    def verify(self, hook: Hook) -> str | None:
        return None

    def parse(self, hook: Hook) -> Sequence[ChannelEvent]:
        return ()

    async def fetch(self, file: File) -> Content:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class FullDisk(Settler):
    """Cannot write down that the channel took a part."""

    async def part_sent(
        self, job: Job, message: MessageId, part: Part, external: str, at: datetime | None = None
    ) -> None:
        raise OSError("the disk is full")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    store = await open_store(f"sqlite://{tmp_path / 'house.sqlite3'}")
    try:
        yield await World.peopled(store)
    finally:
        await store.close()


async def test_a_reply_whose_sending_could_not_be_written_down_is_shown_as_uncertain(
    world: World, tmp_path: Path
) -> None:
    ticket, phone = await world.customer_writes(), Phone()
    world.wait(minutes=1)
    await world.types("ana", ticket, "!r It left yesterday.")
    world.wait(seconds=9)
    settler = FullDisk(world.door)
    presenter = Presenter(world.store, POLICY, world.clock, "https://desk.example")
    outbox = Outbox(settler, Deeds(settler, {INBOX: phone}, {}, presenter, DiskBlobs(tmp_path)), Buckets({}))
    for _ in range(3):
        await outbox.step()
        await outbox.idle()
        world.wait(hours=1)
    assert phone.received == ["It left yesterday."]
    reply = next(m for e, m in await world.thread(ticket) if e.kind is EntryKind.REPLY)
    assert reply is not None
    assert reply.ladder is Ladder.UNCERTAIN
