"""Whoever is away, or works here no more, keeps no ticket that waits for them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.workers.standins import LOOK, TURN, StandIns
from core.commands import Assign, Claim, Draft, Hold, Reply, SetPending, Snooze
from core.facts import HandedOn
from core.ids import PersonId, TicketId
from core.ports import NewPerson
from core.rotations import OwnerAway
from tests.core.door import SENDER, said
from tests.core.house import NOON, SUPPORT, liu, mei
from tests.workers.office import Office

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def always() -> bool:
    return True


async def never() -> bool:
    return False


class Staff:
    """The office with its standing-in worker; Liu takes Mei's tickets."""

    def __init__(self, office: Office) -> None:
        self.office, self.house, self.store = office, office.house, office.house.store
        self.worker = StandIns(self.house.door, always)

    async def tickets(self, count: int, owner: PersonId | None = mei) -> None:
        for number in range(1, count + 1):
            sender = replace(SENDER, key=str(number), address=str(number), identities=())
            await self.house.hears(replace(said(external=f"w{number}.{owner}"), sender=sender))
            if owner is not None:
                await self.house.do(Claim(owner), number)

    async def away(self, person: PersonId = mei, *, until: timedelta | None = DAY) -> None:
        await self.house.clock.forward("1m")
        now = self.house.clock.now()
        await self.store.set_away(person, now, now + until if until else None)

    async def duty(self, person: PersonId, **changes: object) -> None:
        known = await self.store.person(person)
        assert known is not None
        await self.store.set_duty(replace(known, **changes))  # type: ignore[arg-type]

    async def owners(self) -> list[PersonId | None]:
        return [ticket.assignee for _, ticket in sorted((await self.store.tickets(ALL)).items())]

    async def handed(self, number: int = 1) -> list[HandedOn]:
        saved = reversed(await self.store.history(TicketId(number), 50))
        return [it.fact for it in saved if isinstance(it.fact, HandedOn)]


ALL = [TicketId(number) for number in range(1, 10)]


@pytest.fixture
async def staff(office: Office) -> Staff:
    staff = Staff(office)
    await staff.duty(mei, substitute=liu)
    return staff


async def test_the_substitute_has_it_and_is_told(staff: Staff) -> None:
    await staff.tickets(2)
    await staff.away()
    await staff.worker.step()
    assert await staff.owners() == [liu, liu]
    assert await staff.handed() == [HandedOn(mei, liu, "away")]
    await staff.office.work()
    assert [post for post in staff.office.slack.requests_of("post") if "handed_on_away" in post and "@Liu" in post]
    assert "tell Liu tell.alarms" in staff.office.slack.requests


async def test_it_happens_once_however_often_and_by_whomever_it_is_looked_at(staff: Staff) -> None:
    await staff.tickets(1)
    await staff.away()
    for worker in (staff.worker, staff.worker, StandIns(staff.house.door, always)):
        await worker.step()
    assert len(await staff.handed()) == 1


async def test_whose_turn_it_is_not_does_nothing(staff: Staff) -> None:
    await staff.tickets(1)
    await staff.away()
    assert await StandIns(staff.house.door, never).step() == staff.house.clock.now() + TURN
    assert await staff.owners() == [mei]


async def test_without_anybody_to_take_it_it_is_the_queues_again(staff: Staff) -> None:
    await staff.tickets(1)
    await staff.away(liu)
    await staff.away(mei)
    await staff.worker.step()
    assert await staff.owners() == [None]
    assert await staff.handed() == [HandedOn(mei, None, "away")]


async def test_a_ring_of_substitutes_does_not_pass_tickets_round(staff: Staff) -> None:
    await staff.duty(liu, substitute=mei)
    await staff.tickets(1)
    await staff.away(mei)
    await staff.away(liu)
    for _ in range(3):
        await staff.worker.step()
    assert len(await staff.handed()) == 1
    assert await staff.owners() == [None]


async def test_nobody_is_given_more_than_they_can_take(staff: Staff) -> None:
    await staff.duty(liu, capacity=2)
    await staff.tickets(4)
    await staff.away()
    await staff.worker.step()
    assert await staff.owners() == [liu, liu, None, None]


async def test_what_is_too_much_for_one_goes_to_theirs(staff: Staff) -> None:
    bo = (await staff.store.create_person(NewPerson("Bo", queues=frozenset({SUPPORT})), NOON)).id
    await staff.duty(liu, capacity=1, substitute=bo)
    await staff.tickets(3)
    await staff.away()
    await staff.worker.step()
    assert await staff.owners() == [liu, bo, bo]


