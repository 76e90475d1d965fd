"""The clock worker on a real database: what is due in batches, and deadlines that are counted again beside it.

First replies are due after 60 minutes, with warnings at 45 and 54; by the slower policy after 120."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from bot.customer_words import speak
from bot.workers.clocks import BATCH, STEP_ASIDE, Clocks
from bot.workers.digests import Digests
from bot.workers.recounting import BATCH as COUNTED
from bot.workers.recounting import POLICY
from core import events as e
from core.apply import Door
from core.ids import TicketId
from core.people import Identity, Role
from core.policy import Policy
from core.ports import NewPerson
from core.targets import Target
from storage import SqlStore, open_store
from tests.clock import StoryClock
from tests.core import house
from tests.core.house import NOON, SHOP, SUPPORT, minutes

SLOWER = replace(house.POLICY, targets=(Target(minutes(120), minutes(120)),))


class Killed(BaseException):
    """The process ends here."""


@dataclass(frozen=True, slots=True)
class Watched(Door):
    """Writes down what goes through it. `dies_at`: the number of the batch in which the process ends."""

    batches: list[tuple[str, list[TicketId]]] = field(default_factory=list)
    dies_at: int = 0

    async def tick(self, tickets: Sequence[TicketId], *, counted: bool = True, crowded: bool = False) -> None:
        self._note("fire" if counted else "count and fire", tickets)
        await Door.tick(self, tickets, counted=counted, crowded=crowded)

    async def recount(self, tickets: Sequence[TicketId]) -> None:
        self._note("count", tickets)
        await Door.recount(self, tickets)

    def _note(self, what: str, tickets: Sequence[TicketId]) -> None:
        self.batches.append((what, list(tickets)))
        if len(self.batches) == self.dies_at:
            raise Killed

    def tickets(self, what: str) -> list[TicketId]:
        return [ticket for each, tickets in self.batches if each == what for ticket in tickets]


@dataclass
class Room:
    store: SqlStore
    clock: StoryClock

    def door(self, policy: Policy = house.POLICY, *, dies_at: int = 0) -> Watched:
        return Watched(self.store, self.clock, policy, speak, dies_at=dies_at)

    async def customers(self, first: int, last: int) -> None:
        """They write now, each for the first time: so their tickets have these numbers."""
        said = []
        for number in range(first, last + 1):
            sender = e.Sender((Identity("phone", "", f"4930{number}"),), f"4930{number}", f"4930{number}")
            said.append(e.CustomerMessage(SHOP, f"w{number}", self.clock.now(), sender, "hello"))
        await self.door().receive([], said)

    async def damaged(self, ticket: int) -> None:
        """Nobody can read its clocks."""
        await self.store.atomic(lambda tx: tx.session.run("UPDATE clocks SET fired = '!' WHERE ticket_id = ?", ticket))

    async def had(self, kind: str) -> Counter[int]:
        """How often it happened to each ticket."""
        found = await self.store.session.rows("SELECT ticket_id FROM facts WHERE kind = ?", kind)
        return Counter(row["ticket_id"] for row in found)

    async def stands(self) -> str:
        return await self.store.setting(POLICY) or ""


@pytest.fixture
async def room(migrated_url: str) -> AsyncIterator[Room]:
    store = await open_store(migrated_url)
    try:
        yield Room(store, StoryClock(NOON))
    finally:
        await store.close()


def at(after: float) -> datetime:
    return NOON + minutes(after)


async def test_what_is_due_is_fired_in_batches_and_each_step_once(room: Room) -> None:
    await room.customers(1, BATCH + 20)
    door = room.door()
    clocks = Clocks(door)
    assert await clocks.step() == at(45)
    await room.clock.forward("45m")
    await clocks.step()
    await clocks.step()
    assert [len(batch) for what, batch in door.batches if what == "fire"] == [BATCH, 20]
    assert await room.had("warned") == dict.fromkeys(range(1, BATCH + 21), 1)
    await room.clock.forward("2h")
    await Clocks(room.door()).step()  # another one, after an outage: both steps that passed are one message
    assert await room.had("warned") == dict.fromkeys(range(1, BATCH + 21), 1)
    assert await room.had("breached") == dict.fromkeys(range(1, BATCH + 21), 1)


async def test_an_outage_ends_in_one_notice_to_each_person(room: Room) -> None:
    """However many batches it takes; and a single ticket is told at once."""
    boss = await room.store.create_person(NewPerson("Sol", role=Role.SUPERVISOR, queues=frozenset({SUPPORT})), NOON)
    await room.customers(1, 1)
    await room.clock.forward("1h")
    await Clocks(room.door()).step()
    [first] = await room.store.notices(boss.id, 10)
    assert (first.ticket, first.say.key) == (1, "tell.escalated_breach")
    await room.customers(2, 2 * BATCH + 20)
    await room.clock.forward("2h")
    await Clocks(room.door()).step()
    assert await room.store.notices(boss.id, 10) == [first], "the others wait for each other"
    await room.clock.forward("15s")
    await Digests(room.door()).step()
    newest, *before = await room.store.notices(boss.id, 10)
    assert (newest.say.key, newest.say.params["n"], before) == ("tell.alarms", 2 * BATCH + 20, [first])


async def test_who_is_killed_between_two_batches_is_followed_by_one_that_fires_the_rest(room: Room) -> None:
    await room.customers(1, BATCH + 20)
    await Clocks(room.door()).step()
    await room.clock.forward("45m")
    with pytest.raises(Killed):
        await Clocks(room.door(dies_at=2)).step()
    assert len(await room.had("warned")) == BATCH
    await Clocks(room.door()).step()
    assert await room.had("warned") == dict.fromkeys(range(1, BATCH + 21), 1)


async def test_a_ticket_that_cannot_be_done_does_not_stop_the_others(room: Room) -> None:
    await room.customers(1, 9)
    await room.clock.forward("10m")
    await room.customers(10, 10)
    clocks = Clocks(room.door())
    await clocks.step()
    await room.damaged(4)
    await room.clock.forward("35m")
    with capture_logs() as logs:
        again = await clocks.step()
    assert [(line["event"], line["ticket"]) for line in logs] == [("clocks.failed", 4)]
    assert await room.had("warned") == dict.fromkeys([1, 2, 3, 5, 6, 7, 8, 9], 1)
    assert again == room.clock.now() + STEP_ASIDE
    with capture_logs() as logs:
        await clocks.step()
    assert not logs, "nobody tries again at once"
    await room.clock.forward("9m50s")
    with capture_logs():
        assert await clocks.step() == at(55), "it does not keep the others waiting, either"


async def test_deadlines_move_when_the_policy_changes(room: Room) -> None:
    await room.customers(1, 3)
    await Clocks(room.door()).step()
    clocks = Clocks(room.door(SLOWER))
    await clocks.step()
    assert await room.stands() == SLOWER.hash
    await room.clock.forward("80m")
    await clocks.step()
    assert await room.had("warned") == {}
    await room.clock.forward("10m")
    await clocks.step()
    assert await room.had("clock_moved") == await room.had("warned") == {1: 1, 2: 1, 3: 1}


async def test_one_that_cannot_be_counted_again_does_not_stop_the_others(room: Room) -> None:
    await room.customers(1, 5)
    await Clocks(room.door()).step()
    await room.damaged(2)
    with capture_logs() as logs:
        await Clocks(room.door(SLOWER)).step()
    assert [(line["event"], line["ticket"]) for line in logs] == [("clocks.not_recounted", 2)]
    assert await room.had("clock_moved") == dict.fromkeys([1, 3, 4, 5], 1)
    assert await room.stands() == SLOWER.hash


async def test_who_is_killed_while_counting_is_followed_by_one_that_goes_on(room: Room) -> None:
    await room.customers(1, COUNTED + 20)
    await Clocks(room.door()).step()
    with pytest.raises(Killed):
        await Clocks(room.door(SLOWER, dies_at=2)).step()
    door = room.door(SLOWER)
    await Clocks(door).step()
    assert door.tickets("count") == list(range(COUNTED + 1, COUNTED + 21))
    assert await room.had("clock_moved") == dict.fromkeys(range(1, COUNTED + 21), 1)


async def test_after_another_change_counting_begins_again(room: Room) -> None:
    await room.customers(1, COUNTED + 1)
    await Clocks(room.door()).step()
    with pytest.raises(Killed):
        await Clocks(room.door(SLOWER, dies_at=2)).step()
    door = room.door()
    await Clocks(door).step()
    assert door.tickets("count") == list(range(1, COUNTED + 2))


async def test_what_is_due_meanwhile_is_fired_between_batches_and_by_the_new_policy_only(room: Room) -> None:
    await room.customers(1, 2 * BATCH)
    await Clocks(room.door()).step()
    await room.clock.forward("30m")
    await room.customers(2 * BATCH + 1, 2 * BATCH + 1)
    await room.clock.forward("60m")  # the last one is due by the old policy alone, the others by both
    door = room.door(SLOWER)
    await Clocks(door).step()
    assert [what for what, _ in door.batches[:4]] == ["count", "count and fire"] * 2
    assert await room.had("warned") == dict.fromkeys(range(1, 2 * BATCH + 1), 1)
    assert await room.had("breached") == {}


async def test_beside_one_that_counts_the_others_fire(room: Room) -> None:
    """Theirs is the same policy; it is not their turn to count."""
    await room.customers(1, 3)
    await Clocks(room.door()).step()
    with pytest.raises(Killed):
        await Clocks(room.door(SLOWER, dies_at=1)).step()
    await room.clock.forward("90m")

    async def never() -> bool:
        return False

    door = room.door(SLOWER)
    assert await Clocks(door, never).step() == room.clock.now() + STEP_ASIDE
    assert door.batches == [("count and fire", [1, 2, 3])]
    assert await room.had("warned") == {1: 1, 2: 1, 3: 1}


async def test_who_holds_the_old_policy_takes_no_clocks(room: Room) -> None:
    await room.customers(1, 1)
    old = Clocks(room.door())
    await old.step()
    await Clocks(room.door(SLOWER)).step()
    await room.clock.forward("100m")
    assert await old.step() == room.clock.now() + STEP_ASIDE
    assert await room.had("warned") == {}
