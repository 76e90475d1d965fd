"""What would be due if a message came at some moment: each row of the targets, tried on a customer who does not exist.

Pure, and nothing is counted anew: the made-up ticket goes through the same `policy`, `sla`, `staffing` and `promises`
as a real one. Not here: which customers are worth a look (`coverage.regions`), and the words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product

from core import promises, sla
from core.clocks import ClockKind, ClockState, Span, TicketClock
from core.coverage import Region
from core.explain import Reason, Why
from core.hours import Calendar
from core.hours import Why as DayWhy
from core.ids import ChannelName, ContactId, ConversationId, InboxName, QueueName, TicketId
from core.model import Priority, Ticket
from core.openings import BREAK
from core.people import Person, Tier
from core.policy import InboxPolicy, Policy
from core.staffing import Staffing
from core.targets import Target

KINDS = (ClockKind.FIRST_REPLY, ClockKind.NEXT_REPLY, ClockKind.RESOLVE)
_NO_INBOX = InboxPolicy(InboxName(""), ChannelName(""), QueueName(""), 0)
_EARLIER = TicketId(0)


@dataclass(frozen=True, slots=True)
class Due:
    """`worked`: how long those who can answer work until then. `there`: who of them works at that instant, where it is
    an answer that is due."""

    kind: ClockKind
    at: datetime
    worked: timedelta
    there: tuple[Person, ...]

    @property
    def nobody(self) -> bool:
        """An answer is due, and nobody works long enough before to give it."""
        return self.kind.is_reply and self.worked < promises.LEAST


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one row. Without any `dues` no message ever comes to it: the rows `taken_by`, from 0, are before it and take
    them all; where there are none, it contradicts itself."""

    number: int
    """Its place among the targets, from 0."""
    target: Target
    dues: tuple[Due, ...] = ()
    told: promises.Plan | None = None
    """What the customer reads from the house at once; None while somebody works, or where it writes nothing."""
    taken_by: tuple[int, ...] = ()


def outcomes(queue: QueueName, region: Region, at: datetime, staffing: Staffing) -> Iterator[Outcome]:
    """What every row of the policy that may match such customers comes to."""
    for number, row in enumerate(staffing.policy.targets):
        if row.queue in (None, queue) and row.country in (None, region.country):
            yield _outcome(number, row, queue, region, at, staffing)


def closed_because(calendar: Calendar, at: datetime) -> Reason | None:
    """Why it is closed at an instant; None when it is open."""
    if calendar.is_open(at):
        return None
    today = calendar.date_at(at)
    hours, why, name = calendar.on(today)
    match why:
        case DayWhy.HOLIDAY:
            return Reason(Why.HOLIDAY, name)
        case DayWhy.EXCEPTION if not hours:
            return Reason(Why.EXCEPTION, name)
        case _ if not hours:
            return Reason(Why.WEEKEND)
    was = calendar.last_open(at)
    in_break = was is not None and calendar.next_open(at) - was <= BREAK
    return Reason(Why.BREAK if in_break else Why.NIGHT)


def _outcome(number: int, row: Target, queue: QueueName, region: Region, at: datetime, staffing: Staffing) -> Outcome:
    policy = staffing.policy
    ticket = next((it for it in _messages(row, queue, region, at, policy) if policy.target(it) is row), None)
    if ticket is None:
        takes = {id(policy.target(it)) for it in _messages(row, queue, region, at, policy)}
        return Outcome(number, row, taken_by=tuple(n for n, it in enumerate(policy.targets) if id(it) in takes))
    dues = [due for kind in KINDS if (due := _due(ticket, kind, at, staffing)) is not None]
    return Outcome(number, row, tuple(dues), _told(ticket, at, staffing))


def _due(ticket: Ticket, kind: ClockKind, at: datetime, staffing: Staffing) -> Due | None:
    """None where the row promises no such thing."""
    clock = sla.start(ticket, kind, at, staffing.policy)[0].clock(kind)
    if clock is None or clock.due_at is None:
        return None
    hours = staffing.hours(ticket.queue, ticket.language)
    worked = hours.between(at, clock.due_at) if hours else timedelta()
    return Due(kind, clock.due_at, worked, _there(ticket, clock.due_at, staffing) if kind.is_reply else ())


def _there(ticket: Ticket, at: datetime, staffing: Staffing) -> tuple[Person, ...]:
    """Who can answer and works then, or has worked until then: a deadline at closing time stays there."""
    able = [p for p in staffing.who_can(ticket.queue, ticket.language) if not p.is_away(at)]
    hours = [staffing.hours_of(p, ticket.queue) for p in able]
    working = {one for one in set(hours) if one.last_open(at) == at}
    return tuple(p for p, theirs in zip(able, hours, strict=True) if theirs in working)


def _told(ticket: Ticket, at: datetime, staffing: Staffing) -> promises.Plan | None:
    waiting, _ = sla.start(ticket, ClockKind.FIRST_REPLY, at, staffing.policy)
    waiting = sla.put(waiting, TicketClock(ClockKind.PROMISE, 1, ClockState.RUNNING, (Span(at),)))
    return promises.plan(waiting, at, staffing.policy, staffing)


def _messages(row: Target, queue: QueueName, region: Region, at: datetime, policy: Policy) -> Iterator[Ticket]:
    """Tickets that the row alone would match, the most usual first: an earlier row may take some of them."""
    tiers = dict.fromkeys([row.tier or Tier.STANDARD, Tier.STANDARD, Tier.A, Tier.VIP])
    priorities = [row.priority] if row.priority else [Priority.NORMAL, Priority.LOW, Priority.HIGH, Priority.URGENT]
    newcomers = [row.newcomer] if row.newcomer is not None else [False, True]
    for inbox, tier, priority, new in product(_inboxes(row, queue, policy), tiers, priorities, newcomers):
        ticket = Ticket(
            id=TicketId(0),
            version=0,
            queue=queue,
            inbox=inbox.name,
            channel=inbox.channel,
            conversation=ConversationId(0),
            contact=ContactId(0),
            opened_at=at,
            priority=priority,
            tier=tier,
            language=row.language,
            country=region.country,
            tags=frozenset({row.tag} if row.tag else ()),
            zone=region.zone,
            previous=None if new else _EARLIER,
            last_customer_at=at,
        )
        if row.matches(ticket, policy.tier(ticket)):
            yield ticket


def _inboxes(row: Target, queue: QueueName, policy: Policy) -> Sequence[InboxPolicy]:
    """One for each channel, the queue's own first. Where none leads to the row, one that is not there."""
    own = sorted(policy.inboxes.values(), key=lambda inbox: inbox.queue != queue)
    by_channel = {inbox.channel: inbox for inbox in reversed(own) if row.channel in (None, inbox.channel)}
    return tuple(reversed(by_channel.values())) or (replace(_NO_INBOX, channel=row.channel or ChannelName("")),)
