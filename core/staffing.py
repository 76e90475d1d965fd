"""Who works, and who stands in for whom: the people of the roster under what the house has decided.

Pure: made anew wherever a roster was read. Not here: who is told what (`core.rules.alarm`), what is promised.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from core.hours import Since, Together
from core.ids import PersonId, QueueName
from core.opentime import Hours
from core.people import Person, Roster
from core.policy import Policy
from core.rotations import Rotation
from core.targets import speaks

LONG_AGO = datetime.min.replace(tzinfo=UTC)
LOOKS_AHEAD = 100
"""Instants at which somebody else might be on call, before it is taken for granted that nobody is."""


@dataclass(frozen=True, slots=True)
class Staffing:
    """`at` is always given: who is away comes back by the clock, and nobody has to say so."""

    policy: Policy
    roster: Roster
    _hours: dict[tuple[QueueName, str | None], Hours | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def hours_of(self, person: Person, queue: QueueName | None = None) -> Hours:
        """When somebody works, for one queue or for any: their shifts, else the hours of the queue, or of all theirs.

        Shifts that left the configuration count as none.
        """
        shifts = [self.policy.shifts[name] for name in person.shifts if name in self.policy.shifts]
        if shifts:
            return _together(shifts)
        if queue is not None:
            return self.policy.queue(queue).calendar
        theirs = sorted(person.queues & self.policy.queues.keys()) or sorted(self.policy.queues)
        return _together(self.policy.queue(name).calendar for name in theirs)

    def working(self, person: Person, at: datetime) -> bool:
        """On shift, and not away."""
        return not person.is_away(at) and self.hours_of(person).is_open(at)

    def on_shift(self, queue: QueueName, at: datetime) -> tuple[Person, ...]:
        """The members of the queue who are working; at night there may be nobody."""
        return tuple(p for p in self.roster.members(queue, at) if self.hours_of(p, queue).is_open(at))

    def oncall(self, queue: QueueName, at: datetime) -> tuple[Person, ...]:
        """Who is to be called: whoever said so last, else those whose turn it is, each replaced when away. Nobody
        where the queue has no rotation, or not at this hour."""
        for stand in reversed(self.roster.oncall):
            person = self.roster.person(stand.person)
            if stand.queue == queue and stand.covers(at) and person is not None and not person.is_away(at):
                return (person,)
        found = (self._in_turn(rotation, at) for rotation in self.rotations(queue) if rotation.covers(at))
        return tuple({person.id: person for person in found if person is not None}.values())

    def next_oncall(self, queue: QueueName, at: datetime) -> tuple[datetime, tuple[Person, ...]] | None:
        """When it will be others, and who; nobody is others, too. None when that is farther than anybody looks."""
        here, now = at, self.oncall(queue, at)
        for _ in range(LOOKS_AHEAD):
            edges = [rotation.next_change(here) for rotation in self.rotations(queue)]
            edges += [
                edge for stand in self.roster.oncall if stand.queue == queue for edge in (stand.since, stand.until)
            ]
            edges += [person.away_until for person in self.roster.people if person.away and person.away_until]
            if not (later := [edge for edge in edges if edge > here]):
                return None
            here = min(later)
            if (after := self.oncall(queue, here)) != now:
                return here, after
        return None

    def rotations(self, queue: QueueName) -> tuple[Rotation, ...]:
        return tuple(rotation for rotation in self.policy.rotations if rotation.queue == queue)

    def who_can(self, queue: QueueName, language: str | None) -> tuple[Person, ...]:
        """The members of the queue who speak the language, away or not; all of them where nobody does."""
        members = tuple(p for p in self.roster.people if queue in p.queues)
        if language is None:
            return members
        able = (p for p in members if not p.languages or any(speaks(language, one) for one in p.languages))
        return tuple(able) or members

    def hours(self, queue: QueueName, language: str | None = None) -> Hours | None:
        """When somebody works who can answer in the language, each from when they are back; None when nobody ever
        will. Where all who speak it are away with no return, the others count."""
        key = queue, language
        if key not in self._hours:
            able, members = self.who_can(queue, language), self.who_can(queue, None)
            self._hours[key] = self._staffed(able, queue) or self._staffed(members, queue)
        return self._hours[key]

    def stand_in(self, person: Person, queue: QueueName, at: datetime) -> Person | None:
        """Who takes the tickets of somebody who is not there: their substitute, or that one's when they are away, have
        enough or do not see the queue. However substitutes point at each other, it ends."""
        for one in self._substitutes(person):
            if one.sees(queue) and not one.is_away(at) and one.id not in self.roster.full:
                return one
        return None

    def absent(self, person: Person, at: datetime) -> bool:
        """Away for so long that their tickets do not wait."""
        return person.is_away(at) and at >= self.absent_from(person)

    def absent_from(self, person: Person) -> datetime:
        """When their tickets wait no longer, if they are still away then."""
        since = person.away_since or LONG_AGO
        known_long = person.away_until is not None and person.away_until - since > self.policy.away_after
        return since if known_long else since + self.policy.away_after

    def _staffed(self, people: Iterable[Person], queue: QueueName) -> Hours | None:
        theirs = [
            Since(hours, person.away_until) if person.away and person.away_until else hours
            for person in people
            if not person.away or person.away_until
            for hours in [self.hours_of(person, queue)]
        ]
        return _together(theirs) if theirs else None

    def _in_turn(self, rotation: Rotation, at: datetime) -> Person | None:
        """Whose turn it is, else whoever stands in for them, else whose turn is next."""
        named = rotation.people.index(rotation.turn(at).person)
        order = rotation.people[named:] + rotation.people[:named]
        people = [person for email in order if (person := self.roster.by_email(email)) is not None]
        if people and people[0].is_away(at):
            people[1:1] = self._substitutes(people[0])
        return next((person for person in people if not person.is_away(at)), None)

    def _substitutes(self, person: Person) -> Iterator[Person]:
        """One after the other, each once."""
        seen: set[PersonId] = {person.id}
        one = self.roster.person(person.substitute)
        while one is not None and one.id not in seen:
            yield one
            seen.add(one.id)
            one = self.roster.person(one.substitute)


def _together(hours: Iterable[Hours]) -> Hours:
    """Equal ones once, so that what was computed for one team serves another of the same hours."""
    distinct = tuple(dict.fromkeys(hours))
    return distinct[0] if len(distinct) == 1 else Together(distinct)
