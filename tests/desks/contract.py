"""What every desk must keep, and the kit through which a desk joins: one subclass of `DeskKit` in `kits.py`.

A kit stands a desk before its simulated platform and says what people there do and see. The tests are in
`test_contract.py`; a desk that makes posts on a platform of its own joins with a `PostingKit`.
"""

import asyncio
from abc import ABC, abstractmethod

from core.events import DeskEvent, Typed
from core.model import ThreadRef
from core.people import Identity
from core.ports import Desk
from core.views import Card


class DeskKit(ABC):
    """One desk, listening, and one person at it. Used as an async context manager."""

    desk: Desk
    place: str

    def __init__(self) -> None:
        self.heard: list[tuple[str, bytes]] = []
        """Keys and raw payloads that were made durable, deliveries of the same thing once."""
        self.refuse = 0
        """How many payloads the store fails to take."""
        self.refused = asyncio.Event()

    async def sink(self, key: str, raw: bytes) -> None:
        """A store that keeps a key once."""
        if self.refuse:
            self.refuse -= 1
            self.refused.set()
            raise OSError("the disk is full")
        if key not in [known for known, _ in self.heard]:
            self.heard.append((key, raw))

    @abstractmethod
    async def __aenter__(self) -> "DeskKit":
        """Start the platform and the desk; `desk` and `place` are set and the desk listens."""

    @abstractmethod
    async def __aexit__(self, *exc: object) -> None: ...

    @property
    @abstractmethod
    def person(self) -> Identity:
        """The teammate, as the desk knows them."""

    async def opens(self, card: Card) -> ThreadRef:
        """A thread with its card."""
        return await self.desk.open(self.place, card, job=1)

    @abstractmethod
    async def types(self, text: str, thread: ThreadRef) -> None:
        """The person writes in the thread; returns when the platform was answered, with an ack or without."""

    @property
    def events(self) -> list[DeskEvent]:
        """What the desk makes of all it heard."""
        return [event for _, raw in self.heard for event in self.desk.parse(raw)]

    def typed(self) -> list[Typed]:
        return [event for event in self.events if isinstance(event, Typed)]


class PostingKit(DeskKit):
    """A desk that makes posts on a platform, which can fail and which delivers again what was not acked."""

    @abstractmethod
    async def settled(self) -> None:
        """Until nothing is on its way between the platform and the desk."""

    async def answered(self) -> None:
        """What was said is acked; or the store has refused it, and then an ack may never come."""
        waits = [asyncio.create_task(self.settled()), asyncio.create_task(self.refused.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    @abstractmethod
    async def delivers_again(self) -> None:
        """The platform repeats what was not acked."""

    @abstractmethod
    def shown(self, thread: ThreadRef) -> str:
        """All that a reader of the thread sees, the card first."""

    @abstractmethod
    def told(self) -> str:
        """All that the person was told in private."""

    @abstractmethod
    def pings(self) -> int:
        """How many messages in the thread's place have notified the person."""

    @abstractmethod
    def limits_rate(self, seconds: int) -> None:
        """The platform refuses the next post and asks for patience."""

    @abstractmethod
    def takes_and_hangs_up(self) -> None:
        """The platform takes the next post and drops the connection without an answer."""

    @abstractmethod
    def refuses_connection(self) -> None:
        """Nobody is at the platform's address any more."""

    @abstractmethod
    async def removes(self, thread: ThreadRef) -> None:
        """Somebody deletes the thread on the platform."""
