"""Digests and handovers: to whom, what stands in them, and never twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot import i18n
from bot.workers.bulletins import Bulletins
from core.bulletins import LINES
from core.commands import Consult, Draft
from core.digests import Digest
from core.hours import Calendar
from core.ids import QueueName
from core.people import Role
from core.policy import Policy
from core.ports import NewPerson
from core.say import Say
from core.targets import Target
from storage import open_store
from tests.handlers.world import BILLING, POLICY, SUPPORT, World

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE = Calendar.parse("UTC", {day: ["09:00-18:00"] for day in WEEKDAYS})
EARLY = Calendar.parse("UTC", {day: ["06:00-14:00"] for day in WEEKDAYS})
LATE = Calendar.parse("UTC", {day: ["14:00-22:00"] for day in WEEKDAYS})
WORLD = Digest("World", (SUPPORT, BILLING), "UTC", (time(9), time(17)))
QUEUES = {name: replace(queue, calendar=OFFICE) for name, queue in POLICY.queues.items()}


def policy(*digests: Digest, **more: object) -> Policy:
    shifts = {"early": EARLY, "late": LATE}
    wanted = {"queues": QUEUES, "digests": digests, "shifts": shifts, "handovers": False, **more}
    return replace(POLICY, **wanted)  # type: ignore[arg-type]


@pytest.fixture
async def world(migrated_url: str) -> AsyncIterator[World]:
    """The small house of the handlers' tests, on Monday morning. Its people work from nine to six."""
    store = await open_store(migrated_url)
    try:
        world = await World.peopled(store, policy(WORLD))
        world.clock.at = MONDAY + timedelta(hours=8)
        yield world
    finally:
        await store.close()


def worker(world: World, with_policy: Policy | None = None) -> Bulletins:
    async def ours() -> bool:
        return True

    door = world.door if with_policy is None else replace(world.door, policy=with_policy)
    return Bulletins(door, ours)


async def at(world: World, hour: float, told: Bulletins) -> datetime | None:
    world.clock.at = MONDAY + timedelta(hours=hour)
    return await told.step()


async def heard(world: World, who: str) -> list[Say]:
    return [notice.say for notice in reversed(await world.store.notices(world.id(who), 20))]


def text(it: Say) -> str:
    lines = (i18n.render("en", each.key, each.params, resolve=lambda wrapped: f"#{wrapped.id}") for each in _each(it))
    return "\n".join(lines)


def _each(it: Say) -> list[Say]:
    return [it, *(inner for line in it.lines for inner in _each(line))]


async def many(world: World, count: int, **more: str) -> None:
    for n in range(count):
        await world.customer_writes(who=f"3460000{n:04}", **more)


async def test_nothing_to_say_is_not_said(world: World) -> None:
    await at(world, 9, worker(world))
    assert [await heard(world, who) for who in ("ana", "bo", "eve", "sam")] == [[], [], [], []]
    # Nor is it said an hour later, when there is something.
    await many(world, 1)
    await at(world, 10, worker(world))
    assert await heard(world, "ana") == []


async def test_a_digest_counts_and_names(world: World) -> None:
    await many(world, 3)
    world.clock.at = MONDAY + timedelta(hours=9)
    ticket = await world.customer_writes("Now!", who="34611111111")
    await world.types("ana", ticket, "!claim")
    assert await at(world, 17, worker(world)) == MONDAY + timedelta(hours=24 + 9)
    [words] = await heard(world, "ana")
    shown = text(words)
    assert shown.startswith("🗞️ World: how things stand\n")
    assert "1 new enquiry since the last digest" in shown
    assert "4 customers wait for an answer" in shown
    assert "4 tickets are late" in shown
    assert "3 unassigned: 0 older than a day, 3 older than 4 hours, 0 newer" in shown
    assert f"#{ticket.id} · María López · #{world.id('ana')} · was due" in shown
    assert await heard(world, "eve") == []  # Billing has nothing


