"""Times, lengths of time and numbers as a locale writes them, of which CLDR knows the rules. No text of the catalogue.

Babel is imported where it is used: `dragoman --help` reads the catalogue and must not wait for it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from core.say import WeekTimes

if TYPE_CHECKING:
    from babel import Locale

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def moment(locale: str, at: datetime, zone: tzinfo = UTC) -> str:
    """A point in time as the reader's clock on the wall says it: "Fri, Nov 27, 10:15"."""
    from babel.dates import format_skeleton

    local = at.astimezone(zone)
    parsed = cldr(locale)
    day = format_skeleton("MMMEd", local, locale=parsed)
    time = format_skeleton("Hm", local, locale=parsed)
    pattern = str(parsed.datetime_formats["medium"])
    return pattern.replace("{1}", day).replace("{0}", time)


def time_of_day(locale: str, at: datetime, zone: tzinfo = UTC) -> str:
    """ "10:15" on the clock on the wall."""
    from babel.dates import format_skeleton

    return format_skeleton("Hm", at.astimezone(zone), locale=cldr(locale))


def city(locale: str, zone: tzinfo) -> str:
    """What people call a zone: "New York"."""
    from babel.dates import get_timezone_location

    named = cldr(locale).time_zones
    here = next((old for old in _former_names(str(zone)) if "city" in named.get(old, {})), None)
    name = named[here]["city"] if here else get_timezone_location(zone, locale=cldr(locale), return_city=True)
    return str(name).rpartition("/")[2]


def week_times(locale: str, times: WeekTimes) -> str:
    """ "Mon–Fri 17:45–05:00", "Fri 16:00 – Mon 09:00"."""
    days = sorted(set(times.days))
    runs = [list(run) for _, run in groupby(days, lambda day: day - days.index(day))]
    names = cldr(locale).days["stand-alone"]["abbreviated"]
    named = ", ".join("–".join(names[day] for day in dict.fromkeys((run[0], run[-1]))) for run in runs)
    start, end = (f"{minute // 60 % 24:02}:{minute % 60:02}" for minute in (times.start, times.end))
    if times.end > times.start + 1440:
        return f"{named} {start} – {names[(days[0] + times.end // 1440) % 7]} {end}"
    return f"{named} {start}–{'24:00' if times.end == 1440 else end}"


def country(locale: str, code: str) -> str:
    """By its name; the code of one that nobody knows."""
    return str(cldr(locale).territories.get(code, code))


def plural_form(locale: str, n: int) -> str:
    """The CLDR category of a number."""
    return str(cldr(locale).plural_form(n))


def duration(locale: str, span: timedelta) -> str:
    """A length of time in its two largest units, short: "2 hr 5 min", "45 sec". Its sign is left to the text around."""
    return _in_units(locale, span, _UNITS)


def work_time(locale: str, span: timedelta) -> str:
    """ "27 hr", "1 hr 15 min": never days, which are longer than anybody works."""
    return _in_units(locale, span, _UNITS[1:])


def number(locale: str, value: int) -> str:
    """With the locale's separators: 12,400. What is no quantity (a code, an id) is a str parameter."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale=cldr(locale))


def plural_forms(locale: str) -> frozenset[str]:
    """The CLDR categories that a plural text of this locale must have."""
    return frozenset(cldr(locale).plural_form.tags | {"other"})


def is_right_to_left(locale: str) -> bool:
    return cldr(locale).text_direction == "rtl"


def _in_units(locale: str, span: timedelta, units: Sequence[tuple[str, int]]) -> str:
    from babel.lists import format_list
    from babel.units import format_unit

    seconds = abs(round(span.total_seconds()))
    if seconds >= 60:
        seconds -= seconds % 60
    parts: list[str] = []
    for unit, size in units:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(format_unit(count, f"duration-{unit}", "short", locale=cldr(locale)))
        elif parts:
            break
    parts = parts[:2] or [format_unit(0, "duration-minute", "short", locale=cldr(locale))]
    return format_list(parts, style="unit-narrow", locale=cldr(locale))


@cache
def _former_names(zone: str) -> Sequence[str]:
    """CLDR goes on calling a zone by its first name: Asia/Calcutta. Babel looks for its present one alone."""
    from babel.core import get_global

    return (zone, *(old for old, new in get_global("zone_aliases").items() if new == zone))


@cache
def cldr(locale: str) -> "Locale":
    """What CLDR knows of a locale of ours, `zh-CN`."""
    from babel import Locale

    return Locale.parse(locale, sep="-")
