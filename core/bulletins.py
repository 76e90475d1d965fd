"""What stands, in a few lines, for people who come to it: the digest of a region, and the handover of a shift.

Read from outlines of open tickets, bounded whatever there are. Not here: who is told, and when (`core.turns`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.ids import PersonId, QueueName, TicketId
from core.inside import asked_name
from core.model import Ticket
from core.policy import Policy
from core.ports.reads import Reads
from core.ports.records import COUNTED, Outline
from core.say import PersonName, Say, TicketLabel, Value, Word, say
from core.words import one_line

ASKED = "asked"
LINES = 10
"""Tickets that are named; of the rest it is told how many they are."""
LOOKED_AT = 5_000
"""Rows of a view in which a region's own are looked for."""
VIEWS = ("due", "unassigned", "waiting", "promised", "consulted")
AGES = (timedelta(days=1), timedelta(hours=4))
"""How old unassigned tickets are told apart by."""


Part = Callable[[Ticket, Outline, Mapping[TicketId, str], datetime, Policy], Say]
"""A row under one heading of a handover: of a ticket, its outline, customers' names, now."""


@dataclass(frozen=True, slots=True)
class Scope:
    queues: tuple[QueueName, ...]
    countries: frozenset[str] = frozenset()
    """Of the customers; none: wherever they are."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The first rows of each view that are in scope, in its order, all queues together."""

    due: tuple[Outline, ...] = ()
    unassigned: tuple[Outline, ...] = ()
    waiting: tuple[Outline, ...] = ()
    promised: tuple[Outline, ...] = ()
    consulted: tuple[Outline, ...] = ()


@dataclass(frozen=True, slots=True)
class Bulletin:
    """`counts`: a line each; `rows`: the tickets that are named, under headings or not."""

    counts: tuple[Say, ...] = ()
    rows: tuple[Say, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.counts or self.rows)


@dataclass(frozen=True, slots=True)
class Views:
    """The views of the queues as they are at one moment, each read once for however many people."""

    reads: Reads
    _known: dict[tuple[QueueName, str, int], Sequence[Outline]] = field(default_factory=dict, init=False)

    async def of(self, scope: Scope) -> Picture:
        """Reads at most so many rows of each view and queue, and no others."""
        most = LOOKED_AT if scope.countries else COUNTED + 1
        found: dict[str, tuple[Outline, ...]] = {}
        for view in VIEWS:
            every = [one for queue in scope.queues for one in await self._of_queue(queue, view, most)]
            ours = (one for one in every if not scope.countries or one.country in scope.countries)
            found[view] = tuple(sorted(ours, key=_ORDER[view]))
        return Picture(**found)

    async def _of_queue(self, queue: QueueName, view: str, most: int) -> Sequence[Outline]:
        if (queue, view, most) not in self._known:
            self._known[queue, view, most] = await self.reads.outlines([queue], view, most)
        return self._known[queue, view, most]


async def digest(views: Views, scope: Scope, since: datetime, now: datetime, until: datetime) -> Bulletin:
    """What came since the last one, what waits, what is late or due until then; the most pressing by name."""
    seen = await views.of(scope)
    late, soon = _due(seen, None, now), _due(seen, now, until)
    every = _distinct([*late, *soon, *seen.promised, *seen.waiting, *seen.unassigned])
    tickets = await _tickets(views.reads, every[:LINES])
    names = await _names(views.reads, tickets)
    rows = [_row(tickets[one.id], one, names, now) for one in every[:LINES] if one.id in tickets]
    return Bulletin(tuple(_counts(seen, late, soon, since, now, until)), (*rows, *_more(len(every) - LINES)))


async def handover(views: Views, policy: Policy, scope: Scope, now: datetime, until: datetime) -> Bulletin:
    """What the shift that ends `until` takes over: what was promised, what is due, who waits, who is asked inside."""
    seen = await views.of(scope)
    due = [*_due(seen, None, now), *_due(seen, now, until)]
    shown, hidden = _shared({"promised": seen.promised, "due": due, "waiting": seen.waiting, ASKED: seen.consulted})
    tickets = await _tickets(views.reads, [one for some in shown.values() for one in some])
    names = await _names(views.reads, tickets)
    rows: list[Say] = []
    for part, some in shown.items():
        lines = tuple(_PARTS[part](tickets[one.id], one, names, now, policy) for one in some if one.id in tickets)
        if lines:
            rows.append(Say(f"bulletin.{part}", lines=lines))
    return Bulletin((), (*rows, *_more(hidden)))


def _counts(
    seen: Picture, late: Sequence[Outline], soon: Sequence[Outline], since: datetime, now: datetime, until: datetime
) -> Iterator[Say]:
    """A line each of what there is any of."""
    new = [one for one in seen.waiting if one.waiting_since and one.waiting_since >= since and not one.answered]
    several = {"new": new, "waiting": seen.waiting, "late": late, "due": soon, "promised": seen.promised}
    for key, some in several.items():
        if some:
            yield Say(f"bulletin.n_{key}", {**_n(some), **({"until": until} if key == "due" else {})})
    if seen.unassigned:
        old, half = (sum(now - one.opened_at >= age for one in seen.unassigned) for age in AGES)
        counts = {**_n(seen.unassigned), "old": old, "half": half - old, "young": len(seen.unassigned) - half}
        yield Say("bulletin.n_unassigned", counts)


