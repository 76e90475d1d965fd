"""`make bench`: every benchmark, on SQLite and PostgreSQL. ARGS="--rounds 3 --only ack,intake --database sqlite"."""

import argparse
import asyncio
import os
import platform

from benchmarks.databases import databases, milliseconds_of_fsync
from benchmarks.report import Report
from benchmarks.run import BENCHMARKS, ENGINES, measure
from benchmarks.sizes import FULL, QUICK


async def main() -> None:
    options = argparse.ArgumentParser(prog="make bench")
    options.add_argument("--rounds", type=int, help="rounds that count (5; quick: 2)")
    options.add_argument("--only", default=",".join(BENCHMARKS), help=f"of {', '.join(BENCHMARKS)}")
    options.add_argument("--database", choices=ENGINES, help="one of them instead of both")
    options.add_argument("--quick", action="store_true", help="small sizes: a look within two minutes")
    given = options.parse_args()
    sizes = QUICK if given.quick else FULL
    if given.rounds:
        sizes = sizes.of_rounds(given.rounds)
    only = [name for name in BENCHMARKS if name in given.only.split(",")]
    engines = [given.database] if given.database else list(ENGINES)
    report = Report()
    with databases(postgres="postgres" in engines) as bases:
        fsync = milliseconds_of_fsync(bases.folder)
        print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {fsync:.2f} ms for a page to be durable")
        await measure(bases, sizes, report, only, engines)
    print(f"\n{report.summary()}")


asyncio.run(main())
