"""Every operation on hours against a model that looks at each minute of the wall clock, one after the other.

The model knows nothing of UTC weeks, blocks or offsets: it asks the zone what a clock on the wall shows, and the
holidays library what a date is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from core.hours import Calendar, Dated, Hours, Interval, Since, Together

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WINDOW = timedelta(days=7)

Open = Callable[[datetime], bool]


@lru_cache(maxsize=64)
def library(region: str, year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Holidays and make-up days."""
    country, _, part = region.partition("-")
    known = holidays.country_holidays(country, subdiv=part or None, years=[year, year + 1])
    return frozenset(known), frozenset(known.weekend_workdays)


@lru_cache(maxsize=1024)
def hours_of(calendar: Calendar, day: date) -> tuple[Interval, ...]:
    for dated in calendar.dates:
        if dated.day == day.toordinal():
            return dated.hours
    if calendar.holidays:
        closed, workdays = library(calendar.holidays, day.year)
        if day in workdays:
            while not calendar.week[day.weekday()]:
                day -= DAY
        elif day in closed:
            return ()
    return calendar.week[day.weekday()]


def shows_open(calendar: Calendar, at: datetime) -> bool:
    """Whether the wall clock shows a time that is within the hours of its date, or of the night before."""
    wall = at.astimezone(ZoneInfo(calendar.zone))
    today = wall.date()
    minute = wall.hour * 60 + wall.minute
    return any(start <= minute < end for start, end in hours_of(calendar, today)) or any(
        start <= minute + 1440 < end for start, end in hours_of(calendar, today - DAY)
    )


