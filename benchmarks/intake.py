"""Inbox to ticket, conversation, clocks, facts and outbox: ours beside the plain ORM loop (b) and raw SQL (c). All take
the same messages of the same stream, each in a database of its own, and must have written as many rows in the end."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial

from benchmarks.counting import rows_of
from benchmarks.databases import Databases
from benchmarks.measure import Lap, laps
from benchmarks.processes import child
from benchmarks.report import Report
from benchmarks.sizes import Sizes
from tests.databases import Dialect

NAMES = {"orm": "(b) plain ORM loop", "hand": "(c) raw SQL, 32 a commit", "dragoman": "dragoman"}
WANTED = 4.0


async def run(bases: Databases, dialect: Dialect, sizes: Sizes, report: Report) -> None:
    urls, places = {}, dict.fromkeys(NAMES, sizes.steady)
    async with AsyncExitStack() as stack:
        processes = {}
        for kind in NAMES:
            urls[kind], folder = stack.enter_context(bases.fresh(dialect))
            arguments = (kind, urls[kind], str(folder))
            processes[kind] = await stack.enter_async_context(child("benchmarks.takers", *arguments))
            await processes[kind].ask(do="take", start=0, count=sizes.steady)

        async def lap(kind: str) -> Lap:
            count = sizes.single if kind == "orm" else sizes.intake
            before = bases.cpu(dialect)
            told = await processes[kind].ask(do="take", start=places[kind], count=count)
            places[kind] += count
            return Lap(told["units"], told["seconds"], told["cpu"], bases.cpu(dialect) - before)

        b, c, mine = await laps({name: partial(lap, kind) for kind, name in NAMES.items()}, sizes.rounds)
        report.lines(b.line(), c.line(), mine.line(b, c))
        report.target("inbox to ticket, times (b)", mine.rate / b.rate, at_least=WANTED)
        report.lines(f"share of (c): {mine.rate / c.rate:.2f}")
        _compare(await rows_of(urls["hand"]), await rows_of(urls["dragoman"]), "(c)", report)
    # (b) has taken fewer so far: ours and its own are given as many, anew.
    theirs, ours = [await _rows(bases, dialect, kind, sizes.steady + sizes.single) for kind in ("orm", "dragoman")]
    _compare(theirs, ours, "(b)", report)


async def _rows(bases: Databases, dialect: Dialect, kind: str, count: int) -> Mapping[str, int]:
    """How many there are of each table after so many messages."""
    with bases.fresh(dialect) as (url, folder):
        async with child("benchmarks.takers", kind, url, str(folder)) as process:
            await process.ask(do="take", start=0, count=count)
        return await rows_of(url)


def _compare(theirs: Mapping[str, int], ours: Mapping[str, int], name: str, report: Report) -> None:
    for table, count in theirs.items():
        if count != ours[table]:
            report.note(f"not the same rows: {table} {count:,} in {name}, {ours[table]:,} in dragoman")
