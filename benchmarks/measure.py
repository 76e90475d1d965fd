"""Rounds, medians and spread. A figure is only as good as the baseline measured beside it in the same run: contenders
take turns, round by round, so that whatever slows the machine slows all of them."""

import math
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

Round = Callable[[], Awaitable["Lap"]]


@dataclass(frozen=True, slots=True)
class Lap:
    """One round: how many units were done, in how many seconds, for how many seconds of CPU. `server_cpu`: of the
    database's own processes beside it."""

    units: int
    seconds: float
    cpu: float
    server_cpu: float = 0.0

    @property
    def rate(self) -> float:
        return self.units / self.seconds


@dataclass(slots=True)
class Figure:
    """The laps of one contender."""

    name: str
    laps: list[Lap] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Units a second, the median."""
        return statistics.median(lap.rate for lap in self.laps)

    @property
    def cpu(self) -> float:
        """Milliseconds a unit, the median."""
        return statistics.median(1000 * lap.cpu / lap.units for lap in self.laps)

    @property
    def server_cpu(self) -> float:
        """The same of the database's own processes; 0 where there are none."""
        return statistics.median(1000 * lap.server_cpu / lap.units for lap in self.laps)

    def line(self, *baselines: "Figure") -> str:
        rates = [lap.rate for lap in self.laps]
        spread = f"({min(rates):,.0f}-{max(rates):,.0f})"
        cpu = (f"{self.cpu:.3f} ms CPU" if self.cpu else "") + (
            f" + {self.server_cpu:.3f} of PostgreSQL" if self.server_cpu else ""
        )
        ratios = "".join(f"   {self.rate / other.rate:.2f} of {other.name.partition(' ')[0]}" for other in baselines)
        return f"{self.name:<46} {self.rate:>7,.0f}/s {spread:<15} {cpu}{ratios}"


@dataclass(slots=True)
class Times:
    """How long single things took, in milliseconds, round by round."""

    name: str
    rounds: list[Sequence[float]] = field(default_factory=list)

    def share(self, percent: float) -> float:
        """Not exceeded by so many percent: the median of the rounds."""
        return statistics.median(percentile(values, percent) for values in self.rounds)

    def line(self) -> str:
        return f"{self.name:<46} " + "   ".join(f"p{percent} {self._spread(percent)}" for percent in (50, 95, 99))

    def _spread(self, percent: float) -> str:
        each = [percentile(values, percent) for values in self.rounds]
        return f"{statistics.median(each):,.1f} ms ({min(each):,.1f}-{max(each):,.1f})"


async def laps(contenders: Mapping[str, Round], rounds: int) -> list[Figure]:
    """Each contender once to warm up, then `rounds` times in turn."""
    figures = {name: Figure(name) for name in contenders}
    for number in range(rounds + 1):
        for name, run in contenders.items():
            lap = await run()
            if number:
                figures[name].laps.append(lap)
    return list(figures.values())


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(len(ordered) * percent / 100) - 1))]


class Stopwatch:
    """Wall time and the CPU time of this process (`cpu` of others is added by who knows them)."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def lap(self, units: int, server_cpu: float = 0.0) -> Lap:
        return Lap(units, time.perf_counter() - self._wall, time.process_time() - self._cpu, server_cpu)
