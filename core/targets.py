"""What is promised to whom: the rows of the targets table, and amounts of working time. What time is open: `hours`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.clocks import ClockKind
from core.hours import Calendar
from core.ids import ChannelName, QueueName
from core.model import Priority, Ticket
from core.people import Tier

DEFAULT_CHAIN = "default"


class Whose(StrEnum):
    """Whose hours a target counts in."""

    CUSTOMER = "customer"
    TEAM = "team"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class WorkDays:
    """So many usual working days of whatever calendar counts."""

    days: int


Amount = timedelta | WorkDays

CONDITIONS = ("tier", "priority", "queue", "channel", "language", "country", "tag", "newcomer")
"""What a row may name of a ticket, as it is written there."""


def worked(amount: Amount, calendar: Calendar) -> timedelta:
    """The amount as open time of a calendar."""
    return amount if isinstance(amount, timedelta) else amount.days * calendar.day


@dataclass(frozen=True, slots=True)
class Target:
    """One row of the targets table; what it leaves out matches anything, and the first matching row counts."""

    first_reply: Amount
    next_reply: Amount
    resolve: Amount | None = None
    tier: Tier | None = None
    priority: Priority | None = None
    queue: QueueName | None = None
    channel: ChannelName | None = None
    language: str | None = None
    """`pt` matches `pt-BR`, too."""
    country: str | None = None
    tag: str | None = None
    newcomer: bool | None = None
    """Whether nothing was ever asked in this conversation before."""
    whose: Whose = Whose.TEAM
    closed_first_reply: Amount | None = None
    """In place of `first_reply` when the customer wrote while the calendar was closed."""
    chain: str = DEFAULT_CHAIN
    """Who is told when it goes wrong."""

    def matches(self, ticket: Ticket, tier: Tier) -> bool:
        """`tier`: what the ticket counts as."""
        return (
            self.tier in (None, tier)
            and self.priority in (None, ticket.priority)
            and self.queue in (None, ticket.queue)
            and self.channel in (None, ticket.channel)
            and self.country in (None, ticket.country)
            and (self.tag is None or self.tag in ticket.tags)
            and (self.language is None or speaks(ticket.language, self.language))
            and (self.newcomer is None or self.newcomer is (ticket.previous is None))
        )

    def amount(self, kind: ClockKind) -> Amount | None:
        """As it is written in the row; None when nothing is promised."""
        match kind:
            case ClockKind.FIRST_REPLY:
                return self.first_reply
            case ClockKind.NEXT_REPLY:
                return self.next_reply
            case ClockKind.RESOLVE:
                return self.resolve
            case _:
                return None

    def allowed(self, kind: ClockKind, calendar: Calendar, started: datetime) -> timedelta | None:
        """The open time of `calendar` that this clock may take, begun at `started`; None when nothing is promised."""
        amount = self.amount(kind)
        if kind is ClockKind.FIRST_REPLY and not calendar.is_open(started):
            amount = self.closed_first_reply or amount
        return worked(amount, calendar) if amount is not None else None


def speaks(language: str | None, wanted: str) -> bool:
    """Whether a language is the wanted one or a variety of it: `pt-BR` is `pt`."""
    have, want = (language or "").casefold().replace("_", "-"), wanted.casefold()
    return have == want or have.startswith(f"{want}-")


def raised(tier: Tier, tags: frozenset[str], raising: Sequence[str]) -> Tier:
    """What the ticket counts as: one tier up for tags such as `complaint`."""
    if not tags.intersection(raising):
        return tier
    order = list(Tier)
    return order[max(order.index(tier) - 1, 0)]
