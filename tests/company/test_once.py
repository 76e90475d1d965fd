"""What any process may do is done once: a deadline is told once, deadlines are counted again once, old rows go once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.customer_words import speak
from bot.process import WEB, WORKER
from bot.workers.clocks import Clocks
from bot.workers.lease import our_turn
from bot.workers.recounting import POLICY
from core.apply import Door
from core.clocks import ClockKind, ClockState, Span, TicketClock
from core.ids import TicketId
from core.people import Role
from storage import SqlStore
from tests.clock import StoryClock
from tests.company.branches import Branches
from tests.company.conftest import Join, Member, membership
from tests.core.house import a_policy
from tests.storage.house import NOW, House

STALE = timedelta(days=1)
"""After which another counts: longer than every test."""


@pytest.fixture
async def branches(url: str, tmp_path: Path) -> AsyncIterator[Branches]:
    async with Branches(url, tmp_path) as opened:
        yield opened


async def test_two_who_tick_the_same_ticket_at_once_tell_once(branches: Branches) -> None:
    """Web processes have no clocks of their own, so both ticks are ours, and at the same moment."""
    here, there = await branches.opens(WEB), await branches.opens(WEB)
    sol = await branches.hires(here, "Sol", Role.SUPERVISOR)
    async with branches.branch(WORKER):
        desk = await branches.sits(sol, here)
        page = await branches.visits(here)
        await page.says("hello")
        ticket = TicketId(await desk.sees("hello"))
    await branches.clock.forward("5h")
    await asyncio.gather(*(app.door.tick([ticket]) for app in (here, there) for _ in "123"))
    told = [notice.say.key for notice in await here.store.notices(sol.id, 50)]
    assert told == ["tell.escalated_breach"]


async def test_workers_together_fire_every_deadline_once(branches: Branches) -> None:
    here = await branches.opens(WEB)
    for _ in range(2):
        await branches.opens(WORKER)
    sol = await branches.hires(here, "Sol", Role.SUPERVISOR)
    desk = await branches.sits(sol, here)
    for n in range(6):
        page = await branches.visits(here)
        await page.says(f"hello {n}")
        await desk.sees(f"hello {n}")
    await branches.clock.forward("5h")
    while len(await breached(here.store)) < 6:
        await desk.hears(notices=True)
    assert sorted(await breached(here.store)) == [1, 2, 3, 4, 5, 6]
    assert await here.store.notices(sol.id, 50)


async def breached(store: SqlStore) -> list[int]:
    found = await store.session.rows("SELECT ticket_id FROM facts WHERE kind = 'breached'")
    return [row["ticket_id"] for row in found]


@dataclass(frozen=True, slots=True)
class Counting(Door):
    counted: list[TicketId] = field(default_factory=list)

    async def recount(self, tickets: Sequence[TicketId]) -> None:
        self.counted.extend(tickets)


def counting(member: Member) -> tuple[Clocks, Counting]:
    door = Counting(member.store, StoryClock(NOW), a_policy(), speak)
    return Clocks(door, partial(our_turn, member.store, door.clock, "recount", STALE)), door


async def has_clocks(store: SqlStore, tickets: int) -> None:
    clock = TicketClock(ClockKind.FIRST_REPLY, 1, ClockState.RUNNING, (Span(NOW),), timedelta(hours=1))
    for phone in range(tickets):
        await House(store).ticket(str(phone), clocks=(clock,))


async def test_deadlines_are_counted_again_by_one(join: Join) -> None:
    here, there = await join(), await join()
    await has_clocks(here.store, 3)
    mine, theirs = counting(here), counting(there)
    await asyncio.gather(mine[0].step(), theirs[0].step())
    assert sorted([*mine[1].counted, *theirs[1].counted]) == [1, 2, 3]
    await asyncio.gather(mine[0].step(), theirs[0].step())  # the other finds that it is done
    assert len([*mine[1].counted, *theirs[1].counted]) == 3


async def test_who_dies_while_counting_is_followed_at_once(join: Join, url: str) -> None:
    here = await join()
    await has_clocks(here.store, 3)
    async with membership(url) as there:
        assert await our_turn(there.store, StoryClock(NOW), "recount", STALE)
        await there.store.save_setting(POLICY, "somebody is counting")
        clocks, door = counting(here)
        await clocks.step()
        assert door.counted == []
    await here.until(lambda: here.standing.gone == {there.me})
    await clocks.step()
    assert door.counted == [1, 2, 3]
