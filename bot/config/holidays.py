"""The holidays file: what the house knows better of public holidays than the holidays library.

It is read before everything else and handed down as the context of validation, so that hours are told of it wherever
they stand, and no calendar can be made without.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, PrivateAttr

from bot.config.table import Table
from bot.config.values import Day, DayHours, Region, Text
from core import holidays
from core.hours import Calendar, Planned, parse_day


class HolidayRow(Table):
    """A day that is not as the holidays library says, in every calendar with the holidays of the region or of a part of
    it. What a calendar says in its own `dates` comes before, and so does what is said of the part.
    """

    region: Annotated[Region, Field(min_length=1)]
    """`CN`, `US-CA`"""
    date: Day
    hours: DayHours = "closed"
    """`["09:00-13:00"]`, `closed`, or `workday`: the hours of a working day."""
    name: Text | None = None
    """What the day is called."""


class HolidaysFile(Table):
    """Beside dragoman.toml, and named by `holidays_file`: half days, extra days, make-up days, years that have been
    announced since the last release."""

    days: tuple[HolidayRow, ...] = ()
    """`[[days]]`, below."""
    confirmed: Mapping[Region, Annotated[int, Field(ge=1900, le=9999)]] = {}
    """`[confirmed]`, by region: up to which year somebody has checked the days, `CN = 2027`. Until then what its state
    has not announced, or what depends on the moon, is shown as not confirmed."""

    @property
    def countries(self) -> frozenset[str]:
        """Those of which it says anything."""
        return frozenset(
            holidays.country_of(region) for region in (*(row.region for row in self.days), *self.confirmed)
        )

    def known_better(self, calendar: Calendar) -> Calendar:
        """The calendar with what this file says of its region."""
        nearest_last = sorted(self._days_of(calendar.holidays), key=lambda row: len(row.region))
        checked = (year for region, year in self.confirmed.items() if _within(calendar.holidays, region))
        planned = (Planned(row.date, parse_day(row.hours), row.name or "") for row in nearest_last)
        return calendar.planned(planned, max(checked, default=0))

    def _days_of(self, region: str) -> Iterator[HolidayRow]:
        return (row for row in self.days if _within(region, row.region))


class KnowsHolidays(Table):
    """A table whose calendars are as the holidays file says."""

    _holidays: HolidaysFile = PrivateAttr(default=HolidaysFile())

    def model_post_init(self, context: Any, /) -> None:
        if isinstance(context, HolidaysFile):
            self._holidays = context


def _within(region: str, other: str) -> bool:
    """`US-CA` lies within `US`."""
    return region == other or region.startswith(f"{other}-")
