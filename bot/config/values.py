"""The kinds of values that a setting may hold, each with the complaint about what is not one.

A complaint is a pydantic error whose type is its catalogue key (`config.bad_share`); `problems` turns it into words.
"""

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, SecretStr, StringConstraints
from pydantic_core import PydanticCustomError

from bot import i18n
from core import holidays
from core.durations import BadTime, parse_duration
from core.hours import DAYS, Calendar, ImpossibleCalendar, parse_day
from core.places import is_zone, zone_of
from core.targets import Amount, WorkDays
from core.words import tag_of


def complaint(key: str, **params: str) -> PydanticCustomError:
    """The error that becomes the text `config.<key>`."""
    return PydanticCustomError(f"config.{key}", "{key}", {"key": key, **params})


_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MOST_DAYS = 250
"""Working days: a year of them."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a target, in per cent: 75 is three quarters of the time."""

    percent: int


Step = Share | timedelta
"""When an escalation step fires: at a share of the target, or a time after it."""


def _delay(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    try:
        return parse_duration(str(value))
    except BadTime as bad:
        raise complaint(f"duration_{bad.reason}", given=str(value)) from None


def _allowance(value: Any) -> Amount:
    """`30m`, `8h`, or working days: `3d`."""
    if isinstance(value, timedelta | WorkDays):
        return value
    text = unicodedata.normalize("NFKC", str(value)).strip().casefold()
    if match := re.fullmatch(r"(\d{1,9})\s*(?:d|days?|天|日|个?工作日)", text):
        if not 1 <= int(match[1]) <= MOST_DAYS:
            raise complaint("bad_days", given=text, most=str(MOST_DAYS))
        return WorkDays(int(match[1]))
    if re.search(r"[dw天日周]", text):
        raise complaint("mixed_days", given=text)
    return _delay(value)


def _country(text: str) -> str:
    if zone_of(text) is None:
        raise complaint("unknown_country", given=text)
    return text.upper()


def _tag(text: str) -> str:
    name = tag_of(text)
    if name is None:
        raise complaint("bad_tag", given=text)
    return name


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise complaint("bad_language", given=text)
    return text


def parse_step(value: Any) -> Step:
    """`75%` or `+30m`. Raises a complaint."""
    if isinstance(value, Share | timedelta):
        return value
    text = str(value).strip()
    if text.startswith("+"):
        return _delay(text[1:])
    if match := re.fullmatch(r"(\d{1,3})\s*%", text):
        percent = int(match[1])
        if not 1 <= percent <= 100:
            raise complaint("bad_share", given=text)
        return Share(percent)
    raise complaint("bad_step", given=text)


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days of a local calendar."""

    count: int


def _days(value: Any) -> Days:
    if isinstance(value, Days):
        return value
    days, rest = divmod(_delay(value), timedelta(days=1))
    if rest:
        raise complaint("not_whole_days", given=str(value))
    return Days(days)


def _day(value: Any) -> date:
    """A date of TOML's own, or in quotes."""
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value.strip())
    elif isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise complaint("bad_date", given=str(value))


def _clock_time(value: Any) -> time:
    if isinstance(value, str) and re.fullmatch(r"\d\d:\d\d", value.strip()):
        with suppress(ValueError):
            return time.fromisoformat(value.strip())
    elif isinstance(value, time):
        return value
    raise complaint("bad_time", given=str(value))


def email(text: str) -> str:
    """As the database has it."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", text.strip()):
        raise complaint("bad_email", given=text)
    return text.strip().lower()


def _http_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise complaint("bad_url")
    return text.rstrip("/")


def _database_url(url: SecretStr) -> SecretStr:
    # What stands in it is not told back: it may hold a password.
    if urlsplit(url.get_secret_value()).scheme not in ("sqlite", "postgres", "postgresql"):
        raise complaint("bad_database_url")
    return url


def _locale(text: str) -> str:
    if text not in i18n.locales():
        raise complaint("bad_locale", given=text, allowed=", ".join(i18n.locales()))
    return text


def _weekly(value: Any) -> Any:
    return {day: ["00:00-24:00"] for day in DAYS} if value == "always" else value


def _possible(weekly: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    try:
        Calendar.parse("UTC", weekly)
    except ImpossibleCalendar as impossible:
        detail = {"given": impossible.detail} if impossible.detail else {}
        raise complaint(impossible.reason, **detail) from None
    return weekly


def _region(text: str) -> str:
    """Empty: none. The library is asked only when somebody names a region: it takes its time to import."""
    if not text or holidays.is_region(text):
        return text
    if holidays.is_region(text.upper()):
        raise complaint("unknown_region_near", given=text, near=text.upper())
    if parts := holidays.parts_of(holidays.country_of(text)):
        raise complaint("unknown_part", given=text, allowed=", ".join(parts))
    raise complaint("unknown_region", given=text)


def _day_hours(value: Any) -> Any:
    if not (isinstance(value, str) or (isinstance(value, list | tuple) and all(isinstance(row, str) for row in value))):
        raise complaint("bad_day", given=str(value))
    try:
        parse_day(value)
    except ImpossibleCalendar as impossible:
        raise complaint("bad_day" if isinstance(value, str) else impossible.reason, given=impossible.detail) from None
    return value if isinstance(value, str) else tuple(value)


def _zone(text: str) -> str:
    if is_zone(text):
        return text
    if found := get_close_matches(text, available_timezones(), n=1):
        raise complaint("unknown_zone_near", given=text, near=found[0])
    raise complaint("unknown_zone", given=text)


Allowance = Annotated[Amount, PlainValidator(_allowance)]
ClockTime = Annotated[time, PlainValidator(_clock_time)]
Country = Annotated[str, AfterValidator(_country)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
Day = Annotated[date, PlainValidator(_day)]
DayHours = Annotated[tuple[str, ...] | Literal["closed", "workday"], PlainValidator(_day_hours)]
Delay = Annotated[timedelta, PlainValidator(_delay)]
Email = Annotated[str, AfterValidator(email)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
"""Without the slash at its end."""
Language = Annotated[str, AfterValidator(_language)]
"""A customer's: `pt`, `zh-Hant`; whatever there is."""
Locale = Annotated[str, AfterValidator(_locale)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
Period = Annotated[Days, PlainValidator(_days)]
Region = Annotated[str, AfterValidator(_region)]
Secret = Annotated[SecretStr, Field(min_length=1)]
StepTime = Annotated[Step, PlainValidator(parse_step)]
Tag = Annotated[str, AfterValidator(_tag)]
"""Of a ticket, in the one spelling that tags have there."""
Text = Annotated[str, Field(min_length=1)]
Weekly = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_weekly), AfterValidator(_possible)]
Zone = Annotated[str, AfterValidator(_zone)]
