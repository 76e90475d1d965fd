"""Holidays as people name them, against what the states call theirs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.durations import BadTime, parse_working
from core.feasts import Kept, after, coming
from core.hours import Calendar

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
OFFICE = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
CHINA = {
    "2026-10-01": "National Day",
    "2027-01-01": "New Year's Day",
    "2027-02-05": "Chinese New Year's Eve",
    "2027-02-06": "Chinese New Year (Spring Festival)",
    "2027-02-07": "Chinese New Year (Spring Festival)",
    "2027-02-09": "Chinese New Year (Spring Festival) (observed)",
    "2027-09-15": "Mid-Autumn Festival",
    "2027-10-01": "National Day",
}
AMERICA = {
    "2026-11-26": "Thanksgiving Day",
    "2026-12-25": "Christmas Day",
    "2027-01-01": "New Year's Day",
    "2027-07-04": "Independence Day",
}
GERMANY = {"2026-12-25": "Christmas Day", "2026-12-26": "Second Day of Christmas", "2027-03-29": "Ostermontag"}
ARABIA = {
    "2027-03-09": "Eid al-Fitr (estimated)",
    "2027-05-16": "Eid al-Adha (estimated)",
    "2027-06-06": "Islamic New Year",
}


def kept(zone: str, days: Mapping[str, str]) -> Kept:
    """An office there; of its hours alone, without a day off."""

    def of(year: int) -> Mapping[date, Sequence[str]]:
        found = {date.fromisoformat(day): [name] for day, name in days.items()}
        return {day: names for day, names in found.items() if day.year == year}

    return Kept(Calendar.parse(zone, OFFICE), of)


TEAM, BUYER = kept("Asia/Shanghai", CHINA), kept("America/New_York", AMERICA)
BERLIN, RIYADH = kept("Europe/Berlin", GERMANY), kept("Asia/Riyadh", ARABIA)


def when(name: str, *places: Kept, now: datetime = NOW) -> str:
    """On the clock of the place that keeps it."""
    feast = after(places, name, now)
    names = {p: [name for year in (2026, 2027) for day in p.days(year).values() for name in day] for p in places}
    place = next(p for p in places if any(feast.name in name for name in names[p]))
    return f"{feast.until.astimezone(ZoneInfo(place.calendar.zone)):%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    "name",
    [
        "cny",
        "CNY",
        "Chinese New Year",
        "spring festival",
        "lunar new year",
        "春节",
        "春節",
        "过年",
        "农历新年",
        "chinesisches Neujahr",
    ],
)
def test_one_holiday_has_many_names(name: str) -> None:
    assert when(name, TEAM) == "Wed 2027-02-10 09:00"


@pytest.mark.parametrize("name", ["new year", "New Year’s", "元旦", "新年", "Neujahr", "año nuevo", "nouvel an"])
def test_the_new_year_is_not_the_chinese_one(name: str) -> None:
    assert when(name, TEAM) == "Mon 2027-01-04 09:00"


@pytest.mark.parametrize(
    "name", ["christmas", "xmas", "the Christmas holidays", "Weihnachten", "Noël", "圣诞节", "クリスマス"]
)
def test_two_days_with_a_weekend_behind_them(name: str) -> None:
    assert when(name, BERLIN) == "Mon 2026-12-28 09:00"


def test_the_customers_holiday_counts_where_the_team_has_none_of_the_name() -> None:
    assert when("thanksgiving", TEAM, BUYER) == "Fri 2026-11-27 09:00"
    assert when("感恩节", TEAM, BUYER) == "Fri 2026-11-27 09:00"


def test_an_article_and_an_accent_do_no_harm() -> None:
    assert when("the fourth of July", BUYER) == "Mon 2027-07-05 09:00"
    assert when("Ostern", BERLIN) == "Tue 2027-03-30 09:00"


def test_any_holiday_is_the_next_one() -> None:
    assert when("the holidays", TEAM) == "Mon 2027-01-04 09:00"
    assert when("假期", BUYER) == "Fri 2026-11-27 09:00"


def test_of_two_that_share_a_name_the_next_one_is_meant() -> None:
    assert when("eid", RIYADH) == "Wed 2027-03-10 09:00"
    assert when("eid", RIYADH, now=datetime(2027, 4, 1, tzinfo=UTC)) == "Mon 2027-05-17 09:00"
    assert when("eid al-adha", RIYADH) == "Mon 2027-05-17 09:00"


def test_on_the_holiday_itself_it_is_the_one_that_is_being_kept() -> None:
    assert when("national day", TEAM, now=datetime(2026, 10, 1, 3, tzinfo=UTC)) == "Fri 2026-10-02 09:00"
    assert when("national day", TEAM, now=datetime(2026, 10, 2, 3, tzinfo=UTC)) == "Mon 2027-10-04 09:00"


@pytest.mark.parametrize("name", ["lunch", "a", "day", "y", "圣", "new year's resolution of the day before", "islamic"])
def test_what_is_no_holiday_here_is_refused(name: str) -> None:
    with pytest.raises(BadTime, match="no_holiday"):
        after([BERLIN], name, NOW)


def test_a_refusal_can_say_what_is_coming() -> None:
    assert coming([BUYER], NOW) == ("Thanksgiving Day", "Christmas Day", "New Year's Day", "Independence Day")
    assert coming([kept("UTC", {})], NOW) == ()


@pytest.mark.parametrize(
    "text",
    [
        "after cny",
        "春节后",
        "春节之后",
        "春节过后",
        "nach Chinesisches Neujahr",
        "after the Spring Festival",
        "旧正月明け",
    ],
)
def test_it_is_asked_for_in_a_sentence(text: str) -> None:
    landing = parse_working(text, NOW, "Europe/Berlin", TEAM.calendar, lambda name, now: after([TEAM], name, now))
    assert landing.at == datetime(2027, 2, 10, 1, 0, tzinfo=UTC)
    assert landing.holiday == "Chinese New Year (Spring Festival)"


def test_after_the_customers_holiday_it_is_still_the_team_that_must_be_there() -> None:
    landing = parse_working(
        "after thanksgiving", NOW, "UTC", TEAM.calendar, lambda name, now: after([TEAM, BUYER], name, now)
    )
    # Friday morning in New York is Friday night in Shanghai.
    assert landing.at == datetime(2026, 11, 30, 1, 0, tzinfo=UTC)


def test_no_name_of_a_holiday_makes_it_slow() -> None:
    with pytest.raises(BadTime):
        after([TEAM, BUYER, BERLIN, RIYADH], "a" * 10_000, NOW + timedelta(days=1))
