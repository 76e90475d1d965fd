"""One instant, as the clocks of the customer and of the reader show it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.i18n import render
from core.say import Country, Listed, LocalSpan, LocalTime, Value, WeekTimes, WorkTime, say

AT = datetime(2026, 11, 27, 15, 15, tzinfo=UTC)
NEW_YORK = "America/New_York"


def shown(value: Value, reader: str = "Asia/Shanghai", locale: str = "en") -> str:
    return render(locale, "time.same", {"there": value, "here": ""}, zone=ZoneInfo(reader)).removesuffix(" = ")


@pytest.mark.parametrize(
    ("reader", "words"),
    [
        ("Asia/Shanghai", "Fri, Nov 27, 10:15 New York = 23:15 Shanghai"),
        ("Asia/Kolkata", "Fri, Nov 27, 10:15 New York = 20:45 Kolkata"),
        ("Pacific/Auckland", "Fri, Nov 27, 10:15 New York = Sat, Nov 28, 04:15 Auckland"),
        ("America/Argentina/Buenos_Aires", "Fri, Nov 27, 10:15 New York = 12:15 Buenos Aires"),
        ("UTC", "Fri, Nov 27, 10:15 New York = 15:15 UTC"),
        (NEW_YORK, "Fri, Nov 27, 10:15 New York"),
        ("America/Toronto", "Fri, Nov 27, 10:15 New York"),
    ],
)
def test_the_customers_clock_and_the_readers(reader: str, words: str) -> None:
    assert shown(LocalTime(AT, NEW_YORK), reader) == words


def test_in_chinese_the_city_comes_first() -> None:
    assert shown(LocalTime(AT, NEW_YORK), "UTC", "zh-CN") == "纽约 11月27日周五 10:15 = UTC 15:15"


def test_a_span_says_its_day_once() -> None:
    assert shown(LocalSpan(AT, AT + timedelta(hours=2), NEW_YORK)) == "Fri, Nov 27, 10:15 – 12:15"
    assert shown(LocalSpan(AT, AT + timedelta(hours=20), NEW_YORK)) == "Fri, Nov 27, 10:15 – Sat, Nov 28, 06:15"


def test_a_zone_that_is_gone_is_no_accident() -> None:
    assert shown(LocalTime(AT, "Mars/Olympus"), "UTC") == "Fri, Nov 27, 15:15 UTC"


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (WeekTimes((0, 1, 2, 3, 4), 17 * 60 + 45, 29 * 60), "Mon–Fri 17:45–05:00"),
        (WeekTimes((0, 2, 3, 6), 0, 1440), "Mon, Wed–Thu, Sun 00:00–24:00"),
        (WeekTimes((4,), 16 * 60, 3 * 1440 + 9 * 60), "Fri 16:00 – Mon 09:00"),
    ],
)
def test_the_same_time_every_week(times: WeekTimes, words: str) -> None:
    assert shown(times) == words


def test_countries_have_names() -> None:
    assert (shown(Country("US")), shown(Country("US"), locale="zh-CN"), shown(Country("??"))) == (
        "United States",
        "美国",
        "??",
    )


def test_working_time_has_no_days() -> None:
    assert shown(WorkTime(timedelta(hours=27))) == "27 hr"
    assert shown(WorkTime(timedelta(hours=1, minutes=15))) == "1 hr 15 min"


@pytest.mark.parametrize(("locale", "words"), [("en", "9:00 Rome, 8:00 London"), ("zh-CN", "Rome 9:00，London 8:00")])
def test_several_things_in_one_line(locale: str, words: str) -> None:
    items = (say("time.placed", time="9:00", place="Rome"), say("time.placed", time="8:00", place="London"))
    assert shown(Listed(items), locale=locale) == words
