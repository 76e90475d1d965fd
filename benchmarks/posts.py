"""Webhook to the post in the thread, and an agent's command to its answer, against the Slack simulator in a process of
its own. First with its limits and ours off: that is our own time. Then with the real ones: that is the queueing."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from itertools import count

import aiohttp

from benchmarks.acks import PATH
from benchmarks.databases import Databases
from benchmarks.house import config
from benchmarks.measure import Times, percentile
from benchmarks.processes import Child, child
from benchmarks.report import Report
from benchmarks.sizes import Sizes
from core.ids import QueueName
from core.people import Identity
from core.ports import NewPerson
from storage import open_store
from tests.databases import Dialect
from tests.platforms.slack.state import TEAM_ID

RATE = 20.0
"""First messages a second."""
LIMITS_OFF = 1e9
COMMANDS = ("!who", "!claim")
WANTED_POST, WANTED_ANSWER = 300.0, 100.0
_serials, _customers = count(1), count(1)


async def run(bases: Databases, dialect: Dialect, sizes: Sizes, report: Report) -> None:
    async with _house(bases, dialect, LIMITS_OFF) as (load, slack, port):
        times = Times(f"webhook to thread post at {RATE:g}/s, limits off")
        for number in range(sizes.rounds + 1):
            values = await _round(load, slack, port, sizes.posts)
            if number:
                times.rounds.append(values)
        report.lines(times.line())
        report.target("webhook to thread post, p95", times.share(95), below=WANTED_POST, unit="ms")
        await _commands(slack, sizes, report)
    async with _house(bases, dialect, 1.0) as (load, slack, port):
        await slack.ask(do="limits", factor=1)
        waited = Times(f"the same with Slack's own limits, {sizes.queued} at once")
        waited.rounds.append(await _round(load, slack, port, sizes.queued))
        report.lines(waited.line())


async def _commands(slack: Child, sizes: Sizes, report: Report) -> None:
    own = await _own_time(slack.ready["slack"]["slack"])
    for command in COMMANDS:
        answers, calls = Times(f"agent's {command} to its answer"), 0
        for number in range(sizes.rounds + 1):
            told = await slack.ask(do="types", command=command, n=sizes.commands)
            if number:
                answers.rounds.append([1000 * took for took in told["took"]])
                calls = max(calls, *told["calls"])
        report.lines(f"{answers.line()}   {calls} calls of at least {own:.1f} ms of the simulator's own")
        wanted = WANTED_ANSWER + calls * own
        report.target(f"agent's {command} to its answer, p95", answers.share(95), below=round(wanted, 1), unit="ms")


@asynccontextmanager
async def _house(bases: Databases, dialect: Dialect, rate_scale: float) -> AsyncIterator[tuple[Child, Child, int]]:
    """The load, Slack, and the port of a program that is connected to it, with an agent who is known there."""
    async with AsyncExitStack() as stack:
        load = await stack.enter_async_context(child("benchmarks.load"))
        slack = await stack.enter_async_context(child("benchmarks.slack_side"))
        url, folder = stack.enter_context(bases.fresh(dialect))
        await hire(url, slack.ready["agent"])
        path = str(config(folder, url, slack.ready["slack"]))
        ours = await stack.enter_async_context(child("benchmarks.house", path, "web,worker", str(rate_scale)))
        await slack.ask(do="connected")
        yield load, slack, ours.ready


async def hire(url: str, slack_id: str) -> None:
    store = await open_store(url)
    try:
        person = await store.create_person(NewPerson("Mei", queues=frozenset({QueueName("sales")})), datetime.now(UTC))
        await store.add_identity(person.id, Identity("slack", TEAM_ID, slack_id))
    finally:
        await store.close()


async def _round(load: Child, slack: Child, port: int, n: int) -> list[float]:
    """Milliseconds from when each webhook was due until its words were posted."""
    start = next(_serials) * 1_000_000
    customers = [next(_customers) for _ in range(n)]
    told = await load.ask(port=port, path=PATH, start=start, customers=customers, rate=RATE)
    if told["failed"]:
        raise RuntimeError(f"{told['failed']} of {n} webhooks were not acknowledged")
    posted = await slack.ask(do="posts", serials=list(range(start, start + n)))
    return [1000 * (at - begun) for at, begun in zip(posted["at"], told["begun"], strict=True)]


async def _own_time(api: str) -> float:
    """Milliseconds that one call of the simulator's API takes, the median."""
    async with aiohttp.ClientSession() as session:
        took = []
        for _ in range(50):
            begun = time.monotonic()
            async with session.post(f"{api}api.test") as answer:
                await answer.read()
            took.append(1000 * (time.monotonic() - begun))
    return percentile(took, 50)
