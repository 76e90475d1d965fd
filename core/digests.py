"""When the people of a region are told how things stand: twice a day on its own clock."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.ids import QueueName
from core.wall import wall_date, wall_instant

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Digest:
    """Of tickets of `queues` (and, when any are named, of customers in these `countries`), to the people of the queues.

    `region`: what it is called, and known by. `at`: times of day in `zone`, in order; at least one.
    """

    region: str
    queues: tuple[QueueName, ...]
    zone: str
    at: tuple[time, ...]
    countries: frozenset[str] = frozenset()

    def latest(self, now: datetime) -> datetime:
        """The last of its instants that is not after `now`."""
        return max(at for at in self._around(now) if at <= now)

    def before(self, at: datetime) -> datetime:
        """The one before."""
        return max(one for one in self._around(at) if one < at)

    def following(self, now: datetime) -> datetime:
        """The next of its instants."""
        return min(at for at in self._around(now) if at > now)

    def day_ends(self, at: datetime) -> datetime:
        return wall_instant(wall_date(at, self.zone) + DAY, time(), self.zone)

    def _around(self, at: datetime) -> list[datetime]:
        """A local time that is skipped comes later by the gap, and one that occurs twice is the first: so the days'
        instants are told apart by as much as their times are."""
        day = wall_date(at, self.zone)
        return [wall_instant(day + n * DAY, clock, self.zone) for n in (-2, -1, 0, 1, 2) for clock in self.at]
