"""What simulators and database hold when a run is over: all that the verdict is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.ids import TicketId
from core.messages import Message
from core.model import Entry, Thread, Ticket
from core.policy import Policy
from core.ports import SavedFact


@dataclass(frozen=True, slots=True)
class Phone:
    """What a customer said, in their order, and what they have of the team's, in the order it came."""

    name: str
    said: Sequence[str]
    received: Sequence[str]
    pictures: Sequence[bytes] = ()
    """What they sent beside words."""
    faults: Sequence[str] = ()
    """What their own side could not make sense of."""


@dataclass(frozen=True, slots=True)
class TypedWords:
    """What an agent typed in a customer's thread. `given_up`: the chat platform never got it to the program."""

    text: str
    customer: str
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A post of the program in the team's threads. `root` names the thread, by place and card."""

    root: tuple[str, str]
    text: str
    marked: bool = False
    """It says of itself that it may appear twice."""
    files: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A ticket with all that belongs to it."""

    ticket: Ticket
    messages: Sequence[Message]
    entries: Sequence[Entry]
    history: Sequence[SavedFact]
    """Oldest first."""
    thread: Thread | None


@dataclass(frozen=True, slots=True)
class Left:
    """A delivery or a job that is not simply done: `what` it is, its state, and why."""

    what: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Evidence:
    phones: Sequence[Phone]
    typed: Sequence[TypedWords]
    """Replies, in the order they were typed."""
    noted: Sequence[TypedWords]
    """Notes to the team."""
    posts: Sequence[Shown]
    """In the order they stand."""
    cards: Mapping[TicketId, Sequence[tuple[str, str]]]
    """The threads whose card names the ticket."""
    tickets: Sequence[Kept]
    left: Sequence[Left]
    policy: Policy
    ended_at: datetime
    """When all had come to rest, by the run's clock."""
