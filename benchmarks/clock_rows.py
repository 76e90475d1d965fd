"""The yardstick of the clocks, a process of its own: the rows that the program writes for a step, and for a deadline
that is counted again, in raw SQL, a hundred tickets a commit and no decision made. Notices are left out.

It also makes clocks due, for all contenders alike. `python -m benchmarks.clock_rows URL`; nobody else may be writing
while it does.
"""

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.by_hand import FACT, JOB, Base, Statements, base_of, insert
from benchmarks.measure import Stopwatch
from benchmarks.processes import say, told

BATCH = 100
TARGET, RUN = timedelta(hours=10), timedelta(hours=8)
"""What the clocks were given, and how long they have run when they are due: past the first warning, and the second does
not come while others are measured."""
MINUTE = 60
KINDS = ("first_reply", "resolve")
"""What is counted in business time."""
LOOK = "SELECT ticket_id FROM clocks WHERE next_at IS NOT NULL AND next_at <= ? ORDER BY next_at, ticket_id LIMIT 100"
FACTS = insert("facts", FACT)
JOBS = insert("jobs", JOB, " ON CONFLICT (key) WHERE state = 'waiting' AND key <> '' DO NOTHING")
LINES = (
    "INSERT INTO entries (ticket_id, seq, rev, kind, at, say)"
    " SELECT id, entries - 1, version, 'line', ?, ? FROM tickets WHERE id = ?"
)


class ClockRows:
    def __init__(self, base: Base) -> None:
        self._base = base

    async def due(self, first: int, last: int) -> None:
        """These tickets' first replies have come to their first warning, each at some second of the last minute."""
        sql = "UPDATE clocks SET spans = ?, target = ?, due_at = ?, next_at = ? WHERE ticket_id = ? AND kind = ?"
        for some in _batches(first, last):
            await self._base.do([(sql, [self._due(ticket) for ticket in some])])

    async def fire(self, first: int, last: int) -> None:
        for some in _batches(first, last):
            await self._base.do(self._steps(some, datetime.now(UTC)))

    async def count(self, first: int, last: int) -> None:
        for some in _batches(first, last):
            await self._base.do(self._moves(some, datetime.now(UTC)))

    async def look(self, times: int) -> Sequence[float]:
        """Milliseconds of asking what is due."""
        took = []
        for _ in range(times):
            begun = time.perf_counter()
            await self._base.ask(LOOK, self._base.at(datetime.now(UTC)))
            took.append(1000 * (time.perf_counter() - begun))
        return took

    def _due(self, ticket: int) -> tuple[Any, ...]:
        passed = datetime.now(UTC) - timedelta(seconds=ticket % MINUTE)
        spans = f'[["{(passed - RUN).isoformat()}",null]]'
        due = self._base.at(passed - RUN + TARGET)
        return spans, TARGET.seconds, due, self._base.at(passed), ticket, KINDS[0]

    def _steps(self, tickets: Sequence[int], now: datetime) -> Statements:
        at, later = self._base.at(now), self._base.at(now + TARGET * 0.9 - RUN)
        due = (now + TARGET - RUN).isoformat()
        data = f'{{"kind":"first_reply","cycle":1,"steps":["75%"],"due_at":"{due}","told":[1,2,3]}}'
        line = f'{{"key":"line.warned","params":{{"due":"{due}","step":"75%"}}}}'
        yield "UPDATE tickets SET version = version + 1, entries = entries + 1 WHERE id = ?", [(t,) for t in tickets]
        yield (
            "UPDATE clocks SET fired = ?, next_at = ? WHERE ticket_id = ? AND kind = ?",
            [('["75%"]', later, ticket, KINDS[0]) for ticket in tickets],
        )
        yield LINES, [(at, line, ticket) for ticket in tickets]
        yield FACTS, [_fact(ticket, "warned", data, at) for ticket in tickets]
        owed = (("sync_thread", "sync", 2), ("edit_card", "card", 3))
        yield JOBS, [_job(ticket, *each, at) for ticket in tickets for each in owed]

    def _moves(self, tickets: Sequence[int], now: datetime) -> Statements:
        at, moved = self._base.at(now), now + timedelta(days=2)
        due = self._base.at(moved)
        yield "UPDATE tickets SET version = version + 1, due_at = ? WHERE id = ?", [(due, ticket) for ticket in tickets]
        for kind in KINDS:
            yield (
                "UPDATE clocks SET target = ?, due_at = ?, next_at = ? WHERE ticket_id = ? AND kind = ?",
                [(36_000, due, due, ticket, kind) for ticket in tickets],
            )
        data = {kind: f'{{"kind":"{kind}","cycle":1,"due_at":"{moved.isoformat()}"}}' for kind in KINDS}
        yield FACTS, [_fact(ticket, "clock_moved", data[kind], at) for ticket in tickets for kind in KINDS]
        yield JOBS, [_job(ticket, "edit_card", "card", 3, at) for ticket in tickets]


def _batches(first: int, last: int) -> Iterator[range]:
    for start in range(first, last + 1, BATCH):
        yield range(start, min(start + BATCH, last + 1))


def _fact(ticket: int, kind: str, data: str, at: Any) -> tuple[Any, ...]:
    return ticket, 4, kind, data, at, "sales", "whatsapp", "standard", None, "GE"


def _job(ticket: int, kind: str, word: str, urgency: int, at: Any) -> tuple[Any, ...]:
    where = (f'{{"ticket":{ticket},"desk":"slack"}}', f"thread:slack:{ticket}", "slack:C_SALES")
    return kind, *where, urgency, f"{word}:slack:{ticket}", ticket, at, at


async def main(url: str) -> None:
    it = ClockRows(await base_of(url))
    say(ready=True)
    async for job in told():
        match job:
            case {"do": "look", "times": times}:
                say(took=await it.look(times))
            case {"do": what, "first": first, "last": last}:
                watch = Stopwatch()
                await {"due": it.due, "fire": it.fire, "count": it.count}[what](first, last)
                say(**asdict(watch.lap(last - first + 1)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
