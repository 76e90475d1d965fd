"""What people type for a length of time or a moment: `2h`, `30分钟`, `mon 9`, `明天 9`, `2026-12-01 10:00`.

On the clock on the wall (`parse_duration`, `parse_when`), or in a team's working time (`parse_working`), where names of
holidays are read too. Reading only; how a time is shown is the catalogue's and the desks' affair. English and Chinese
are read everywhere, whatever the reader's language: the team mixes them.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.hours import Calendar
from core.wall import wall_date, wall_instant

LONGEST = timedelta(days=366)
"""Nothing is set aside or promised for longer than a year."""

READ = 200
"""Characters."""

MORNING = time(9)
"""What a day named without a time means."""


class BadTime(ValueError):
    """Not a time that can be used. `reason`: `unreadable`, `not_positive`, `past`, `too_far`, or of a holiday
    `no_holiday`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Feast:
    """A holiday that is over: `until` is when work goes on where it is kept, `name` what it is called there."""

    name: str
    until: datetime


After = Callable[[str, datetime], Feast]
"""Of the name of a holiday and now: the next one, or the one that is being kept. Raises BadTime (`no_holiday`)."""


@dataclass(frozen=True, slots=True)
class Landing:
    """An open instant, and what became of the words. `wanted`: what they meant, where that is closed. `counted`: they
    were a length of working time, and closed hours lie within it. `holiday`: the one it comes after."""

    at: datetime
    wanted: datetime | None = None
    counted: bool = False
    holiday: str = ""


_NUMBER = r"(\d{1,6}(?:\.\d{1,3})?|半|一|两)"
_UNITS: tuple[tuple[str, timedelta], ...] = (
    (r"weeks?|w|个?星期|个?礼拜|周", timedelta(weeks=1)),
    (r"days?|d|天|日", timedelta(days=1)),
    (r"hours?|hrs?|h|个?小时|个?钟头?|时", timedelta(hours=1)),
    (r"minutes?|mins?|m|分钟?", timedelta(minutes=1)),
    (r"seconds?|secs?|s|秒钟?", timedelta(seconds=1)),
)
_DURATION = re.compile(r"\s*".join(rf"(?:{_NUMBER}\s*(?:{unit}))?" for unit, _ in _UNITS))
_AHEAD = re.compile(r"^(?:in|after)\s+|\s*(?:later|[之以]?[后後])$")
"""`in 2h`, `2小时后`: what may stand around a length."""
_AFTER = re.compile(
    r"(?:after|following|nach|apr[eè]s|despu[eé]s\s+de|dopo|depois\s+d[eoa]s?|после)\s+(?P<before>.+)"
    r"|(?P<behind>.+?)\s*(?:[之以]?[后後]|过后|過後|のあと|明け)"
)
"""`after christmas`, `春节后`."""
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
    length = sum((number * unit for number, (_, unit) in zip(_amounts(text), _UNITS, strict=True)), timedelta())
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
    match = _moment(text)
    if match is None:
        return now.astimezone(UTC) + parse_duration(text)
    today = wall_date(now, zone)
    clock = _clock_time(match)
    first, step = _day(match, today)
    if first - today > LONGEST + timedelta(days=1):
        raise BadTime("too_far")
    if first < today:
        raise BadTime("past")
    when = wall_instant(first, clock, zone)
    if when <= now and step:
        when = wall_instant(first + step, clock, zone)
    if when <= now:
        raise BadTime("past")
    if when - now > LONGEST:
        raise BadTime("too_far")
    return when


def parse_working(text: str, now: datetime, zone: str, team: Calendar, after: After) -> Landing:
    """The open instant (UTC) of `team` that `text` names to someone whose clock shows `zone`; always after `now`.

    Hours and what is shorter are working time; a day is a working day, at the same time of day; a week is one of the
    wall. A moment is read as by `parse_when`; of holidays (`after christmas`, `春节后`) `after` knows. What falls into
    closed hours moves to the next open one. Raises BadTime as these do.
    """
    if _moment(text) is not None:
        wanted = parse_when(text, now, zone)
        return _landing(now, wanted, team)
    length = _AHEAD.sub("", _plain(text))
    feast = None if _length(length) else _AFTER.fullmatch(_plain(text))
    if feast is not None:
        over = after(feast["before"] or feast["behind"], now)
        return _landing(now, team.next_open(over.until), team, holiday=over.name)
    parse_duration(length)  # what is none, or beyond a year, is refused here
    weeks, days, *shorter = _amounts(length)
    worked = sum((n * unit for n, (_, unit) in zip(shorter, _UNITS[2:], strict=True)), timedelta())
    end = team.add(_days_on(now, weeks, int(days), team), worked + days % 1 * team.day)
    return _landing(now, end, team, counted=bool(worked) and end - now != team.between(now, end))


def _landing(now: datetime, wanted: datetime, team: Calendar, *, counted: bool = False, holiday: str = "") -> Landing:
    at = team.next_open(wanted)
    if at - now > LONGEST:
        raise BadTime("too_far")
    return Landing(at, wanted if at != wanted else None, counted, holiday)


def _days_on(now: datetime, weeks: float, days: int, team: Calendar) -> datetime:
    """So many weeks and then working days later, at the same time on the team's clock."""
    local = now.astimezone(ZoneInfo(team.zone)).replace(tzinfo=None) + timedelta(weeks=weeks)
    day = local.date()
    for _ in range(days):
        day = team.date_at(team.next_open(wall_instant(day + timedelta(days=1), time(), team.zone)))
    return wall_instant(day, local.time(), team.zone) if weeks or days else now.astimezone(UTC)


def _plain(text: str) -> str:
    """As it is read. Raises BadTime (`unreadable`) when it is longer than any moment takes to say."""
    if len(text) > READ:
        raise BadTime("unreadable")
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _length(plain: str) -> re.Match[str] | None:
    match = _DURATION.fullmatch(plain.removeprefix("-").lstrip())
    return match if match and any(match.groups()) else None


def _amounts(text: str) -> list[float]:
    """How many of each of `_UNITS`. Raises BadTime: `unreadable`, `not_positive`."""
    plain = _plain(text)
    match = _length(plain)
    if match is None:
        raise BadTime("unreadable")
    amounts = [_number(number) if number else 0.0 for number in match.groups()]
    if plain.startswith("-") or not any(amounts):
        raise BadTime("not_positive")
    return amounts


def _moment(text: str) -> re.Match[str] | None:
    """Its parts, when it names a day, or a time of day alone."""
    match = _WHEN.fullmatch(_plain(text))
    return match if match and (match["name"] or match["date"] or _is_clock_time(match)) else None


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
