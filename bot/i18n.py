"""The words people read: catalogue texts by key and locale, with plurals, dates, durations and numbers.

The catalogue is `locales/<locale>/*.toml` (`bot.catalogue`); a key is the path of tables inside the file
(`[claim] taken = "..."` is `claim.taken`). A text that depends on the parameter `n` is a table of plural forms. Values
are put in as they are: what must be escaped is the desk's business, which hands `render` its own way to do it.
No sentence is written here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import reduce
from pathlib import Path
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.catalogue import Text, WordsError, team_locales, texts_of
from bot.catalogue import customer_locales as _customer_locales
from bot.moments import city, country, duration, moment, number, plural_form, time_of_day, week_times, work_time
from core.places import is_zone
from core.say import (
    City,
    Country,
    Listed,
    LocalSpan,
    LocalTime,
    PersonName,
    TicketLabel,
    Value,
    WeekTimes,
    Word,
    WorkTime,
)

# Beside the packages in a checkout and in site-packages alike: the wheel ships it as a folder of its own.
LOCALES = Path(__file__).parent.parent / "locales"
DEFAULT = "en"
Escape = Callable[[str], str]
Resolve = Callable[[PersonName | TicketLabel], str]

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([a-z_]+)\}")
_strict = False


def be_strict() -> None:
    """For tests: from now on a misfit is an error; in production the reader gets what can be said."""
    global _strict
    _strict = True


def t(locale: str, key: str, /, **params: Value) -> str:
    """The text in that locale, else in English. Datetimes are shown in UTC; `render` knows zones and names.

    Raises WordsError on an unknown key or parameter, in strict mode only.
    """
    return render(locale, key, params)


def render(
    locale: str,
    key: str,
    params: Mapping[str, Value],
    *,
    escape: Escape = str,
    zone: tzinfo = UTC,
    resolve: Resolve | None = None,
) -> str:
    """The text with its parameters: every value is escaped, the catalogue's own text is not.

    `resolve` shows people and tickets in the desk's own markup (a mention, a link); its result is not escaped.
    """
    text = _text(locale, key)
    if text is None:
        return _misfit(f"no such text: {key}", key.replace(".", " ").replace("_", " "))
    if _strict and (unknown := params.keys() - placeholders(text) - {"n"}):
        raise WordsError(f"{key} has no {', '.join(sorted(unknown))}")
    shown = {name: _show(locale, value, escape, zone, resolve) for name, value in params.items()}

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return match[0][0]  # {{ and }}
        return shown[name] if name in shown else _misfit(f"{key} lacks {name}", "?")

    return _PLACEHOLDER.sub(fill, _form(locale, text, params.get("n")))


def has(locale: str, key: str) -> bool:
    """Whether the locale (or English) has the text: for what may or may not be in the catalogue, such as aliases."""
    return _text(locale, key) is not None


def catalogue(locale: str) -> Mapping[str, Text]:
    """All texts of one locale by key. Raises WordsError when the files are not in order."""
    return texts_of(LOCALES, locale)


def locales() -> Sequence[str]:
    """The team's, as BCP 47 tags: `en`, `zh-CN`."""
    return team_locales(LOCALES)


def customer_locales() -> Sequence[str]:
    """Those in which customers are written to: the team's, and more."""
    return _customer_locales(LOCALES)


def customer_locale(tag: str) -> str | None:
    """Ours for the language that a platform, a browser or a person named (`pt_PT`, `zh-Hant-HK`, `en-GB`); None when
    we have no words in it. Of a language that we have in one form every form is taken; Chinese goes by its script."""
    parts = tag.partition(".")[0].replace("_", "-").lower().split("-")
    language, ours = parts[0], customer_locales()
    if language in ("zh", "cmn", "yue"):
        language, rest = "zh", {*parts, "hk" if language == "yue" else ""}
        traditional = "hant" in rest or ("hans" not in rest and not rest.isdisjoint({"tw", "hk", "mo"}))
        wanted = "zh-TW" if traditional else "zh-CN"
        ours = [wanted] if wanted in ours else ours
    return next((locale for locale in ours if locale.partition("-")[0] == language), None)


