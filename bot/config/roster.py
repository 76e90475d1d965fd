"""Who works when: shifts, rotations of who is on call, and what becomes of the tickets of people who are away.

The people themselves are rows of the database (`dragoman people`); they name their shifts there.
"""

from datetime import time, timedelta
from typing import Annotated

from pydantic import Field

from bot.config.hours import Hours
from bot.config.table import Table
from bot.config.values import ClockTime, Day, Days, Delay, Email, Name, Period
from core.hours import Calendar
from core.ids import QueueName
from core.rotations import OwnerAway, Rotation


class Shift(Table):
    """Hours that people work, by a name: `dragoman people duty Ann --shift early`.

    Who has no shift works in the hours of their queues.
    """

    name: Name
    """People in the database bear it: rename nothing that somebody works."""
    calendar: Hours
    """In the shift's own zone and with its own holidays."""


class Oncall(Table):
    """People of a queue who are on call in turn. `!oncall` shows who it is, and changes it for a while."""

    queue: Name
    people: Annotated[tuple[Email, ...], Field(min_length=1)]
    """E-mail addresses, in the order of their turns; who is away is replaced by their substitute, else by the next."""
    start: Day
    """When the first turn of the first of them begins."""
    every: Period = Days(7)
    """How long a turn is, in days of the local calendar."""
    at: ClockTime = time()
    """The hour at which the turn changes, in the zone of `calendar`, else of the queue's."""
    calendar: Hours | None = None
    """When somebody is on call at all; nothing: round the clock."""

    def rotation(self, calendar: Calendar) -> Rotation:
        """`calendar`: of the queue."""
        own = self.calendar.calendar if self.calendar else None
        zone = (own or calendar).zone
        return Rotation(QueueName(self.queue), self.people, self.start, self.every.count, zone, self.at, own)


class Roster(Table):
    """What becomes of what people have in hand."""

    owner_away: OwnerAway = OwnerAway.HAND_ON
    """`hand_on`: the open tickets of who is away go to their substitute, else back to the queue; `wait`: they wait
    until a deadline breaks."""
    away_after: Delay = timedelta(hours=1)
    """Who is away for no longer than this keeps their tickets, until a deadline breaks."""
    handover: bool = True
    """Whether the people of the next shift are told what stands when one ends."""
