"""Who is there: the people of each queue, when they work, who is on call, and how much each has in hand."""

from collections.abc import Iterator

from bot.web.render import Json, at
from bot.web.timing.view import View, name_json, until_json
from core.ids import QueueName
from core.people import Person


def roster_json(view: View) -> Json:
    return {"queues": [_queue(view, name) for name in view.queues]}


def unstaffed(view: View) -> int:
    """Queues that are open and have nobody on shift, and those in which nobody ever works."""
    return sum(_problem(view, name) != "" for name in view.queues)


def _problem(view: View, queue: QueueName) -> str:
    if view.staffing.hours(queue) is None:
        return "nobody"
    is_open = view.policy.queue(queue).calendar.is_open(view.now)
    return "unstaffed" if is_open and not view.staffing.on_shift(queue, view.now) else ""


def _queue(view: View, queue: QueueName) -> Json:
    staffing, now = view.staffing, view.now
    hours, policy = staffing.hours(queue), view.policy.queue(queue)
    people = [person for person in staffing.roster.people if queue in person.queues]
    return {
        "name": queue,
        "title": policy.title,
        "zone": policy.calendar.zone,
        "problem": _problem(view, queue),
        "staffed": until_json(hours, now) if hours else None,
        "on_shift": [name_json(person) for person in staffing.on_shift(queue, now)],
        "oncall": _oncall(view, queue),
        "people": [_person(view, person, queue) for person in sorted(people, key=lambda p: p.name.casefold())],
    }


def _oncall(view: View, queue: QueueName) -> Json | None:
    """None where nobody takes turns and nobody said that they stand in."""
    staffing, now = view.staffing, view.now
    if not staffing.rotations(queue) and not any(stand.queue == queue for stand in staffing.roster.oncall):
        return None
    after = staffing.next_oncall(queue, now)
    return {
        "now": [name_json(person) for person in staffing.oncall(queue, now)],
        "next": None if after is None else {"at": at(after[0]), "who": [name_json(person) for person in after[1]]},
        "strangers": sorted(set(_strangers(view, queue))),
    }


def _strangers(view: View, queue: QueueName) -> Iterator[str]:
    """Addresses in a rotation that are nobody's here: a slip of the pen, or somebody who left."""
    known = {person.email for person in view.staffing.roster.people}
    for rotation in view.staffing.rotations(queue):
        yield from (email for email in rotation.people if email.casefold() not in known)


def _person(view: View, person: Person, queue: QueueName) -> Json:
    staffing, now = view.staffing, view.now
    away, substitute = person.is_away(now), staffing.roster.person(person.substitute)
    return {
        "name": name_json(person),
        "role": person.role,
        "zone": person.zone,
        "shifts": [{"name": name, "known": name in view.policy.shifts} for name in person.shifts],
        "works": until_json(staffing.hours_of(person, queue), now),
        "away": away,
        "away_until": at(person.away_until) if away else None,
        "substitute": name_json(substitute) if substitute else None,
        "languages": sorted(person.languages),
        "load": view.loads.get(person.id, 0),
        "capacity": person.capacity,
        "full": person.id in staffing.roster.full,
    }
