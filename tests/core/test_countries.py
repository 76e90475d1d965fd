"""When offices are open, country by country, beside what CLDR and the holidays library say of weekends."""

from collections.abc import Iterator
from datetime import date
from importlib import resources

import holidays as library
import pytest
from babel import localedata
from babel.core import Locale

from core.countries import customer_hours, shipped
from core.holidays import is_region
from core.hours import Calendar
from core.places import is_zone, zone_of

MON_FRI = [0, 1, 2, 3, 4]


def countries() -> list[str]:
    table = resources.files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    return [line.split("\t")[0] for line in table.splitlines() if line and not line.startswith("#")]


def working_days(calendar: Calendar) -> list[int]:
    return [day for day, hours in enumerate(calendar.week) if hours]


def weekends_of_cldr() -> Iterator[tuple[str, frozenset[int]]]:
    for identifier in localedata.locale_identifiers():
        locale = Locale.parse(identifier)
        if locale.territory and len(locale.territory) == 2:
            first, last = locale.weekend_start, locale.weekend_end
            yield locale.territory, frozenset(range(first, last + 1))


OUR_OWN = {"AE", "BD", "BN", "DJ", "IN", "IR", "MV", "NP", "PS", "UG"}
"""Where the table says itself why it differs from CLDR."""


def test_weekends_are_those_of_cldr_where_nothing_else_is_said() -> None:
    for country, weekend in dict(weekends_of_cldr()).items():
        if country not in OUR_OWN:
            assert frozenset(range(7)) - weekend == frozenset(working_days(shipped(country))), country


def test_where_cldr_is_silent_the_librarys_friday_and_saturday_are_ours() -> None:
    for country in ("BD", "DJ", "MV"):
        assert library.country_holidays(country).weekend == {4, 5}
        assert working_days(shipped(country)) == [0, 1, 2, 3, 6]


@pytest.mark.parametrize("country", countries())
def test_every_country_has_hours_in_its_zone_and_its_holidays_where_anybody_knows_them(country: str) -> None:
    calendar = shipped(country)
    assert calendar.zone == zone_of(country)
    assert bool(calendar.holidays) == is_region(country)
    assert calendar.holidays[:2] in ("", country)


def test_of_an_unknown_country_we_assume_monday_to_friday() -> None:
    assert working_days(shipped("XX")) == MON_FRI
    assert shipped("XX").holidays == ""


def test_every_zone_with_holidays_of_a_part_lies_in_that_country() -> None:
    from core.countries import _PARTS
    from core.places import country_of_zone

    for zone, region in _PARTS.items():
        assert is_region(region)
        assert country_of_zone(zone) == region[:2]


class TestCustomers:
    def test_the_hours_of_the_country_by_the_customers_own_clock(self) -> None:
        calendar = customer_hours("US", "America/Chicago", {})
        assert (calendar.zone, calendar.holidays) == ("America/Chicago", "US")
        assert calendar is customer_hours("US", "America/Chicago", {})

    def test_the_holidays_of_the_part_that_the_zone_lies_in(self) -> None:
        assert customer_hours("CA", "America/Vancouver", {}).holidays == "CA-BC"
        assert customer_hours("AU", "Australia/Perth", {}).holidays == "AU-WA"
        assert customer_hours("CA", "America/Whitehorse", {}).holidays == "CA"
        # Somebody of another country who has moved there keeps their own.
        assert customer_hours("US", "Europe/London", {}).holidays == "US"

    def test_of_a_zone_alone_no_holidays_are_assumed(self) -> None:
        calendar = customer_hours(None, "Asia/Tokyo", {})
        assert (calendar.zone, calendar.holidays, working_days(calendar)) == ("Asia/Tokyo", "", MON_FRI)

    def test_what_the_house_knows_better(self) -> None:
        ours = Calendar.parse("America/New_York", {"mon": ["10:00-16:00"]}, "US-NY")
        calendar = customer_hours("US", "America/Denver", {"US": ours})
        assert (calendar.zone, calendar.week, calendar.holidays) == ("America/Denver", ours.week, "US-NY")
        assert customer_hours("CA", "America/Denver", {"US": ours}).holidays == "CA"

    def test_a_zone_that_this_machine_does_not_know(self) -> None:
        assert not is_zone("Mars/Olympus")
        assert customer_hours("US", "Mars/Olympus", {}).zone == "America/New_York"
        ours = Calendar.parse("America/Chicago", {"mon": ["10:00-16:00"]})
        assert customer_hours("US", "Mars/Olympus", {"US": ours}) is ours

    def test_thanksgiving_is_in_october_in_canada(self) -> None:
        assert customer_hours("CA", "America/Toronto", {}).on(date(2026, 10, 12)).name == "Thanksgiving Day"
