"""What a ticket's reply clocks should be, counted anew: its history says what happened in which order, its messages
when, and `core.sla` how time is counted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from core import sla
from core.clocks import ClockKind, ClockState, TicketClock
from core.facts import CustomerWrote, DeliveryMoved
from core.messages import TAKEN, Message
from core.model import Ticket
from core.policy import Policy
from tests.crash.evidence import Kept


def clocks_of(kept: Kept, policy: Policy) -> Mapping[ClockKind, TicketClock | None]:
    """By kind, the newest cycle. For tickets that were only written to and answered: no holds, no closing."""
    messages = {message.id: message for message in kept.messages}
    count = _Count(replace(kept.ticket, clocks=(), in_flight=frozenset()), policy)
    for saved in kept.history:
        match saved.fact:
            case CustomerWrote(message) if message in messages:
                # A platform's clock may be ahead of ours: what it says came at the latest when we took it in.
                count.wrote(min(messages[message].at, saved.at))
            case DeliveryMoved(message, state, automatic=False) if state in TAKEN and message in messages:
                count.answered(messages[message])
            case _:
                pass
    return {kind: count.ticket.clock(kind) for kind in sla.REPLY_KINDS}


class _Count:
    def __init__(self, ticket: Ticket, policy: Policy) -> None:
        self.ticket, self._policy = ticket, policy
        self._last: datetime | None = None
        self._answers: set[int] = set()

    def wrote(self, at: datetime) -> None:
        """The first message starts the first-reply clock, a later one the next-reply clock when nothing runs."""
        self._last = max(at, self._last or at)
        if not self._running():
            first = self.ticket.clock(ClockKind.FIRST_REPLY) is None
            self._start(ClockKind.FIRST_REPLY if first else ClockKind.NEXT_REPLY, at)

    def answered(self, reply: Message) -> None:
        """As of the moment the agent gave it: what was asked before that is answered, what came after still waits."""
        if reply.id in self._answers:
            return
        self._answers.add(reply.id)
        over = [kind for kind in self._running() if self._clock(kind).started_at <= reply.at]
        self.ticket, _ = sla.stop(self.ticket, over, reply.at, self._policy)
        if not self._running() and self._last is not None and self._last > reply.at:
            self._start(ClockKind.NEXT_REPLY, self._last)

    def _start(self, kind: ClockKind, at: datetime) -> None:
        self.ticket, _ = sla.start(self.ticket, kind, at, self._policy)

    def _running(self) -> Sequence[ClockKind]:
        clocks = [self.ticket.clock(kind) for kind in sla.REPLY_KINDS]
        return [clock.kind for clock in clocks if clock is not None and clock.state is not ClockState.STOPPED]

    def _clock(self, kind: ClockKind) -> TicketClock:
        clock = self.ticket.clock(kind)
        assert clock is not None
        return clock
