"""What people are told in private: several alarms as one, and in the morning what waited for it. On each database."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from bot.workers.digests import Digests
from core import alarms
from core import events as e
from core.clocks import ClockKind
from core.commands import Ack, Claim, Close, Consult, Draft, HandOn, SetTier
from core.facts import Breached, Escalated, Reminded, Triggered, Warned
from core.hours import DAYS, Calendar
from core.ids import PersonId, TicketId
from core.jobs import TellPerson
from core.ledger import Ledger
from core.people import Identity, Tier
from core.ports import NewPerson, Notice
from core.quiet import Quiet
from core.say import TicketLabel, say
from core.targets import Target, Whose
from core.triggers import TriggerRule, Triggers
from storage import open_store
from tests.clock import StoryClock
from tests.core.door import House, said
from tests.core.house import (
    BOSS,
    LIU,
    MEI,
    NOON,
    POLICY,
    ROOT,
    SHOP,
    SUPPORT,
    answered,
    asked,
    at,
    boss,
    liu,
    mei,
    minutes,
)

OFFICE = Calendar.parse("UTC", {day: ["09:00-17:00"] for day in DAYS[:5]})
ROUND_THE_CLOCK = replace(POLICY.targets[1], whose=Whose.ALWAYS)
SLEEPS = replace(
    POLICY,
    queues={SUPPORT: replace(POLICY.queues[SUPPORT], calendar=OFFICE)},
    targets=(ROUND_THE_CLOCK,),
    quiet=Quiet(),
    triggers=Triggers((TriggerRule("safety", ("on fire",)),)),
)
NIGHT = NOON.replace(hour=22)
MORNING = NOON.replace(day=26, hour=8, minute=30)


@dataclass
class Town(House):
    """A house with a supervisor and an admin, and many customers."""

    async def hears_from(self, *customers: int, text: str = "hi", external: str = "") -> None:
        await self.hears(*(written(n, self.clock.now(), text, external) for n in customers))

    async def ticks(self) -> None:
        """As the worker does it: whatever is due, a hundred tickets in one transaction."""
        while due := await self.store.due_tickets(self.clock.now(), 100):
            await self.door.tick(due)

    async def passes(self, *, until: datetime) -> None:
        """The worker looks whenever something is due."""
        while (due := await self.store.next_clock_at()) is not None and due <= until:
            await self.clock.forward(max(due - self.clock.now(), timedelta()))
            await self.ticks()
        await self.clock.forward(until - self.clock.now())

    async def digests(self) -> None:
        await Digests(self.door).step()

    async def notices(self, person: PersonId) -> list[Notice]:
        return list(reversed(await self.store.notices(person, 1000)))

    async def heard(self, person: PersonId) -> list[str]:
        return [notice.say.key for notice in await self.notices(person)]

    async def jobs(self) -> list[PersonId]:
        """Whom the outbox would write to."""
        taken = await self.store.take_jobs(1000, self.clock.now() + timedelta(days=1), timedelta(minutes=1), [])
        return [job.work.person for job in taken if isinstance(job.work, TellPerson)]


def written(n: int, when: datetime, text: str = "hi", external: str = "") -> e.CustomerMessage:
    phone = f"4917012345{n:02d}"
    sender = e.Sender((Identity("phone", "", phone),), phone, phone, f"Customer {n}")
    return e.CustomerMessage(SHOP, external or f"w{n}-{when.isoformat()}", when, sender, text)


@pytest.fixture
async def town(migrated_url: str) -> AsyncIterator[Town]:
    store = await open_store(migrated_url)
    try:
        for person in (MEI, LIU, BOSS, ROOT):
            await store.create_person(NewPerson(person.name, person.email, person.role, queues=person.queues), NOON)
        yield Town(store, StoryClock(NOON), POLICY)
    finally:
        await store.close()


async def at_night(town: Town, *customers: int, owner: PersonId | None = mei) -> None:
    """Mei's tickets: written at ten in the evening, late at eleven."""
    town.policy = SLEEPS
    await town.clock.forward(NIGHT - NOON)
    await town.hears_from(*customers)
    for n in customers if owner else ():
        await town.do(Claim(owner or mei), n)


# Together


async def test_after_an_outage_one_ping_a_person_and_not_hundreds(town: Town) -> None:
    await town.hears_from(*range(1, 38))
    await town.clock.forward("1h")
    await town.ticks()
    (notice,) = await town.notices(boss)
    assert (notice.say.key, notice.say.params, notice.ticket) == ("tell.alarms", {"n": 37}, 1)
    assert [line.key for line in notice.say.lines] == ["tell.escalated_breach"] * 10 + ["tell.alarms_more"]
    assert notice.say.lines[-1].params == {"n": 27}
    assert await town.jobs() == [boss], "one on each desk there is"


