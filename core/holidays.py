"""Public holidays of a country or region, year by year. The only file that knows the `holidays` library.

The library is imported when somebody first asks for a region: it costs a fifth of a second. Not here: the hours of a
day (`hours`), and which country a customer is in (`places`).
"""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import metadata
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from holidays import HolidayBase

_ANNOUNCED_YEARLY = frozenset({"AZ", "BY", "CN", "HU", "KG", "KZ", "LV", "MM", "RU", "UZ", "VN"})
"""States that move working days to weekends by an announcement for each year: until then nobody knows them. Those for
which the library lists such days in most of the last years (0.109)."""
_ENGLISH = "en_US"
_ESTIMATED = "estimated)"
"""How the library ends the name of a day that depends on the sighting of the moon."""


@dataclass(frozen=True, slots=True)
class Year:
    """What one region has in one year. Days are counted as `date.toordinal()` does."""

    days: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    """Holidays with their names: in English, else in the country's language."""
    workdays: frozenset[int] = frozenset()
    """Days of a weekend on which people work, to make up for a holiday (`weekend_workdays`)."""
    confirmed: bool = True
    """False while days depend on the moon, are not yet announced, or lie beyond what the library knows."""


def is_region(region: str) -> bool:
    """Whether there are holidays of `US`, `US-CA`: ISO 3166-1, with a part that the library knows by its code."""
    kind = _kind(country_of(region))
    return kind is not None and (region == kind.country or region in parts_of(kind.country))


def parts_of(country: str) -> tuple[str, ...]:
    """The regions of a country that have holidays of their own; none of an unknown one."""
    kind = _kind(country)
    return tuple(f"{country}-{part}" for part in kind.subdivisions) if kind else ()


def country_of(region: str) -> str:
    return region.partition("-")[0]


@lru_cache(maxsize=8192)
def year_of(region: str, year: int) -> Year:
    """Raises KeyError for an unknown region. Beyond the library's years there are no holidays, and none confirmed."""
    if not is_region(region):
        raise KeyError(region)
    # A neighbouring year may give a day: New Year's Day on a Saturday is observed on 31 December.
    known = _known(region, frozenset({year - 1, year, year + 1} & set(range(1, 10_000))))
    days = {day.toordinal(): name for day, name in sorted(known.items()) if day.year == year}
    workdays = frozenset(day.toordinal() for day in known.weekend_workdays if day.year == year)
    return Year(MappingProxyType(days), workdays, _confirmed(region, year, known, days))


@lru_cache(maxsize=1)
def edition() -> str:
    """Changes when the library does, and with it perhaps the holidays. Does not import it."""
    return metadata.version("holidays")


def _confirmed(region: str, year: int, known: "HolidayBase", days: Mapping[int, str]) -> bool:
    if not known.start_year <= year <= known.end_year or any(name.endswith(_ESTIMATED) for name in days.values()):
        return False
    return country_of(region) not in _ANNOUNCED_YEARLY or year <= _announced_until(known)


def _announced_until(known: "HolidayBase") -> int:
    """The last year for which the library lists moved days: (month, day, from month, from day), maybe with a year."""
    moved = []
    for year, rows in getattr(known, "special_public_holidays", {}).items():
        rows = rows if rows and isinstance(rows[0], tuple) else (rows,)
        if any(len(row) > 3 for row in rows):
            moved.append(year)
    return max(moved, default=0)


@lru_cache(maxsize=64)
def _known(region: str, years: frozenset[int]) -> "HolidayBase":
    kind = _kind(country_of(region))
    assert kind is not None, "only of regions that there are"
    options: dict[str, Any] = {"subdiv": region.partition("-")[2] or None, "years": years, "expand": False}
    if _ENGLISH in kind.supported_languages:
        options["language"] = _ENGLISH
    if "islamic_show_estimated" in inspect.signature(kind.__init__).parameters:
        options["islamic_show_estimated"] = True
    return kind(**options)


@lru_cache(maxsize=512)
def _kind(country: str) -> "type[HolidayBase] | None":
    """The library's class of a country by its two letters; not by its other names, such as `USA` and `UK`."""
    if not re.fullmatch("[A-Z]{2}", country):
        return None
    import holidays

    try:
        kind = type(holidays.country_holidays(country))
    except NotImplementedError:
        return None
    return kind if kind.country == country else None
