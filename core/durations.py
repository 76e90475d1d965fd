"""What people type for a length of time or a moment: `2h`, `30分钟`, `mon 9`, `明天 9`, `2026-12-01 10:00`.

Reading only; how a time is shown is the catalogue's and the desks' affair. English and Chinese are read everywhere,
whatever the reader's language: the team mixes them.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST = timedelta(days=366)
"""Nothing is set aside or promised for longer than a year."""

MORNING = time(9)
"""What a day named without a time means."""


class BadTime(ValueError):
    """Not a time that can be used. `reason`: `unreadable`, `not_positive`, `past` or `too_far`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_NUMBER = r"(\d{1,6}(?:\.\d{1,3})?|半|一|两)"
_UNITS: tuple[tuple[str, timedelta], ...] = (
    (r"weeks?|w|个?星期|个?礼拜|周", timedelta(weeks=1)),
    (r"days?|d|天|日", timedelta(days=1)),
    (r"hours?|hrs?|h|个?小时|个?钟头?|时", timedelta(hours=1)),
    (r"minutes?|mins?|m|分钟?", timedelta(minutes=1)),
    (r"seconds?|secs?|s|秒钟?", timedelta(seconds=1)),
)
_DURATION = re.compile(r"\s*".join(rf"(?:{_NUMBER}\s*(?:{unit}))?" for unit, _ in _UNITS))
_CHINESE_NUMBERS = {"半": 0.5, "一": 1.0, "两": 2.0}

_WEEKDAYS = (
    "mon|monday",
    "tue|tues|tuesday",
    "wed|wednesday",
    "thu|thur|thurs|thursday",
    "fri|friday",
    "sat|saturday",
    "sun|sunday",
)
_WEEKDAY_OF = {
    name: number
    for number, names in enumerate(_WEEKDAYS)
    for name in (*names.split("|"), *(week + "一二三四五六日"[number] for week in ("周", "星期", "礼拜")))
} | {"周天": 6, "星期天": 6, "礼拜天": 6}
_DAYS_AHEAD = {"today": 0, "今天": 0, "tomorrow": 1, "tmr": 1, "明天": 1, "后天": 2}

_DAY_NAME = "|".join(sorted({*_WEEKDAY_OF, *_DAYS_AHEAD}, key=len, reverse=True))
_WHEN = re.compile(
    rf"(?:(?P<name>{_DAY_NAME})|(?P<date>\d{{4}}-\d\d?-\d\d?)(?![\d-]))?"
    r"(?:(?:^|\s+|t(?=\d)|(?<=\D))(?:at\s+)?(?P<half>上午|下午)?\s*(?P<hour>\d\d?)"
    r"(?:[:点](?P<minute>\d\d)分?|(?P<sharp>点))?\s*(?P<ampm>am|pm)?)?"
)


def parse_duration(text: str) -> timedelta:
    """A length such as `2h`, `1h30m`, `1.5h`, `2d`, `2小时`, `半小时`; a day is 24 hours.

    Largest unit first, each at most once. Raises BadTime: `unreadable`, `not_positive` (zero or negative), `too_far`
    (beyond 366 days).
    """
    plain = _plain(text)
    match = _DURATION.fullmatch(plain.removeprefix("-").lstrip())
    if not match or not any(match.groups()):
        raise BadTime("unreadable")
    amounts = zip(match.groups(), _UNITS, strict=True)
    length = sum((_number(number) * unit for number, (_, unit) in amounts if number), timedelta())
    if plain.startswith("-") or length <= timedelta(0):
        raise BadTime("not_positive")
    if length > LONGEST:
        raise BadTime("too_far")
    return length


def parse_when(text: str, now: datetime, zone: str) -> datetime:
    """The moment (UTC) that `text` names to someone whose clock shows `zone`; always after `now`.

    A duration; a weekday, `today`, `tomorrow` or a date, with a time or meaning 9:00; or a time alone, today or else
    tomorrow. A weekday is the next one whose time is still ahead. A local time that does not exist moves forward by
    the gap; of one that occurs twice the first is meant. Raises BadTime: `unreadable`, `not_positive`, `past`,
    `too_far` (beyond 366 days). `zone` must exist.
    """
    plain = _plain(text)
    match = _WHEN.fullmatch(plain)
    if not match or not (match["name"] or match["date"] or _is_clock_time(match)):
        return now.astimezone(UTC) + parse_duration(text)
    local_zone = ZoneInfo(zone)
    today = now.astimezone(local_zone).date()
    clock = _clock_time(match)
    first, step = _day(match, today)
    if first - today > LONGEST + timedelta(days=1):
        raise BadTime("too_far")
    when = _instant(first, clock, local_zone)
    if when <= now and step:
        when = _instant(first + step, clock, local_zone)
    if when <= now:
        raise BadTime("past")
    if when - now > LONGEST:
        raise BadTime("too_far")
    return when


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _number(text: str) -> float:
    return _CHINESE_NUMBERS.get(text) or float(text)


def _is_clock_time(match: re.Match[str]) -> bool:
    """Whether what stands alone is a time of day: `18:00`, `6pm`, `9点`; a bare number could be anything."""
    return any(match[part] for part in ("minute", "sharp", "ampm", "half"))


def _clock_time(match: re.Match[str]) -> time:
    if match["hour"] is None:
        return MORNING
    hour, half = int(match["hour"]), match["ampm"] or {"上午": "am", "下午": "pm"}.get(match["half"] or "")
    if half and not 1 <= hour <= 12:
        raise BadTime("unreadable")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, int(match["minute"] or 0))
    except ValueError:
        raise BadTime("unreadable") from None


def _day(match: re.Match[str], today: date) -> tuple[date, timedelta]:
    """The first day meant, and how far the next one is when the time has passed on that day (zero: there is none)."""
    name = match["name"]
    if match["date"]:
        try:
            return date(*map(int, match["date"].split("-"))), timedelta(0)
        except ValueError:
            raise BadTime("unreadable") from None
    if name is None:
        return today, timedelta(days=1)
    if name in _DAYS_AHEAD:
        return today + timedelta(days=_DAYS_AHEAD[name]), timedelta(0)
    return today + timedelta(days=(_WEEKDAY_OF[name] - today.weekday()) % 7), timedelta(days=7)


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    # fold=0 is the first of two, and in a gap counts with the offset before it: that is later by the gap.
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
