"""Calendars as dragoman.toml has them: holidays, dated exceptions, the holidays file, and the hours of countries."""

from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from bot.config.loading import load
from bot.config.policy import policy_of
from bot.config.problems import ConfigError
from core.countries import customer_hours
from core.hours import Calendar, Why
from core.ids import QueueName
from core.policy import Policy

HOUSE = """
[dragoman]
organisation = "Fernweh Lamps"
holidays_file = "holidays.toml"

[[queues]]
name = "support"
[queues.calendar]
zone = "Asia/Shanghai"
holidays = "CN"
weekly.mon = ["09:00-18:00"]
weekly.fri = ["09:00-17:00"]
dates = { 2026-12-24 = ["09:00-13:00"], "2026-12-31" = "closed", 2026-12-26 = "workday" }
"""

KNOWN = """
[confirmed]
CN = 2090
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dragoman.toml").write_text(HOUSE)
    (tmp_path / "holidays.toml").write_text(KNOWN)
    return tmp_path


def policy(folder: Path) -> Policy:
    return policy_of(load(folder / "dragoman.toml", {}))


def support(folder: Path) -> Calendar:
    return policy(folder).queues[QueueName("support")].calendar


def refused(folder: Path, house: str = HOUSE, known: str = KNOWN) -> str:
    (folder / "dragoman.toml").write_text(house)
    (folder / "holidays.toml").write_text(dedent(known))
    with pytest.raises(ConfigError) as error:
        load(folder / "dragoman.toml", {})
    return str(error.value)


class TestQueues:
    def test_holidays_and_dates_of_their_own(self, folder: Path) -> None:
        calendar = support(folder)
        assert calendar.on(date(2026, 2, 17)).name == "Chinese New Year (Spring Festival)"
        assert calendar.on(date(2026, 12, 24)).hours == ((540, 780),)
        assert calendar.on(date(2026, 12, 31)) == ((), Why.EXCEPTION, "")
        assert calendar.on(date(2026, 12, 26)).hours == ((540, 1020),)  # a Saturday with Friday's hours

    @pytest.mark.parametrize(
        ("mended", "by", "said"),
        [
            ('"CN"', '"cn"', "queues[0].calendar.holidays: nobody knows public holidays of “cn”; did you mean CN?"),
            ('"CN"', '"XX"', "nobody knows public holidays of “XX”; write a country as US or a part of it as US-CA"),
            (
                '"CN"',
                '"CH-XX"',
                "queues[0].calendar.holidays: there is no part “CH-XX” with public holidays; there are:",
            ),
            ("2026-12-24", "2026-13-24", "queues[0].calendar.dates.2026-13-24: “2026-13-24” is no date"),
            ("2026-12-24", "2026-02-29", "queues[0].calendar.dates.2026-02-29: “2026-02-29” is no date"),
            ('"closed"', '"open"', "queues[0].calendar.dates.2026-12-31: “open” says nothing about a day; write"),
            ('"closed"', "true", "queues[0].calendar.dates.2026-12-31: “True” says nothing about a day; write"),
            ('["09:00-13:00"]', '["9-13"]', "queues[0].calendar.dates.2026-12-24: “9-13” is no interval"),
            ('["09:00-13:00"]', '["09:00-09:00"]', "queues[0].calendar.dates.2026-12-24: “09:00-09:00” ends where it"),
        ],
    )
    def test_what_is_impossible_is_told_with_its_path(self, folder: Path, mended: str, by: str, said: str) -> None:
        assert said in refused(folder, HOUSE.replace(mended, by))


class TestHolidaysFile:
    def test_a_half_day_an_extra_day_a_make_up_day_and_a_year_that_was_announced(self, folder: Path) -> None:
        days = """
        [[days]]
        region = "CN"
        date = 2027-02-20
        hours = "workday"
        [[days]]
        region = "CN"
        date = 2027-02-26
        name = "Lantern outing"
        [[days]]
        region = "CN"
        date = "2027-02-05"
        hours = ["09:00-12:00"]
        """
        (folder / "holidays.toml").write_text(KNOWN + dedent(days))
        calendar = support(folder)
        assert calendar.on(date(2027, 2, 20)) == (((540, 1020),), Why.EXCEPTION, "")
        assert calendar.on(date(2027, 2, 26)).name == "Lantern outing"
        assert calendar.on(date(2027, 2, 5)).hours == ((540, 720),)
        assert not calendar.unconfirmed(2090)
        # Customers in China keep them, too: by the hours of their own offices.
        customer = customer_hours("CN", "Asia/Shanghai", policy(folder).countries)
        assert customer.on(date(2027, 2, 20)).hours == ((540, 1080),)

    def test_a_calendars_own_dates_win_over_the_file_and_a_part_over_its_country(self, folder: Path) -> None:
        days = """
        [[days]]
        region = "US-CA"
        date = 2026-11-27
        hours = ["09:00-13:00"]
        [[days]]
        region = "US"
        date = 2026-11-27
        [[days]]
        region = "CN"
        date = 2026-12-31
        hours = "workday"
        """
        (folder / "holidays.toml").write_text(dedent(days))
        assert support(folder).on(date(2026, 12, 31)) == ((), Why.EXCEPTION, "")
        house = HOUSE.replace('"CN"', '"US-CA"')
        (folder / "dragoman.toml").write_text(house)
        assert support(folder).on(date(2026, 11, 27)).hours == ((540, 780),)
        (folder / "dragoman.toml").write_text(house.replace("US-CA", "US-TX"))
        assert support(folder).on(date(2026, 11, 27)) == ((), Why.EXCEPTION, "")
        (folder / "dragoman.toml").write_text(house.replace("US-CA", ""))
        assert support(folder).on(date(2026, 11, 27)).why is Why.WEEK

    def test_without_a_file_nothing_is_known_better(self, folder: Path) -> None:
        (folder / "dragoman.toml").write_text(HOUSE.replace("holidays_file", "# holidays_file"))
        assert support(folder).unconfirmed(2090)
        assert policy(folder).countries == {}

    @pytest.mark.parametrize(
        ("known", "said"),
        [
            ("[confirmed]\nXX = 2027", "holidays.toml: confirmed.XX: nobody knows public holidays of “XX”"),
            ("[confirmed]\nUS = 'soon'", "holidays.toml: confirmed.US: must be a whole number"),
            ("[confirmed]\nUS = 27", "holidays.toml: confirmed.US: must be at least 1900"),
            ("[[days]]\ndate = 2027-02-20", "holidays.toml: days[0].region: must be set"),
            ("[[days]]\nregion = ''\ndate = 2027-02-20", "holidays.toml: days[0].region: must not be empty"),
            (
                "[[days]]\nregion = 'CN'\ndate = 2027-02-20T09:00:00",
                "holidays.toml: days[0].date: “2027-02-20 09:00:00”",
            ),
            (
                "[[days]]\nregion = 'CN'\ndate = 2027-02-20\nhour = []",
                "days[0].hour: there is no such key; did you mean",
            ),
            ("[[day]]\nregion = 'CN'", "holidays.toml: day: there is no such key; did you mean days?"),
            (
                "[[days]]\nregion = 'CN'\ndate = 2027-02-20\n[[days]]\nregion = 'CN'\ndate = '2027-02-20'",
                "holidays.toml: days[1].date: “2027-02-20” stands in days[0] already",
            ),
            ("[[days", "holidays.toml: is not TOML: "),
        ],
    )
    def test_what_is_wrong_in_it_is_told_with_its_name(self, folder: Path, known: str, said: str) -> None:
        assert said in refused(folder, known=known)

    def test_both_files_are_told_of_at_once(self, folder: Path) -> None:
        said = refused(folder, HOUSE.replace('"CN"', '"cn"'), "[confirmed]\nXX = 2027").splitlines()
        assert [line.split(": ")[0] for line in said] == ["holidays.toml", "queues[0].calendar.holidays"]

    @pytest.mark.parametrize("name", ["elsewhere.toml", "\\u0000"])
    def test_one_that_is_not_there(self, folder: Path, name: str) -> None:
        house = HOUSE.replace("holidays.toml", name)
        assert refused(folder, house) == "dragoman.holidays_file: names a file that cannot be read"


class TestCountries:
    def test_what_a_row_leaves_out_stays_as_shipped(self, folder: Path) -> None:
        rows = """
        [[countries]]
        country = "ca"
        holidays = "CA-QC"
        [[countries]]
        country = "AE"
        weekly = { mon = ["10:00-16:00"] }
        [[countries]]
        country = "US"
        zone = "America/Chicago"
        holidays = ""
        """
        (folder / "dragoman.toml").write_text(HOUSE + dedent(rows))
        countries = policy(folder).countries
        assert (countries["CA"].holidays, countries["CA"].zone) == ("CA-QC", "America/Toronto")
        assert (countries["AE"].week[0], countries["AE"].holidays) == (((600, 960),), "AE")
        assert (countries["US"].zone, countries["US"].holidays) == ("America/Chicago", "")

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            ("country = 'XX'", "countries[0].country: there is no country “XX”"),
            ("country = 'US'\nzone = 'Mars'", "countries[0].zone: there is no time zone “Mars”"),
            ("country = 'US'\nweekly = {}", "countries[0].weekly: has no open time at all"),
            ("country = 'US'\nholidays = 'US-XX'", "countries[0].holidays: there is no part “US-XX”"),
            (
                "country = 'US'\n[[countries]]\ncountry = 'US'",
                "countries[1].country: “US” stands in countries[0] already",
            ),
        ],
    )
    def test_impossible_ones(self, folder: Path, row: str, said: str) -> None:
        assert said in refused(folder, f"{HOUSE}\n[[countries]]\n{row}")

    def test_what_the_house_knows_moves_the_policys_hash(self, folder: Path) -> None:
        before = policy(folder).hash
        (folder / "holidays.toml").write_text('[[days]]\nregion = "US"\ndate = 2026-11-27')
        assert policy(folder).hash != before