async def test_the_loudest_stand_first(town: Town) -> None:
    town.policy = replace(POLICY, triggers=SLEEPS.triggers)
    await town.hears_from(1)
    await town.clock.forward("5m")
    await town.hears_from(2)
    await town.clock.forward("40m")
    await town.ticks()
    await town.clock.forward("16m")
    await town.ticks()
    (first, second) = await town.notices(boss)
    assert (first.say.key, first.ticket) == ("tell.warned", 1)
    assert [line.key for line in second.say.lines] == ["tell.escalated_breach", "tell.warned"]
    assert [line.params["ticket"] for line in second.say.lines] == [TicketLabel(TicketId(1)), TicketLabel(TicketId(2))]


async def test_what_is_told_of_one_ticket_is_one_notice_with_its_buttons(town: Town) -> None:
    town.policy = replace(POLICY, triggers=SLEEPS.triggers)
    await town.hears_from(1, text="It is on fire!")
    (notice,) = await town.notices(boss)
    assert (notice.say.key, notice.ticket) == ("tell.escalated_trigger", 1)
    assert [button.action for button in notice.say.buttons] == ["ack", "reassign"]


async def test_the_customers_words_stand_in_no_fact(town: Town) -> None:
    town.policy = replace(POLICY, triggers=SLEEPS.triggers)
    await town.hears_from(1, text="My kettle is on fire, and so am I")
    facts = [saved.fact for saved in await town.store.history(TicketId(1), 50)]
    assert Triggered(("safety",)) in facts
    assert "kettle" not in repr(facts)


async def test_words_that_were_put_in_later_count_too(town: Town) -> None:
    town.policy = replace(POLICY, triggers=SLEEPS.triggers)
    await town.hears(said("It smells"), e.CustomerEdit(SHOP, "edit", "w1", NOON, said().sender, "It is on fire"))
    assert (await town.ticket()).triggers == {"safety"}


async def test_who_takes_over_many_tickets_reads_of_them_at_once(town: Town) -> None:
    await town.hears_from(1, 2, 3)
    for n in (1, 2, 3):
        await town.do(Claim(mei), n)
    await town.door.write(lambda ledger: hand_on(ledger, (1, 2, 3)))
    (notice,) = await town.notices(liu)
    assert [line.key for line in notice.say.lines] == ["tell.handed_on"] * 3


async def hand_on(ledger: Ledger, tickets: Sequence[int]) -> None:
    for ticket in map(TicketId, tickets):
        await ledger.load(ticket)
        ledger.change(ticket, HandOn(mei, liu))


# In the morning


async def test_what_breaks_at_night_is_told_in_the_morning_once_with_all_of_it(town: Town) -> None:
    await at_night(town, 1, 2, 3)
    await town.passes(until=MORNING - minutes(1))
    await town.digests()
    assert await town.heard(boss) == await town.heard(mei) == []
    await town.passes(until=MORNING)
    await town.digests()
    await town.digests()
    (notice,) = await town.notices(boss)
    assert (notice.say.key, notice.say.params["n"]) == ("tell.digest", 3)
    assert [line.key for line in notice.say.lines] == ["tell.escalated_breach"] * 3
    assert await town.heard(mei) == ["tell.digest"]
    assert sorted(await town.jobs()) == [mei, boss]


async def test_nobody_is_escalated_past_while_they_sleep(town: Town) -> None:
    await at_night(town, 1)
    await town.passes(until=MORNING + minutes(9))
    assert (await town.ticket()).level == 1
    await town.passes(until=MORNING + minutes(10))
    assert (await town.ticket()).level == 2


async def test_what_was_settled_meanwhile_is_only_counted(town: Town) -> None:
    await at_night(town, 1, 2, 3)
    await town.passes(until=NIGHT + minutes(61))
    await town.do(Ack(liu), 1)
    await town.do(Close(mei), 2)
    await town.passes(until=MORNING)
    await town.digests()
    (notice,) = await town.notices(boss)
    assert [line.key for line in notice.say.lines] == ["tell.escalated_breach", "tell.digest_settled"]
    assert notice.say.lines[-1].params == {"n": 2}
    assert (notice.ticket, [button.value for button in notice.say.buttons]) == (3, ["T-3", "T-3"])


async def test_what_they_are_asked_stands_beside_what_is_late(town: Town) -> None:
    await at_night(town, 1)
    await town.do(Consult(mei, f"person:{boss}", Draft("Paid?")), 1)
    await town.passes(until=MORNING)
    await town.digests()
    (notice,) = await town.notices(boss)
    assert notice.say.params["n"] == 1
    assert [line.key for line in notice.say.lines] == ["tell.escalated_breach", "tell.consulted"]
    assert notice.say.lines[-1].params["text"] == "Paid?"
    assert [button.action for button in notice.say.buttons] == ["ack", "reassign", "answer"]


