"""The kinds of values that a setting may hold, each with the complaint about what is not one.

A complaint is a pydantic error whose type is its catalogue key (`config.bad_share`); `problems` turns it into words.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, SecretStr, StringConstraints
from pydantic_core import PydanticCustomError

from bot import i18n
from core.durations import BadTime, parse_duration
from core.hours import DAYS, Calendar, ImpossibleCalendar
from core.places import is_zone, zone_of
from core.targets import Amount, WorkDays


def complaint(key: str, **params: str) -> PydanticCustomError:
    """The error that becomes the text `config.<key>`."""
    return PydanticCustomError(f"config.{key}", "{key}", {"key": key, **params})


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
    if match := re.fullmatch(r"(\d{1,3})\s*(?:d|days?|天|日|个?工作日)", text):
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


def _zone(text: str) -> str:
    if is_zone(text):
        return text
    if found := get_close_matches(text, available_timezones(), n=1):
        raise complaint("unknown_zone_near", given=text, near=found[0])
    raise complaint("unknown_zone", given=text)


Allowance = Annotated[Amount, PlainValidator(_allowance)]
Country = Annotated[str, AfterValidator(_country)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
Delay = Annotated[timedelta, PlainValidator(_delay)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
"""Without the slash at its end."""
Locale = Annotated[str, AfterValidator(_locale)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
Secret = Annotated[SecretStr, Field(min_length=1)]
StepTime = Annotated[Step, PlainValidator(parse_step)]
Text = Annotated[str, Field(min_length=1)]
Weekly = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_weekly), AfterValidator(_possible)]
Zone = Annotated[str, AfterValidator(_zone)]
