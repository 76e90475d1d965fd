"""What the house has decided: queues, inboxes, targets, steps. A value made from the configuration once, and pure."""

import hashlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from core import holidays
from core.chains import NO_CHAIN, Chain
from core.countries import TABLE, CountryHours, customer_hours
from core.digests import Digest
from core.hours import Calendar
from core.ids import ChannelName, DeskName, InboxName, QueueName, TicketId
from core.model import SendMode, Ticket
from core.people import Person, Tier
from core.quiet import Quiet
from core.rotations import OwnerAway, Rotation
from core.targets import DEFAULT_CHAIN, Amount, Target, Whose, raised
from core.triggers import NO_TRIGGERS, Triggers

ALWAYS = Calendar.always()


@dataclass(frozen=True, slots=True)
class Promises:
    """What the house may write to a customer by itself; None: whatever is said elsewhere."""

    acknowledge: bool | None = None
    """Out of hours, that we have their words, and until when a person answers."""
    soothe: bool | None = None
    """When the answer is late."""

    def over(self, other: "Promises") -> "Promises":
        """These words, and the other's where they say nothing."""
        acknowledge = other.acknowledge if self.acknowledge is None else self.acknowledge
        return Promises(acknowledge, other.soothe if self.soothe is None else self.soothe)


@dataclass(frozen=True, slots=True)
class QueuePolicy:
    name: QueueName
    title: str
    calendar: Calendar
    places: Mapping[DeskName, tuple[str, ...]] = field(default_factory=dict)
    """Where the queue's threads stand on each desk: a Slack channel id, our names of Telegram groups. Of several, each
    carries a share of the tickets. The console needs no place."""
    mode: SendMode = SendMode.EXPLICIT
    locale: str = "en"
    promises: Promises = Promises()

    def place(self, desk: DeskName, ticket: TicketId) -> str | None:
        """Where a thread of the ticket is opened; None when the queue is not on that desk."""
        places = self.places.get(desk)
        return places[ticket % len(places)] if places else None

    def stands(self, ticket: TicketId) -> Mapping[DeskName, str]:
        """The place of the ticket on each of the queue's desks."""
        return {desk: places[ticket % len(places)] for desk, places in self.places.items() if places}


def _no_limit(_mime: str) -> int:
    return sys.maxsize


@dataclass(frozen=True, slots=True)
class InboxPolicy:
    name: InboxName
    channel: ChannelName
    queue: QueueName
    text_limit: int
    """Characters the channel takes in one message."""
    window: timedelta | None = None
    """How long after the customer's last message free text may be sent; None: always."""
    human_window: timedelta | None = None
    """How long a person's own words may, where that is longer; None: no longer than anything else."""
    looks_up_names: bool = False
    """The channel's messages bear no name, and it can be asked for one."""
    read_ticks: bool = False
    shows_agent: bool = False
    """Whether the customer reads the agent's public name above the reply; else only the account's own name."""
    file_limit: Callable[[str], int] = _no_limit
    """Bytes that the channel takes of a file, by its media type."""

    promises: Promises = Promises()

    @property
    def words_window(self) -> timedelta | None:
        """How long a person's words may be sent; None: always."""
        return None if self.window is None else self.human_window or self.window


