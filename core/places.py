"""Where a customer probably is: the country of a phone number or BSUID, and that country's business zone.

Everything here is an assumption drawn from shipped tables and is shown as such; a person may correct it. Business
hours themselves live in `hours`. phonenumbers is imported inside the functions: it costs tens of milliseconds, and
most programs that read this module never ask.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_BSUID = re.compile(r"([A-Z]{2})\.(?:ENT\.)?[0-9A-Za-z]{1,128}")
"""WhatsApp's business-scoped user id: `US.1349...`."""

_BUSINESS_ZONES: Mapping[str, str] = {
    # Countries with several zones: the one most offices keep.
    "AQ": "Antarctica/McMurdo",
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FM": "Pacific/Pohnpei",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PS": "Asia/Hebron",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UM": "Pacific/Wake",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
    "VN": "Asia/Ho_Chi_Minh",
    # Codes that zone.tab lacks: uninhabited islands, and regions only the telephone plan knows.
    "AC": "Atlantic/St_Helena",
    "BV": "Europe/Oslo",
    "HM": "Indian/Kerguelen",
    "TA": "Atlantic/St_Helena",
    "XK": "Europe/Belgrade",
}


def is_zone(name: str) -> bool:
    """Whether `name` is an IANA zone that this machine can load. Exact spelling: zone names are case-sensitive."""
    return name in _zone_names()


@lru_cache(maxsize=4096)
def country_of_phone(number: str) -> str | None:
    """The ISO country of an international number, with or without its `+`; None for what belongs to no country.

    A number that is not allotted (every +1 555 test number) counts for the main country of its calling code.
    """
    import phonenumbers

    parsed = _parsed(number)
    if parsed is None:
        return None
    region = phonenumbers.region_code_for_number(parsed)
    if region is None:
        region = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return region if region in _country_zones() or region in _BUSINESS_ZONES else None


def country_of_bsuid(bsuid: str) -> str | None:
    """The ISO country that a WhatsApp BSUID (`US.1349...`) begins with, or None when it is none."""
    match = _BSUID.fullmatch(bsuid)
    country = match[1] if match else None
    return country if country in _country_zones() or country in _BUSINESS_ZONES else None


@lru_cache(maxsize=4096)
def zone_of(country: str, phone: str | None = None) -> str | None:
    """The business zone of an ISO country, or None for an unknown code.

    In a country of several zones the area code of `phone` may name another one, as far as the telephone plan is that
    precise: a number that fits several zones, as most mobile numbers do, says nothing unless none is the usual one.
    """
    country = country.upper()
    zones = _country_zones().get(country, ())
    usual = _BUSINESS_ZONES.get(country) or (zones[0] if zones else None)
    if phone is None or len(zones) < 2:
        return usual
    here = [zone for zone in _zones_of_phone(phone) if zone in zones]
    return usual if not here or usual in here else here[0]


@lru_cache(maxsize=1024)
def country_of_zone(zone: str) -> str | None:
    """The ISO country that a zone lies in; None for one of no country, such as UTC, or an old name."""
    return next((country for country, zones in _country_zones().items() if zone in zones), None)


def zone_today(name: str) -> str | None:
    """The zone of a place by the name that it has today: `Asia/Kolkata` for `Asia/Calcutta`, as browsers still say.
    None for what is no zone, or one of no place, such as UTC."""
    zone = name if country_of_zone(name) else _former_names().get(name, "")
    return zone if is_zone(zone) and country_of_zone(zone) else None


@lru_cache(maxsize=4096)
def _parsed(number: str) -> "PhoneNumber | None":
    import phonenumbers

    digits = re.sub(r"[\s().-]", "", number).removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return None


def _zones_of_phone(number: str) -> tuple[str, ...]:
    from phonenumbers.timezone import time_zones_for_number

    parsed = _parsed(number)
    return () if parsed is None else tuple(time_zones_for_number(parsed))


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=1)
def _country_zones() -> Mapping[str, tuple[str, ...]]:
    """ISO country -> its zones, from the table shipped with tzdata (zone.tab: country, coordinates, zone, comment)."""
    zones: dict[str, tuple[str, ...]] = {}
    for line in _shipped("zone.tab"):
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            zones[country] = (*zones.get(country, ()), zone)
    return MappingProxyType(zones)


@lru_cache(maxsize=1)
def _former_names() -> Mapping[str, str]:
    """Names that places had before -> those of today, from the same tables (tzdata.zi: L, today, before). Not EST."""
    links = (line.split() for line in _shipped("tzdata.zi") if line.startswith("L "))
    return MappingProxyType({before: today for _, today, before in links if "/" in before or before[1:].islower()})


def _shipped(table: str) -> list[str]:
    return resources.files("tzdata").joinpath("zoneinfo", table).read_text(encoding="utf-8").splitlines()
