"""Whether the roster keeps the promises, asked of the database as it is now. How that is reckoned is in `coverage`."""

import asyncio
from datetime import datetime

from core.coverage import REGIONS, Report, coverage, regions
from core.policy import Policy
from core.ports.reads import Reads
from core.staffing import Staffing


async def look(store: Reads, policy: Policy, now: datetime) -> Report:
    """At the next weeks, for the customers that there are. Aside of the event loop: it may take a large part of a
    second."""
    staffing = Staffing(policy, await store.roster())
    places = regions(policy, await store.contact_places(REGIONS), policy.regions)
    return await asyncio.to_thread(coverage, policy, staffing.hours, places, now)
