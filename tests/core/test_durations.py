"""What people type for times: `!snooze 2h`, `!snooze mon 9`, `!snooze 明天下午3点`."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.durations import LONGEST, BadTime, Feast, Landing, parse_duration, parse_when, parse_working
from core.hours import Calendar, Planned

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # a Wednesday, 18:00 in Shanghai, 05:00 in New York


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("2h", timedelta(hours=2)),
        ("30m", timedelta(minutes=30)),
        ("1h30m", timedelta(minutes=90)),
        ("1h 30m", timedelta(minutes=90)),
        ("90s", timedelta(seconds=90)),
        ("2d", timedelta(days=2)),
        ("1w", timedelta(weeks=1)),
        ("1w2d3h4m5s", timedelta(weeks=1, days=2, hours=3, minutes=4, seconds=5)),
        ("1.5h", timedelta(minutes=90)),
        (" 45 MIN ", timedelta(minutes=45)),
        ("2 hours", timedelta(hours=2)),
        ("２ｈ", timedelta(hours=2)),
        ("2小时", timedelta(hours=2)),
        ("2个小时", timedelta(hours=2)),
        ("两小时", timedelta(hours=2)),
        ("半小时", timedelta(minutes=30)),
        ("1小时30分", timedelta(minutes=90)),
        ("30分钟", timedelta(minutes=30)),
        ("2天", timedelta(days=2)),
        ("一周", timedelta(weeks=1)),
        ("366d", LONGEST),
    ],
)
def test_lengths(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "unreadable"),
        ("soon", "unreadable"),
        ("30", "unreadable"),
        ("h", "unreadable"),
        ("2h2h", "unreadable"),
        ("30m1h", "unreadable"),
        ("1e3h", "unreadable"),
        ("十五分钟", "unreadable"),
        ("9999999999999h", "unreadable"),
        ("0h", "not_positive"),
        ("-2h", "not_positive"),
        ("367d", "too_far"),
        ("999999w", "too_far"),
    ],
)
def test_lengths_refused(text: str, reason: str) -> None:
    with pytest.raises(BadTime) as refusal:
        parse_duration(text)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("text", "shanghai"),
    [
        ("2h", "2026-11-25 20:00"),
        ("2小时", "2026-11-25 20:00"),
        ("mon 9", "2026-11-30 09:00"),
        ("mon 09:30", "2026-11-30 09:30"),
        ("Monday at 9", "2026-11-30 09:00"),
        ("mon", "2026-11-30 09:00"),
        ("mon9", "2026-11-30 09:00"),
        ("wed 19", "2026-11-25 19:00"),
        ("wed 18:00", "2026-12-02 18:00"),  # that is now, so next week
        ("wed", "2026-12-02 09:00"),
        ("today 19:30", "2026-11-25 19:30"),
        ("tomorrow", "2026-11-26 09:00"),
        ("tomorrow 9", "2026-11-26 09:00"),
        ("tomorrow 6pm", "2026-11-26 18:00"),
        ("tomorrow 12am", "2026-11-26 00:00"),
        ("2026-12-01", "2026-12-01 09:00"),
        ("2026-12-01 10:00", "2026-12-01 10:00"),
        ("2026-12-01T10:00", "2026-12-01 10:00"),
        ("18:30", "2026-11-25 18:30"),
        ("18:00", "2026-11-26 18:00"),
        ("7pm", "2026-11-25 19:00"),
        ("9am", "2026-11-26 09:00"),
        ("周一 9", "2026-11-30 09:00"),
        ("周一9点", "2026-11-30 09:00"),
        ("星期天", "2026-11-29 09:00"),
        ("明天 9", "2026-11-26 09:00"),
        ("明天下午3点", "2026-11-26 15:00"),
        ("明天下午3点15分", "2026-11-26 15:15"),
        ("后天", "2026-11-27 09:00"),
        ("下午7点", "2026-11-25 19:00"),
        ("１８：３０", "2026-11-25 18:30"),
    ],
)
def test_moments(text: str, shanghai: str) -> None:
    when = parse_when(text, NOW, "Asia/Shanghai")
    assert when.tzinfo is UTC
    assert f"{when.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}" == shanghai


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "unreadable"),
        ("later", "unreadable"),
        ("9", "unreadable"),
        ("mon 25", "unreadable"),
        ("mon 9:70", "unreadable"),
        ("mon 13pm", "unreadable"),
        ("2026-02-30", "unreadable"),
        ("2026-12-01-02", "unreadable"),
        ("mon tue", "unreadable"),
        ("0m", "not_positive"),
        ("-1d", "not_positive"),
        ("today 9", "past"),
        ("2026-11-24", "past"),
        ("1999-01-01 10:00", "past"),
        ("0001-01-01", "past"),
        (f"tomorrow{' ' * 40_000}x", "unreadable"),
        ("2027-11-27", "too_far"),
        ("9999-12-31 23:59", "too_far"),
        ("400d", "too_far"),
    ],
)
def test_moments_refused(text: str, reason: str) -> None:
    with pytest.raises(BadTime) as refusal:
        parse_when(text, NOW, "Asia/Shanghai")
    assert refusal.value.reason == reason


def test_a_local_time_that_does_not_exist_moves_forward() -> None:
    before = datetime(2026, 3, 7, 12, tzinfo=UTC)
    assert parse_when("sun 2:30", before, "America/New_York") == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)  # 03:30


def test_a_local_time_that_occurs_twice_is_the_first() -> None:
    before = datetime(2026, 10, 31, 12, tzinfo=UTC)
    assert parse_when("sun 1:30", before, "America/New_York") == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_between_the_two_the_next_is_tomorrow() -> None:
    between = datetime(2026, 11, 1, 5, 45, tzinfo=UTC)  # 01:45, the first time
    assert parse_when("1:30", between, "America/New_York") == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)


def test_the_last_day_of_february() -> None:
    assert parse_when("tomorrow", datetime(2028, 2, 28, 12, tzinfo=UTC), "UTC") == datetime(2028, 2, 29, 9, tzinfo=UTC)


DAY_WORDS = st.sampled_from(["", "mon ", "sunday ", "周六 ", "tomorrow ", "后天 "])
CLOCKS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
ZONES = st.sampled_from(["UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "Australia/Lord_Howe"])
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=730)).map(lambda later: datetime(2026, 1, 1, tzinfo=UTC) + later)


@given(DAY_WORDS, CLOCKS, MOMENTS, ZONES)
@settings(max_examples=150, deadline=None)
def test_always_ahead_and_at_the_time_that_was_named(day: str, clock: str, now: datetime, zone: str) -> None:
    when = parse_when(day + clock, now, zone)
    assert now < when <= now + timedelta(days=8, hours=2)
    shown = when.astimezone(ZoneInfo(zone))
    in_a_gap = shown.replace(fold=0).utcoffset() != (shown - timedelta(hours=1)).utcoffset()
    assert f"{shown:%H:%M}" == clock or in_a_gap


@given(st.text(alphabet="0123456789hdwms:-. 周一明天点apmont", max_size=12), MOMENTS)
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_is_a_time_ahead_or_refused(text: str, now: datetime) -> None:
    try:
        when = parse_when(text, now, "Europe/Berlin")
    except BadTime:
        return
    assert now < when <= now + LONGEST


# In a team's working time.

OFFICE = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
TEAM = Calendar.parse("Asia/Shanghai", OFFICE)
LUNCH = Calendar.parse("Europe/Berlin", {**{d: ["09:00-12:00", "13:00-17:30"] for d in OFFICE}, "sat": ["10:00-13:00"]})
NIGHTS = Calendar.parse("America/New_York", {day: ["22:00-06:00"] for day in ("mon", "tue", "wed", "thu")})


def no_holiday(name: str, now: datetime) -> Feast:
    raise BadTime("no_holiday")


def working(text: str, now: datetime = NOW, zone: str = "Asia/Shanghai", team: Calendar = TEAM) -> Landing:
    return parse_working(text, now, zone, team, no_holiday)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [  # it is Wednesday, 18:00: closing time
        ("2h", "2026-11-26 11:00"),
        ("in 2h", "2026-11-26 11:00"),
        ("2小时后", "2026-11-26 11:00"),
        ("30m", "2026-11-26 09:30"),
        ("20h", "2026-11-30 11:00"),
        ("1d", "2026-11-27 09:00"),  # Thursday at 18:00 is closing time again
        ("2d", "2026-11-30 09:00"),
        ("3天后", "2026-12-01 09:00"),
        ("1d 2h", "2026-11-27 11:00"),
        ("half past", None),
        ("半天", "2026-11-26 13:30"),
        ("1.5d", "2026-11-27 13:30"),
        ("1w", "2026-12-03 09:00"),
        ("tomorrow", "2026-11-26 09:00"),
        ("tomorrow 14:30", "2026-11-26 14:30"),
        ("tomorrow 7", "2026-11-26 09:00"),
        ("mon 9", "2026-11-30 09:00"),
        ("sat", "2026-11-30 09:00"),
        ("周六 15点", "2026-11-30 09:00"),
        ("2026-12-05 10:00", "2026-12-07 09:00"),
        ("21:00", "2026-11-26 09:00"),
    ],
)
def test_working_time(text: str, at: str | None) -> None:
    if at is None:
        with pytest.raises(BadTime, match="unreadable"):
            working(text)
    else:
        assert working(text).at == shanghai(at)


def test_a_day_keeps_its_time_of_day() -> None:
    now = shanghai("2026-11-26 10:20")
    assert working("1d", now).at == shanghai("2026-11-27 10:20")
    assert working("2d", now) == Landing(shanghai("2026-11-30 10:20"))
    assert working("1w", now).at == shanghai("2026-12-03 10:20")


def test_a_holiday_is_no_working_day() -> None:
    closed = TEAM.planned([Planned(date(2026, 11, 27), (), "Outing")])
    assert working("1d", shanghai("2026-11-26 10:20"), team=closed).at == shanghai("2026-11-30 10:20")


def test_what_fell_into_closed_hours_says_so() -> None:
    assert working("sat 15").wanted == shanghai("2026-11-28 15:00")
    assert working("mon 10").wanted is None
    assert working("2h").counted
    assert not working("2h", shanghai("2026-11-26 10:00")).counted
    assert working("8h", shanghai("2026-11-26 10:00")).wanted == shanghai("2026-11-26 18:00")


def test_days_are_the_askers_and_hours_the_teams() -> None:
    # 05:00 in New York. Its Thursday morning is the team's Thursday night.
    landing = working("tomorrow", zone="America/New_York")
    assert landing == Landing(shanghai("2026-11-27 09:00"), wanted=datetime(2026, 11, 26, 14, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "unreadable"),
        ("soon", "unreadable"),
        ("after lunch", "no_holiday"),
        ("午饭后", "no_holiday"),
        ("0h", "not_positive"),
        ("-2h", "not_positive"),
        ("after 0h", "not_positive"),
        ("367d", "too_far"),
        ("365d", "too_far"),  # of working days
        ("53w", "too_far"),
        ("3000h", "too_far"),
        ("today 9", "past"),
        ("2026-11-24", "past"),
        ("2028-01-01", "too_far"),
    ],
)
def test_no_working_times(text: str, reason: str) -> None:
    with pytest.raises(BadTime) as bad:
        working(text)
    assert bad.value.reason == reason


def test_after_a_holiday() -> None:
    def after(name: str, now: datetime) -> Feast:
        assert name == "the flood"
        return Feast("Flood", shanghai("2026-12-05 10:00"))

    landing = parse_working("After the Flood", NOW, "UTC", TEAM, after)
    assert landing == Landing(shanghai("2026-12-07 09:00"), holiday="Flood")


calendars = st.sampled_from([TEAM, LUNCH, NIGHTS, Calendar.always()])
moments = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(calendars, moments, st.integers(1, 6_000))
def test_minutes_are_the_calendars_own(team: Calendar, now: datetime, minutes: int) -> None:
    landing = working(f"{minutes}m", now, team=team)
    assert team.is_open(landing.at)
    assert team.between(now, landing.at) == timedelta(minutes=minutes)
    assert landing.counted == (landing.at - now != timedelta(minutes=minutes))


@given(calendars, moments, st.integers(1, 60))
def test_more_days_are_never_sooner(team: Calendar, now: datetime, days: int) -> None:
    landings = [working(f"{n}d", now, team=team).at for n in (days, days + 1)]
    assert now < landings[0] <= landings[1]
    assert all(team.is_open(at) for at in landings)


@given(
    calendars, moments, st.sampled_from(["mon", "today 23:59", "tomorrow", "周五 下午3点", "18:00", "1w", "2d", "90m"])
)
def test_whatever_is_read_lands_in_open_hours(team: Calendar, now: datetime, text: str) -> None:
    try:
        landing = working(text, now, "Europe/London", team)
    except BadTime as bad:
        if bad.reason != "past":
            raise
        return
    assert team.is_open(landing.at)
    assert landing.at > now
    assert landing.wanted is None or landing.wanted < landing.at


@given(st.text(max_size=40))
def test_no_words_break_it(text: str) -> None:
    with suppress(BadTime):
        assert working(text).at > NOW
