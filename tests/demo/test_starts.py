"""The demo tells the same story whenever it is started: at night, at a weekend, on days that hardly exist."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.demo import hours, house, serve
from core.clocks import ClockKind, ClockState
from core.model import Status
from core.people import Person, Tier
from core.ports import Notice
from tests.demo.looking import received, ticket_of

NEW_YORK = ZoneInfo("America/New_York")
STARTS = {
    "a working afternoon in Shenzhen": datetime(2026, 11, 24, 7, 45, tzinfo=UTC),
    "the middle of its night": datetime(2026, 11, 24, 18, 20, tzinfo=UTC),
    "a Sunday": datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
    "the first minutes of a year": datetime(2027, 1, 1, 0, 3, tzinfo=UTC),
    "a leap day": datetime(2028, 2, 29, 10, 30, tzinfo=UTC),
    "Chinese New Year": datetime(2027, 2, 8, 3, 0, tzinfo=UTC),
    "the minute in which Sales wakes": datetime(2026, 11, 24, 1, 0, tzinfo=UTC),
}


@pytest.fixture(params=list(STARTS.values()), ids=list(STARTS))
async def demo(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[serve.Demo]:
    """Started at that moment, at which its clock then stands still."""
    async with serve.running(tmp_path, "en", ticks=lambda: 0.0, real=lambda: request.param) as running:
        yield running


async def test_at_any_moment_the_house_shows_what_time_is_about(demo: serve.Demo) -> None:
    """One story, since each start plays half a day."""
    await a_vip_is_due_in_her_own_hours(demo)
    await who_wrote_at_night_knows_when_sales_answers(demo)
    await who_waits_too_long_was_told_so(demo)
    await one_was_warned_of_and_none_else_is_late(demo)
    await the_breach_reached_the_one_who_decides(demo)
    await a_colleague_was_asked(demo)
    await a_shift_took_over(demo)


async def a_vip_is_due_in_her_own_hours(demo: serve.Demo) -> None:
    emma = await ticket_of(demo, house.EMMA)
    assert (emma.tier, emma.status, emma.level, emma.country) == (Tier.VIP, Status.OPEN, 0, "US")
    clock = emma.clock(ClockKind.NEXT_REPLY)
    assert clock is not None
    assert clock.due_at is not None
    assert clock.due_at > demo.clock.now()
    there = clock.due_at.astimezone(NEW_YORK)
    assert there.weekday() < 5
    assert time(9) <= there.time() <= time(18)
    assert (there.month, there.day) != (1, 1)


async def who_wrote_at_night_knows_when_sales_answers(demo: serve.Demo) -> None:
    office = demo.app.door.policy.queue(house.SALES).calendar
    wrote, wakes = hours.night(office, demo.clock.now())
    noah = await ticket_of(demo, house.NOAH)
    assert (noah.queue, noah.level) == (house.SALES, 0)
    assert abs(noah.opened_at - wrote).total_seconds() < 60
    promise = noah.clock(ClockKind.PROMISE)
    assert promise is not None
    assert promise.due_at is None or office.is_open(promise.due_at)
    first, *rest = received(demo, house.NOAH)
    assert "closed" in first
    assert "(Sydney time)" in first
    if demo.clock.now() > wakes + hours.BREAK:
        assert [words.partition("!")[0] for words in rest] == ["Good day Noah"]


async def who_waits_too_long_was_told_so(demo: serve.Demo) -> None:
    [words] = received(demo, house.LENA)
    assert "sorry" in words
    assert "(Berlin time)" in words
    assert (await ticket_of(demo, house.LENA)).level == 2


async def one_was_warned_of_and_none_else_is_late(demo: serve.Demo) -> None:
    amara, priya, olga = [await ticket_of(demo, who) for who in (house.AMARA, house.PRIYA, house.OLGA)]
    first, resolve = amara.clock(ClockKind.FIRST_REPLY), priya.clock(ClockKind.RESOLVE)
    assert first is not None
    assert resolve is not None
    assert (first.fired, resolve.fired) == (frozenset({"75%"}), frozenset({"75%", "90%"}))
    assert (amara.level, priya.level, olga.level) == (0, 0, 0)
    assert received(demo, house.AMARA) == received(demo, house.OLGA) == []


async def the_breach_reached_the_one_who_decides(demo: serve.Demo) -> None:
    """Also while Berlin sleeps: she is on call."""
    told = {notice.say.key: notice for notice in await notices(demo, demo.people.anna)}
    assert "ack" in {button.action for button in told["tell.escalated_breach"].say.buttons}


async def a_colleague_was_asked(demo: serve.Demo) -> None:
    joao = await ticket_of(demo, house.JOAO)
    clock = joao.clock(ClockKind.CONSULT)
    assert clock is not None
    assert clock.state is ClockState.RUNNING
    assert joao.consulted == f"person:{demo.people.anna.id}"


async def a_shift_took_over(demo: serve.Demo) -> None:
    keys = {notice.say.key for who in demo.people.everybody for notice in await notices(demo, who)}
    assert "bulletin.handover" in keys


async def notices(demo: serve.Demo, person: Person) -> list[Notice]:
    return list(await demo.app.store.notices(person.id, 50))
