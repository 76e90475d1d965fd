"""What all parts of the page are made from, and the small values they share.

Instants are sent as instants, and dates as dates: the page shows them by the clock that they belong to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import moments
from bot.web.render import NAME, Json, Reader
from bot.web.render import at as iso
from core.coverage import Region
from core.forecast import closed_because
from core.hours import Calendar, Hours
from core.ids import PersonId, QueueName
from core.openings import closes, openings
from core.people import Person
from core.policy import Policy
from core.say import Say, Value, WorkTime
from core.staffing import Staffing
from core.targets import Amount, Target, WorkDays
from core.words import one_line

AHEAD = timedelta(days=14)
"""How far ahead somebody's next hour is looked for."""
WEEK = timedelta(days=7)
"""What is open for longer is so for good."""


@dataclass(frozen=True, slots=True)
class View:
    """`queues`: those of the viewer; nothing of any other is shown. `loads`: open tickets of each person."""

    reader: Reader
    staffing: Staffing
    now: datetime
    queues: Sequence[QueueName]
    places: Sequence[Region]
    loads: Mapping[PersonId, int]

    @property
    def policy(self) -> Policy:
        return self.staffing.policy

    def city(self, zone: str) -> str:
        return moments.city(self.reader.locale, ZoneInfo(zone))

    def say(self, key: str, **params: Value) -> str:
        return self.reader.text(Say(key, params))

    def amount(self, amount: Amount | None) -> str:
        """ "2 hr", "3 working days"; empty for none."""
        match amount:
            case None:
                return ""
            case WorkDays(days):
                return self.say("timing.work_days", n=days)
            case timedelta():
                return self.say("timing.amount", amount=WorkTime(amount))


def name_json(person: Person) -> str:
    return one_line(person.name, NAME)


def row_json(number: int, row: Target, view: View) -> Json:
    """`when`: what it names of a ticket, by the name of the field; nothing else matches it."""
    named = {
        "tier": row.tier,
        "priority": row.priority,
        "newcomer": row.newcomer,
        "tag": row.tag,
        "queue": view.policy.queue(row.queue).title if row.queue else None,
        "channel": view.reader.words(f"channel.{row.channel}") if row.channel else None,
        "language": row.language,
        "country": row.country,
    }
    return {"number": number + 1, "when": {key: value for key, value in named.items() if value is not None}}


def clock_json(calendar: Calendar, at: datetime, view: View) -> Json:
    """What a calendar is at an instant, why, and until when."""
    reason = closed_because(calendar, at)
    return {
        "zone": calendar.zone,
        "city": view.city(calendar.zone),
        "open": reason is None,
        "why": reason.why if reason else "",
        "name": one_line(reason.name, NAME) if reason else "",
        "until": iso(closes(calendar, at, at + WEEK) if reason is None else calendar.next_open(at)),
    }


def until_json(hours: Hours, at: datetime) -> Json:
    """Whether any hours are open, and until when that stays so; None: for as long as is looked ahead."""
    if hours.is_open(at):
        return {"open": True, "until": iso(closes(hours, at, at + WEEK))}
    opens = next((opens for opens, _ in openings(hours, at, at + AHEAD)), None)
    return {"open": False, "until": iso(opens)}
