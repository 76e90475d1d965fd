"""A decision in the making: the ticket as it becomes, and the facts so far."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core import sla
from core.clocks import ClockKind, ClockState
from core.errors import Refused
from core.facts import Fact, ModeSet, StatusSet
from core.ids import MessageId, PersonId
from core.model import SendMode, Status, Ticket
from core.policy import Policy
from core.say import Button, Say, Value


@dataclass(slots=True)
class Change:
    """Lives inside one call of `decide`; nothing outside sees it half done."""

    ticket: Ticket
    now: datetime
    policy: Policy
    facts: list[Fact] = field(default_factory=list)

    def set(self, **fields: Any) -> None:
        """Replace fields of the ticket."""
        self.ticket = replace(self.ticket, **fields)

    def add(self, *facts: Fact) -> None:
        self.facts.extend(facts)

    def take(self, changed: sla.Changed) -> None:
        """Adopt what a clock function made of the ticket."""
        self.ticket = changed[0]
        self.facts.extend(changed[1])

    def refuse(self, key: str, *buttons: Button, **params: Value) -> Refused:
        """A refusal to raise, in words and with what can be done instead."""
        return Refused(Say(key, params, buttons))

    def stop(self, *kinds: ClockKind, at: datetime | None = None) -> None:
        self.take(sla.stop(self.ticket, kinds, at or self.now, self.policy))

    def status(self, new: Status, by: PersonId | None, *, code: str = "") -> None:
        """Move to another status; its clocks stand still or run on with it."""
        old = self.ticket.status
        if old is new:
            return
        self.set(status=new)
        self.add(StatusSet(old, new, by, code))
        if old is Status.PENDING and self.ticket.snoozed_until is None:
            self.stop(ClockKind.SNOOZE)  # nobody waits for the customer's answer any more
        if old is Status.CLOSED:
            self.take(sla.reopen(self.ticket, self.now, self.policy))
        self.follow_status()

    def follow_status(self) -> None:
        """Clocks that stand still in the ticket's status do, and the others run."""
        self.take(sla.follow_status(self.ticket, self.now, self.policy))

    def end_live(self, why: str, by: PersonId | None = None) -> None:
        """Back to explicit sending, if it was live."""
        if self.ticket.mode is SendMode.LIVE:
            self.set(mode=SendMode.EXPLICIT)
            self.stop(ClockKind.LIVE)
            self.add(ModeSet(SendMode.EXPLICIT, by, why))

    def begin_live(self, by: PersonId) -> None:
        """Plain text of the assignee is sent until they stop, fall idle, hand over or close."""
        if self.ticket.mode is SendMode.EXPLICIT:
            self.set(mode=SendMode.LIVE)
            self.add(ModeSet(SendMode.LIVE, by))
        self.refresh_live()

    def refresh_live(self) -> None:
        """Somebody used live mode: its idle time begins again."""
        if self.ticket.mode is SendMode.LIVE:
            due = self.now + self.policy.live_idle
            self.ticket = sla.start_timer(self.ticket, ClockKind.LIVE, self.now, due)

    def landed(self, messages: Iterable[MessageId]) -> None:
        """These replies are no longer on their way: warnings may speak again."""
        in_flight = self.ticket.in_flight - frozenset(messages)
        if in_flight != self.ticket.in_flight:
            self.set(in_flight=in_flight)
            self.ticket = sla.rearm(self.ticket, self.policy)

    def runs(self, kind: ClockKind) -> bool:
        """Whether a clock of this kind runs or is paused."""
        clock = self.ticket.clock(kind)
        return clock is not None and clock.state is not ClockState.STOPPED
