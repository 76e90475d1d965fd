"""When it is open: the calendars of queues, shifts, people on call and customers, with what is unusual in them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from bot import moments
from bot.web.render import NAME, Json, at
from bot.web.timing.view import View, clock_json
from core.countries import customer_hours
from core.hours import Calendar, Day, Interval, Why
from core.say import WeekTimes
from core.words import one_line

DAYS_AHEAD = 60


def calendars_json(view: View) -> Json:
    """Those of the viewer's queues and of whoever works in them first; customers' as they are assumed."""
    return {"calendars": list(_cards(view))}


def unconfirmed(view: View) -> int:
    """How many of them have days ahead that may still change."""
    return sum(any(soon for _, soon in _years(calendar, view.now)) for _, _, calendar in _all(view))


def _cards(view: View) -> Iterator[Json]:
    for kind, title, calendar in _all(view):
        yield {
            "kind": kind,
            "title": title,
            "now": at(view.now),
            "clock": clock_json(calendar, view.now, view),
            "week": [[list(interval) for interval in day] for day in calendar.week],
            "lines": list(_lines(calendar, view.reader.locale)),
            "holidays": calendar.holidays,
            "coming": [_day(day, it) for day, it in _unusual(calendar, view.now)],
            "unconfirmed": [{"year": year, "soon": soon} for year, soon in _years(calendar, view.now)],
        }


def _all(view: View) -> Iterator[tuple[str, str, Calendar]]:
    policy = view.policy
    for name in view.queues:
        yield "queue", policy.queue(name).title, policy.queue(name).calendar
    seen = [person for person in view.staffing.roster.people if person.queues.intersection(view.queues)]
    worked = {shift for person in seen for shift in person.shifts}
    for shift, calendar in policy.shifts.items():
        if shift in worked or len(view.queues) == len(policy.queues):
            yield "shift", shift, calendar
    for rotation in policy.rotations:
        if rotation.queue in view.queues and rotation.calendar is not None:
            yield "oncall", policy.queue(rotation.queue).title, rotation.calendar
    for place in view.places:
        yield "customers", place.country or "", customer_hours(place.country, place.zone, policy.countries)


def _lines(calendar: Calendar, locale: str) -> Iterator[str]:
    """Each interval with the days that have it; none when it is always open."""
    days: dict[Interval, list[int]] = {}
    for weekday, intervals in enumerate(calendar.week):
        for interval in intervals:
            days.setdefault(interval, []).append(weekday)
    if calendar.week != Calendar.always().week:
        for (start, end), found in sorted(days.items(), key=lambda it: (it[1][0], it[0])):
            yield moments.week_times(locale, WeekTimes(tuple(found), start, end))


def _unusual(calendar: Calendar, now: datetime) -> Iterator[tuple[date, Day]]:
    """The dates ahead that have other hours than their weekday."""
    today = calendar.date_at(now)
    for day in (today + timedelta(days=nth) for nth in range(DAYS_AHEAD)):
        found = calendar.on(day)
        if found.why is not Why.WEEK and found.hours != calendar.week[day.weekday()]:
            yield day, found


def _day(day: date, it: Day) -> Json:
    hours = [f"{_wall(start)}–{_wall(end)}" for start, end in it.hours]
    return {"date": day.isoformat(), "why": it.why, "name": one_line(it.name, NAME), "hours": hours}


def _years(calendar: Calendar, now: datetime) -> Iterator[tuple[int, bool]]:
    """This year and the next, if their holidays may still change; and whether that is soon."""
    today = calendar.date_at(now)
    for year in (today.year, today.year + 1):
        if calendar.unconfirmed(year):
            yield year, year <= (today + timedelta(days=DAYS_AHEAD)).year


def _wall(minutes: int) -> str:
    return f"{minutes // 60 % 24 if minutes != 1440 else 24:02}:{minutes % 60:02}"
