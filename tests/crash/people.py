"""Customers on Meta's platforms as a run has them: what they say in a row, until the platform has delivered it."""

from collections.abc import Sequence
from typing import Protocol

from bot.demo.graph_model import Bubble
from tests.crash.plan import Turn
from tests.platforms.bell import Bell
from tests.platforms.faults import Fault
from tests.platforms.graph import GraphWorld, StoryCustomer, StoryPerson

PNG = b"\x89PNG\r\n\x1a\n"


class Customer(Protocol):
    """Rings whenever something of theirs changes: on their phone, or in their ticket's thread."""

    name: str
    said: list[str]
    pictures: list[bytes]

    @property
    def received(self) -> Sequence[str]:
        """The team's words, in the order they came."""
        ...

    async def says(self, turn: Turn) -> None:
        """Returns when the platform has handed all of it over."""
        ...

    def changed(self) -> None: ...
    async def change(self) -> None: ...


class OnMeta(Bell):
    """On WhatsApp or Messenger. What comes next waits until the last was taken: Meta promises no order of retries."""

    def __init__(self, graph: GraphWorld, phone: StoryCustomer | StoryPerson) -> None:
        super().__init__()
        self.name = phone.name
        self.said: list[str] = []
        self.pictures: list[bytes] = []
        self.phone = phone
        self._graph = graph
        self._webhook = "webhook messages.text" if isinstance(phone, StoryCustomer) else "webhook page.messages"

    @property
    def received(self) -> Sequence[str]:
        return self.phone.received

    async def says(self, turn: Turn) -> None:
        self.said += turn.says
        if turn.twice:
            self._graph.faults.next(self._webhook, Fault.twice())
        if turn.at_once:
            async with self._graph.hooks.held():
                written = [await self._writes(text, turn) for text in turn.says]
            await self._taken(written)
            return
        for text in turn.says:
            await self._taken([await self._writes(text, turn)])

    async def _writes(self, text: str, turn: Turn) -> Bubble:
        if not turn.picture or text != turn.says[0]:
            return await self.phone.writes(text)
        picture = PNG + text.encode()
        self.pictures.append(picture)
        if isinstance(self.phone, StoryCustomer):
            return await self.phone.sends_file("lamp.png", picture, "image/png", caption=text)
        return await self.phone.sends_file("lamp.png", picture, "image/png", text=text)

    async def _taken(self, written: Sequence[Bubble]) -> None:
        while any(bubble.status == "sent" for bubble in written):
            await self.change()
