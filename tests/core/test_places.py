"""Countries and zones: the shipped tables are complete, and the guesses are the expected ones."""

from importlib import resources
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from core.places import country_of_bsuid, country_of_phone, is_zone, zone_of, zone_today


def iso_countries() -> list[str]:
    table = resources.files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    return [line.split("\t")[0] for line in table.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("country", sorted({*iso_countries(), *phonenumbers.SUPPORTED_REGIONS}))
def test_every_country_has_a_zone(country: str) -> None:
    zone = zone_of(country)
    assert zone is not None
    assert is_zone(zone)
    assert ZoneInfo(zone).key == zone


def test_a_country_of_several_zones_has_its_business_zone_by_decision_not_by_the_order_of_a_table() -> None:
    from core.places import _BUSINESS_ZONES, _country_zones

    undecided = [country for country, zones in _country_zones().items() if len(zones) > 1]
    assert set(undecided) <= set(_BUSINESS_ZONES)
    assert all(_BUSINESS_ZONES[country] in _country_zones()[country] for country in undecided)


@pytest.mark.parametrize(
    ("country", "zone"),
    [("CN", "Asia/Shanghai"), ("US", "America/New_York"), ("BR", "America/Sao_Paulo"), ("es", "Europe/Madrid")],
)
def test_business_zones(country: str, zone: str) -> None:
    assert zone_of(country) == zone


@pytest.mark.parametrize(
    ("phone", "zone"),
    [
        ("+12125550123", "America/New_York"),
        ("+13105550123", "America/Los_Angeles"),
        ("18085550123", "Pacific/Honolulu"),
        ("+15550001111", "America/New_York"),  # not allotted
        ("+18005551234", "America/New_York"),  # toll-free
        ("nonsense", "America/New_York"),
    ],
)
def test_an_american_area_code_moves_the_zone(phone: str, zone: str) -> None:
    assert zone_of("US", phone) == zone


def test_a_mobile_number_says_nothing_about_where_in_the_country_and_a_foreign_one_nothing_at_all() -> None:
    assert zone_of("AU", "+61412345678") == "Australia/Sydney"
    assert zone_of("RU", "+79161234567") == "Europe/Moscow"
    assert zone_of("US", "+861381234567") == "America/New_York"


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+8613812345678", "CN"),
        ("8613812345678", "CN"),
        ("+1 (416) 555-0123", "CA"),
        ("15550001111", "US"),
        ("+442071838750", "GB"),
        ("+77011234567", "KZ"),
        ("+38344123456", "XK"),
        ("+80012345678", None),
        ("", None),
        ("+", None),
        ("US.1349", None),
        ("٤٤٧٩١١١٢٣٤٥٦", None),
    ],
)
def test_country_of_a_phone_number(number: str, country: str | None) -> None:
    assert country_of_phone(number) == country


@pytest.mark.parametrize(
    ("bsuid", "country"),
    [
        ("US.13491208655302741918", "US"),
        ("BR.ENT.aB9", "BR"),
        ("ZZ.1349", None),
        ("US.", None),
        ("us.1349", None),
        ("US.1349\n", None),
        ("15550001111", None),
    ],
)
def test_country_of_a_bsuid(bsuid: str, country: str | None) -> None:
    assert country_of_bsuid(bsuid) == country


def test_what_is_unknown_is_none() -> None:
    assert zone_of("ZZ") is None
    assert not is_zone("europe/paris")
    assert not is_zone("../etc/passwd")


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("America/New_York", "America/New_York"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
        ("Asia/Katmandu", "Asia/Kathmandu"),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("US/Eastern", "America/New_York"),
        ("Singapore", "Asia/Singapore"),
    ],
)
def test_browsers_say_names_that_places_had_before(said: str, zone: str) -> None:
    assert zone_today(said) == zone


@pytest.mark.parametrize("said", ["", "UTC", "Etc/UTC", "Etc/GMT+5", "EST", "GMT", "Atlantis/Downtown", "../passwd"])
def test_some_zones_are_of_no_place(said: str) -> None:
    assert zone_today(said) is None
