"""Whether the roster keeps the promises, asked of the database as it is now, and what is said of it. How that is
reckoned is in `coverage`."""

import asyncio
from datetime import datetime

from core.coverage import REGIONS, Gap, Region, Report, coverage, regions
from core.policy import Policy
from core.ports.reads import Reads
from core.say import City, Country, Listed, Say, Word, WorkTime, say
from core.staffing import Staffing


async def look(store: Reads, policy: Policy, now: datetime) -> Report:
    """At the next weeks, for the customers that there are. Aside of the event loop: it may take a large part of a
    second."""
    staffing = Staffing(policy, await store.roster())
    places = regions(policy, await store.contact_places(REGIONS), policy.regions)
    return await asyncio.to_thread(coverage, policy, staffing.hours, places, now)


def gap_words(gap: Gap, policy: Policy, *others: Gap) -> Say:
    """Which promise it is, to whom, and how much of it is lost; `others` are the same in other queues."""
    return say(
        "coverage.gap",
        row=gap.row + 1,
        kind=Word(f"clock.{gap.kind}"),
        allowed=WorkTime(gap.allowed),
        queue=", ".join(policy.queue(each.queue).title for each in (gap, *others)),
        region=region_words(gap.region),
        percent=f"{gap.open_share:.0%}" if gap.open_share >= 0.01 else "<1%",
    )


def region_words(*regions: Region) -> Listed:
    return Listed(tuple(_region(region) for region in regions))


def _region(region: Region) -> Say:
    if region.country is None:
        return say("coverage.city", city=City(region.zone))
    return say("coverage.region", country=Country(region.country), city=City(region.zone))
