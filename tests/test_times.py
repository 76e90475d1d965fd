"""One instant, as the clocks of the customer and of the reader show it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.i18n import render
from core.say import LocalSpan, LocalTime, Value

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
