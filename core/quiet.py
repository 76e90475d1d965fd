"""The hours in which people are left alone, by their own clock, and when they hear what waited. Pure arithmetic; who is
woken all the same is said in `core.waking`."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from core.ids import PersonId
from core.opentime import Hours
from core.wall import wall_date, wall_instant

LONGEST = 14
"""Days off in a row after which the digest comes on one of them: what waited must be told at last."""


class Alarm(StrEnum):
    """How loud something is that somebody is told."""

    WARNING = "warning"
    BREACH = "breach"
    CALL = "call"
    """A colleague asks for them: they are told at once, at any hour."""

    @classmethod
    def of_level(cls, by: PersonId | None) -> Self:
        """Of a level of escalation, which a person called for, or nobody but the clock."""
        return cls.BREACH if by is None else cls.CALL


@dataclass(frozen=True, slots=True)
class Quiet:
    """Quiet from `begin` until `end`, past midnight where `end` is the earlier; with `weekends` also on whole days on
    which somebody does not work at all. What waited comes at `digest`."""

    begin: time = time(20)
    end: time = time(8)
    weekends: bool = True
    digest: time = time(8, 30)

    def rests(self, at: datetime, zone: str, hours: Hours) -> bool:
        """Whether somebody who lives in `zone` and works `hours` is left alone at `at`, unless they work just then."""
        local = at.astimezone(ZoneInfo(zone))
        now = local.time()
        night = self.begin <= now < self.end if self.begin < self.end else now >= self.begin or now < self.end
        return night or self._is_off(local.date(), zone, hours)

    def digest_after(self, at: datetime, zone: str, hours: Hours) -> datetime:
        """The next morning after `at` on which it comes, a UTC instant."""
        today = wall_date(at, zone)
        days = [today + timedelta(days=nth) for nth in range(LONGEST)]
        later = [day for day in days if self._comes(day, zone) > at]
        return self._comes(next((day for day in later if not self._is_off(day, zone, hours)), later[-1]), zone)

    def _comes(self, day: date, zone: str) -> datetime:
        return wall_instant(day, self.digest, zone)

    def _is_off(self, day: date, zone: str, hours: Hours) -> bool:
        begins, ends = (wall_instant(midnight, time(), zone) for midnight in (day, day + timedelta(days=1)))
        return self.weekends and not hours.between(begins, ends)