async def test_when_all_is_settled_nobody_is_bothered(town: Town) -> None:
    await at_night(town, 1)
    await town.passes(until=NIGHT + minutes(61))
    await town.do(Close(mei), 1)
    await town.passes(until=MORNING)
    await town.digests()
    assert await town.heard(boss) == await town.heard(mei) == []
    assert await town.store.due_digests(MORNING) == []


async def test_a_digest_that_was_due_while_we_were_down_comes_once(town: Town) -> None:
    await at_night(town, 1)
    await town.passes(until=NIGHT + minutes(61))
    await town.clock.forward("3d")
    await asyncio.gather(*(Digests(town.door).step() for _ in range(4)))
    assert await town.heard(boss) == ["tell.digest"]


async def test_of_several_processes_one_tells(migrated_url: str, town: Town) -> None:
    await at_night(town, 1, 2)
    await town.passes(until=MORNING)
    await asyncio.gather(*(Digests(town.door).step() for _ in range(5)))
    assert [await town.heard(who) for who in (mei, boss)] == [["tell.digest"], ["tell.digest"]]


async def test_vips_and_hard_triggers_wake_people(town: Town) -> None:
    await at_night(town, 1, owner=None)
    await town.do(SetTier(mei, Tier.VIP))
    await town.hears_from(2, text="It is on fire")
    assert await town.heard(boss) == ["tell.escalated_trigger"]
    await town.passes(until=NIGHT + minutes(61))
    assert "tell.escalated_breach" in await town.heard(boss)


async def test_a_customers_message_pings_nobody_who_sleeps_and_is_read_in_the_morning(town: Town) -> None:
    await at_night(town, 1)
    for n in range(5):
        await town.hears_from(1, external=f"again{n}")
    entries = await town.store.entries(TicketId(1))
    assert {entry.mention for entry in entries} == {None}
    town.policy = replace(SLEEPS, targets=())
    await town.clock.forward(MORNING - NIGHT)
    await town.digests()
    (notice,) = await town.notices(mei)
    assert [line.key for line in notice.say.lines] == ["tell.wrote"]


async def test_who_is_at_work_is_pinged_as_ever(town: Town) -> None:
    town.policy = SLEEPS
    await town.hears_from(1)
    await town.do(Claim(mei))
    await town.hears_from(1, external="again")
    assert (await town.store.entries(TicketId(1)))[-1].mention == mei


async def test_what_waits_is_read_nowhere_before_its_time(town: Town) -> None:
    await at_night(town, 1)
    await town.passes(until=NIGHT + minutes(61))
    await town.store.seen_notices(boss, town.clock.now())
    assert await town.notices(boss) == []
    assert await town.store.next_digest_at(town.clock.now()) == MORNING


# Each step once, whoever looks


@pytest.mark.parametrize("seed", range(4))
async def test_several_processes_tell_each_step_once(town: Town, seed: int) -> None:
    """State is read anew for each look, as after a restart."""
    town.policy = replace(POLICY, targets=(Target(minutes(60), minutes(30), minutes(150)),))
    await town.hears_from(1, 2, 3)
    for step in range(24):
        await town.clock.forward(timedelta(minutes=5 + (step * (seed + 3)) % 11))
        due = await town.store.due_tickets(town.clock.now(), 100)
        looks = [town.door.tick(due), town.door.tick(list(reversed(due))), town.door.tick(due[:1])]
        ended = await asyncio.gather(*looks, return_exceptions=True)
        assert [fault for fault in ended if isinstance(fault, BaseException)] == []
    for number in (1, 2, 3):
        facts = [saved.fact for saved in await town.store.history(TicketId(number), 500)]
        steps = [(f.kind, f.cycle, name) for f in facts if isinstance(f, Warned) for name in f.steps]
        steps += [(f.kind, f.cycle, "100%") for f in facts if isinstance(f, Breached)]
        assert len(steps) == len(set(steps))
        assert (ClockKind.FIRST_REPLY, 1, "100%") in steps
        levels = [f.level for f in facts if isinstance(f, Escalated) and f.clock is ClockKind.BREACH]
        assert len(levels) == len(set(levels))
        assert not [f for f in facts if isinstance(f, Reminded)]


@pytest.mark.parametrize("key", ["tell.promise_broken", "tell.window_closed", "tell.warned_window"])
def test_what_a_waiting_customer_was_told_stays_an_alarm_until_they_are_answered(key: str) -> None:
    """On a channel without a window, before any warning has fired, and beside an escalation that is acknowledged."""
    words, waiting = say(key), asked()
    plain = replace(waiting, clocks=tuple(clock for clock in waiting.clocks if clock.kind.is_reply))
    assert alarms.still(plain, words)
    assert alarms.still(replace(plain, level=1, acked_by=boss), words)
    assert not alarms.still(answered(waiting, at(5)), words)
