"""Duty, absence, who is on call, and what is in whose hands."""

from dataclasses import replace
from datetime import timedelta

from core.clocks import ClockKind, ClockState, Span, TicketClock
from core.ids import MessageId, PersonId, QueueName
from core.model import Status
from core.people import Person, Stand
from core.relief import is_late, waits_for
from storage import Commit, SqlStore
from tests.storage.house import NOW, SALES, House, later

REPAIR = QueueName("repair")


async def known(store: SqlStore, person: PersonId) -> Person:
    found = await store.person(person)
    assert found is not None
    return found


async def test_duty_is_kept_whole(house: House) -> None:
    bo = await house.person("Bo")
    duty = {"shifts": ("early", "sat"), "languages": frozenset({"zh", "en"}), "capacity": 12, "substitute": bo}
    ann = await known(house.store, await house.person("Ann", **duty))
    assert {name: getattr(ann, name) for name in duty} == duty
    await house.store.set_duty(replace(ann, shifts=("late",), languages=frozenset(), capacity=None, substitute=None))
    ann = await known(house.store, ann.id)
    assert (ann.shifts, ann.languages, ann.capacity, ann.substitute) == (("late",), frozenset(), None, None)


async def test_who_came_before_there_was_a_roster_works_when_the_queue_does(house: House) -> None:
    ann = await known(house.store, await house.person())
    assert (ann.shifts, ann.languages, ann.capacity, ann.substitute) == ((), frozenset(), None, None)
    assert not ann.is_away(NOW)


async def test_being_away_ends_by_itself_or_by_a_word(house: House) -> None:
    ann, bo = await house.person("Ann"), await house.person("Bo")
    await house.store.set_away(ann, NOW, later(minutes=60), substitute=bo)
    person = await known(house.store, ann)
    assert (person.away_since, person.away_until, person.substitute) == (NOW, later(minutes=60), bo)
    assert person.is_away(later(minutes=59))
    assert not person.is_away(later(minutes=60))
    await house.store.set_away(ann, NOW)
    person = await known(house.store, ann)
    assert person.is_away(later(days=999))
    assert person.substitute == bo, "who is not named anew stays"
    await house.store.set_back(ann)
    person = await known(house.store, ann)
    assert (person.away, person.away_since, person.away_until) == (False, None, None)


async def test_who_is_on_call_instead(house: House) -> None:
    ann, bo = await house.person("Ann"), await house.person("Bo")
    old, new = Stand(SALES, ann, NOW, later(minutes=10)), Stand(SALES, bo, later(minutes=20), later(minutes=30))
    elsewhere = Stand(REPAIR, ann, NOW, later(minutes=90))
    await house.store.put_stand(old)
    await house.store.put_stand(elsewhere)
    assert (await house.store.roster()).oncall == (old, elsewhere)
    await house.store.put_stand(new)
    assert (await house.store.roster()).oncall == (elsewhere, new), "what is over is forgotten"
    assert await house.store.end_stands(SALES, ann) == 0
    assert await house.store.end_stands(SALES, bo) == 1
    assert (await house.store.roster()).oncall == (elsewhere,)


async def test_who_has_enough(house: House) -> None:
    ann, bo, cem = (
        await house.person("Ann", capacity=2),
        await house.person("Bo"),
        await house.person("Cem", capacity=0),
    )
    tickets = [await house.ticket(f"49{n}", assignee=ann) for n in range(1, 3)]
    await house.ticket("491", assignee=bo)
    assert (await house.store.roster()).full == {ann, cem}
    assert await house.store.open_counts([ann, bo, cem]) == {ann: 2, bo: 1}
    closed = replace(tickets[0], status=Status.CLOSED, version=2)
    await house.store.atomic(lambda tx: tx.save_tickets([(tickets[0], closed)]))
    assert (await house.store.roster()).full == {cem}


async def test_what_waits_for_somebody_who_is_away(house: House) -> None:
    ann, bo = await house.person("Ann"), await house.person("Bo")
    before, after = later(hours=-1), later(hours=1)
    waiting = [
        await house.ticket("491", assignee=ann, assigned_at=before),
        await house.ticket("492", assignee=ann, assigned_at=before, status=Status.HOLD),
    ]
    await house.ticket("493", assignee=ann, assigned_at=before, status=Status.PENDING)
    await house.ticket("494", assignee=ann, assigned_at=before, snoozed_until=after)
    await house.ticket("495", assignee=ann, assigned_at=before, status=Status.CLOSED)
    await house.ticket("496", assignee=ann, assigned_at=after)
    await house.ticket("497", assignee=bo, assigned_at=before)
    await house.store.set_away(ann, NOW)
    assert await house.store.stranded(ann, 10) == [ticket.id for ticket in waiting]
    assert await house.store.stranded(ann, 1) == [waiting[0].id]
    for ticket in (await house.store.tickets(range(1, 8))).values():  # type: ignore[arg-type]
        owner = await known(house.store, ticket.assignee or ann)
        listed = ticket.id in await house.store.stranded(owner.id, 10)
        assert listed is (waits_for(ticket, owner) and ticket.is_open)


async def test_what_is_late_in_the_hands_of_who_is_away(house: House) -> None:
    ann, bo = await house.person("Ann"), await house.person("Bo")
    before, after = later(hours=-1), later(hours=1)
    late, soon = (
        TicketClock(ClockKind.FIRST_REPLY, 1, ClockState.RUNNING, (Span(before),), due_at=at) for at in (NOW, after)
    )
    tickets = [
        await house.ticket("491", assignee=ann, assigned_at=before, clocks=(late,)),
        await house.ticket("492", assignee=ann, assigned_at=before, clocks=(late,), snoozed_until=after),
        await house.ticket("493", assignee=ann, assigned_at=before, clocks=(soon,)),
        await house.ticket("494", assignee=ann, assigned_at=before),
        await house.ticket("495", assignee=ann, assigned_at=after, clocks=(late,)),
        await house.ticket(
            "496", assignee=ann, assigned_at=before, clocks=(late,), in_flight=frozenset({MessageId(1)})
        ),
        await house.ticket("497", assignee=bo, assigned_at=before, clocks=(late,)),
    ]
    await house.store.set_away(ann, NOW)
    assert await house.store.overdue(ann, NOW, 10) == [ticket.id for ticket in tickets[:2]]
    owner = await known(house.store, ann)
    said = [ticket.id for ticket in tickets if ticket.assignee == ann and is_late(ticket, owner, NOW)]
    assert said == await house.store.overdue(ann, NOW, 10)


async def test_what_somebody_left_behind(house: House) -> None:
    ann, bo = await house.person("Ann"), await house.person("Bo")
    theirs = await house.ticket("491", assignee=ann, status=Status.PENDING)
    await house.ticket("492", assignee=ann, status=Status.CLOSED)
    await house.ticket("493", assignee=bo)
    assert await house.store.left_behind(10) == []
    await house.store.update_person(ann, active=False)
    assert await house.store.left_behind(10) == [theirs.id]


async def test_the_roster_is_news(house: House) -> None:
    heard: list[Commit] = []
    house.store.on_commit(heard.append)
    ann = await known(house.store, await house.person())
    for change in (
        house.store.set_duty(ann),
        house.store.set_away(ann.id, NOW),
        house.store.set_back(ann.id),
        house.store.put_stand(Stand(SALES, ann.id, NOW, NOW + timedelta(hours=1))),
        house.store.end_stands(SALES, ann.id),
    ):
        heard.clear()
        await change
        assert [commit.roll for commit in heard] == [True]
