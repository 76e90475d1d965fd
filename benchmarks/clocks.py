"""Clocks in a house of a million tickets: an idle step, thousands of steps due within a minute, all deadlines counted
again after a change of the policy, and what is taken in meanwhile. The yardstick is `clock_rows`."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial

from benchmarks.counting import asking
from benchmarks.databases import Databases
from benchmarks.fill import House, fill
from benchmarks.measure import Lap, Times, laps
from benchmarks.processes import Child, child
from benchmarks.report import Report
from benchmarks.sizes import Sizes
from tests.databases import Dialect

WANTED_IDLE, WANTED_FIRED, WANTED_COUNTED, WANTED_ACK = 10.0, 60.0, 180.0, 250.0
COUNTED = 2
"""Rounds in which all deadlines are counted again: each takes a while."""
FIRED = "SELECT {what} FROM facts WHERE kind = 'warned' AND ticket_id BETWEEN {first} AND {last}"


async def run(bases: Databases, dialect: Dialect, sizes: Sizes, report: Report) -> None:
    async with AsyncExitStack() as stack:
        url, folder = stack.enter_context(bases.fresh(dialect))
        await fill(url, dialect, House(sizes.all, sizes.open))
        report.lines(f"{sizes.all:,} tickets, {sizes.open:,} of them open, each with three running clocks")
        hand = await stack.enter_async_context(child("benchmarks.clock_rows", url))
        workers = [
            await stack.enter_async_context(child("benchmarks.clock_side", url, str(folder)))
            for _ in range(2 if dialect == "postgres" else 1)
        ]
        await workers[0].ask(do="begin")
        clocks = _Clocks(bases, dialect, sizes, report, url, hand, workers)
        await clocks.idle()
        await clocks.fire()
        await clocks.count()
        await clocks.take_in()


class _Clocks:
    def __init__(
        self,
        bases: Databases,
        dialect: Dialect,
        sizes: Sizes,
        report: Report,
        url: str,
        hand: Child,
        workers: Sequence[Child],
    ) -> None:
        self._bases, self._dialect, self._sizes, self._report, self._url = bases, dialect, sizes, report, url
        self._hand, self._workers = hand, workers
        self._closed = self._last = sizes.all - sizes.open

    async def idle(self) -> None:
        steps, asked, by_hand = Times("a step with nothing due"), Times("what is due"), Times("the same in raw SQL")
        for number in range(self._sizes.rounds + 1):
            mine = await self._workers[0].ask(do="look", times=self._sizes.looks)
            theirs = await self._hand.ask(do="look", times=self._sizes.looks)
            if number:
                steps.rounds.append(mine["steps"])
                asked.rounds.append(mine["asked"])
                by_hand.rounds.append(theirs["took"])
        self._report.lines(steps.line(), asked.line(), by_hand.line())
        self._report.target(
            "a clock worker's step with nothing due, p95", steps.share(95), below=WANTED_IDLE, unit="ms"
        )

    async def fire(self) -> None:
        """Each round has tickets of its own, and must fire each of their steps once."""
        names = {"raw SQL, 100 a commit": [], "one worker": self._workers[:1]}
        if len(self._workers) > 1:
            names["two workers"] = self._workers
        contenders = {name: partial(self._fire, workers) for name, workers in names.items()}
        raw, *ours = await laps(contenders, self._sizes.rounds)
        self._report.lines(raw.line(), *(figure.line(raw) for figure in ours))
        for figure in ours:
            seconds = self._sizes.due / figure.rate
            what = f"{self._sizes.due:,} steps due in a minute, {figure.name}"
            self._report.target(what, seconds, below=WANTED_FIRED, unit="s")

    async def _fire(self, workers: Sequence[Child]) -> Lap:
        first, last = self._last + 1, self._last + self._sizes.due
        self._last = last
        await self._hand.ask(do="due", first=first, last=last)
        if len(workers) > 1:
            await asyncio.gather(*(worker.ask(do="join", workers=len(workers)) for worker in workers))
        before = self._bases.cpu(self._dialect)
        if workers:
            told = await asyncio.gather(*(worker.ask(do="fire", units=self._sizes.due) for worker in workers))
        else:
            told = [await self._hand.ask(do="fire", first=first, last=last)]
        server = self._bases.cpu(self._dialect) - before
        if len(workers) > 1:
            await asyncio.gather(*(worker.ask(do="leave") for worker in workers))
        await self._each_once(first, last)
        return Lap(self._sizes.due, max(it["seconds"] for it in told), sum(it["cpu"] for it in told), server)

    async def _each_once(self, first: int, last: int) -> None:
        async with asking(self._url) as ask:
            fired, tickets = [
                await ask(FIRED.format(what=what, first=first, last=last))
                for what in ("count(*)", "count(DISTINCT ticket_id)")
            ]
        if not fired == tickets == last - first + 1:
            raise RuntimeError(f"{last - first + 1} steps were due, {fired} fired, of {tickets} tickets")

    async def count(self) -> None:
        mine, theirs = partial(self._count, self._workers[0]), partial(self._count, self._hand)
        contenders = {"raw SQL, 100 a commit": theirs, "deadlines counted again": mine}
        raw, ours = await laps(contenders, min(COUNTED, self._sizes.rounds))
        self._report.lines(raw.line(), ours.line(raw))
        seconds = self._sizes.open / ours.rate
        what = f"the deadlines of {self._sizes.open:,} tickets counted again"
        self._report.target(what, seconds, below=WANTED_COUNTED, unit="s")

    async def _count(self, who: Child) -> Lap:
        before = self._bases.cpu(self._dialect)
        if who is self._hand:
            told = await who.ask(do="count", first=self._closed + 1, last=self._sizes.all)
        else:
            told = await who.ask(do="count", units=self._sizes.open)
        return Lap(told["units"], told["seconds"], told["cpu"], self._bases.cpu(self._dialect) - before)

    async def take_in(self) -> None:
        """Beside what counts, in the same process, as SQLite has no other."""
        worker, sizes, place = self._workers[0], self._sizes, 0

        async def lap(counting: bool) -> Lap:
            nonlocal place
            told = await worker.ask(do="take", start=place, count=sizes.intake, counting=counting)
            place += sizes.intake
            return Lap(told["units"], told["seconds"], 0)

        contenders = {"alone": partial(lap, False), "while deadlines are counted again": partial(lap, True)}
        alone, beside = await laps({f"intake {name}": run for name, run in contenders.items()}, sizes.rounds)
        self._report.lines(alone.line(), beside.line(), f"share of it: {beside.rate / alone.rate:.2f}")
        acks = [Times("a durable ack alone"), Times("a durable ack while deadlines are counted again")]
        for _ in range(sizes.rounds):
            for counting, times in enumerate(acks):
                told = await worker.ask(do="ack", start=place, count=sizes.looks, counting=bool(counting))
                place += sizes.looks
                times.rounds.append(told["took"])
        self._report.lines(*(times.line() for times in acks))
        what = "a durable ack while deadlines are counted again, p99"
        self._report.target(what, acks[1].share(99), below=WANTED_ACK, unit="ms")
