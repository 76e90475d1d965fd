"""What the house may write to customers by itself, as it stands in dragoman.toml."""

from bot.config.table import Table
from core.policy import Promises as May


class Promises(Table):
    """What customers are told by themselves while they wait. A queue, and an inbox before it, may say otherwise."""

    acknowledge: bool = True
    """Who writes out of hours reads that their message arrived, and by when a person answers; once a closed period."""
    soothe: bool = True
    """Who waits for longer than the target allows, or than they were told, reads so, with a new time."""

    @property
    def may(self) -> May:
        return May(self.acknowledge, self.soothe)
