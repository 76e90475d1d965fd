"""`!due`: when what is due, and how it came about, as the agent in Madrid reads it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot import i18n
from bot.handlers.asking import Answer
from core.hours import Calendar
from core.people import Tier
from core.policy import Policy, QueuePolicy
from core.say import PersonName, Say, TicketLabel
from core.targets import Target, Whose, WorkDays
from tests.handlers.world import POLICY, SLACK, SUPPORT, World, keys

WEEK = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
ROWS = (
    Target(timedelta(hours=2), timedelta(hours=4), WorkDays(3), tier=Tier.VIP, whose=Whose.CUSTOMER),
    Target(timedelta(hours=8), timedelta(hours=12), WorkDays(7), whose=Whose.CUSTOMER),
)
US_PHONE = "12125550100"
THANKSGIVING_EVE = datetime(2026, 11, 25, 17, 15, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)


def a_policy(**changes: object) -> Policy:
    team = QueuePolicy(SUPPORT, "Support", Calendar.parse("Asia/Shanghai", WEEK, "CN"), {SLACK: ("C1",)})
    return replace(POLICY, **{"queues": {**POLICY.queues, SUPPORT: team}, "targets": ROWS, **changes})  # type: ignore[arg-type]


@pytest.fixture
def house(world: World) -> World:
    return under(world, a_policy())


def under(world: World, policy: Policy, at: datetime = THANKSGIVING_EVE) -> World:
    """The same people and tickets, another policy."""
    other = World(world.store, policy)
    other.people, other.clock.at = world.people, at
    return other


def read(answer: Answer, locale: str = "en") -> list[str]:
    """Every line of it, as the one who asked reads it."""

    def resolve(it: PersonName | TicketLabel) -> str:
        return f"T-{it.id}" if isinstance(it, TicketLabel) else f"#{it.id}"

    def lines(it: Say) -> list[str]:
        first = i18n.render(locale, it.key, it.params, zone=ZoneInfo(answer.zone), resolve=resolve)
        return [first, *(line for below in it.lines for line in lines(below))]

    return [line for it in answer.whispers for line in lines(it)]


async def test_a_vip_on_the_eve_of_thanksgiving(house: World) -> None:
    ticket = await house.customer_writes(who=US_PHONE)
    await house.types("ana", ticket, "!vip")
    said = read(await house.types("ana", ticket, "!due"))
    assert said == [
        "Clocks of T-1:",
        "First reply: Fri, Nov 27, 10:15 New York = 16:15 Madrid, in 1 day 17 hr",
        "Resolution: Tue, Dec 1, 17:15 New York = 23:15 Madrid, in 6 days",
        "WhatsApp takes our words until Thu, Nov 26, 17:15 New York = 23:15 Madrid, for 1 day. "
        "The customer last wrote Wed, Nov 25, 17:15 New York = 23:15 Madrid.",
        "How “First reply” is counted, by the clock of New York:",
        "Row 1 of the targets (tier = vip): 2 hr of working time",
        "The customer's hours, New York; public holidays: US",
        "Where the customer is, is assumed. To correct it: !tz Madrid",
        "Begun Wed, Nov 25, 17:15 New York = 23:15 Madrid",
        "+ Wed, Nov 25, 17:15 – 18:00: 45 min",
        "– Wed, Nov 25, 18:00 – Fri, Nov 27, 09:00: Thanksgiving Day",
        "+ Fri, Nov 27, 09:00 – 10:15: 1 hr 15 min",
        "= due Fri, Nov 27, 10:15 New York = 16:15 Madrid; 2 hr of working time left",
        "Comes next: 100% Fri, Nov 27, 16:15",
    ]


async def test_another_clock_is_asked_for(house: World) -> None:
    ticket = await house.customer_writes(who=US_PHONE)
    await house.types("ana", ticket, "!vip")
    said = read(await house.types("ana", ticket, "!due resolve"))
    assert said[:2] == [
        "How “Resolution” is counted, by the clock of New York:",
        "Row 1 of the targets (tier = vip): 3 working days, 27 hr",
    ]
    assert "– Fri, Nov 27, 18:00 – Mon, Nov 30, 09:00: weekend" in said
    assert len(said) <= 14
    assert read(await house.types("ana", ticket, "!due window"))[0].startswith("WhatsApp takes our words until")
    assert read(await house.types("ana", ticket, "!due next")) == ["Next reply: there is no such clock on this ticket."]
    assert keys(await house.types("ana", ticket, "!due tomorrow")) == ["refused.due_which"]
    assert keys(await house.types("bo", ticket, "!时限 首次")) == ["due.how"]


async def test_a_hold_stands_still(house: World) -> None:
    ticket = await house.customer_writes(who=US_PHONE)
    house.wait(minutes=15)
    await house.types("ana", ticket, "!hold the factory looks for it")
    house.wait(hours=2)
    said = read(await house.types("ana", ticket, "!due first"))
    assert "+ Wed, Nov 25, 17:15 – 17:30: 15 min" in said
    assert said[-2:] == [
        "– since Wed, Nov 25, 17:30 New York = 23:30 Madrid: on hold",
        "= 7 hr 45 min of working time left when it runs on",
    ]
    assert "First reply: stands still (on hold), 7 hr 45 min of working time left" in read(
        await house.types("ana", ticket, "!due")
    )
    await house.types("ana", ticket, "!pending")
    said = read(await house.types("ana", ticket, "!due first"))
    assert "– Wed, Nov 25, 17:30 – 19:30: on hold" in said


async def test_an_answered_clock_is_told_to_its_end(house: World) -> None:
    ticket = await house.customer_writes(who=US_PHONE)
    house.wait(minutes=15)
    await house.types("ana", ticket, "!r It left yesterday.")
    house.wait(seconds=10)
    await house.leaving()
    said = read(await house.types("ana", ticket, "!due first"))
    assert said[-1] == "= stopped in time, after 15 min of 8 hr"


async def test_nothing_runs_and_years_that_are_not_announced(house: World) -> None:
    slow = replace(ROWS[0], tier=None, first_reply=WorkDays(9), resolve=None, whose=Whose.TEAM)
    world = under(house, a_policy(targets=(slow,)), datetime(2027, 12, 30, 3, tzinfo=UTC))
    ticket = await world.customer_writes()
    said = read(await world.types("ana", ticket, "!due"))
    assert "⚠️ Public holidays of CN may still change: 2027, 2028" in said
    assert "Row 1 of the targets (all others): 9 working days, 81 hr" in said
    assert "The team's hours, Shanghai; public holidays: CN" in said
    await world.types("ana", ticket, "!close")
    assert keys(await world.types("ana", ticket, "!due")) == ["due.none"]


@pytest.mark.parametrize("locale", i18n.locales())
async def test_every_line_has_words(house: World, locale: str) -> None:
    """Rows of every kind, pauses, complaints, and hours that are always open."""
    rows = (replace(ROWS[0], tier=Tier.A, whose=Whose.ALWAYS), replace(ROWS[1], resolve=WorkDays(40)))
    world = under(house, a_policy(targets=rows))
    ticket = await world.customer_writes()
    for typed in ("!hold", "!pending", "!tag complaint", "!esc", "!snooze 3d", "!consult @bo which one?"):
        await world.types("ana", ticket, typed)
        for which in ("", " first", " resolve", " window", " consult"):
            world.wait(minutes=7)
            assert read(await world.types("ana", ticket, f"!due{which}"), locale)
