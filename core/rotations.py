"""Who is on call when nobody says otherwise: people who take turns. Not here: who of them is away (`staffing`)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from core.hours import Calendar
from core.ids import QueueName
from core.openings import openings
from core.wall import wall_date, wall_instant


class OwnerAway(StrEnum):
    """What becomes of the open tickets of somebody who is away."""

    HAND_ON = "hand_on"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Turn:
    """`person`: by e-mail address. From `since` until `until`."""

    person: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Rotation:
    """The people of a queue, each on call for `days` local days, round and round. The first turn of the first person
    begins on `start`; before it the same order goes back without end, so that there is always exactly one."""

    queue: QueueName
    people: tuple[str, ...]
    """E-mail addresses; at least one."""
    start: date
    days: int
    zone: str
    """On whose clock the turn changes, and the days are counted."""
    at: time = time()
    """When the turn changes; where that hour is skipped, as much later."""
    calendar: Calendar | None = None
    """When somebody is on call at all; None: round the clock."""

    def turn(self, at: datetime) -> Turn:
        """Whose turn it is, whether or not anybody is on call at that hour."""
        number = (wall_date(at, self.zone) - self.start).days // self.days
        # The hour at which it changes may not have come yet; and a clock set back over midnight shows a day again.
        number += (at >= self._begins(number + 1)) - (at < self._begins(number))
        return Turn(self.people[number % len(self.people)], self._begins(number), self._begins(number + 1))

    def covers(self, at: datetime) -> bool:
        return self.calendar is None or self.calendar.is_open(at)

    def next_change(self, at: datetime) -> datetime:
        """After `at`: when the turn changes, or the hours in which somebody is on call begin or end."""
        until = self.turn(at).until
        hours = next(openings(self.calendar, at, until), None) if self.calendar else None
        return min((edge for edge in hours or () if edge > at), default=until)

    def _begins(self, number: int) -> datetime:
        return wall_instant(self.start + timedelta(days=number * self.days), self.at, self.zone)
