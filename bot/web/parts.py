"""What the web server is made of: the parts it is given, and the small interfaces it needs from them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from core.ids import DeskName, PersonId, TicketId
from core.model import Entry, Person, Ticket
from core.policy import Policy
from core.ports import Blob, Clock, Found, Store
from core.say import Say
from core.views import Card, Dialog, Overview, Row, Shown

MB = 1024 * 1024


class Act(Protocol):
    """Dispatch one raw desk event at once, in this process."""

    async def __call__(self, raw: int) -> Sequence[Say | Dialog]:
        """Called right after the event is durable. Returns what only the person who acted is told."""
        ...


class Presenting(Protocol):
    """The views, built from the store: bot/present.py."""

    async def card(self, ticket: Ticket, locale: str, zone: str) -> Card: ...
    async def shown(self, ticket: Ticket, entries: Sequence[Entry], desk: DeskName) -> Sequence[Shown]: ...
    async def rows(self, found: Found) -> Sequence[Row]: ...
    async def overview(self, person: Person) -> Overview: ...


@dataclass(frozen=True, slots=True)
class CommandHint:
    """A command that can be given here and now: `usage` and `about` are catalogue keys."""

    word: str
    aliases: tuple[str, ...]
    usage: str
    about: str


class Commands(Protocol):
    def __call__(self, person: Person, ticket: Ticket | None) -> Sequence[CommandHint]:
        """Called for completion and help, in the order of the registry."""
        ...


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `key`: the hash of its cookie's token."""

    key: str
    person: PersonId
    csrf: str


class Sessions(Protocol):
    """Sign-ins by one-time token, and the browsers that used one. Tokens are stored as hashes only."""

    async def redeem(self, token: str, at: datetime) -> PersonId | None:
        """Use a one-time token; None when it is unknown, used or expired."""
        ...

    async def begin(self, person: PersonId, at: datetime) -> tuple[str, Session]:
        """A new session and the token its cookie holds."""
        ...

    async def find(self, token: str, at: datetime) -> Session | None:
        """The session, kept alive by being used; None when it is unknown or over."""
        ...

    async def end(self, key: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Change:
    """Tickets and people's notices that a commit changed."""

    tickets: frozenset[TicketId] = frozenset()
    people: frozenset[PersonId] = frozenset()


class Changes(Protocol):
    """What the live sockets are fed by."""

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call `listener` after every commit of this process, until the returned function is called."""
        ...

    async def mark(self) -> int:
        """Where the log of changes ends now."""
        ...

    async def since(self, mark: int) -> tuple[int, Change]:
        """What changed after `mark`, in whatever process, and the new mark. Cheap when nothing did."""
        ...


@dataclass(frozen=True, slots=True)
class Parked:
    """Something that failed for good: a raw delivery or a job. `about` and `error` hold no message text."""

    kind: str
    """`raw` or `job`."""
    id: int
    about: str
    state: str
    error: str
    attempts: int
    at: datetime
    ticket: TicketId | None = None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits, for health and metrics; ages are of the oldest, None when nothing waits."""

    raw_waiting: int
    raw_oldest: datetime | None
    jobs_due: int
    jobs_oldest: datetime | None
    parked: int
    uncertain: int


class Troubles(Protocol):
    """What is stuck, and trying it again."""

    async def parked(self, limit: int) -> Sequence[Parked]: ...
    async def retry(self, kind: str, row: int, at: datetime) -> bool: ...
    async def backlog(self, at: datetime) -> Backlog: ...


@dataclass(slots=True)
class Workers:
    """Which workers live: each notes when it last went round. Written by the app, read by /health."""

    beats: dict[str, datetime] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)

    def beat(self, name: str, at: datetime) -> None:
        self.beats[name] = at
        self.stopped.discard(name)

    def stop(self, name: str) -> None:
        """It ended although nobody asked it to."""
        self.stopped.add(name)


@dataclass(frozen=True, slots=True)
class Settings:
    """`public_url`: where browsers reach us, without a path; https makes the cookies Secure.

    `people`: who may be taken on without a sign-in, by a button: the demo, on the loopback, and nothing else.
    """

    organisation: str = "Dragoman"
    public_url: str = "http://127.0.0.1:8080"
    upload_limit: int = 25 * MB
    people: tuple[PersonId, ...] = ()
    several_processes: bool = False
    """Whether other processes write the same database, so that their commits must be looked for."""

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

    store: Store
    blobs: Blob
    policy: Policy
    clock: Clock
    act: Act
    presenter: Presenting
    commands: Commands
    sessions: Sessions
    changes: Changes
    troubles: Troubles
    workers: Workers = field(default_factory=Workers)
    settings: Settings = field(default_factory=Settings)
    speeds: Speeds | None = None
    """Only in the demo: what its speed control moves."""
