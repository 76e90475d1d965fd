"""Which promises nobody can keep: `!coverage`."""

from collections.abc import Iterator
from itertools import groupby

from bot.handlers.asking import Answer, Ask
from core.clocks import ClockKind
from core.coverage import Gap, Window
from core.covering import gap_words, look, region_words
from core.policy import Policy
from core.say import City, Listed, LocalSpan, Say, WorkTime, say

SHOWN, WINDOWS, ONCE = 3, 4, 2
"""Gaps of a report, and of a gap times of the week and dates, that are told in one message; the console shows all."""


async def coverage(ask: Ask) -> Answer:
    """Of the asker's queues, the worst first."""
    report = await look(ask.house.store, ask.house.policy, ask.house.clock.now())
    gaps = [gap for gap in report.gaps if gap.queue in ask.queues]
    lines = [
        say("coverage.nobody", queue=ask.house.policy.queue(queue).title)
        for queue in report.unstaffed
        if queue in ask.queues
    ]
    if not gaps and not lines:
        return ask.tell("coverage.kept", n=report.checked, regions=region_words(*report.regions))
    together = [list(same) for _, same in groupby(gaps, key=lambda gap: (gap.row, gap.kind, gap.region, gap.windows))]
    for same in together[:SHOWN]:
        lines += told(same, ask.house.policy)
    if len(together) > SHOWN:
        lines.append(say("coverage.more", n=len(together) - SHOWN, link=f"{ask.house.console}/console/time/coverage"))
    return ask.tell("coverage.title", lines=tuple(lines), n=len(gaps), checked=report.checked)


def told(gaps: list[Gap], policy: Policy) -> Iterator[Say]:
    """One gap, in as many queues as have it alike."""
    gap = gaps[0]
    yield gap_words(gap, policy, *gaps[1:])
    for window in gap.windows[:WINDOWS]:
        yield _window(gap, window)
    for start, end in gap.once[:ONCE]:
        yield say("coverage.once", span=LocalSpan(start, end, gap.zone), city=City(gap.zone))
    cures = Listed(tuple(_cures(gap)))
    if cures.items:
        yield say("coverage.cure", cures=cures)


def _window(gap: Gap, window: Window) -> Say:
    if gap.region.zone == gap.zone:
        return say("coverage.window_here", ours=window.ours, here=City(gap.zone))
    return say(
        "coverage.window", theirs=window.theirs, there=City(gap.region.zone), ours=window.ours, here=City(gap.zone)
    )


def _cures(gap: Gap) -> Iterator[Say]:
    """Each would do by itself."""
    if gap.cure.shifts:
        shifts = Listed(tuple(say("coverage.shift", times=times) for times in gap.cure.shifts))
        yield say("coverage.on_shift", shifts=shifts, city=City(gap.zone))
    if gap.cure.target is not None:
        name = "first_reply" if gap.kind is ClockKind.FIRST_REPLY else "next_reply"
        yield say("coverage.longer", name=name, target=WorkTime(gap.cure.target))
    if gap.cure.team:
        yield say("coverage.team", setting='calendar = "team"')
