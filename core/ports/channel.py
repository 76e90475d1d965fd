"""Where customers are: what a channel is, and what some channels can do besides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from core.events import ChannelEvent
from core.messages import File
from core.ports.house import Content


@dataclass(frozen=True, slots=True)
class Hook:
    """A raw delivery as it came: `body` is the exact bytes the signature covers; header names are lower case."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChannelCaps:
    """What the channel can carry. `file_limits`: bytes by the media type, `*` for all others."""

    text_limit: int
    window: timedelta | None
    file_limits: Mapping[str, int]
    caption_limit: int = 0
    human_window: timedelta | None = None
    """How long after the customer's last message a person's own words may go, where that is longer than `window`."""
    repeatable: bool = False
    """What is sent again with the same `ref` stands there once: a reply that may have arrived is simply sent again."""
    kept: timedelta | None = None
    """How long the platform tries to deliver what a customer wrote; None where nothing can be lost on its way."""

    def file_limit(self, mime: str) -> int:
        """Bytes that a file of this media type may have, either way."""
        return self.file_limits.get(mime.partition(";")[0].strip().lower(), self.file_limits["*"])


AUTHOR_LIMIT = 60
"""Characters of an agent's public name that a customer is shown."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request to a customer: a piece of text, or one file with its content."""

    address: str
    text: str = ""
    file: File | None = None
    content: bytes = b""
    author: str = ""
    """Whose name the customer reads with the text, at most `AUTHOR_LIMIT` characters; empty: the account's alone."""
    ref: str = ""
    """Ours for this part of a reply. A platform that repeats it in its reports settles a send whose answer was lost."""
    late: bool = False
    """The channel's window is over; it goes as what only a person may send (Messenger's HUMAN_AGENT)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it and calls it `external`."""

    external: str


class Channel(Protocol):
    """Where customers are. One instance an inbox. It translates and never decides, retries, sleeps or stores."""

    @property
    def caps(self) -> ChannelCaps:
        """Constant."""
        ...

    def verify(self, hook: Hook) -> str | None:
        """Called by web/hooks before anything is stored. Returns the text to answer a handshake with, or None for a
        delivery to be stored. Raises `Unauthorized` when the signature does not hold."""
        ...

    def parse(self, hook: Hook) -> Sequence[ChannelEvent]:
        """Called by the intake worker, any number of times for one hook: pure. Unknown input becomes an honest line,
        never an exception; `Unreadable` only when the body is no payload at all."""
        ...

    async def send(self, out: Outgoing) -> Sent:
        """Called by the outbox alone, once a request. Raises `SendError`."""
        ...

    async def fetch(self, file: File) -> Content:
        """Called by the outbox for a file the customer sent. Raises `SendError` (`too_large`, `media_gone`, ...)."""
        ...


@runtime_checkable
class ShowsTicks(Protocol):
    """A channel that can show the customer that a message was read."""

    async def mark_read(self, address: str, external: str) -> None:
        """Called by the outbox when the inbox wants read ticks. Raises `SendError`."""
        ...


@runtime_checkable
class KnowsNames(Protocol):
    """A channel whose messages bear no name, and that can be asked for one."""

    async def name_of(self, address: str) -> str:
        """Called by the outbox once for a new customer. Empty when the platform does not tell. Raises `SendError`."""
        ...
