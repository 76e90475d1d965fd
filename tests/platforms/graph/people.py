"""A customer in a story: everything a customer can do, and waiting for what they should see.

Waiting is event-driven; the timeout (real seconds) is only a safety net and prints the conversation.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from bot.demo.graph import Customer, Message, Status
from bot.demo.graph_model import LADDER, Bubble
from bot.demo.messenger_model import Said
from bot.demo.messenger_person import Person

if TYPE_CHECKING:
    from .world import GraphWorld

T = TypeVar("T")
B = TypeVar("B", bound=Bubble)
TICKS = {"accepted": "·", "sent": "✓", "delivered": "✓✓", "read": "✓✓ read", "failed": "✗"}


class Watching(Generic[B]):
    """Waiting for what a phone should show, whatever the platform."""

    name: str
    messages: list[B]
    typing_seen: datetime | None
    world: "GraphWorld"

    @property
    def received(self) -> list[str]:
        """What came, in order."""
        raise NotImplementedError

    @property
    def called(self) -> str:
        """By what the platform knows them."""
        raise NotImplementedError

    async def sees(self, text: str, timeout: float = 10) -> B:
        """Wait until a message of the business contains this text; the newest such message."""

        def found() -> B | None:
            fitting = (m for m in reversed(self.messages) if m.sender != "customer" and m.status != "failed")
            return next((message for message in fitting if text in message.text), None)

        return await self.until(found, f"{self.name} never saw {text!r}", timeout)

    async def sees_file(self, data: bytes, timeout: float = 10) -> B:
        """Wait until a file with exactly these bytes has come."""

        def found() -> B | None:
            fitting = (m for m in reversed(self.messages) if m.sender == "business" and m.status != "failed")
            return next((message for message in fitting if message.media and message.media.data == data), None)

        return await self.until(found, f"{self.name} never saw that file of {len(data)} bytes", timeout)

    async def sees_nothing_but(self, texts: Sequence[str], timeout: float = 10) -> None:
        """Exactly these, in this order. Waits for as many; that nothing follows holds for the moment of the call."""
        await self.until(
            lambda: self.received if len(self.received) >= len(texts) else None,
            f"{self.name} should have seen {len(texts)} messages",
            timeout,
        )
        assert self.received == list(texts), self.dump()

    async def sees_tick(self, message: Bubble, status: Status, timeout: float = 10) -> None:
        """Wait until a message, own or not, has reached this status or a higher one."""

        def reached() -> bool | None:
            if "failed" in (status, message.status):
                return message.status == status or None
            return LADDER.index(message.status) >= LADDER.index(status) or None

        await self.until(reached, f"{message.text!r} never was {status}", timeout)

    async def sees_typing(self, timeout: float = 10) -> datetime:
        return await self.until(lambda: self.typing_seen, f"{self.name} never saw typing", timeout)

    async def sees_reaction(self, message: Bubble, emoji: str, timeout: float = 10) -> None:
        """Wait for the business's reaction to a message; an empty emoji: until it is gone."""
        await self.until(
            lambda: message.reactions.get("business", "") == emoji or None,
            f"{self.name} never saw {emoji!r} on {message.text!r}",
            timeout,
        )

    async def until(self, ready: Callable[[], T | None], complaint: str, timeout: float = 10) -> T:
        """The first result that is not None, looked at after every change."""
        with self.world.feed.listen() as changes:
            try:
                async with asyncio.timeout(timeout):
                    while (result := ready()) is None:
                        await changes.get()
                    return result
            except TimeoutError:
                raise AssertionError(f"{complaint}\n{self.dump()}") from None

    def dump(self) -> str:
        """The conversation as it stands on the phone, for failure messages."""
        lines = [f"--- {self.name} ({self.called}) ---"]
        for message in self.messages:
            side = "me" if message.sender == "customer" else message.sender
            failed = f" ({message.error})" if message.error else ""
            lines.append(f"{side:>10}: {message.text or f'[{message.kind}]'}  {TICKS[message.status]}{failed}")
        return "\n".join([*lines, *self.world.recent()])


class StoryCustomer(Customer, Watching[Message]):
    """On WhatsApp. `received` is the list of what came, in order; see Customer for what they can do."""

    def __init__(
        self, world: "GraphWorld", name: str, phone: str | None, user_id: str | None, username: str | None = None
    ) -> None:
        super().__init__(world, name, phone, user_id, username)
        self.world = world

    @property
    def called(self) -> str:
        return self.phone or self.user_id or ""


class StoryPerson(Person, Watching[Said]):
    """On Messenger; see Person for what they can do."""

    def __init__(self, world: "GraphWorld", name: str, **settings: Any) -> None:
        super().__init__(world.messenger, name, **settings)
        self.world = world

    @property
    def called(self) -> str:
        return self.psid
