"""What size does: a house of a thousand tickets beside one of a million. Intake, clocks, lists, search."""

import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial

from benchmarks.databases import Databases
from benchmarks.fill import House, fill
from benchmarks.measure import Lap, Times, laps
from benchmarks.processes import Child, child
from benchmarks.report import Report
from benchmarks.sizes import Sizes
from tests.databases import Dialect

WANTED_TIMES, WANTED_LIST, WANTED_SEARCH = 2.0, 100.0, 200.0


async def run(bases: Databases, dialect: Dialect, sizes: Sizes, report: Report) -> None:
    houses = {"small": House(sizes.few, sizes.few), "large": House(sizes.all, sizes.open)}
    async with AsyncExitStack() as stack:
        processes: dict[str, Child] = {}
        for name, house in houses.items():
            url, folder = stack.enter_context(bases.fresh(dialect))
            begun = time.monotonic()
            await fill(url, dialect, house)
            filled = time.monotonic()
            process = await stack.enter_async_context(child("benchmarks.takers", "dragoman", url, str(folder)))
            await process.ask(do="at_work")
            await process.ask(do="index")
            indexed = time.monotonic()
            report.lines(
                f"{name}: {house.all:,} tickets, {house.open:,} of them open;"
                f" filled in {filled - begun:.0f} s, indexed in {indexed - filled:.0f} s"
            )
            processes[name] = process
        await _intake(bases, dialect, sizes, report, processes)
        await _ticks(bases, dialect, sizes, report, processes)
        await _looks(sizes, report, processes["large"])


async def _intake(
    bases: Databases, dialect: Dialect, sizes: Sizes, report: Report, processes: Mapping[str, Child]
) -> None:
    places = dict.fromkeys(processes, 0)

    async def lap(name: str) -> Lap:
        before, start = bases.cpu(dialect), places[name]
        places[name] += sizes.intake
        told = await processes[name].ask(do="take", start=start, count=sizes.intake)
        return Lap(told["units"], told["seconds"], told["cpu"], bases.cpu(dialect) - before)

    few, many = await laps({f"intake, {name} house": partial(lap, name) for name in processes}, sizes.rounds)
    report.lines(few.line(), many.line())
    report.target("intake with a million tickets, times slower", few.rate / many.rate, below=WANTED_TIMES)


async def _ticks(
    bases: Databases, dialect: Dialect, sizes: Sizes, report: Report, processes: Mapping[str, Child]
) -> None:
    count = max(1, sizes.few // (sizes.rounds + 2))

    async def lap(name: str) -> Lap:
        before = bases.cpu(dialect)
        told = await processes[name].ask(do="tick", count=count)
        return Lap(told["units"], told["seconds"], told["cpu"], bases.cpu(dialect) - before)

    few, many = await laps({f"clock ticks, {name} house": partial(lap, name) for name in processes}, sizes.rounds)
    report.lines(few.line(), many.line())
    report.target("clock tick with a million tickets, times slower", few.rate / many.rate, below=WANTED_TIMES)


async def _looks(sizes: Sizes, report: Report, large: Child) -> None:
    lists, searches = Times("a queue's list, large house"), Times("!find, large house")
    for number in range(sizes.rounds + 1):
        told = await large.ask(do="look", n=sizes.looks)
        if number:
            lists.rounds.append(told["lists"])
            searches.rounds.append(told["searches"])
    report.lines(lists.line(), searches.line())
    report.target("a queue's list, p95", lists.share(95), below=WANTED_LIST, unit="ms")
    report.target("!find, p95", searches.share(95), below=WANTED_SEARCH, unit="ms")
