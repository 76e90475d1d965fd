"""When offices of a country are open: its week, its public holidays, its business zone. What we assume of a customer.

A shipped table, which [[countries]] of dragoman.toml overrides row by row. Where a customer is stands in `places`; what
is open, in `hours`.
"""

from collections.abc import Mapping
from functools import lru_cache

from core import holidays
from core.hours import Calendar
from core.places import is_zone, zone_of
from core.weekly import Week, parse_week

CountryHours = Calendar
"""The usual hours of a country's offices, in its business zone."""

NOWHERE = "UTC"
"""The zone of a country that no table knows; a ticket's own zone takes its place."""


def _open(days: str, **others: str) -> Week:
    """09:00-18:00 on these days, and other hours on others."""
    return parse_week(
        {**{day: ["09:00-18:00"] for day in days.split()}, **{day: [text] for day, text in others.items()}}
    )


_MON_FRI = _open("mon tue wed thu fri")
_SUN_THU = _open("sun mon tue wed thu")
_SAT_WED = _open("sat sun mon tue wed")

_WEEKS: Mapping[str, Week] = {
    # Weekends by Unicode CLDR (supplemental weekData), as Babel 2.18 ships it.
    **dict.fromkeys(("BH", "DZ", "EG", "IL", "IQ", "JO", "KW", "LY", "OM", "QA", "SA", "SD", "SY", "YE"), _SUN_THU),
    "AF": _SAT_WED,
    # Where CLDR has no row: the `weekend` of the holidays library (0.109).
    **dict.fromkeys(("BD", "DJ", "MV"), _SUN_THU),
    "BN": _open("mon tue wed thu sat"),
    # Where neither says what offices do.
    "AE": _open("mon tue wed thu", fri="09:00-12:00"),  # Gulf News, 7 Dec 2021: four and a half days since 2022
    "IR": _SAT_WED,  # Tehran Times, 5 Mar 2025: Thursday and Friday
    "NP": _open("sun mon tue wed thu fri"),  # Fiscal Nepal, 6 Jun 2022: Saturday alone again
    "PS": _SUN_THU,  # as in Jordan, whose law it kept
}
"""The other countries' offices work from Monday to Friday. So do those of India and Uganda, where CLDR has Sunday
alone as the weekend: many offices close on Saturday, and a promise must not count on the others."""

_PARTS: Mapping[str, str] = {
    "America/Edmonton": "CA-AB",
    "America/Halifax": "CA-NS",
    "America/Regina": "CA-SK",
    "America/St_Johns": "CA-NL",
    "America/Toronto": "CA-ON",
    "America/Vancouver": "CA-BC",
    "America/Winnipeg": "CA-MB",
    "Australia/Adelaide": "AU-SA",
    "Australia/Brisbane": "AU-QLD",
    "Australia/Darwin": "AU-NT",
    "Australia/Hobart": "AU-TAS",
    "Australia/Melbourne": "AU-VIC",
    "Australia/Perth": "AU-WA",
    "Australia/Sydney": "AU-NSW",
    "Europe/London": "GB-ENG",
    "Europe/Zurich": "CH-ZH",
}
"""Where many public holidays are those of a part of the country: the part that the zone's city lies in."""

TABLE = (tuple(_WEEKS.items()), tuple(_PARTS.items()))
"""What is shipped, as one value: with another one deadlines are others."""


@lru_cache(maxsize=4096)
def shipped(country: str, zone: str | None = None) -> CountryHours:
    """What we assume of an ISO country before anybody says better, by the clock of `zone`, else of its business zone.
    Of an unknown one: Monday to Friday."""
    zone = zone or zone_of(country) or NOWHERE
    part = _PARTS.get(zone, "")
    region = part if holidays.country_of(part) == country else country
    return Calendar(zone, _WEEKS.get(country, _MON_FRI), region if holidays.is_region(region) else "")


def customer_hours(country: str | None, zone: str, overrides: Mapping[str, CountryHours]) -> Calendar:
    """The hours of a customer in that zone: those of their country, by their own clock. `overrides`: by country, what
    the house knows better. A zone that this machine does not know is taken for the country's usual one."""
    known = overrides.get(country or "")
    if not is_zone(zone):
        return known or shipped(country or "")
    return _by_clock(known, zone) if known else shipped(country or "", zone)


@lru_cache(maxsize=4096)
def _by_clock(usual: CountryHours, zone: str) -> Calendar:
    return usual.in_zone(zone)