@dataclass(frozen=True)
class Minutes:
    """What a model says of each minute of a window, and what follows."""

    start: datetime
    flags: tuple[bool, ...]

    @classmethod
    def seen(cls, start: datetime, is_open: Open) -> "Minutes":
        return cls(start, tuple(is_open(start + nth * MINUTE) for nth in range(WINDOW // MINUTE)))

    def at(self, nth: int) -> datetime:
        return self.start + nth * MINUTE

    def passed(self, one: int, other: int) -> timedelta:
        return sum(self.flags[one:other]) * MINUTE

    def added(self, nth: int, minutes: int) -> datetime | None:
        """None: not within the window."""
        while minutes and nth < len(self.flags):
            minutes -= self.flags[nth]
            nth += 1
        return None if minutes else self.at(nth)

    def next_open(self, nth: int) -> datetime | None:
        return next((self.at(n) for n in range(nth, len(self.flags)) if self.flags[n]), None)

    def last_open(self, nth: int) -> datetime | None:
        """Open itself, or just closed."""
        return next((self.at(n) for n in range(nth, 0, -1) if self.flags[n] or self.flags[n - 1]), None)


def check(hours: Hours, minutes: Minutes, one: int, other: int, amount: int) -> None:
    """All that hours can do, at two instants of the window."""
    at = minutes.at(one)
    assert hours.is_open(at) == minutes.flags[one]
    assert hours.is_open(at + timedelta(seconds=59)) == minutes.flags[one]
    assert hours.between(at, minutes.at(other)) == minutes.passed(one, other) - minutes.passed(other, one)
    if (added := minutes.added(one, amount)) is not None:
        assert hours.add(at, amount * MINUTE) == added
    if (opening := minutes.next_open(one)) is not None:
        assert hours.next_open(at) == opening
    if (closing := minutes.last_open(one)) is not None:
        assert hours.last_open(at) == closing


PLACES = [
    ("UTC", ""),
    ("America/New_York", "US"),
    ("America/St_Johns", "CA-NL"),  # UTC-3:30
    ("Africa/Casablanca", "MA"),  # turns its clocks for Ramadan
    ("Asia/Kathmandu", "NP"),  # UTC+5:45
    ("Asia/Riyadh", "SA"),
    ("Asia/Shanghai", "CN"),
    ("Australia/Lord_Howe", "AU-NSW"),  # half an hour of summer time
    ("Europe/Budapest", "HU"),
    ("Europe/London", "GB-ENG"),
    ("Pacific/Apia", "WS"),
]
MIDNIGHTS = [
    datetime(2026, 2, 10, tzinfo=UTC),  # Spring Festival with its make-up Saturdays; Ramadan begins
    datetime(2026, 2, 22, tzinfo=UTC),
    datetime(2026, 3, 3, tzinfo=UTC),  # summer time in America
    datetime(2026, 3, 16, tzinfo=UTC),  # Eid, and Morocco's clocks turn back
    datetime(2026, 3, 24, tzinfo=UTC),  # summer time in Europe
    datetime(2026, 3, 31, tzinfo=UTC),  # in Australia it ends; Easter
    datetime(2026, 6, 29, tzinfo=UTC),  # 4 July is a Saturday
    datetime(2026, 9, 29, tzinfo=UTC),  # Golden Week; summer time in Australia
    datetime(2026, 10, 27, tzinfo=UTC),
    datetime(2026, 11, 23, tzinfo=UTC),  # Thanksgiving
    datetime(2026, 12, 23, tzinfo=UTC),  # Boxing Day is a Saturday
    datetime(2026, 12, 28, tzinfo=UTC),
    datetime(2028, 2, 25, tzinfo=UTC),  # a leap day
    datetime(2011, 12, 27, tzinfo=UTC),  # Apia skips the 30th
]


def interval(start: int, length: int) -> Interval:
    return start * 15, start * 15 + length * 15


DAY_HOURS = st.lists(st.builds(interval, st.integers(0, 95), st.integers(1, 96)), max_size=2).map(
    lambda day: tuple(sorted(day))
)


@st.composite
def calendars(draw: st.DrawFn, midnight: datetime) -> Calendar:
    zone, region = draw(st.sampled_from(PLACES))
    week = draw(st.tuples(*[DAY_HOURS] * 7).filter(any))
    near = st.integers(-2, 8).map(lambda days: (midnight + days * DAY).toordinal())
    dates = draw(st.dictionaries(near, DAY_HOURS, max_size=3))
    dated = tuple(Dated(day, hours) for day, hours in sorted(dates.items()))
    return Calendar(zone, week, draw(st.sampled_from([region, ""])), dated)


NTH = st.integers(1, WINDOW // MINUTE - 1)
AMOUNT = st.integers(0, 2400)


@given(st.data(), NTH, NTH, AMOUNT)
@settings(max_examples=100, deadline=None)
def test_a_calendar_is_what_each_minute_says(data: st.DataObject, one: int, other: int, amount: int) -> None:
    midnight = data.draw(st.sampled_from(MIDNIGHTS))
    calendar = data.draw(calendars(midnight))
    check(calendar, Minutes.seen(midnight, lambda at: shows_open(calendar, at)), one, other, amount)


@given(st.data(), NTH, NTH, AMOUNT)
@settings(max_examples=40, deadline=None)
def test_several_are_open_when_any_of_them_is(data: st.DataObject, one: int, other: int, amount: int) -> None:
    midnight = data.draw(st.sampled_from(MIDNIGHTS))
    members = data.draw(st.lists(calendars(midnight), min_size=1, max_size=3))

    def any_open(at: datetime) -> bool:
        return any(shows_open(calendar, at) for calendar in members)

    check(Together(tuple(members)), Minutes.seen(midnight, any_open), one, other, amount)


@given(st.data(), NTH, NTH, NTH, AMOUNT)
@settings(max_examples=40, deadline=None)
def test_who_is_away_is_not_there_before_they_are_back(
    data: st.DataObject, back: int, one: int, other: int, amount: int
) -> None:
    midnight = data.draw(st.sampled_from(MIDNIGHTS))
    calendar = data.draw(calendars(midnight))
    since = midnight + back * MINUTE
    minutes = Minutes.seen(midnight, lambda at: at >= since and shows_open(calendar, at))
    check(Since(calendar, since), minutes, one, other, amount)
    if not any(minutes.flags[: one + 1]):
        assert Since(calendar, since).last_open(minutes.at(one)) is None


@given(st.data(), st.lists(NTH, min_size=2, max_size=8).map(sorted), AMOUNT)
@settings(max_examples=100, deadline=None)
def test_pausing_and_resuming_at_any_instants_never_changes_the_total(
    data: st.DataObject, pauses: list[int], amount: int
) -> None:
    """A clock that is stopped and started again has run as long as its parts; and what it has left, it still needs."""
    midnight = data.draw(st.sampled_from(MIDNIGHTS))
    calendar = data.draw(calendars(midnight))
    start, *instants = [midnight + nth * MINUTE + timedelta(microseconds=nth) for nth in pauses]
    used, begun = timedelta(), start
    for instant in instants:
        used += calendar.between(begun, instant)
        begun = instant
    assert used == calendar.between(start, begun)
    if used < amount * MINUTE:
        assert calendar.add(begun, amount * MINUTE - used) == calendar.add(start, amount * MINUTE)