async def test_what_came_since_the_last_one_is_new(world: World) -> None:
    await many(world, 2)
    world.clock.at = MONDAY + timedelta(hours=16)
    await world.customer_writes(who="34611111111")
    await at(world, 17, worker(world))
    assert "1 new enquiry since the last digest" in text((await heard(world, "bo"))[-1])


async def test_ten_tickets_are_named_and_the_rest_counted(world: World) -> None:
    await many(world, LINES + 7)
    await at(world, 9, worker(world))
    shown = text((await heard(world, "ana"))[0])
    assert shown.count("María López") == LINES
    assert "… and 7 more" in shown


async def test_a_supervisor_is_told_off_shift_and_an_agent_is_not(world: World) -> None:
    for name in ("bo", "sam"):
        person = await world.store.person(world.id(name))
        assert person is not None
        await world.store.set_duty(replace(person, shifts=("late",)))
    await many(world, 1)
    await at(world, 9, worker(world))
    assert [len(await heard(world, who)) for who in ("ana", "bo", "sam")] == [1, 0, 1]


async def test_who_is_away_is_not_told(world: World) -> None:
    await many(world, 1)
    await world.store.set_away(world.id("ana"), MONDAY)
    await at(world, 9, worker(world))
    assert await heard(world, "ana") == []
    assert len(await heard(world, "bo")) == 1


async def test_a_region_is_its_countries(world: World) -> None:
    told = policy(Digest("America", (SUPPORT,), "UTC", (time(9),), frozenset({"US"})))
    await world.customer_writes("Hola", who="34611111111")
    await at(world, 9, worker(world, told))
    assert await heard(world, "ana") == []
    world.clock.at = MONDAY + timedelta(days=1, hours=8)
    await world.customer_writes("Hello", who="12125550100")
    await at(world, 24 + 9, worker(world, told))
    assert "1 customer waits for an answer" in text((await heard(world, "ana"))[0])


async def test_it_is_told_once_however_often_it_is_looked_at(world: World) -> None:
    await many(world, 1)
    same = worker(world)
    for hour in (9, 9.02, 10, 11.9):
        await at(world, hour, same)
        await at(world, hour, worker(world))  # and after a restart
    assert len(await heard(world, "ana")) == 1
    await at(world, 17, same)
    assert len(await heard(world, "ana")) == 2


@pytest.mark.parametrize("migrated_url", ["postgres"], indirect=True)
async def test_two_processes_tell_it_once(world: World, migrated_url: str) -> None:
    await many(world, 1)
    other = await open_store(migrated_url)
    try:
        world.clock.at = MONDAY + timedelta(hours=9)
        second = worker(world)
        second._door = replace(world.door, store=other)
        await asyncio.gather(worker(world).step(), second.step())
    finally:
        await other.close()
    assert [len(await heard(world, who)) for who in ("ana", "bo", "sam")] == [1, 1, 1]


async def test_after_an_outage_the_last_one_comes_if_it_is_not_too_old(world: World) -> None:
    await many(world, 1)
    await at(world, 9 + 2.9, worker(world))
    assert len(await heard(world, "ana")) == 1
    await at(world, 17 + 3.1, worker(world))
    assert len(await heard(world, "ana")) == 1


async def test_a_process_whose_turn_it_is_not_tells_nothing(world: World) -> None:
    async def others() -> bool:
        return False

    await many(world, 1)
    world.clock.at = MONDAY + timedelta(hours=9)
    await Bulletins(world.door, others).step()
    assert await heard(world, "ana") == []


async def shifts(world: World) -> None:
    """Ana early, Bo late; Sam as the office has it."""
    for name, shift in (("ana", "early"), ("bo", "late")):
        person = await world.store.person(world.id(name))
        assert person is not None
        await world.store.set_duty(replace(person, shifts=(shift,)))


