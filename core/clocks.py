"""A ticket's clocks as values. How they are counted is in `core.sla`; this module knows no calendar and no policy."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class ClockKind(StrEnum):
    FIRST_REPLY = "first_reply"
    NEXT_REPLY = "next_reply"
    RESOLVE = "resolve"
    """Business time until the matter is settled; paused while the customer or a third party is to act."""
    CONSULT = "consult"
    """Business time of the team until a colleague answers what they were asked inside."""
    WINDOW = "window"
    """Wall clock, from the customer's last message while it waits: when the channel stops taking our words."""
    PROMISE = "promise"
    """Wall clock, while a customer waits: when they are told when a person will answer, and when that is due."""
    ESCALATION = "escalation"
    """Wall clock, begun by a person's `!esc`: the next level is told when nobody acknowledges in time."""
    BREACH = "breach"
    """The same, begun by a broken target: an answer to the customer ends it too."""
    SNOOZE = "snooze"
    """Wall clock: when the ticket wakes."""
    LIVE = "live"
    """Wall clock: when live mode ends of itself."""

    @property
    def is_reply(self) -> bool:
        """Counted in business time and stopped by a human's public reply."""
        return self in (ClockKind.FIRST_REPLY, ClockKind.NEXT_REPLY)

    @property
    def is_target(self) -> bool:
        """What the targets table promises the customer; the nearest of these is the ticket's deadline."""
        return self.is_reply or self is ClockKind.RESOLVE

    @property
    def is_business(self) -> bool:
        """Counted in business time, with warnings and a breach."""
        return self.is_target or self is ClockKind.CONSULT


class ClockState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch in which the clock ran; `end` is None while it runs."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class TicketClock:
    """One clock of a ticket; a row, written with its ticket. A cycle is one start-to-stop.

    `spans` are the stretches it ran, so a deadline can be counted again from the clock's own start with its pauses.
    `fired` names the steps that fired in this cycle; none fires again when a deadline moves. `next_at` is when the
    clock worker must look at it: None unless it runs.
    """

    kind: ClockKind
    cycle: int
    state: ClockState
    spans: tuple[Span, ...]
    target: timedelta | None = None
    """Business time allowed; None for wall-clock kinds."""
    due_at: datetime | None = None
    fired: frozenset[str] = frozenset()
    next_at: datetime | None = None

    @property
    def started_at(self) -> datetime:
        return self.spans[0].start

    @property
    def running(self) -> bool:
        return self.state is ClockState.RUNNING
