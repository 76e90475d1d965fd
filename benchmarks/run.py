"""Which benchmarks there are, in the order in which they are run."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from benchmarks import acks, clocks, footprint, intake, posts, scale, sustained
from benchmarks.databases import Databases
from benchmarks.report import Report
from benchmarks.sizes import Sizes
from tests.databases import Dialect

Benchmark = Callable[[Databases, Dialect, Sizes, Report], Awaitable[None]]
ENGINES: tuple[Dialect, ...] = ("sqlite", "postgres")
BENCHMARKS: Mapping[str, tuple[str, Benchmark]] = {
    "ack": ("Signed webhook to durable ack", acks.run),
    "intake": ("Inbox to tickets", intake.run),
    "sustained": ("Webhook to ticket, ack and intake together", sustained.run),
    "posts": ("Webhook to thread post, command to answer", posts.run),
    "start": ("Start and idleness", footprint.start),
    "memory": ("Memory", footprint.memory),
    "scale": ("A million tickets", scale.run),
    "clocks": ("A hundred thousand running clocks", clocks.run),
}


async def measure(
    bases: Databases, sizes: Sizes, report: Report, only: Sequence[str], engines: Sequence[Dialect]
) -> None:
    for name in only:
        title, benchmark = BENCHMARKS[name]
        for dialect in engines:
            with report.part(title, dialect):
                await benchmark(bases, dialect, sizes, report)
