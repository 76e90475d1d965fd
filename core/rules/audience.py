"""Whom the words in `tell` mean, at this moment. Somebody is always told."""

from collections.abc import Iterable
from datetime import datetime

from core.ids import PersonId
from core.model import Ticket
from core.people import Person
from core.staffing import Staffing


def whom(words: Iterable[str], ticket: Ticket, staffing: Staffing, now: datetime) -> tuple[PersonId, ...]:
    """Each once; where the words mean nobody who is there, the supervisors, and where there are none, the admins."""
    told = [person for word in words for person in _named(word, ticket, staffing, now)]
    return ids(told or staffing.roster.supervisors(ticket.queue, now))


def responsible(ticket: Ticket, staffing: Staffing, now: datetime) -> tuple[PersonId, ...]:
    """Whose it is, while they are there; else who is on call or on shift, else whoever of the queue is not away."""
    owner = staffing.roster.person(ticket.assignee)
    if owner is not None and not owner.is_away(now):
        return (owner.id,)
    return ids(_called(ticket, staffing, now) or staffing.roster.members(ticket.queue, now))


def ids(people: Iterable[Person]) -> tuple[PersonId, ...]:
    return tuple(dict.fromkeys(person.id for person in people))


def _named(word: str, ticket: Ticket, staffing: Staffing, now: datetime) -> Iterable[Person]:
    roster, queue = staffing.roster, ticket.queue
    match word:
        case "assignee":
            return _owner(ticket, staffing, now)
        case "backup":
            owner = roster.person(ticket.assignee)
            backup = staffing.stand_in(owner, queue, now) if owner is not None else None
            return (backup,) if backup is not None else ()
        case "queue":
            return _duty(ticket, staffing, now)
        case "oncall":
            return _called(ticket, staffing, now)
        case "supervisors":
            return roster.supervisors(queue, now)
        case "admins":
            return roster.admins()
        case email:
            person = roster.by_email(email)
            return (person,) if person is not None else ()


def _owner(ticket: Ticket, staffing: Staffing, now: datetime) -> Iterable[Person]:
    """Off shift, or away: those who are there in their place. Where nobody is, an owner who only sleeps reads it in the
    morning."""
    owner = staffing.roster.person(ticket.assignee)
    if owner is not None and staffing.working(owner, now):
        return (owner,)
    return _duty(ticket, staffing, now) or ((owner,) if owner is not None and not owner.is_away(now) else ())


def _duty(ticket: Ticket, staffing: Staffing, now: datetime) -> tuple[Person, ...]:
    """Nobody is called while somebody works."""
    return staffing.on_shift(ticket.queue, now) or staffing.oncall(ticket.queue, now)


def _called(ticket: Ticket, staffing: Staffing, now: datetime) -> tuple[Person, ...]:
    return staffing.oncall(ticket.queue, now) or staffing.on_shift(ticket.queue, now)