@dataclass(frozen=True, slots=True)
class Policy:
    queues: Mapping[QueueName, QueuePolicy]
    inboxes: Mapping[InboxName, InboxPolicy]
    targets: tuple[Target, ...]
    chains: Mapping[str, Chain]
    """By name; the targets name them."""
    triggers: Triggers = NO_TRIGGERS
    """Words and tags that raise the alarm at once."""
    quiet: Quiet | None = None
    """When alarms wait for people's morning; None: never."""
    raising_tags: tuple[str, ...] = ("complaint",)
    """With such a tag a ticket counts as one tier up."""
    consult: Amount = timedelta(hours=2)
    """Working time in which a colleague answers what they were asked inside."""
    reopen: timedelta = timedelta(days=7)
    undo: timedelta = timedelta(seconds=8)
    live_idle: timedelta = timedelta(minutes=30)
    burst: timedelta = timedelta(seconds=3)
    boards: frozenset[DeskName] = frozenset()
    """Desks that keep an overview in the queue's place."""
    settle: Mapping[DeskName, timedelta] = field(default_factory=dict)
    """How long edits and lines that ping nobody wait for more to come, on a desk where every write is dear."""
    countries: Mapping[str, CountryHours] = field(default_factory=dict)
    """What the house knows of customers' hours, by country."""
    regions: tuple[str, ...] = ()
    """Countries whose customers `!coverage` looks at, besides those that targets and contacts name."""
    slash: frozenset[DeskName] = frozenset()
    """Desks where a message may begin with a slash, and so may a command."""
    shifts: Mapping[str, Calendar] = field(default_factory=dict)
    """When people work, by the names that people have in the database."""
    rotations: tuple[Rotation, ...] = ()
    owner_away: OwnerAway = OwnerAway.HAND_ON
    away_after: timedelta = timedelta(hours=1)
    """Who is away for no longer than this keeps their tickets."""
    promises: Promises = Promises(acknowledge=True, soothe=True)
    digests: tuple[Digest, ...] = ()
    handovers: bool = True
    """Whether the people of the next shift are told what stands when one ends."""

    def tier(self, ticket: Ticket) -> Tier:
        """What the ticket counts as."""
        return raised(ticket.tier, ticket.tags, self.raising_tags)

    def target(self, ticket: Ticket) -> Target | None:
        """The first matching row, or None when no promise is made for such tickets."""
        tier = self.tier(ticket)
        return next((row for row in self.targets if row.matches(ticket, tier)), None)

    def chain(self, ticket: Ticket) -> Chain:
        """Of the row that matches; that of the house where none does."""
        row = self.target(ticket)
        return self.chains.get(row.chain if row else DEFAULT_CHAIN, NO_CHAIN)

    def calendar(self, ticket: Ticket, row: Target | None) -> Calendar:
        """Whose hours a row counts in, for this ticket. A customer of whom nothing is known has the queue's."""
        match row.whose if row else Whose.TEAM:
            case Whose.ALWAYS:
                return ALWAYS
            case Whose.CUSTOMER if ticket.zone is not None:
                return customer_hours(ticket.country, ticket.zone, self.countries)
            case _:
                return self.queue(ticket.queue).calendar

    def promising(self, ticket: Ticket) -> Promises:
        """The inbox's word goes before the queue's, and that before the house's."""
        inbox = self.inboxes.get(ticket.inbox)
        in_queue = self.queue(ticket.queue).promises.over(self.promises)
        return inbox.promises.over(in_queue) if inbox else in_queue

    def zone_of(self, person: Person) -> str:
        """The person's own time zone, else that of the first queue they are in."""
        queues = sorted(person.queues) or sorted(self.queues)
        return person.zone or (self.queue(queues[0]).calendar.zone if queues else "UTC")

    def settles(self, desk: DeskName) -> timedelta:
        return self.settle.get(desk, timedelta())

    def queues_at(self, desk: DeskName, place: str) -> tuple[QueuePolicy, ...]:
        """Those whose threads stand in a place."""
        return tuple(queue for queue in self.queues.values() if place in queue.places.get(desk, ()))

    @property
    def desks(self) -> tuple[DeskName, ...]:
        """Those that any queue is on."""
        return tuple(sorted({desk for queue in self.queues.values() for desk in queue.places}))

    def queue(self, name: QueueName) -> QueuePolicy:
        """A queue that left the configuration while it had tickets keeps the clock round, on the console only."""
        return self.queues.get(name) or QueuePolicy(name, name, Calendar.always())

    @property
    def hash(self) -> str:
        """Changes when anything that moves a deadline changes."""
        hours = [(name, queue.calendar) for name, queue in sorted(self.queues.items())]
        days = (self.countries, TABLE, holidays.edition())
        moves = (hours, self.targets, sorted(self.chains.items()), self.raising_tags, self.consult, days)
        return _digest(moves)

    @property
    def staffing_hash(self) -> str:
        """Changes when anything in the configuration changes that decides which promises can be kept."""
        return _digest((self.hash, sorted(self.shifts.items())))


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]
