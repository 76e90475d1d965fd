"""Business hours as tables: of queues, shifts and whatever else keeps hours, and of customers' countries."""

from collections.abc import Mapping
from dataclasses import replace

from bot.config.holidays import KnowsHolidays
from bot.config.table import Table
from bot.config.values import Country, Day, DayHours, Region, Weekly, Zone
from core.countries import CountryHours, shipped
from core.hours import Calendar
from core.weekly import parse_week


class Hours(KnowsHolidays):
    """`calendar = { zone = "Asia/Shanghai", holidays = "CN", weekly = { mon = ["09:00-12:00", "13:00-18:00"] } }`"""

    zone: Zone
    """An IANA name."""
    weekly: Weekly
    """Days left out are closed; `"always"` is round the clock; `22:00-06:00` runs on into the next day."""
    holidays: Region = ""
    """Whose public holidays are closed: `US`, `DE-BY`, or `CN` with its make-up working days. Empty: nobody's."""
    dates: Mapping[Day, DayHours] = {}
    """By date, and before all else: `2026-12-24 = ["09:00-13:00"]`, `"closed"`, or `"workday"` for the hours of a
    working day."""

    @property
    def calendar(self) -> Calendar:
        """With the holidays file; `dates` come before it."""
        return self._holidays.known_better(Calendar.parse(self.zone, self.weekly, self.holidays, self.dates))


class Offices(Table):
    """When customers of a country are at work, where that is not as we assume: what is left out stays as shipped
    ([time](time.md#whose-calendar)). A customer's own zone takes the place of the country's.
    """

    country: Country
    """Two letters: `US`."""
    zone: Zone | None = None
    """Where most offices are."""
    weekly: Weekly | None = None
    """As in a queue's calendar."""
    holidays: Region | None = None
    """`CA-QC`; empty: none are kept."""

    @property
    def calendar(self) -> CountryHours:
        """Without the holidays file."""
        usual = shipped(self.country)
        return replace(
            usual,
            zone=self.zone or usual.zone,
            week=usual.week if self.weekly is None else parse_week(self.weekly),
            holidays=usual.holidays if self.holidays is None else self.holidays,
        )