def _n(some: Sequence[Outline]) -> dict[str, Value]:
    """Counted so far; a sign says that there are more."""
    return {"n": min(len(some), COUNTED), "plus": "+" if len(some) > COUNTED else ""}


def _due(seen: Picture, after: datetime | None, until: datetime) -> list[Outline]:
    return [one for one in seen.due if one.due_at and one.due_at <= until and (after is None or one.due_at > after)]


def _shared(parts: Mapping[str, Sequence[Outline]]) -> tuple[dict[str, list[Outline]], int]:
    """Under each heading what is named there, and how many are not named at all. A ticket stands under the first that
    it has, and where somebody is asked there too; no heading takes all the lines while others have any."""
    taken: set[TicketId] = set()
    own: dict[str, list[Outline]] = {}
    for part, some in parts.items():
        own[part] = [one for one in some if part == ASKED or one.id not in taken]
        taken |= {one.id for one in own[part]}
    shown: dict[str, list[Outline]] = {part: [] for part in parts}
    room = min(LINES, sum(map(len, own.values())))
    while room:
        for part, some in own.items():
            if room and len(shown[part]) < len(some):
                shown[part].append(some[len(shown[part])])
                room -= 1
    return shown, len(taken - {one.id for some in shown.values() for one in some})


def _distinct(outlines: Iterable[Outline]) -> list[Outline]:
    return list({one.id: one for one in outlines}.values())


def _more(hidden: int) -> tuple[Say, ...]:
    return (say("bulletin.more", n=hidden),) if hidden > 0 else ()


async def _tickets(reads: Reads, shown: Sequence[Outline]) -> Mapping[TicketId, Ticket]:
    return await reads.tickets([one.id for one in shown]) if shown else {}


async def _names(reads: Reads, tickets: Mapping[TicketId, Ticket]) -> Mapping[TicketId, str]:
    contacts = await reads.contacts([ticket.contact for ticket in tickets.values()]) if tickets else {}
    known = {id: contacts[ticket.contact].name for id, ticket in tickets.items() if ticket.contact in contacts}
    return {id: one_line(name, 60) or "-" for id, name in known.items()}


def _named(ticket: Ticket, names: Mapping[TicketId, str]) -> dict[str, Value]:
    """Which it is, whose customer's and whose."""
    return {"ticket": TicketLabel(ticket.id), "contact": names.get(ticket.id, "-"), "who": _who(ticket.assignee)}


def _who(person: PersonId | None) -> Value:
    return PersonName(person) if person is not None else Word("list.nobody")


def _row(ticket: Ticket, one: Outline, names: Mapping[TicketId, str], now: datetime) -> Say:
    """By what presses most: a deadline, then a promise, then that they wait."""
    common = _named(ticket, names)
    if one.due_at is not None:
        key = "bulletin.row_late" if one.due_at <= now else "bulletin.row_due"
        if one.waiting_since is None:
            return Say(key, {**common, "due": one.due_at})
        return Say(f"{key}_waiting", {**common, "due": one.due_at, "span": now - one.waiting_since})
    if one.promised_at is not None:
        return Say("bulletin.row_promised", {**common, "until": one.promised_at})
    return Say("bulletin.row_waiting", {**common, "span": now - (one.waiting_since or one.opened_at)})


def _promised_row(ticket: Ticket, one: Outline, names: Mapping[TicketId, str], now: datetime, policy: Policy) -> Say:
    return Say("bulletin.row_promised", {**_named(ticket, names), "until": one.promised_at or now})


def _other_row(ticket: Ticket, one: Outline, names: Mapping[TicketId, str], now: datetime, policy: Policy) -> Say:
    return _row(ticket, one, names, now)


def _asked_row(ticket: Ticket, one: Outline, names: Mapping[TicketId, str], now: datetime, policy: Policy) -> Say:
    asked, asker = asked_name(one.consulted, policy), _who(ticket.consulted_by)
    return say("bulletin.row_asked", ticket=TicketLabel(ticket.id), whom=asked, by=asker)


_PARTS: Mapping[str, Part] = {
    "promised": _promised_row,
    "due": _other_row,
    "waiting": _other_row,
    ASKED: _asked_row,
}


def _by_deadline(one: Outline) -> tuple[bool, float]:
    return one.due_at is None, (one.due_at or one.opened_at).timestamp()


_ORDER: Mapping[str, Callable[[Outline], tuple[bool, float]]] = {
    "due": _by_deadline,
    "unassigned": _by_deadline,
    "waiting": lambda one: (False, (one.waiting_since or one.opened_at).timestamp()),
    "promised": lambda one: (False, (one.promised_at or one.opened_at).timestamp()),
    "consulted": lambda one: (False, one.opened_at.timestamp()),
}
