"""What follows when a target is in danger or broken, as the house has decided it: values. What is done with them is
in `core.rules.alarm`, whom the words in `tell` mean in `core.rules.audience`."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from core.ids import QueueName
from core.model import Priority

AUDIENCES = ("assignee", "backup", "queue", "oncall", "supervisors", "admins")
"""The words in `tell`; any other is somebody's e-mail address."""
REPEATS = 6
"""How often the same people are told again while nobody acknowledges."""


class Hand(StrEnum):
    """Whose a ticket becomes."""

    BACKUP = "backup"
    """Its owner's substitute; where there is none that could take it, nobody's."""
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Deed:
    """What a step changes."""

    priority: Priority | None = None
    """At least this one: nothing is ever lowered."""
    assign: Hand | None = None
    queue: QueueName | None = None


NOTHING = Deed()


@dataclass(frozen=True, slots=True)
class EarlyWarning:
    """Told before the target breaks, at `share` of it (0.75 is 75 %)."""

    share: float
    tell: tuple[str, ...]
    deed: Deed = NOTHING

    @property
    def id(self) -> str:
        return f"{self.share:.0%}"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of escalation. Level 1 is told at the breach (or by `!esc`); the next when nobody acked in `wait`."""

    tell: tuple[str, ...]
    wait: timedelta
    """Time to acknowledge. After the last level's it is said, once, that nobody did."""
    deed: Deed = NOTHING
    again: timedelta | None = None
    """They are told again whenever so much has passed without an acknowledgement, up to `REPEATS` times."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Who is told before a target breaks, at the breach, and when nobody acknowledges."""

    warnings: tuple[EarlyWarning, ...] = ()
    levels: tuple[Level, ...] = ()

    def time_to_ack(self, level: int) -> timedelta:
        """From when its people hear of it. The last one is repeated to its end before it is said that nobody came."""
        step = self.levels[level - 1]
        if step.again is not None and level == len(self.levels):
            return max(step.wait, step.again * (REPEATS + 1))
        return step.wait


NO_CHAIN = Chain()
