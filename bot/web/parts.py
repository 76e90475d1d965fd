"""What the web server is made of: the parts it is given, and the small interfaces it needs from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.handlers.asking import Answer
from bot.handlers.registry import Book
from bot.present import Presenter
from core.ids import DeskName, PersonId
from core.policy import Policy
from core.ports import Blob, Clock, Desk
from storage import SqlStore

MB = 1024 * 1024


class Act(Protocol):
    """Dispatch one raw desk event at once, in this process."""

    async def __call__(self, raw: int) -> Answer:
        """Called right after the event is durable. Returns what only the person who acted is told; an empty answer
        when another process was faster."""
        ...


@dataclass(slots=True)
class Workers:
    """Which workers live: each notes when it last went round. Written by the app, read by /health."""

    beats: dict[str, datetime] = field(default_factory=dict)

    def beat(self, name: str, at: datetime) -> None:
        self.beats[name] = at


@dataclass(frozen=True, slots=True)
class Settings:
    """`public_url`: where browsers reach us, without a path; https makes the cookies Secure.

    `people`: who may be taken on without a sign-in, by a button: the demo, on the loopback, and nothing else.
    """

    organisation: str = "Dragoman"
    public_url: str = "http://127.0.0.1:8080"
    upload_limit: int = 25 * MB
    people: tuple[PersonId, ...] = ()
    session_idle: timedelta = timedelta(hours=12)
    session_life: timedelta = timedelta(days=7)

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https://")


class Speeds(Protocol):
    """A clock that can run faster: the demo's."""

    @property
    def speed(self) -> float: ...
    def set_speed(self, speed: float) -> None: ...
    def jump(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything the pages and sockets use. Made once, by bot/app.py."""

    store: SqlStore
    blobs: Blob
    policy: Policy
    clock: Clock
    act: Act
    presenter: Presenter
    book: Book
    workers: Workers = field(default_factory=Workers)
    desks: Mapping[DeskName, Desk] = field(default_factory=dict)
    """For /health, which tells whether they are heard."""
    settings: Settings = field(default_factory=Settings)
    speeds: Speeds | None = None
    """Only in the demo: what its speed control moves."""
