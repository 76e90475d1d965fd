"""`!snooze` and `!pending` in the team's working time, and what wakes a ticket."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core import facts as f
from core.clocks import ClockKind
from core.hours import Calendar
from core.model import Status, Ticket
from storage import open_store
from tests.handlers.world import POLICY, SUPPORT, World, keys

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = Calendar.parse(
    "Asia/Shanghai", {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}, holidays="CN"
)
IN_OFFICE = replace(POLICY, queues={**POLICY.queues, SUPPORT: replace(POLICY.queues[SUPPORT], calendar=OFFICE)})


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[World]:
    """It is Monday, 17:00 in Shanghai, an hour before Support closes; Ana's own clock is Madrid's: 10:00."""
    store = await open_store(f"sqlite:///{tmp_path / 'house.sqlite3'}")
    try:
        yield await World.peopled(store, IN_OFFICE)
    finally:
        await store.close()


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def rings(ticket: Ticket) -> datetime | None:
    clock = ticket.clock(ClockKind.SNOOZE)
    return clock.due_at if clock is not None and clock.running else None


async def woke(world: World, ticket: Ticket) -> list[str]:
    return [s.fact.why for s in await world.store.history(ticket.id, 50) if isinstance(s.fact, f.Woke)]


@pytest.mark.parametrize(
    ("text", "until", "said"),
    [
        ("30m", "2026-11-23 17:30", []),
        ("2h", "2026-11-24 10:00", ["when.counted"]),
        ("1小时", "2026-11-24 09:00", ["when.moved"]),  # that is closing time
        ("1d", "2026-11-24 17:00", []),
        ("5d", "2026-11-30 17:00", []),
        ("sat", "2026-11-30 09:00", ["when.moved"]),
        ("tomorrow 10", "2026-11-24 17:00", []),  # of Madrid
        ("tomorrow 14:30", "2026-11-25 09:00", ["when.moved"]),
        ("after cny", "2027-02-11 09:00", ["when.after"]),
        ("春节后", "2027-02-11 09:00", ["when.after"]),
        ("after thanksgiving", "2026-11-30 09:00", ["when.after"]),  # the customer is in the United States
    ],
)
async def test_sleep_ends_in_open_hours_and_says_so(office: World, text: str, until: str, said: list[str]) -> None:
    ticket = await office.customer_writes(who="12125550100")
    assert keys(await office.types("ana", ticket, f"!snooze {text}")) == said
    after = await office.ticket(ticket.id)
    assert (after.snoozed_until, rings(after)) == (shanghai(until), shanghai(until))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "refused.snooze_when"),
        ("soon", "refused.time_unreadable"),
        ("0h", "refused.time_not_positive"),
        ("today 9", "refused.time_past"),
        ("400d", "refused.time_too_far"),
        ("after lunch", "refused.time_other_holiday"),
    ],
)
async def test_what_is_no_time_is_refused_with_examples(office: World, text: str, key: str) -> None:
    ticket = await office.customer_writes()
    assert keys(await office.types("ana", ticket, f"!snooze {text}")) == [key]
    if text:
        assert keys(await office.types("ana", ticket, f"!pending {text}")) == [key]
    assert await office.ticket(ticket.id) == ticket


async def test_where_no_holidays_are_known(world: World) -> None:
    ticket = await world.customer_writes(who="999000111")
    assert keys(await world.types("ana", ticket, "!snooze after christmas")) == ["refused.time_no_holiday"]


async def test_pending_alone_waits_for_as_long_as_it_takes(office: World) -> None:
    ticket = await office.customer_writes()
    assert keys(await office.types("ana", ticket, "!pending")) == []
    after = await office.ticket(ticket.id)
    assert (after.status, rings(after)) == (Status.PENDING, None)
    assert keys(await office.types("ana", ticket, "!pending")) == ["refused.already_status"]


async def test_a_silent_customer_wakes_the_assignee(office: World) -> None:
    ticket = await office.customer_writes()
    await office.types("ana", ticket, "!claim")
    assert keys(await office.types("ana", ticket, "!pending 2d")) == []
    waiting = await office.ticket(ticket.id)
    assert (waiting.status, rings(waiting)) == (Status.PENDING, shanghai("2026-11-25 17:00"))
    assert waiting.snoozed_until is None
    office.wait(days=2)
    await office.door.tick([ticket.id])
    assert await woke(office, ticket) == ["silent"]
    entry = next(entry for entry, _ in await office.thread(ticket) if entry.say and entry.say.key == "line.woke_silent")
    assert entry.mention == office.id("ana")
    after = await office.ticket(ticket.id)
    assert (after.status, rings(after)) == (Status.PENDING, None)


async def test_a_customer_who_answers_ends_the_waiting(office: World) -> None:
    ticket = await office.customer_writes()
    await office.types("ana", ticket, "!pending 2d")
    office.wait(hours=2)
    assert (await office.customer_writes("Here I am.")).status is Status.OPEN
    assert rings(await office.ticket(ticket.id)) is None
    office.wait(days=3)
    await office.door.tick([ticket.id])
    assert await woke(office, ticket) == []


@pytest.mark.parametrize("command", ["!hold", "!close"])
async def test_nor_does_it_ring_when_it_is_nobodys_turn_to_wait(office: World, command: str) -> None:
    ticket = await office.customer_writes()
    await office.types("ana", ticket, "!pending 2d")
    assert keys(await office.types("ana", ticket, command)) == []
    assert rings(await office.ticket(ticket.id)) is None


async def test_what_was_said_last_is_when_it_rings(office: World) -> None:
    ticket = await office.customer_writes()
    await office.types("ana", ticket, "!pending 2d")
    assert keys(await office.types("ana", ticket, "!pending 3d")) == []
    assert rings(await office.ticket(ticket.id)) == shanghai("2026-11-26 17:00")
    assert keys(await office.types("ana", ticket, "!snooze 30m")) == []
    asleep = await office.ticket(ticket.id)
    assert rings(asleep) == asleep.snoozed_until == shanghai("2026-11-23 17:30")
    assert keys(await office.types("ana", ticket, "!pending 1d")) == []
    assert (await office.ticket(ticket.id)).snoozed_until is None


async def test_the_form_of_a_button(office: World) -> None:
    ticket = await office.customer_writes()
    assert (await office.presses("ana", ticket, "pending")).dialog is None
    assert (await office.ticket(ticket.id)).status is Status.PENDING
