"""What every room may need: time, files, the doctor's look, and the door as handlers see it."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.commands import Command
from core.ids import PersonId, TicketId
from core.model import Ticket
from core.say import Say


class Clock(Protocol):
    """Where time comes from. Nobody calls `datetime.now`."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    async def wait(self, wake: Awaitable[object], until: datetime | None) -> None:
        """Return when `wake` completes or the instant has come, whichever is first. Workers idle only here."""
        ...


@dataclass(frozen=True, slots=True)
class Content:
    """A fetched file."""

    body: bytes
    mime: str
    name: str = ""


class Blob(Protocol):
    """Files by key: a disk, or S3."""

    async def put(self, body: bytes) -> str:
        """Store durably and return the key (its hash); storing the same bytes twice is harmless. Raises
        `Unavailable`."""
        ...

    async def get(self, key: str) -> bytes:
        """Raises `KeyError`, `Unavailable`."""
        ...


@runtime_checkable
class Confesses(Protocol):
    """A part that knows by itself whether it can be used."""

    async def trouble(self) -> str:
        """Called by /health: a word for what is wrong with it; empty when nothing is. Must not take long."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of doctor: `say` what is so, `cure` what to do when it is not well."""

    ok: bool
    what: Say
    cure: Say | None = None


@runtime_checkable
class Examined(Protocol):
    """Something `dragoman doctor` can look at: a channel or a desk."""

    async def examine(self) -> Sequence[Finding]:
        """Called by doctor. Looks, changes nothing, raises nothing: what went wrong is a finding."""
        ...


class Speaks(Protocol):
    """The words of the house itself, in a customer's language."""

    def __call__(self, tags: Sequence[str], words: Say, zone: str) -> str:
        """Called by the door inside a transaction: pure and quick. The first of the languages (as platforms name them)
        that we have is spoken; times are said by the clock of `zone`, an IANA name."""
        ...


class Doors(Protocol):
    """The one way through which people, clocks and customers change a ticket, as handlers see it."""

    async def apply(self, ticket: TicketId, command: Command, *, once: str) -> Ticket:
        """Called by handlers, once a command; `once` is the key of the event it came of. Returns the ticket after it.

        Raises `Refused` (its kind `Confirm` asks first) with nothing changed, `Duplicate` when the effect stands
        already.
        """
        ...

    async def tell(self, person: PersonId, words: Say, once: str) -> None:
        """Called by handlers when a command concerns a colleague: they get a notice, once a key."""
        ...

    async def tell_admins(self, words: Say, once: str) -> None:
        """Called by handlers when something needs an admin: every admin gets a notice, once a key."""
        ...
