"""What the house writes to a customer by itself, in their language and by the clock on their wall. Plain text.

The sentences are catalogue texts (`locales/*/customer_words.toml`). When they are written, and what is promised in
them, is decided in `core`.
"""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from math import ceil
from zoneinfo import ZoneInfo

from bot import i18n, moments
from core.places import is_zone
from core.say import Say, Value

IN_MINUTES = timedelta(minutes=90)
"""Up to here a customer also reads how many minutes it takes; rounded up to five of them."""
IN_HOURS = timedelta(hours=6)
IN_DAYS = timedelta(days=7)
"""From here on also how many days: a weekday alone would be taken for this week's."""

RIGHT_TO_LEFT = "\N{RIGHT-TO-LEFT MARK}"
ISOLATE, END_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


def speak(tags: Sequence[str], words: Say, zone: str) -> str:
    """The words in the first of these languages that we have, else in English.

    `until` among their parameters is shown in `zone` (an IANA name) with its city; with `span`, which is how far off it
    is, also as a number of minutes, hours or days where that reads better.
    """
    locale = next(filter(None, map(i18n.customer_locale, tags)), i18n.DEFAULT)
    params = dict(words.params)
    until, span = params.pop("until", None), params.pop("span", None)
    if isinstance(until, datetime):
        params["when"] = _when(locale, until, span if isinstance(span, timedelta) else None, zone)
    return _directed(locale, i18n.render(locale, words.key, params))


def _when(locale: str, until: datetime, span: timedelta | None, zone: str) -> str:
    at = _at(locale, until, zone)
    minute, hour, day = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
    if span is None or IN_HOURS < span < IN_DAYS:
        return i18n.t(locale, "when.by", at=at)
    if span >= IN_DAYS:
        return i18n.t(locale, "when.days", n=ceil(span / day), at=at)
    if span > IN_MINUTES:
        return i18n.t(locale, "when.hours", n=ceil(span / hour), at=at)
    return i18n.t(locale, "when.minutes", n=max(5, ceil(span / (5 * minute)) * 5), at=at)


def _at(locale: str, until: datetime, zone: str) -> str:
    """ "Friday, 27 November, 10:15 (New York time)"."""
    from babel.dates import format_datetime

    # A zone without a place (`Etc/GMT+5`, `EST`) has no city to name.
    place = ZoneInfo(zone) if "/" in zone and not zone.startswith("Etc/") and is_zone(zone) else None
    local: tzinfo = place or UTC
    pattern = i18n.t(locale, "when.pattern")
    moment = format_datetime(until, format=pattern, tzinfo=local, locale=locale.replace("-", "_"))
    params: dict[str, Value] = {"moment": moment}
    if place is None:
        return i18n.render(locale, "when.at_utc", params)
    return i18n.render(locale, "when.at", {**params, "city": _embedded(locale, moments.city(locale, place))})


def _embedded(locale: str, name: str) -> str:
    """A name that may be written the other way round does not turn the words beside it."""
    return f"{ISOLATE}{name}{END_ISOLATE}" if moments.is_right_to_left(locale) and not _is_rtl_text(name) else name


def _directed(locale: str, text: str) -> str:
    """Between two marks a right-to-left text stays in order wherever it is shown: its full stop at its end, its times
    where they belong, even on a page that is written from the left."""
    if not moments.is_right_to_left(locale):
        return text
    return "\n".join(f"{RIGHT_TO_LEFT}{line}{RIGHT_TO_LEFT}" if line else line for line in text.split("\n"))


def _is_rtl_text(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)
