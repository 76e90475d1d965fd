"""How fast stored deliveries become tickets, clocks, facts and jobs, beside raw sqlite3 inserting the same rows in the
same batches."""

import asyncio
import sqlite3
from pathlib import Path

from benchmarks.measure import Figure, measure
from benchmarks.sample import deliveries, settings
from bot.app import build
from bot.workers.intake import BATCH
from core.ports import FROM_CHANNEL

MESSAGES = 1_000
ROWS = 6
"""Rows a message of a known customer costs: once, message, entry, fact, job, ticket."""


async def run(folder: Path, rounds: int) -> list[Figure]:
    raw = sqlite3.connect(folder / "raw.sqlite3", isolation_level=None)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT)")

    async def baseline() -> int:
        for _ in range(0, MESSAGES, BATCH):
            raw.execute("BEGIN IMMEDIATE")
            raw.executemany("INSERT INTO rows (a, b, c) VALUES (?, ?, ?)", [("a" * 40,) * 3] * BATCH * ROWS)
            raw.execute("COMMIT")
        return MESSAGES

    async with build(settings(folder)) as app:

        async def put() -> None:
            source, now = FROM_CHANNEL + "wa", app.clock.now()
            waiting = (app.store.put_raw(source, key, body, {}, now) for body, key in deliveries(MESSAGES))
            await asyncio.gather(*waiting)

        async def take_in() -> int:
            await app.intake.step()
            return MESSAGES

        return [
            await measure("raw sqlite3, the same rows and batches", rounds, baseline),
            await measure("dragoman, inbox to ticket and outbox", rounds, take_in, ready=put),
        ]
