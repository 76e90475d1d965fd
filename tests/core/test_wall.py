"""The clock on the wall, and the two nights of a year on which it is set."""

from datetime import UTC, date, datetime, time

import pytest

from core.wall import wall_date, wall_instant

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("day", "clock", "instant"),
    [
        (date(2026, 11, 23), time(9), datetime(2026, 11, 23, 8, tzinfo=UTC)),
        (date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # skipped: it is 3:30 then
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the first
    ],
)
def test_an_instant_by_the_clock_of_a_place(day: date, clock: time, instant: datetime) -> None:
    assert wall_instant(day, clock, BERLIN) == instant
    assert wall_date(instant, BERLIN) == day


def test_one_instant_has_two_dates() -> None:
    at = datetime(2026, 11, 23, 20, tzinfo=UTC)
    assert (wall_date(at, BERLIN), wall_date(at, "Asia/Shanghai")) == (date(2026, 11, 23), date(2026, 11, 24))
