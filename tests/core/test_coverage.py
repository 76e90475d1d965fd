"""Which promises no roster can keep: a team in Shenzhen, and customers all over the world."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.moments import week_times
from core.clocks import ClockKind
from core.countries import customer_hours
from core.coverage import WEEKS, Gap, Region, Report, coverage, regions
from core.hours import Calendar, Together
from core.ids import QueueName
from core.openings import MINUTE, Line, minute_of
from core.opentime import Hours
from core.policy import ALWAYS, Policy, QueuePolicy
from core.promises import LEAST
from core.targets import Target, Whose, WorkDays, worked
from core.uncovered import Promise, uncovered

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
"""Eight weeks from here have Thanksgiving, Christmas and no change of any clock between the places below."""
SUPPORT = QueueName("support")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
DAY_SHIFT = Calendar.parse("Asia/Shanghai", {day: ["09:00-18:00"] for day in WEEKDAYS}, holidays="CN")
US = Region("US", "America/New_York")
GB = Region("GB", "Europe/London")
SA = Region("SA", "Asia/Riyadh")


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def a_row(first: float = 2, following: float = 100, **more: object) -> Target:
    return Target(hours(first), hours(following), **{"whose": Whose.CUSTOMER, **more})  # type: ignore[arg-type]


def looked_at(*rows: Target, staffed: Hours | None = DAY_SHIFT, places: tuple[Region, ...] = (US,)) -> Report:
    policy = Policy({SUPPORT: QueuePolicy(SUPPORT, "Support", DAY_SHIFT)}, {}, rows, {})
    return coverage(policy, lambda _queue, _language: staffed, places, MONDAY)


def the_gap(*rows: Target, **more: object) -> Gap:
    (gap,) = looked_at(*rows, **more).gaps  # type: ignore[arg-type]
    return gap


def said(gap: Gap) -> list[str]:
    return [f"{week_times('en', w.theirs)} = {week_times('en', w.ours)}" for w in gap.windows]


def test_new_york_has_no_overlap_with_a_day_in_shenzhen() -> None:
    gap = the_gap(a_row(2))
    assert (gap.row, gap.kind, gap.region, gap.zone) == (0, ClockKind.FIRST_REPLY, US, "Asia/Shanghai")
    # From a quarter of an hour before Shenzhen goes home until what is due on the next day.
    assert said(gap) == ["Mon–Fri 04:45–16:00 = Mon–Fri 17:45–05:00"]
    assert 0.7 < gap.open_share < 0.8
    assert [week_times("en", shift) for shift in gap.cure.shifts] == ["Mon–Fri 23:30–05:30"]
    assert gap.cure.target == hours(9.25)  # a whole day, and the first minutes of the next
    assert gap.cure.team


def test_a_target_of_more_than_a_day_is_kept_overnight() -> None:
    assert looked_at(a_row(9.25), places=(US,)).gaps == ()


def test_london_overlaps_in_its_morning() -> None:
    gap = the_gap(a_row(8), places=(GB,))
    assert said(gap) == ["Mon–Fri 09:45–10:00 = Mon–Fri 17:45–18:00"]
    assert gap.open_share < 0.03
    assert gap.cure.target == hours(8.25)


def test_riyadh_writes_on_sundays() -> None:
    gap = the_gap(a_row(2), places=(SA,))
    assert said(gap) == [
        "Mon–Thu 12:45–16:00 = Mon–Thu 17:45–21:00",
        "Fri 12:45 – Sun 16:00 = Fri 17:45 – Sun 21:00",
    ]
    assert "Sun 15:30–21:30" in [week_times("en", shift) for shift in gap.cure.shifts]


def test_the_teams_own_hours_are_always_kept() -> None:
    row = Target(hours(0.5), hours(4), closed_first_reply=hours(1))
    assert looked_at(row, places=(US, GB, SA)).gaps == ()
    assert looked_at(row, places=(US, GB, SA)).checked == 2  # the same wherever the customer is


def test_round_the_clock_needs_people_at_night() -> None:
    gap = the_gap(a_row(2, whose=Whose.ALWAYS))
    assert said(gap) == ["Mon–Thu 17:45–07:15 = Mon–Thu 17:45–07:15", "Fri 17:45 – Mon 07:15 = Fri 17:45 – Mon 07:15"]
    assert gap.region.zone == "Asia/Shanghai"


def test_where_nobody_works_nothing_is_kept() -> None:
    report = looked_at(a_row(2), staffed=None)
    assert report.unstaffed == (SUPPORT,)
    gap = report.gaps[0]
    assert (gap.share, gap.open_share, gap.cure.shifts, gap.cure.target) == (1, 1, (), None)
    assert said(gap) == ["Mon–Sun 00:00–24:00 = Mon–Sun 00:00–24:00"]


def test_a_holiday_of_the_team_has_a_date_of_its_own() -> None:
    spring = datetime(2027, 1, 25, tzinfo=UTC)
    policy = Policy({SUPPORT: QueuePolicy(SUPPORT, "Support", DAY_SHIFT)}, {}, (a_row(9.5),), {})
    first, *_ = coverage(policy, lambda _queue, _language: DAY_SHIFT, [GB], spring, weeks=4).gaps
    assert first.windows == ()
    (since, until), *_ = first.once
    assert since.astimezone(ZoneInfo("Asia/Shanghai")).date().month == 2
    assert until - since > timedelta(days=3)  # the Spring Festival


def test_working_days_and_rows_of_a_country() -> None:
    days = Target(WorkDays(2), WorkDays(2), country="SA", whose=Whose.CUSTOMER)
    report = looked_at(days, a_row(2, country="US"), places=(US, SA))
    assert report.checked == 4
    assert {gap.row for gap in report.gaps} == {1}


def test_regions_are_named_known_or_our_own() -> None:
    policy = Policy({SUPPORT: QueuePolicy(SUPPORT, "Support", DAY_SHIFT)}, {}, (a_row(2, country="SA"),), {})
    assert regions(policy, [("US", "America/Chicago")], ["GB", "ZZ"]) == (SA, GB, Region("US", "America/Chicago"))
    assert regions(policy, [("US", "Mars/Olympus")]) == (SA,)
    nobody = Policy(policy.queues, {}, (a_row(2),), {})
    assert regions(nobody) == (Region(None, "Asia/Shanghai"),)


def test_a_whole_house_is_looked_at_in_a_moment() -> None:
    rows = [a_row(2 + n % 5, 4 + n % 5) for n in range(10)]
    names = "US GB SA DE FR IN BR AU JP ES IT AE IL EG NP MX CA ZA SG KE"
    policy = Policy({SUPPORT: QueuePolicy(SUPPORT, "Support", DAY_SHIFT)}, {}, tuple(rows), {})
    places = regions(policy, (), names.split())
    began = time.process_time()
    assert coverage(policy, lambda _queue, _language: DAY_SHIFT, places, MONDAY).checked == 400
    assert time.process_time() - began < 2  # a fraction of it on a quiet machine


PLACES = st.sampled_from(
    [US, GB, SA, Region("IN", "Asia/Kolkata"), Region("NP", "Asia/Kathmandu"), Region("AU", "Australia/Sydney")]
)
TEAMS = st.sampled_from(
    [
        DAY_SHIFT,
        Calendar.parse("Asia/Shanghai", {"mon": ["22:00-06:00"], "wed": ["09:00-12:00", "13:30-18:10"]}),
        Together((DAY_SHIFT, Calendar.parse("America/New_York", {day: ["09:00-13:00"] for day in WEEKDAYS}))),
        ALWAYS,
    ]
)
TARGETS = st.builds(
    a_row,
    st.integers(1, 60).map(lambda n: n / 4),
    st.just(10_000),
    closed_first_reply=st.none() | st.integers(1, 40).map(lambda n: hours(n / 4)),
    whose=st.sampled_from(Whose),
)


@settings(max_examples=60, deadline=None)
@given(PLACES, TEAMS, TARGETS, st.lists(st.integers(0, WEEKS * 7 * 24 * 60 - 1), min_size=1, max_size=40))
def test_what_is_kept_has_staffed_time_before_every_deadline(
    place: Region, team: Hours, row: Target, arrivals: list[int]
) -> None:
    """And what is not, has not: to the minute, as the hours themselves count."""
    theirs = customer_hours(place.country, place.zone, {})
    calendar = {Whose.ALWAYS: ALWAYS, Whose.TEAM: DAY_SHIFT}.get(row.whose, theirs)
    lo, hi = minute_of(MONDAY), minute_of(MONDAY) + WEEKS * 7 * 24 * 60
    first = row.first_reply, row.closed_first_reply or row.first_reply
    allowed, closed = (worked(amount, calendar) // MINUTE for amount in first)
    work = min(LEAST // MINUTE, allowed, closed)
    hours, staffed = (Line.of(it, lo, hi + 50_000) for it in (calendar, team))
    lost = uncovered(Promise(hours, staffed, allowed, closed, work), lo, hi)
    for minute in arrivals:
        at = MONDAY + minute * MINUTE
        given = row.allowed(ClockKind.FIRST_REPLY, calendar, at)
        assert given is not None
        kept = team.between(at, calendar.add(at, given)) >= work * MINUTE
        assert kept is not any(a <= lo + minute < b for a, b in lost)


@settings(max_examples=30, deadline=None)
@given(PLACES, TEAMS, TARGETS)
def test_what_is_proposed_cures_it(place: Region, team: Hours, row: Target) -> None:
    """In every usual week; a holiday may still need somebody who is not proposed."""
    gap = next(iter(looked_at(row, staffed=team, places=(place,)).gaps), None)
    if gap is None:
        return
    shifts: list[Hours] = []
    for shift in gap.cure.shifts:
        week: list[tuple[tuple[int, int], ...]] = [()] * 7
        for day in shift.days:
            week[day] = ((shift.start, min(shift.end, shift.start + 1440)),)
        shifts.append(Calendar("Asia/Shanghai", tuple(week)))
    if shifts and all(shift.end <= shift.start + 1440 for shift in gap.cure.shifts):
        cured = looked_at(row, staffed=Together((team, *shifts)), places=(place,)).gaps
        assert all(gap.windows == () for gap in cured)
    if gap.cure.target is not None:
        longer = a_row(gap.cure.target / hours(1), 10_000, whose=row.whose)
        assert all(gap.windows == () for gap in looked_at(longer, staffed=team, places=(place,)).gaps)


@pytest.mark.parametrize("whose", Whose)
def test_people_who_are_always_there_keep_everything(whose: Whose) -> None:
    assert looked_at(a_row(0.25, 0.25, whose=whose), staffed=ALWAYS, places=(US, GB, SA)).gaps == ()
