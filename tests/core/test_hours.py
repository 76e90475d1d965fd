"""Business hours: worked examples, the edges of the calendar, and what must hold whatever the hours and the zone."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.hours import DAYS, Calendar, ImpossibleCalendar, Planned, Since, Together
from tests.core.house import local, new_york

MON_FRI = {day: ["09:00-18:00"] for day in DAYS[:5]}
NEW_YORK = Calendar.parse("America/New_York", MON_FRI)
ROUND_THE_CLOCK_NEW_YORK = Calendar.parse("America/New_York", {day: ["00:00-24:00"] for day in DAYS})


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


class TestWorked:
    def test_friday_evening_runs_on_into_monday_across_the_change_to_summer_time(self) -> None:
        assert NEW_YORK.add(new_york(2026, 3, 6, 17, 30), hours(2)) == new_york(2026, 3, 9, 10, 30)

    def test_a_week_from_sunday_to_thursday(self) -> None:
        riyadh = Calendar.parse("Asia/Riyadh", {day: ["09:00-18:00"] for day in ("sun", "mon", "tue", "wed", "thu")})
        assert riyadh.add(local("Asia/Riyadh", 2026, 3, 5, 17), hours(2)) == local("Asia/Riyadh", 2026, 3, 8, 10)
        assert not riyadh.is_open(local("Asia/Riyadh", 2026, 3, 6, 12))

    def test_a_deadline_exactly_at_closing_time_stays_there(self) -> None:
        closing = new_york(2026, 3, 6, 18)
        assert NEW_YORK.add(new_york(2026, 3, 6, 17), hours(1)) == closing
        assert not NEW_YORK.is_open(closing)
        assert NEW_YORK.next_open(closing) == new_york(2026, 3, 9, 9)
        assert NEW_YORK.is_open(new_york(2026, 3, 9, 9))

    def test_what_arrives_on_sunday_is_counted_from_monday_morning(self) -> None:
        assert NEW_YORK.add(new_york(2026, 3, 15, 3), hours(1)) == new_york(2026, 3, 16, 10)
        assert NEW_YORK.between(new_york(2026, 3, 14), new_york(2026, 3, 16, 9, 30)) == hours(0.5)

    def test_a_lunch_break_is_not_counted(self) -> None:
        shenzhen = Calendar.parse("Asia/Shanghai", {"mon": ["13:30-18:00", "09:00-12:00"]})
        assert shenzhen.add(local("Asia/Shanghai", 2026, 3, 9, 11), hours(2)) == local(
            "Asia/Shanghai", 2026, 3, 9, 14, 30
        )

    def test_half_hour_zones(self) -> None:
        mumbai = Calendar.parse("Asia/Kolkata", MON_FRI)
        assert mumbai.next_open(datetime(2026, 3, 9, 0, tzinfo=UTC)) == datetime(2026, 3, 9, 3, 30, tzinfo=UTC)
        lord_howe = Calendar.parse("Australia/Lord_Howe", {"sun": ["00:00-24:00"]})  # half an hour of summer time
        day = local("Australia/Lord_Howe", 2026, 4, 5), local("Australia/Lord_Howe", 2026, 4, 6)
        assert lord_howe.between(*day) == hours(24.5)

    def test_the_leap_day_and_the_year_end_are_days_like_others(self) -> None:
        assert NEW_YORK.add(new_york(2028, 2, 28, 17), hours(10)) == new_york(2028, 2, 29, 18)
        assert NEW_YORK.add(new_york(2026, 12, 31, 17), hours(2)) == new_york(2027, 1, 1, 10)

    def test_always_is_plain_time(self) -> None:
        start = datetime(2026, 3, 8, 1, 2, 3, 4, tzinfo=UTC)
        assert Calendar.always().add(start, timedelta(days=400, microseconds=1)) == start + timedelta(
            days=400, microseconds=1
        )
        assert Calendar.always().is_open(start)


class TestSummerTime:
    """New York: 2026-03-08 has no hour from 2 to 3; 2026-11-01 has the hour from 1 to 2 twice."""

    def test_the_skipped_hour_is_not_counted(self) -> None:
        assert ROUND_THE_CLOCK_NEW_YORK.between(new_york(2026, 3, 8), new_york(2026, 3, 9)) == hours(23)

    def test_the_doubled_hour_counts_twice(self) -> None:
        assert ROUND_THE_CLOCK_NEW_YORK.between(new_york(2026, 11, 1), new_york(2026, 11, 2)) == hours(25)

    def test_a_night_shift_over_each_change(self) -> None:
        night = Calendar.parse("America/New_York", {"sat": ["22:00-06:00"]})
        assert night.between(new_york(2026, 3, 7), new_york(2026, 3, 9)) == hours(7)
        assert night.between(new_york(2026, 10, 31), new_york(2026, 11, 2)) == hours(9)
        assert night.add(new_york(2026, 3, 7, 22), hours(7)) == new_york(2026, 3, 8, 6)

    def test_an_interval_that_ends_inside_the_doubled_hour_is_open_in_both_passes(self) -> None:
        early = Calendar.parse("America/New_York", {"sun": ["00:00-01:30"]})
        assert early.between(new_york(2026, 11, 1), new_york(2026, 11, 2)) == hours(2)
        assert not early.is_open(new_york(2026, 11, 1, 1, 45))
        assert early.next_open(new_york(2026, 11, 1, 1, 45)) == new_york(2026, 11, 1, 1, 0, fold=1)

    def test_hours_that_fall_into_the_gap_are_closed_that_day(self) -> None:
        gap = Calendar.parse("America/New_York", {"sun": ["02:00-03:00"]})
        assert gap.next_open(new_york(2026, 3, 7)) == new_york(2026, 3, 15, 2)


class TestHolidaysAndNights:
    """The day on which an interval begins decides. Thanksgiving 2026 is Thursday, 26 November."""

    NIGHTS = Calendar.parse("America/New_York", {day: ["22:00-06:00"] for day in DAYS}, "US")

    def test_the_night_before_a_holiday_is_worked_to_its_end(self) -> None:
        assert self.NIGHTS.is_open(new_york(2026, 11, 26, 5, 59))
        assert self.NIGHTS.add(new_york(2026, 11, 26, 4), hours(2)) == new_york(2026, 11, 26, 6)

    def test_the_night_of_a_holiday_is_not_worked_at_all(self) -> None:
        assert self.NIGHTS.next_open(new_york(2026, 11, 26, 6)) == new_york(2026, 11, 27, 22)
        assert self.NIGHTS.between(new_york(2026, 11, 26), new_york(2026, 11, 28)) == hours(6 + 2)

    def test_a_half_day_may_be_an_exception_and_a_whole_one_round_the_clock(self) -> None:
        half = Calendar.parse("America/New_York", MON_FRI, "US", {date(2026, 11, 27): ["09:00-13:00"]})
        assert half.add(new_york(2026, 11, 25, 17), hours(6)) == new_york(2026, 11, 30, 10)
        night = Calendar.parse("America/New_York", MON_FRI, "", {date(2026, 11, 28): ["00:00-24:00"]})
        assert night.between(new_york(2026, 11, 28), new_york(2026, 11, 29)) == hours(24)


class TestYears:
    def test_a_year_and_more_of_closed_days(self) -> None:
        first = date(2026, 3, 2)
        closed = [Planned(date.fromordinal(first.toordinal() + nth), ()) for nth in range(800)]
        calendar = NEW_YORK.planned(closed)
        reopened = new_york(2028, 5, 10, 9)
        assert calendar.next_open(new_york(2026, 3, 2, 9)) == reopened
        assert calendar.add(new_york(2026, 2, 27, 17), hours(2)) == reopened + hours(1)
        assert calendar.between(new_york(2026, 3, 1), reopened) == timedelta(0)
        assert calendar.last_open(reopened - hours(1)) == new_york(2026, 2, 27, 18)

    def test_many_years_are_the_sum_of_each(self) -> None:
        calendar = Calendar.parse("America/New_York", MON_FRI, "US")
        years = [new_york(year, 1, 1) for year in range(2020, 2061)]
        parts = sum((calendar.between(one, two) for one, two in pairwise(years)), timedelta())
        assert calendar.between(years[0], years[-1]) == parts
        assert calendar.add(years[0], parts) == new_york(2059, 12, 31, 18)

    def test_a_deadline_at_closing_time_stays_there_however_many_weeks_away(self) -> None:
        start = new_york(2026, 1, 5, 12)
        for nth in range(120):
            closing = new_york(2026, 1, 9, 18).astimezone(ZoneInfo("America/New_York")) + nth * timedelta(weeks=1)
            assert NEW_YORK.add(start, NEW_YORK.between(start, closing)) == closing
            assert NEW_YORK.last_open(closing + timedelta(days=1)) == closing

    def test_what_never_ends_is_said_not_looked_for(self) -> None:
        with pytest.raises(OverflowError):
            NEW_YORK.add(new_york(2026, 3, 6), timedelta.max)
        with pytest.raises(OverflowError):
            NEW_YORK.next_open(datetime.max.replace(tzinfo=UTC))


class TestTogether:
    EARLY = Calendar.parse("Asia/Shanghai", {day: ["09:00-18:00"] for day in DAYS[:5]})
    LATE = Calendar.parse("Europe/Berlin", {day: ["09:00-18:00"] for day in DAYS[:5]})

    def test_open_when_any_of_them_is(self) -> None:
        both = Together((self.EARLY, self.LATE))
        assert both.next_open(local("Asia/Shanghai", 2026, 11, 23, 8)) == local("Asia/Shanghai", 2026, 11, 23, 9)
        # Nine hours in Shanghai, of which two are Berlin's first, and seven more there.
        day = local("Asia/Shanghai", 2026, 11, 23), local("Asia/Shanghai", 2026, 11, 24, 8)
        assert both.between(*day) == hours(16)
        assert both.add(local("Asia/Shanghai", 2026, 11, 23, 17), hours(2)) == local("Europe/Berlin", 2026, 11, 23, 12)
        assert both.last_open(local("Europe/Berlin", 2026, 11, 23, 23)) == local("Europe/Berlin", 2026, 11, 23, 18)

    def test_nobody_is_never_open_and_refused(self) -> None:
        with pytest.raises(ImpossibleCalendar, match="never_open"):
            Together(())

    def test_they_may_be_nested_and_are_equal_by_what_they_are_made_of(self) -> None:
        back = local("Europe/Berlin", 2026, 11, 23, 12)
        both = Together((self.EARLY, Since(self.LATE, back)))
        assert both == Together((self.EARLY, Since(self.LATE, back)))
        assert hash(both) == hash(Together((self.EARLY, Since(self.LATE, back))))
        assert both.next_open(local("Asia/Shanghai", 2026, 11, 23, 18)) == back

    def test_who_is_away_was_never_there_before(self) -> None:
        back = local("Europe/Berlin", 2026, 11, 23, 18)  # closing time
        away = Since(self.LATE, back)
        assert away.last_open(back + hours(1)) is None
        assert away.next_open(back - hours(9)) == local("Europe/Berlin", 2026, 11, 24, 9)
        assert Since(self.LATE, back - hours(1)).last_open(back + hours(1)) == back
        assert Since(self.LATE, back - hours(1)).last_open(back - hours(2)) is None


class TestWorkingDay:
    @pytest.mark.parametrize(
        ("week", "day"),
        [
            (MON_FRI, hours(9)),
            ({day: ["00:00-24:00"] for day in DAYS}, hours(24)),
            ({"mon": ["09:00-12:00", "13:00-18:00"], "sat": ["09:00-13:00"]}, hours(6)),
            ({"mon": ["09:00-12:00", "11:00-13:00"]}, hours(4)),  # time is counted once
            ({"sun": ["22:00-06:00"], "mon": ["04:00-08:00"]}, hours(5)),  # Sunday night is Monday morning
            ({"fri": ["22:00-06:00"]}, hours(8)),
        ],
    )
    def test_is_a_weeks_time_over_its_days(self, week: dict[str, list[str]], day: timedelta) -> None:
        assert Calendar.parse("UTC", week).day == day


class TestRefused:
    @pytest.mark.parametrize(
        ("zone", "week", "reason"),
        [
            ("Mars/Olympus", MON_FRI, "unknown_zone"),
            ("America", MON_FRI, "unknown_zone"),
            ("", MON_FRI, "unknown_zone"),
            ("UTC", {}, "never_open"),
            ("UTC", {"mon": [], "tue": []}, "never_open"),
            ("UTC", {"monday": ["09:00-18:00"]}, "unknown_day"),
            ("UTC", {"mon": ["09:00-09:00"]}, "empty_interval"),
            ("UTC", {"mon": ["9-18"]}, "bad_interval"),
            ("UTC", {"mon": ["09:00"]}, "bad_interval"),
            ("UTC", {"mon": ["09:60-18:00"]}, "bad_interval"),
            ("UTC", {"mon": ["24:00-06:00"]}, "bad_interval"),
            ("UTC", {"mon": ["09:00-24:01"]}, "bad_interval"),
            ("UTC", {"mon": ["-1:00-18:00"]}, "bad_interval"),
        ],
    )
    def test_says_why(self, zone: str, week: dict[str, list[str]], reason: str) -> None:
        with pytest.raises(ImpossibleCalendar) as refusal:
            Calendar.parse(zone, week)
        assert refusal.value.reason == reason

    def test_intervals_given_in_minutes_are_checked_too(self) -> None:
        with pytest.raises(ImpossibleCalendar):
            Calendar("UTC", (((0, 3000),),) * 7)
        with pytest.raises(ImpossibleCalendar):
            Calendar("UTC", (((0, 60),),))

    def test_time_does_not_run_backwards(self) -> None:
        with pytest.raises(ValueError, match="negative"):
            NEW_YORK.add(new_york(2026, 3, 6), hours(-1))


ZONES = [
    "UTC",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Asia/Riyadh",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Pacific/Apia",  # skipped a whole day, 2011-12-30
    "Pacific/Chatham",
]


def interval(start: int, length: int) -> tuple[int, int]:
    return start * 15, start * 15 + length * 15


DAY_HOURS = st.lists(st.builds(interval, st.integers(0, 95), st.integers(1, 96)), max_size=3).map(
    lambda day: tuple(sorted(day))
)
CALENDARS = st.builds(Calendar, st.sampled_from(ZONES), st.tuples(*[DAY_HOURS] * 7).filter(any))


def within(start: datetime, days: int) -> st.SearchStrategy[datetime]:
    return st.timedeltas(timedelta(0), timedelta(days=days)).map(lambda later: start + later)


# The days on which clocks change are met often; any other instant of two years now and then.
INSTANTS = st.one_of(
    within(datetime(2026, 1, 1, tzinfo=UTC), 730),
    within(datetime(2026, 3, 7, tzinfo=UTC), 2),
    within(datetime(2026, 10, 31, tzinfo=UTC), 2),
    within(datetime(2011, 12, 29, tzinfo=UTC), 3),
)
AMOUNTS = st.timedeltas(timedelta(0), timedelta(hours=200))


class TestAlways:
    @given(CALENDARS, INSTANTS, AMOUNTS)
    @settings(max_examples=150, deadline=None)
    def test_what_was_added_lies_between(self, calendar: Calendar, start: datetime, amount: timedelta) -> None:
        assert calendar.between(start, calendar.add(start, amount)) == amount

    @given(CALENDARS, INSTANTS, AMOUNTS, AMOUNTS)
    @settings(max_examples=80, deadline=None)
    def test_adding_twice_is_adding_the_sum_and_more_is_never_earlier(
        self, calendar: Calendar, start: datetime, one: timedelta, other: timedelta
    ) -> None:
        halfway = calendar.add(start, one)
        assert start <= halfway <= calendar.add(start, one + other)
        if other:
            assert calendar.add(halfway, other) == calendar.add(start, one + other)

    @given(CALENDARS, st.lists(INSTANTS, min_size=3, max_size=3).map(sorted))
    @settings(max_examples=80, deadline=None)
    def test_between_adds_up_and_turns_its_sign(self, calendar: Calendar, instants: list[datetime]) -> None:
        a, b, c = instants
        assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)
        assert calendar.between(c, a) == -calendar.between(a, c)
        assert timedelta(0) <= calendar.between(a, c) <= c - a

    @given(CALENDARS, INSTANTS)
    @settings(max_examples=200, deadline=None)
    def test_an_instant_is_open_when_the_wall_clock_says_so(self, calendar: Calendar, at: datetime) -> None:
        wall = at.astimezone(ZoneInfo(calendar.zone)).replace(tzinfo=None)
        minute = (wall - wall.replace(hour=0, minute=0, second=0, microsecond=0)) / timedelta(minutes=1)
        today, yesterday = calendar.week[wall.weekday()], calendar.week[wall.weekday() - 1]
        expected = any(s <= minute < e for s, e in today) or any(s <= minute + 1440 < e for s, e in yesterday)
        assert calendar.is_open(at) == expected

    @given(CALENDARS, INSTANTS)
    @settings(max_examples=100, deadline=None)
    def test_nothing_is_open_before_the_next_opening(self, calendar: Calendar, at: datetime) -> None:
        opening = calendar.next_open(at)
        assert calendar.is_open(opening)
        assert calendar.between(at, opening) == timedelta(0)


def test_a_long_way_off_costs_a_look_at_each_week_not_at_each_day() -> None:
    once_a_week = Calendar.parse("Europe/Berlin", {"wed": ["12:00-12:30"]})
    start = datetime(2026, 1, 1, tzinfo=UTC)
    deadline = once_a_week.add(start, hours(100))  # 200 weeks
    assert deadline == local("Europe/Berlin", 2029, 10, 31, 12, 30)
    assert once_a_week.between(start, deadline) == hours(100)
