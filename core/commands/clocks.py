"""What the clock worker asks."""

from dataclasses import dataclass
from datetime import datetime

from core.ids import MessageId
from core.people import NOBODY, Roster


@dataclass(frozen=True, slots=True)
class Promised:
    """A message to the customer that the door has written: it says that a person will answer by `until`."""

    message: MessageId
    until: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Tick:
    """The clock worker: whatever of this ticket's clocks is due now."""

    roster: Roster = NOBODY
    """Given by the door."""
    promise: Promised | None = None
    """Given by the door, when there is something to be said to the customer."""


@dataclass(frozen=True, slots=True)
class Recount:
    """The policy changed: count live deadlines again."""
