"""The targets of dragoman.toml: how soon whom is answered, what is shipped, and rows that could never count."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.channels import CHANNELS
from bot.config.problems import Problem, near
from bot.config.table import Table
from bot.config.values import Allowance, Country, Delay, Language, Name, Tag, Text
from core.model import Priority
from core.people import Tier
from core.targets import CONDITIONS, DEFAULT_CHAIN, Whose, WorkDays


class Target(Table):
    """The first row that matches a ticket says how soon it is answered and settled, and in whose hours.

    What a row does not name matches everything. Without any row: VIPs and urgent tickets 2 h, 4 h and 3 d, tier A 4 h,
    8 h and 5 d, the others 8 h, 12 h and 7 d, all in the customer's hours; a first enquiry 30 m in the team's hours, or
    1 h of the next shift when it comes outside them.
    """

    tier: Tier | None = None
    """A tag of `[sla] one_tier_up`, such as `complaint`, makes a ticket count as one tier higher."""
    priority: Priority | None = None
    queue: Name | None = None
    channel: Text | None = None
    language: Language | None = None
    """Of the customer: `pt` matches `pt-BR`, too."""
    country: Country | None = None
    """Of the customer, two letters: `US`."""
    tag: Tag | None = None
    newcomer: bool | None = None
    """`true`: nothing was asked in this conversation before."""
    first_reply: Allowance
    """To the customer's first message. A day is a usual working day of whoever's hours count."""
    first_reply_closed: Allowance | None = None
    """The same when they wrote outside the hours that count: so much of the next ones."""
    next_reply: Allowance
    """To each later one."""
    resolve: Allowance | None = None
    """Until the ticket is closed; it stands still while the customer or a third party is to act."""
    calendar: Whose = Whose.TEAM
    """Whose hours count: the `customer`'s own, the `team`'s (those of the queue), or `always`."""
    chain: Name = DEFAULT_CHAIN
    """Which [[escalation]] steps follow when it goes wrong."""


class Sla(Table):
    """What holds for all targets."""

    one_tier_up: tuple[Tag, ...] = ("complaint",)
    """Tags with which a ticket counts as one tier higher."""
    consult: Allowance = timedelta(hours=2)
    """Working time in which a colleague answers what `!consult` asked."""
    ping_again: Delay = timedelta(minutes=10)
    """After so long the people of an escalation step with `until_ack` are told again."""


def check(rows: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    """Channels that do not exist, and rows behind one that matches all they match."""
    for index, row in enumerate(rows):
        channel = row.get("channel")
        if isinstance(channel, str) and channel not in CHANNELS:
            allowed = ", ".join(CHANNELS)
            yield near(f"targets[{index}].channel", "config.not_one_of", channel, CHANNELS, allowed=allowed)
        for before, other in enumerate(rows[:index]):
            if all(key not in other or other[key] == row.get(key) for key in CONDITIONS):
                yield Problem(f"targets[{index}]", "config.never_counts", {"other": f"targets[{before}]"})
                break


def _hours(count: int) -> timedelta:
    return timedelta(hours=count)


_VIP: Any = {"first_reply": _hours(2), "next_reply": _hours(4), "resolve": WorkDays(3), "calendar": Whose.CUSTOMER}
TARGETS = (
    Target(tier=Tier.VIP, **_VIP),
    Target(priority=Priority.URGENT, **_VIP),
    Target(
        tier=Tier.A,
        first_reply=_hours(4),
        next_reply=_hours(8),
        resolve=WorkDays(5),
        calendar=Whose.CUSTOMER,
    ),
    Target(
        newcomer=True,
        first_reply=timedelta(minutes=30),
        first_reply_closed=_hours(1),
        next_reply=_hours(12),
        resolve=WorkDays(7),
    ),
    Target(first_reply=_hours(8), next_reply=_hours(12), resolve=WorkDays(7), calendar=Whose.CUSTOMER),
)
"""When dragoman.toml names none."""
