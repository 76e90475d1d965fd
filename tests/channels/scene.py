"""What the tests of every channel behind the Graph simulator begin with."""

from dataclasses import dataclass
from typing import Generic, TypeVar

import pytest

from bot.demo.graph_hooks import compose, encode
from core.errors import SendError
from core.events import ChannelEvent
from core.ids import FileId, MessageId
from core.messages import File, FileState
from core.ports import Channel, Hook, Outgoing
from tests.channels.kits import NOW, StillClock
from tests.platforms.graph import GraphWorld

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
C = TypeVar("C", bound=Channel)


@dataclass
class GraphScene(Generic[C]):
    graph: GraphWorld
    channel: C
    clock: StillClock

    async def refusal(self, out: Outgoing) -> SendError:
        with pytest.raises(SendError) as caught:
            await self.channel.send(out)
        return caught.value

    async def fetch_refusal(self, file: File) -> SendError:
        with pytest.raises(SendError) as caught:
            await self.channel.fetch(file)
        return caught.value

    def heard(self) -> list[ChannelEvent]:
        """What Meta's own webhook bodies say, in order. Nobody listens at the webhook, so they all wait."""
        body = encode(compose(self.graph.hooks.undelivered))
        return list(self.channel.parse(Hook(body, at=NOW)))


def a_file(name: str, mime: str, source: str = "") -> File:
    return File(FileId(1), MessageId(1), name, mime, state=FileState.STORED, source=source)
