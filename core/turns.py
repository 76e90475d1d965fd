"""Who is told how things stand, and when: digests at their times of day, handovers when a shift ends.

Pure. Not here: what they read (`core.bulletins`). A shift's end is read off the people's hours: somebody goes, and is
gone for longer than a break. Who is at work then takes over; when nobody is, the first who come, when they come: what a
night brings is not known before, and nobody is woken by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.digests import Digest
from core.ids import QueueName
from core.openings import BREAK, closes
from core.opentime import Hours
from core.people import Person, Role
from core.staffing import Staffing

DIGEST_LATE, HANDOVER_LATE = timedelta(hours=3), timedelta(hours=2)
"""What could not be told for longer, as we did not run, is told no more."""
LONGEST_SHIFT = timedelta(hours=16)
"""Of hours that never close a shift is so much."""
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Handover:
    """Of a queue's shift that ended, at `at`, to somebody who was there then."""

    queue: QueueName
    at: datetime
    person: Person

    @property
    def key(self) -> str:
        return f"handover|{self.queue}|{self.at.isoformat()}|{self.person.id}"


def digest_due(digest: Digest, now: datetime) -> datetime | None:
    """The instant whose digest is to be told now; None when that is too long ago."""
    at = digest.latest(now)
    return at if now - at < DIGEST_LATE else None


def digest_key(digest: Digest, at: datetime, person: Person) -> str:
    return f"digest|{digest.region}|{at.isoformat()}|{person.id}"


def readers(digest: Digest, staffing: Staffing, at: datetime) -> Iterator[tuple[Person, tuple[QueueName, ...]]]:
    """Who is told, each of their own queues: those on shift, and on the team's working days the supervisors, unless it
    is night where they are."""
    for person in staffing.roster.people:
        theirs = tuple(queue for queue in digest.queues if queue in person.queues)
        if theirs and not person.is_away(at):
            works = any(_at_work(staffing.hours_of(person, queue), at) for queue in theirs)
            leads = person.role is not Role.AGENT and any(_works_today(digest, staffing, q, at) for q in theirs)
            if works or (leads and not _rests(person, staffing, at)):
                yield person, theirs


def handovers(staffing: Staffing, now: datetime) -> Iterator[Handover]:
    """Those that are to be told now, however often it is asked within `HANDOVER_LATE`."""
    for queue in staffing.policy.queues:
        hours = [(p, staffing.hours_of(p, queue)) for p in staffing.roster.members(queue, now)]
        # Who is at work again went before: to be told still, they came since then.
        looks = now, now - HANDOVER_LATE
        ends = {ended for _, their in hours for at in looks if (ended := _ended(their, at)) is not None}
        for at in sorted({min(their.next_open(end) for _, their in hours) for end in ends}):
            if at <= now < at + HANDOVER_LATE:
                yield from (Handover(queue, at, person) for person, their in hours if their.is_open(at))


def next_turn(staffing: Staffing, now: datetime) -> datetime | None:
    """When the next of the team comes or goes; what people say of themselves meanwhile may change it."""
    people, policy = staffing.roster.people, staffing.policy
    hours = {staffing.hours_of(p, queue) for p in people for queue in policy.queues if queue in p.queues}
    return min((_turn(their, now) for their in hours), default=None)


def shift_ends(hours: Hours, at: datetime) -> datetime:
    """When the shift that is on at `at`, or comes next, is over but for breaks; at most `LONGEST_SHIFT` later."""
    here = hours.next_open(at)
    last = here + LONGEST_SHIFT
    while here < last:
        closed = closes(hours, here, last)
        if closed is None:
            return last
        here = hours.next_open(closed)
        if here - closed >= BREAK:
            return closed
    return last


def _ended(hours: Hours, now: datetime) -> datetime | None:
    """When the last shift ended; None within one, its breaks included."""
    if hours.is_open(now):
        return None
    ended = hours.last_open(now)
    return ended if ended is not None and hours.next_open(now) - ended >= BREAK else None


def _turn(hours: Hours, now: datetime) -> datetime:
    last = now + LONGEST_SHIFT
    return closes(hours, now, last) or last if hours.is_open(now) else hours.next_open(now)


def _at_work(hours: Hours, at: datetime) -> bool:
    """Who goes at that very moment, too."""
    return hours.is_open(at) or hours.is_open(at - _INSTANT)


def _rests(person: Person, staffing: Staffing, at: datetime) -> bool:
    quiet, zone = staffing.policy.quiet, staffing.policy.zone_of(person)
    return quiet is not None and quiet.rests(at, zone, staffing.hours_of(person))


def _works_today(digest: Digest, staffing: Staffing, queue: QueueName, at: datetime) -> bool:
    ends = digest.day_ends(at)
    begins = digest.day_ends(at - timedelta(days=1))
    return bool(staffing.policy.queue(queue).calendar.between(begins, ends))
