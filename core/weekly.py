"""How hours are written: weekdays, intervals, and what is wrong with them. Not here: what is open (`hours`)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""How weekdays are written in the configuration; the index is `date.weekday()`."""
DAY_MINUTES = 24 * 60

Interval = tuple[int, int]
"""Minutes from local midnight, half-open. The end of an overnight interval lies beyond 1440."""
Week = tuple[tuple[Interval, ...], ...]
"""Seven days from Monday; each its intervals by start. They may touch or overlap: time is counted once."""


class ImpossibleCalendar(ValueError):
    """Hours that cannot be kept. `reason` is one of the codes below, `detail` the offending text.

    `unknown_zone`, `unknown_day`, `bad_interval` (not HH:MM-HH:MM), `empty_interval` (ends where it starts),
    `never_open`, `unknown_region` (nobody has told us its holidays).
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


def parse_week(hours: Mapping[str, Sequence[str]]) -> Week:
    """`{"mon": ["09:00-12:00", "13:00-18:00"], "fri": ["22:00-06:00"]}`; days left out are closed. Raises
    ImpossibleCalendar."""
    week: list[tuple[Interval, ...]] = [()] * len(DAYS)
    for day, texts in hours.items():
        if day not in DAYS:
            raise ImpossibleCalendar("unknown_day", day)
        week[DAYS.index(day)] = parse_intervals(texts)
    return tuple(week)


def parse_intervals(texts: Iterable[str]) -> tuple[Interval, ...]:
    """`["09:00-12:00", "13:00-18:00"]`. One that ends before it starts runs into the next day; `24:00` is the end of
    the day. Raises ImpossibleCalendar."""
    return tuple(sorted(_parse_interval(text) for text in texts))


def check_intervals(intervals: Iterable[Interval]) -> None:
    """Raises ImpossibleCalendar."""
    for start, end in intervals:
        if start == end:
            raise ImpossibleCalendar("empty_interval", f"{start}-{end}")
        if not (0 <= start < DAY_MINUTES and start < end <= start + DAY_MINUTES):
            raise ImpossibleCalendar("bad_interval", f"{start}-{end}")


def usual_day(week: Week) -> timedelta:
    """The open time of a week by the wall clock, over the days that have any: a working day."""
    open_minutes = 0
    for nth, day in enumerate(week):
        for start, end in day:
            open_minutes |= ((1 << (end - start)) - 1) << (nth * DAY_MINUTES + start)
    # Sunday night runs on into Monday.
    whole = len(DAYS) * DAY_MINUTES
    open_minutes = open_minutes & ((1 << whole) - 1) | open_minutes >> whole
    return timedelta(minutes=open_minutes.bit_count()) / sum(1 for day in week if day)


def _parse_interval(text: str) -> Interval:
    start_text, dash, end_text = text.partition("-")
    start, end = _parse_minute(start_text), _parse_minute(end_text)
    if not dash or start is None or end is None or start == DAY_MINUTES:
        raise ImpossibleCalendar("bad_interval", text)
    if start == end:
        raise ImpossibleCalendar("empty_interval", text)
    return (start, end) if end > start else (start, end + DAY_MINUTES)


def _parse_minute(text: str) -> int | None:
    hour, colon, minute = text.strip().partition(":")
    if not (colon and len(hour) == len(minute) == 2 and (hour + minute).isascii() and (hour + minute).isdigit()):
        return None
    minutes = int(hour) * 60 + int(minute)
    return minutes if int(minute) < 60 and minutes <= DAY_MINUTES else None
