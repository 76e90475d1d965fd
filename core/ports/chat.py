"""The site chat's durable log: what a visitor sees, how far they have come, and whether they are there.

The log is the visitor's copy and numbers its own entries; the ticket has the team's. Sockets tail it from wherever they
are. What a visitor does reaches the tickets as a raw delivery that is stored in the same transaction as its trace here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.ids import InboxName
from core.messages import Ladder

VisitorKey = tuple[InboxName, str]
"""Inbox and visitor."""


class ChatKind(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class ChatFile:
    """A file as the visitor may fetch it. `blob`: its key in the Blob store, never shown."""

    blob: str
    name: str
    mime: str
    size: int


@dataclass(frozen=True, slots=True)
class ChatWords:
    """What an entry says."""

    text: str = ""
    author: str = ""
    """The agent's public name, where the inbox shows it."""
    files: tuple[ChatFile, ...] = ()
    reply_to: int | None = None
    """The seq of the entry it answers."""


@dataclass(frozen=True, slots=True)
class ChatEntry:
    """`seq` counts from 1 in each visitor's log. `ref`: the sender's own id, by which a repetition is known."""

    seq: int
    ref: str
    kind: ChatKind
    words: ChatWords
    at: datetime


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser, or all browsers of one user of the shop."""

    inbox: InboxName
    id: str
    user: str | None = None
    """The shop's id of the user, from signed data only."""
    last_seq: int = 0
    delivered: int = 0
    seen: int = 0
    """The visitor has seen the log up to here."""
    team_read: int = 0
    """The team has."""
    language: str | None = None
    reachable: bool = False
    """We know how to reach them when they are gone."""

    @property
    def key(self) -> VisitorKey:
        return self.inbox, self.id


@dataclass(frozen=True, slots=True)
class Delivery:
    """A raw delivery of the chat's own: the key by which it is known again, and its body."""

    key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Left:
    """A visitor who was last there at `at` and has not seen the log's entry `unseen`, nor any later one of the team."""

    visitor: VisitorKey
    at: datetime
    unseen: int


class ChatLog(Protocol):
    """What takes a function calls it inside the transaction, maybe several times: it must be pure."""

    async def arrive(
        self, inbox: InboxName, known: str | None, user: str | None, new: str, language: str | None, at: datetime
    ) -> Visitor:
        """Called by the socket at hello. The visitor's log, which `user` has one of, whatever browser they use:
        `known` when that is theirs or nobody's yet, else their own, else a `new` one. Who was a user and comes as
        nobody begins anew."""
        ...

    async def visitor(self, inbox: InboxName, visitor: str) -> Visitor | None: ...

    async def visitors(self, keys: Sequence[VisitorKey]) -> Mapping[VisitorKey, Visitor]:
        """Called by the hub for everybody who listens: who has come further."""
        ...

    async def append(
        self,
        inbox: InboxName,
        visitor: str,
        kind: ChatKind,
        ref: str,
        words: ChatWords,
        at: datetime,
        report: Callable[[int], Delivery] | None = None,
    ) -> int:
        """Called by the channel for the team's words and by the socket for the visitor's; `report` makes of the seq
        what the intake is told. Returns the seq; the same `ref` again has no effect. Raises `LookupError` for a visitor
        nobody knows (any more)."""
        ...

    async def entries(self, inbox: InboxName, visitor: str, after: int, limit: int) -> Sequence[ChatEntry]:
        """Above seq `after`, in order."""
        ...

    async def entry(self, inbox: InboxName, visitor: str, seq: int) -> ChatEntry | None: ...

    async def acknowledge(
        self,
        inbox: InboxName,
        visitor: str,
        state: Ladder,
        upto: int,
        at: datetime,
        report: Callable[[Sequence[ChatEntry]], Delivery],
    ) -> int:
        """Called by the socket: the visitor's page has shown (DELIVERED) or the visitor has seen (READ) everything up
        to a seq. `report` is given the team's entries of which that is new. Returns how far it is now."""
        ...

    async def read_by_team(self, inbox: InboxName, visitor: str, upto: int) -> None:
        """Called by the channel: the visitor is shown that the team has read their words up to a seq."""
        ...

    async def note(self, inbox: InboxName, visitor: str, report: Delivery, at: datetime, *, reachable: bool) -> None:
        """Called by the socket for what has no place in the log: what the visitor told of themselves."""
        ...

    async def speaks(self, inbox: InboxName, visitor: str, language: str) -> None: ...

    async def present(self, keys: Sequence[VisitorKey], at: datetime, until: datetime) -> None:
        """Called by the hub now and again for everybody whose socket it holds; a process that dies lets them go."""
        ...

    async def gone(self, keys: Sequence[VisitorKey], at: datetime) -> None:
        """Called by the hub when a visitor's last socket of this process closed. Another process that holds one says
        so again."""
        ...

    async def tell_left(self, before: datetime, at: datetime, report: Callable[[Left], Delivery]) -> datetime | None:
        """Called by a worker: reports each visitor who is gone since `before` and has not seen the team's words, once
        for each time they go. Returns when the next of them was last there, as it stands now."""
        ...
