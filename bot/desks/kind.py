"""What is known of a desk before it is built, what it is given of the house, and what the app asks of it besides."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar, runtime_checkable

from aiohttp import web

from bot.config.desk import Configured, DeskKey
from bot.rates import Limit
from core.ids import DeskName, PersonId, TicketId
from core.people import Identity
from core.ports import Blob, Clock, Desk, Places, Sink

Settings = TypeVar("Settings")


@dataclass(frozen=True, slots=True)
class Around:
    """What a desk is given of the house besides its settings."""

    clock: Clock
    blobs: Blob
    names: Callable[[PersonId], str]
    """A teammate's name, from the app's own copy of the roster."""
    links: Callable[[TicketId], str]
    """A ticket's page on the console; empty when there is none."""
    people: Callable[[], Sequence[Identity]]
    """How the team is known on all desks."""
    places: Places
    """Where places that were set up from within are on the platform."""
    heard: Callable[[DeskName, str, datetime], Awaitable[Sequence[bytes]]]
    """What a desk has put into its sink since a moment, under keys that begin so: for what it must put together again
    after a crash."""
    spend: Callable[[str], None]
    """Draw once more from a bucket (`core.owed.desk_bucket`), for a request beyond the one that a job has drawn for."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[Settings]):
    """A row of the registry."""

    build: Callable[[Configured[Settings], Around], Desk]
    rate: Limit
    """Of requests, each place by itself."""
    settings: type[Settings] | None = None
    """A `DeskTable`. None, with no key either: the console, where every queue is."""
    queue: type[DeskKey] | None = None
    settle: timedelta = timedelta()
    """How long edits and lines that ping nobody wait for more to come, where every write is dear."""
    boards: bool = False
    """It keeps an overview in each place; the desk is `core.ports.ShowsBoards`."""
    slash: bool = False
    """A message may begin with a slash there, and so may a command. Slack's client swallows it."""


@runtime_checkable
class HoldsConnections(Protocol):
    """A desk with connections of its own."""

    async def aclose(self) -> None:
        """Called once, when nobody asks anything of the desk any more."""
        ...


@runtime_checkable
class CalledOverHttp(Protocol):
    """A desk whose platform calls us."""

    def http_handler(self, sink: Sink) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Called once by the app, in whatever process serves the web; everything goes into `sink` before the ack."""
        ...