async def test_the_late_shift_takes_over_from_the_early_one(world: World) -> None:
    handing = policy(handovers=True, targets=(Target(timedelta(hours=1), timedelta(hours=2)),))
    await shifts(world)
    world.clock.at = MONDAY + timedelta(hours=13)
    ticket = await world.customer_writes()
    asked = await world.customer_writes(who="34611111111")
    await world.door.apply(asked.id, Consult(world.id("ana"), "queue:billing", Draft("Paid?")), once="consult")
    await at(world, 14, worker(world, handing))
    [words] = await heard(world, "bo")
    assert words.key == "bulletin.handover"
    assert words.params["until"] == MONDAY + timedelta(hours=22)
    shown = text(words)
    assert "Late, or due in this shift:" in shown
    assert f"#{ticket.id} · María López · nobody yet · was due" in shown
    assert f"#{asked.id} · #{world.id('ana')} asks Billing" in shown
    assert await heard(world, "ana") == []
    assert len(await heard(world, "sam")) == 1  # who goes on working takes over, too
    await at(world, 15, worker(world, handing))
    assert len(await heard(world, "bo")) == 1


async def test_a_morning_brings_one_notice_of_both(world: World) -> None:
    await many(world, 2)
    await at(world, 24 + 9, worker(world, policy(WORLD, handovers=True)))
    [words] = await heard(world, "ana")
    shown = text(words)
    assert words.key == "bulletin.digest"
    assert "2 customers wait for an answer" in shown
    assert "🔁 Handover, until" in shown
    assert shown.count("María López") == 2


async def test_after_a_restart_only_what_is_new_is_told(world: World) -> None:
    at_half_past_one = replace(WORLD, at=(time(13, 30),))
    handing = policy(at_half_past_one, handovers=True)
    await shifts(world)
    await many(world, 1)
    await at(world, 13.5, worker(world, handing))
    assert [words.key for words in await heard(world, "sam")] == ["bulletin.digest"]
    await at(world, 14, worker(world, handing))
    _, later = await heard(world, "sam")
    assert later.key == "bulletin.handover"
    assert "World" not in text(later)


async def test_each_region_has_a_notice_of_its_own(world: World) -> None:
    other = replace(WORLD, region="Support", queues=(SUPPORT,))
    await many(world, 2)
    await at(world, 24 + 9, worker(world, policy(WORLD, other, handovers=True)))
    first, second = await heard(world, "ana")
    assert (first.params["region"], second.params["region"]) == ("World", "Support")
    assert "Handover" in text(first)
    assert "Handover" not in text(second)


async def test_each_heading_has_some_of_the_lines(world: World) -> None:
    handing = policy(handovers=True, targets=(Target(timedelta(hours=1), timedelta(hours=2)),))
    await many(world, 2 * LINES)
    asked = await world.customer_writes(who="34611111111")
    await world.types("ana", asked, "!consult billing Paid?")
    await at(world, 24 + 9, worker(world, handing))
    shown = text((await heard(world, "ana"))[0])
    assert "Asked inside, not answered:" in shown
    assert "Late, or due in this shift:" in shown
    assert f"… and {2 * LINES + 1 - LINES + 1} more" in shown  # one of them stands under two headings


async def test_everybody_reads_in_their_own_language(world: World) -> None:
    new = NewPerson("Wang Fang", queues=frozenset({SUPPORT}), locale="zh-CN", role=Role.AGENT)
    wang = await world.store.create_person(new, MONDAY)
    await many(world, 1)
    await at(world, 9, worker(world))
    [notice] = await world.store.notices(wang.id, 5)
    assert i18n.render("zh-CN", notice.say.key, notice.say.params) == "🗞️ World：目前情况"


async def test_a_queue_that_is_gone_is_nobodys(world: World) -> None:
    gone = policy(Digest("Gone", (QueueName("gone"),), "UTC", (time(9),)))
    await many(world, 1)
    await at(world, 9, worker(world, gone))
    assert await heard(world, "ana") == []
