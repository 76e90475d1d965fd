"""What people type for times: `!snooze 2h`, `!snooze mon 9`, `!snooze 明天下午3点`."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.durations import LONGEST, BadTime, parse_duration, parse_when

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
