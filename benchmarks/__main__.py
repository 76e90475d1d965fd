"""`make bench`: every benchmark, on a throw-away SQLite database. ARGS="--rounds 9" for more rounds."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from benchmarks import ack, intake


async def main() -> None:
    options = argparse.ArgumentParser(prog="make bench")
    options.add_argument("--rounds", type=int, default=5)
    rounds = options.parse_args().rounds
    for title, bench in (("Durable ack of signed webhooks", ack.run), ("Inbox to tickets", intake.run)):
        with tempfile.TemporaryDirectory() as folder:
            print(title)
            baseline, *figures = await bench(Path(folder), rounds)
            print(baseline.line())
            for figure in figures:
                print(figure.line(baseline))


asyncio.run(main())
