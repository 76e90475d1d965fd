"""The console as a desk: what a person types in the browser comes as a raw event, and no post is ever made."""

from bot.desks.console import PLACE, ConsoleDesk, identity, raw_event
from core.ids import TicketId
from core.model import ThreadRef
from core.people import Identity
from tests.desks.builders import ANA, NOW
from tests.desks.contract import DeskKit


class NoBlobs:
    async def put(self, body: bytes) -> str:
        raise OSError("no files here")

    async def get(self, key: str) -> bytes:
        raise KeyError(key)


class Console(DeskKit):
    async def __aenter__(self) -> "Console":
        self.desk, self.place = ConsoleDesk(NoBlobs()), PLACE
        return self

    async def __aexit__(self, *exc: object) -> None: ...

    @property
    def person(self) -> Identity:
        return identity(ANA)

    async def types(self, text: str, thread: ThreadRef) -> None:
        ticket = TicketId(int(thread.root))
        await self.sink(*raw_event("typed", ANA, ticket, f"k{len(self.heard)}", NOW, text=text, files=[]))
