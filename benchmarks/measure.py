"""Rounds, medians and spread. A figure is only as good as the baseline measured beside it in the same run."""

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Round = Callable[[], Awaitable[int]]
"""Does its work and returns how many units of it were done."""
Ready = Callable[[], Awaitable[object]]
"""Prepares a round; not timed."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Units per second over several rounds."""

    name: str
    rates: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.rates)

    def line(self, baseline: "Figure | None" = None) -> str:
        ratio = f"   {self.median / baseline.median:5.2f} of {baseline.name}" if baseline else ""
        spread = f"{min(self.rates):,.0f}-{max(self.rates):,.0f}"
        return f"  {self.name:<44} {self.median:>9,.0f}/s   ({spread}){ratio}"


async def measure(name: str, rounds: int, work: Round, ready: Ready | None = None) -> Figure:
    """Run `work` once to warm up and `rounds` times for the record."""
    rates = []
    for _ in range(rounds + 1):
        if ready is not None:
            await ready()
        begun = time.perf_counter()
        done = await work()
        rates.append(done / (time.perf_counter() - begun))
    return Figure(name, tuple(rates[1:]))
