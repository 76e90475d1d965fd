"""The hours of the demo's house, at whatever moment somebody starts it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.hours import Hours
from bot.config.roster import Shift
from bot.demo import hours
from bot.demo.stage import SPAN
from core.hours import Together

OFFICE = Hours.model_validate(hours.OFFICE).calendar
STARTS = st.integers(0, 5 * 366 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))


@given(STARTS)
def test_there_is_always_a_night_to_show(now: datetime) -> None:
    wrote, wakes = hours.night(OFFICE, now)
    assert now - SPAN < wrote < now
    assert not OFFICE.is_open(wrote)
    assert OFFICE.next_open(wrote) == wakes
    assert wakes <= now or not OFFICE.is_open(now)


@pytest.mark.parametrize("year", [2026, 2028])
def test_somebody_of_support_is_there_at_any_minute(year: int) -> None:
    """Whatever the three continents do with their clocks."""
    rows = [Shift.model_validate(row) for row in hours.shifts()]
    together = Together(tuple(row.calendar.calendar for row in rows if row.name != "office"))
    begins, ends = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    assert together.between(begins, ends) == ends - begins == timedelta(days=365 + (year == 2028))
