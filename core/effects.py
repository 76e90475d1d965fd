"""What follows from facts inside the house; `react` names them, the ledger writes them in the same transaction."""

from dataclasses import dataclass

from core.ids import MessageId, PersonId
from core.jobs import Owed
from core.model import EntryKind
from core.quiet import Alarm
from core.say import Say


@dataclass(frozen=True, slots=True)
class Log:
    """A new entry of the thread. `mention`: who is pinged by its post; with an `alarm` not while they rest."""

    kind: EntryKind
    message: MessageId | None = None
    say: Say | None = None
    by: PersonId | None = None
    mention: PersonId | None = None
    alarm: Alarm | None = None


@dataclass(frozen=True, slots=True)
class Touch:
    """The entries of a message look different now: wherever they stand they are edited."""

    message: MessageId


@dataclass(frozen=True, slots=True)
class Tell:
    """A notice to a person, in private. An `alarm` may wait for their morning, and becomes one notice with others."""

    person: PersonId
    say: Say
    quote: MessageId | None = None
    """A note written just now, of which they read the beginning: facts hold no words."""
    alarm: Alarm | None = None


Effect = Log | Touch | Tell | Owed