def nearest_locale(tag: str) -> str:
    """Ours for what a platform or the environment calls it (`zh_Hans_CN`, `zh-TW`, `en_GB.UTF-8`); else English."""
    wanted = tag.partition(".")[0].replace("_", "-").lower()
    ours = locales()
    for locale in ours:
        if locale.lower() == wanted:
            return locale
    return next((locale for locale in ours if locale.partition("-")[0] == wanted.partition("-")[0]), DEFAULT)


def placeholders(text: Text) -> frozenset[str]:
    """The parameters that a text, in any of its plural forms, has room for."""
    forms = [text] if isinstance(text, str) else list(text.values())
    return frozenset(name for form in forms for name in _PLACEHOLDER.findall(form) if name)


def local_time(locale: str, there: LocalTime, zone: tzinfo) -> str:
    """ "Fri, Nov 27, 10:15 New York = 23:15 Shanghai"; where the reader's clock in `zone` shows the same, only that."""
    theirs = _zone(there.zone)
    said = t(locale, "time.placed", time=moment(locale, there.at, theirs), place=city(locale, theirs))
    far, near = there.at.astimezone(theirs), there.at.astimezone(zone)
    if far.utcoffset() == near.utcoffset():
        return said
    clock = time_of_day if far.date() == near.date() else moment
    here = t(locale, "time.placed", time=clock(locale, there.at, zone), place=city(locale, zone))
    return t(locale, "time.same", there=said, here=here)


def local_span(locale: str, span: LocalSpan) -> str:
    """ "Wed, Nov 25, 17:15 – 18:00"; the day is said again only where it is another."""
    zone = _zone(span.zone)
    same_day = span.start.astimezone(zone).date() == span.end.astimezone(zone).date()
    end = time_of_day(locale, span.end, zone) if same_day else moment(locale, span.end, zone)
    return t(locale, "time.span", start=moment(locale, span.start, zone), end=end)


def _show(locale: str, value: Value, escape: Escape, zone: tzinfo, resolve: Resolve | None) -> str:
    match value:
        case str():
            return escape(value)
        case int():
            return escape(number(locale, value))
        case datetime():
            return escape(moment(locale, value, zone))
        case timedelta():
            return escape(duration(locale, value))
        case Word():
            return render(locale, value.key, {})
        case Country():
            return escape(country(locale, value.code))
        case City():
            return escape(city(locale, _zone(value.zone)))
        case LocalTime():
            return escape(local_time(locale, value, zone))
        case LocalSpan():
            return escape(local_span(locale, value))
        case WeekTimes():
            return escape(week_times(locale, value))
        case WorkTime():
            return escape(work_time(locale, value.span))
        case Listed():
            said = [render(locale, it.key, it.params, escape=escape, zone=zone, resolve=resolve) for it in value.items]
            return reduce(lambda first, then: t(locale, "list.more", first=first, then=then), said) if said else ""
        case PersonName() | TicketLabel():
            if resolve is None:
                return _misfit(f"nobody resolves {value!r} here", f"#{value.id}")
            return resolve(value)
        case _:
            assert_never(value)


def _zone(name: str) -> tzinfo:
    return ZoneInfo(name) if is_zone(name) else UTC


def _form(locale: str, text: Text, n: Value | None) -> str:
    if isinstance(text, str):
        return text
    if not isinstance(n, int):
        return _misfit("a plural text without its n", text["other"])
    return text.get(plural_form(locale, n), text["other"])


def _text(locale: str, key: str) -> Text | None:
    own = catalogue(locale) if locale in customer_locales() else {}
    return own.get(key) or catalogue(DEFAULT).get(key)


def _misfit(complaint: str, fallback: str) -> str:
    if _strict:
        raise WordsError(complaint)
    return fallback