async def test_a_short_absence_hands_nothing_on(staff: Staff) -> None:
    await staff.tickets(1)
    await staff.away(until=HOUR)
    await staff.worker.step()
    await staff.house.clock.forward("58m")
    await staff.worker.step()
    assert await staff.owners() == [mei]


async def test_one_of_unknown_length_does_when_it_has_become_long(staff: Staff) -> None:
    await staff.tickets(1)
    await staff.house.do(Hold(mei))  # so that nothing breaks meanwhile
    await staff.away(until=None)
    gone = staff.house.clock.now()
    await staff.worker.step()
    assert await staff.owners() == [mei]
    await staff.house.clock.forward(HOUR - LOOK / 2)
    assert await staff.worker.step() == gone + HOUR, "it looks again exactly then"
    await staff.house.clock.forward(LOOK / 2)
    await staff.worker.step()
    assert await staff.owners() == [liu]


async def test_who_came_back_in_time_keeps_everything(staff: Staff) -> None:
    await staff.tickets(1)
    await staff.away(until=None)
    await staff.store.set_back(mei)
    await staff.house.clock.forward("2h")
    assert await staff.worker.step() is None, "nobody is away"
    assert await staff.owners() == [mei]


async def test_what_waits_for_the_customer_or_a_moment_waits(staff: Staff) -> None:
    await staff.tickets(2)
    await staff.house.do(SetPending(mei), 1)
    await staff.house.do(Snooze(mei, NOON + 7 * DAY), 2)
    await staff.away()
    await staff.worker.step()
    assert await staff.owners() == [mei, mei]
    await staff.tickets(1, owner=None)  # the first customer writes again
    await staff.worker.step()
    assert await staff.owners() == [liu, mei]


async def test_what_somebody_takes_on_the_beach_they_keep(staff: Staff) -> None:
    await staff.tickets(1, owner=None)
    await staff.away()
    await staff.house.do(Claim(mei))
    await staff.worker.step()
    assert await staff.owners() == [mei]


async def test_a_house_may_have_it_wait(staff: Staff) -> None:
    staff.house.policy = replace(staff.house.policy, owner_away=OwnerAway.WAIT)
    await staff.tickets(1)
    await staff.away()
    assert await StandIns(staff.house.door, always).step() == staff.house.clock.now() + LOOK
    assert await staff.owners() == [mei]


@pytest.mark.parametrize("policy", OwnerAway)
async def test_what_is_late_already_waits_for_nobody_who_goes_away(staff: Staff, policy: OwnerAway) -> None:
    staff.house.policy = replace(staff.house.policy, owner_away=policy)
    await staff.tickets(1)
    await staff.house.clock.forward("2h")
    await staff.house.door.tick(ALL[:1])
    await staff.tickets(1, owner=None)  # who writes again is still owed the first answer
    worker = StandIns(staff.house.door, always)
    await worker.step()
    assert await staff.owners() == [mei], "she is there"
    await staff.away(until=None)
    await worker.step()
    assert await staff.owners() == [liu]
    assert await staff.handed() == [HandedOn(mei, liu, "breach")]


async def test_an_answer_on_its_way_is_nobodys_to_give_again(staff: Staff) -> None:
    await staff.tickets(1)
    await staff.house.clock.forward("3h")
    [ticket] = (await staff.store.tickets(ALL[:1])).values()
    await staff.house.do(Reply(mei, Draft("It left yesterday."), ticket.last_customer, staff.house.clock.now()), 1)
    await staff.away(until=None)
    await staff.worker.step()
    assert await staff.owners() == [mei]


async def test_deadlines_that_break_together_give_nobody_more_than_they_can_take(staff: Staff) -> None:
    staff.house.policy = replace(staff.house.policy, owner_away=OwnerAway.WAIT)
    await staff.duty(liu, capacity=1)
    await staff.tickets(3)
    await staff.away()
    await staff.house.clock.forward("2h")
    await staff.house.door.tick(ALL[:3])
    assert await staff.owners() == [liu, None, None]
    assert await staff.handed() == [HandedOn(mei, liu, "breach")]


async def test_what_somebody_left_behind_is_handed_on_in_any_house(staff: Staff) -> None:
    staff.house.policy = replace(staff.house.policy, owner_away=OwnerAway.WAIT)
    await staff.tickets(2)
    await staff.house.do(Assign(mei, liu), 2)
    await staff.store.update_person(liu, active=False)
    await StandIns(staff.house.door, always).step()
    assert await staff.owners() == [mei, None]
    assert await staff.handed(2) == [HandedOn(liu, None, "left")]
