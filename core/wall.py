"""The clock on the wall of a place: instants and dates as people there read them. Not here: which place (`places`)."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def wall_instant(day: date, clock: time, zone: str) -> datetime:
    """The UTC instant at which clocks in `zone`, an IANA name that exists, show a time of a day. One that is skipped
    comes later by the gap; of one that occurs twice it is the first."""
    return datetime.combine(day, clock, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def wall_date(at: datetime, zone: str) -> date:
    """The date in `zone` at an instant."""
    return at.astimezone(ZoneInfo(zone)).date()
