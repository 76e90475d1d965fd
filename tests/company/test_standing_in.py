"""What waits for people who are away is handed on once, whichever processes look."""

import asyncio
from datetime import timedelta
from functools import partial

from bot.customer_words import speak
from bot.workers.lease import our_turn
from bot.workers.standins import TURN, StandIns
from core.apply import Door
from core.facts import HandedOn
from core.ids import PersonId, TicketId
from core.ports import NewPerson
from core.rotations import OwnerAway
from storage import SqlStore
from tests.clock import StoryClock
from tests.company.conftest import Join, Member
from tests.core.house import a_policy
from tests.storage.house import NOW, SALES, House

LATER = NOW + timedelta(hours=2)
TICKETS = 5


async def ours() -> bool:
    return True


def door(member: Member) -> Door:
    return Door(member.store, StoryClock(LATER), a_policy(owner_away=OwnerAway.HAND_ON), speak)


async def with_tickets(store: SqlStore, **substitute: object) -> tuple[PersonId, PersonId]:
    """Ann's, who is away; Bo takes them."""
    bo = await store.create_person(NewPerson("Bo", queues=frozenset({SALES}), **substitute), NOW)  # type: ignore[arg-type]
    ann = await store.create_person(NewPerson("Ann", queues=frozenset({SALES}), substitute=bo.id), NOW)
    for phone in range(TICKETS):
        await House(store).ticket(str(phone), assignee=ann.id, assigned_at=NOW)
    await store.set_away(ann.id, NOW + timedelta(minutes=1), NOW + timedelta(days=3))
    return ann.id, bo.id


async def handed(store: SqlStore) -> list[tuple[TicketId, PersonId | None]]:
    saved = [fact for ticket in range(1, TICKETS + 1) for fact in await store.history(TicketId(ticket), 50)]
    return [(one.ticket, one.fact.to) for one in saved if isinstance(one.fact, HandedOn)]


async def test_two_who_look_at_once_hand_each_on_once(join: Join) -> None:
    here, there = await join(), await join()
    _, bo = await with_tickets(here.store)
    await asyncio.gather(*(StandIns(door(member), ours).step() for member in (here, there, here)))
    assert await handed(here.store) == [(TicketId(n), bo) for n in range(1, TICKETS + 1)]


async def test_one_does_it_for_all_so_that_nobody_is_given_too_much(join: Join) -> None:
    here, there = await join(), await join()
    _, bo = await with_tickets(here.store, capacity=2)
    workers = [
        StandIns(door(m), partial(our_turn, m.store, StoryClock(LATER), "standins", TURN)) for m in (here, there)
    ]
    nexts = await asyncio.gather(*(worker.step() for worker in workers))
    assert LATER + TURN in nexts, "it was not the other's turn"
    assert [to for _, to in await handed(here.store)] == [bo, bo, None, None, None]
