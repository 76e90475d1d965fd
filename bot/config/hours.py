"""Business hours as a table: of queues, shifts and whatever else keeps hours."""

from bot.config.table import Table
from bot.config.values import Weekly, Zone
from core.hours import Calendar


class Hours(Table):
    """`calendar = { zone = "Asia/Shanghai", weekly = { mon = ["09:00-12:00", "13:00-18:00"] } }`"""

    zone: Zone
    """An IANA name."""
    weekly: Weekly
    """Days left out are closed; `"always"` is round the clock."""

    @property
    def calendar(self) -> Calendar:
        return Calendar.parse(self.zone, self.weekly)
