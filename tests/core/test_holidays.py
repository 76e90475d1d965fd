"""Public holidays by region and year: what the library says, what it cannot know yet, and what calendars make of it."""

import subprocess
import sys
from datetime import date

import pytest

from core import holidays
from core.hours import DAYS, Calendar, Dated, ImpossibleCalendar, Planned, Why

MON_FRI = {day: ["09:00-18:00"] for day in DAYS[:5]}
OFFICE = ((540, 1080),)


def office(region: str) -> Calendar:
    return Calendar.parse("UTC", MON_FRI, region)


class TestRegions:
    @pytest.mark.parametrize("region", ["US", "US-CA", "CN", "GB-ENG", "HK", "DE-BY"])
    def test_known(self, region: str) -> None:
        assert holidays.is_region(region)

    @pytest.mark.parametrize("region", ["", "us", "USA", "UK", "XX", "US-", "US-XX", "US-CA-1", "-CA", "China"])
    def test_unknown(self, region: str) -> None:
        assert not holidays.is_region(region)

    def test_a_calendar_of_an_unknown_region_is_refused(self) -> None:
        with pytest.raises(ImpossibleCalendar) as refusal:
            office("US-XX")
        assert (refusal.value.reason, refusal.value.detail) == ("unknown_region", "US-XX")

    def test_nobody_makes_up_holidays_of_a_region_that_does_not_exist(self) -> None:
        with pytest.raises(KeyError):
            holidays.year_of("XX", 2026)

    def test_the_parts_of_a_country(self) -> None:
        assert "US-CA" in holidays.parts_of("US")
        assert holidays.parts_of("SG") == ()
        assert holidays.parts_of("XX") == ()


class TestYears:
    def test_a_holiday_has_its_english_name(self) -> None:
        assert office("US").on(date(2026, 11, 26)) == ((), Why.HOLIDAY, "Thanksgiving Day")
        assert office("CN").on(date(2026, 2, 17)).name == "Chinese New Year (Spring Festival)"

    def test_a_holiday_on_a_weekend_is_observed_and_still_named(self) -> None:
        assert office("US").on(date(2026, 7, 4)).name == "Independence Day"
        assert office("US").on(date(2026, 7, 3)).name == "Independence Day (observed)"

    def test_next_years_holiday_may_be_observed_in_this_one(self) -> None:
        assert office("US").on(date(2027, 12, 31)).name == "New Year's Day (observed)"

    def test_a_part_has_holidays_of_its_own(self) -> None:
        assert office("US-CA").on(date(2026, 3, 31)).name == "Cesar Chavez Day"
        assert office("US").on(date(2026, 3, 31)).name == ""

    def test_make_up_days_are_of_their_own_year(self) -> None:
        worked = {date.fromordinal(day).isoformat()[5:] for day in holidays.year_of("CN", 2026).workdays}
        assert worked == {"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"}

    def test_a_weekend_day_that_is_usual_is_closed_for_no_holiday(self) -> None:
        assert office("US").on(date(2026, 11, 28)) == ((), Why.WEEK, "")

    def test_the_library_ends_somewhere_and_so_do_its_holidays(self) -> None:
        assert holidays.year_of("US", 2101).days == {}
        assert office("US").on(date(2150, 12, 25)) == (OFFICE, Why.WEEK, "")
        assert holidays.year_of("US", 9999).days == {}


class TestUnconfirmed:
    @pytest.mark.parametrize(
        ("region", "year"),
        [
            ("CN", 2090),  # nobody has announced its make-up days
            ("HU", 2090),
            ("SA", 2090),  # Eid depends on the moon
            ("NP", 2090),
            ("US", 2101),  # beyond the library
            ("US", 1700),
        ],
    )
    def test_what_may_still_change(self, region: str, year: int) -> None:
        assert office(region).unconfirmed(year)

    @pytest.mark.parametrize(
        ("region", "year"), [("CN", 2026), ("HU", 2026), ("US", 2090), ("GB-ENG", 2028), ("SA", 2025)]
    )
    def test_what_will_not(self, region: str, year: int) -> None:
        assert not office(region).unconfirmed(year)

    def test_a_calendar_without_holidays_has_nothing_to_confirm(self) -> None:
        assert not Calendar.parse("UTC", MON_FRI).unconfirmed(2150)

    def test_somebody_has_checked(self) -> None:
        checked = office("CN").planned((), confirmed=2090)
        assert not checked.unconfirmed(2090)
        assert checked.unconfirmed(2091)


class TestExceptions:
    def test_they_win_over_holidays_and_the_week(self) -> None:
        calendar = Calendar.parse(
            "UTC",
            MON_FRI,
            "US",
            {
                date(2026, 11, 26): ["10:00-12:00"],
                date(2026, 11, 27): "closed",
                date(2026, 11, 28): "workday",
                date(2026, 12, 25): "workday",
            },
        )
        assert calendar.on(date(2026, 11, 26)) == (((600, 720),), Why.EXCEPTION, "")
        assert calendar.on(date(2026, 11, 27)) == ((), Why.EXCEPTION, "")
        assert calendar.on(date(2026, 11, 28)).hours == OFFICE
        assert calendar.on(date(2026, 12, 25)).hours == OFFICE

    def test_a_working_day_has_the_hours_of_the_last_weekday_that_has_any(self) -> None:
        short_friday = Calendar.parse("UTC", {**MON_FRI, "fri": ["09:00-13:00"]}, "CN")
        assert short_friday.on(date(2026, 2, 14)) == (((540, 780),), Why.WORKDAY, "")
        assert short_friday.on(date(2026, 1, 4)).hours == ((540, 780),)  # a Sunday
        sundays = Calendar.parse("UTC", {**MON_FRI, "sun": ["11:00-12:00"]}, "CN")
        assert sundays.on(date(2026, 1, 4)) == (((660, 720),), Why.WORKDAY, "")

    def test_what_a_calendar_has_already_wins_over_what_is_planned_and_the_later_plan_over_the_earlier(self) -> None:
        day, other = date(2026, 12, 24), date(2026, 12, 31)
        calendar = Calendar.parse("UTC", MON_FRI, dates={day: ["09:00-13:00"]})
        planned = [Planned(day, (), "Eve"), Planned(other, None), Planned(other, (), "Stocktaking")]
        assert calendar.planned(planned).dates == (
            Dated(day.toordinal(), ((540, 780),)),
            Dated(other.toordinal(), (), "Stocktaking"),
        )
        assert calendar.planned(planned).on(other).name == "Stocktaking"

    @pytest.mark.parametrize(
        ("given", "reason"), [("open", "bad_interval"), (["9-18"], "bad_interval"), (["09:00-09:00"], "empty_interval")]
    )
    def test_impossible_ones(self, given: str | list[str], reason: str) -> None:
        with pytest.raises(ImpossibleCalendar) as refusal:
            Calendar.parse("UTC", MON_FRI, dates={date(2026, 12, 24): given})
        assert refusal.value.reason == reason

    def test_intervals_given_in_minutes_are_checked_too(self) -> None:
        with pytest.raises(ImpossibleCalendar):
            Calendar("UTC", (OFFICE,) * 7, "", (Dated(1, ((0, 3000),)),))


def test_who_names_no_region_does_not_wait_for_the_library() -> None:
    code = (
        "import sys; from core.hours import Calendar; Calendar.always(); "
        "import bot.config.settings; sys.exit('holidays' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
