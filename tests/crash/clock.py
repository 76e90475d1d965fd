"""The clock that all processes of a run share: it begins at one moment and runs faster than the machine's."""

import json
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Self

from bot.demo.clock import DemoClock


@dataclass(frozen=True, slots=True)
class Beat:
    """Where the clock began: seconds since 1970, and the machine's own steady count then, which all processes share."""

    began: float
    ticks: float
    speed: float

    @classmethod
    def now(cls, speed: float) -> Self:
        return cls(time.time(), time.monotonic(), speed)

    def clock(self) -> DemoClock:
        passed = (time.monotonic() - self.ticks) * self.speed
        return DemoClock(datetime.fromtimestamp(self.began + passed, UTC), self.speed)

    def packed(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, text: str) -> Self:
        return cls(**json.loads(text))
