"""What would be due if a message came at some moment: for every region of customers, what each row comes to."""

from datetime import datetime

from bot.customer_words import speak
from bot.web.render import Json, at
from bot.web.timing.view import View, clock_json, name_json, row_json
from core.countries import customer_hours
from core.coverage import Region
from core.forecast import Due, Outcome, outcomes
from core.ids import QueueName
from core.places import country_of_zone
from core.promises import Plan, is_closed

NAMED = 3
"""People who are named one by one."""


def due_json(view: View, queue: QueueName, when: datetime) -> Json:
    calendar = view.policy.queue(queue).calendar
    places = list(view.places)
    if all(place.zone != calendar.zone for place in places):
        places.append(Region(country_of_zone(calendar.zone), calendar.zone))
    return {
        "queue": queue,
        "at": at(when),
        "team": clock_json(calendar, when, view),
        "regions": [_region(view, queue, region, when) for region in places],
        "on_shift": [name_json(person) for person in view.staffing.on_shift(queue, when)],
    }


def _region(view: View, queue: QueueName, region: Region, when: datetime) -> Json:
    calendar = customer_hours(region.country, region.zone, view.policy.countries)
    found = outcomes(queue, region, when, view.staffing)
    return {
        "country": region.country,
        "clock": clock_json(calendar, when, view),
        "rows": [_row(view, queue, region, it, when) for it in found],
    }


def _row(view: View, queue: QueueName, region: Region, it: Outcome, when: datetime) -> Json:
    return {
        **row_json(it.number, it.target, view),
        "due": {due.kind: _due(due) for due in it.dues},
        "taken_by": [number + 1 for number in it.taken_by],
        "told": _told(view, queue, region, it.told),
        "somebody": not is_closed(queue, it.target.language, when, view.policy, view.staffing),
    }


def _due(due: Due) -> Json:
    return {
        "at": at(due.at),
        "nobody": due.nobody,
        "there": [name_json(person) for person in due.there[:NAMED]],
        "more": max(len(due.there) - NAMED, 0),
    }


def _told(view: View, queue: QueueName, region: Region, plan: Plan | None) -> Json | None:
    """The very words, in the language of the team: of the customer nothing else is known."""
    if plan is None:
        return None
    return {"until": at(plan.until), "words": speak([view.policy.queue(queue).locale], plan.words, region.zone)}
