"""[quiet] of dragoman.toml: the hours in which alarms wait for people's morning."""

from collections.abc import Iterator, Mapping
from datetime import time

from bot.config.problems import Problem
from bot.config.table import Table
from bot.config.values import ClockTime
from core.quiet import Quiet


class QuietHours(Table):
    """When alarms wait for a person's morning, by their own clock. Never for who is at work, for VIPs' tickets, those
    with a trigger, and for what a colleague escalates; nor, of a broken target, for who is on call."""

    on: bool = True
    """`false`: everything is told at once."""
    begins: ClockTime = time(20)
    """In the zone of each person."""
    ends: ClockTime = time(8)
    """Past midnight when it is the earlier."""
    weekends: bool = True
    """Also on whole days on which the person does not work: weekends, holidays."""
    digest: ClockTime = time(8, 30)
    """When they read what waited, on the next day on which they work."""

    @property
    def quiet(self) -> Quiet | None:
        return Quiet(self.begins, self.ends, self.weekends, self.digest) if self.on else None


def check(given: object) -> Iterator[Problem]:
    """Quiet hours have a length, and nobody is woken by the digest; nothing is validated yet."""
    if not isinstance(given, Mapping):
        return
    shipped = QuietHours()
    times = {name: _time(given.get(name, getattr(shipped, name))) for name in ("begins", "ends", "digest")}
    begins, ends, digest = times["begins"], times["ends"], times["digest"]
    if begins is None or ends is None or digest is None:
        return
    if begins == ends:
        yield Problem("quiet.ends", "config.no_quiet_time", {"given": f"{ends:%H:%M}"})
    elif begins <= digest < ends or (ends < begins and not ends <= digest < begins):
        yield Problem("quiet.digest", "config.digest_wakes", {"given": f"{digest:%H:%M}"})


def _time(value: object) -> time | None:
    try:
        return value if isinstance(value, time) else time.fromisoformat(str(value).strip())
    except ValueError:
        return None
