"""Who is there: the team's hours as a visitor sees them, and the visitor as the team does."""

from bot.web.chat.leaving import Leaving
from core.events import CustomerLeft
from core.hours import Calendar
from tests.web.chat.conftest import OpenShop, Shop
from tests.web.chat.page import frames

OFFICE = Calendar.parse("UTC", {"mon": ["08:00-12:00"], "tue": ["08:00-12:00"]})
"""It is Monday, nine o'clock."""


async def left(shop: Shop) -> list[str]:
    """Whom the worker reports as gone, by their visitor's id."""
    await Leaving(shop.log, shop.clock).step()
    return [event.key for event in await shop.intake() if isinstance(event, CustomerLeft)]


# --- the team -------------------------------------------------------------------------------------------------------


async def test_the_team_is_there(open_shop: OpenShop) -> None:
    shop = await open_shop(OFFICE, title="Harbour Lamps")
    assert (await shop.opens()).welcome["team"] == {
        "title": "Harbour Lamps",
        "open": True,
        "opens_at": None,
        "ask_email": False,
    }


async def test_when_it_closes_the_pages_are_told_once(open_shop: OpenShop) -> None:
    shop = await open_shop(OFFICE)
    page = await shop.opens()
    for _ in range(4):
        await shop.until_asleep_for(20)
        await shop.clock.forward("1h")
        await page.all_so_far()
    told = frames(page.heard, "team")
    assert [(team["open"], team["opens_at"], team["ask_email"]) for team in told] == [
        (False, "2026-03-03T08:00:00+00:00", True)
    ]


async def test_an_email_is_asked_for_when_nobody_is_there(open_shop: OpenShop) -> None:
    shop = await open_shop()
    await shop.parts.store.set_away(shop.home.people["Mei"].id, shop.parts.clock.now())
    page = await shop.opens()
    assert page.welcome["team"]["open"]
    assert page.welcome["team"]["ask_email"]
    await page.sends("details", email="ana@example.com")
    assert not (await page.hears("team"))["ask_email"]
    assert not (await shop.opens(token=page.token)).welcome["team"]["ask_email"]


# --- the visitor ----------------------------------------------------------------------------------------------------


async def test_who_left_unseen_is_told_of_once_each_time(shop: Shop) -> None:
    page = await shop.opens()
    await shop.answers(page, "one")
    await page.hears("entry")
    await shop.closes(page)
    await shop.clock.forward("29s")
    assert await left(shop) == []
    await shop.clock.forward("20s")
    assert await left(shop) == [page.visitor]
    await shop.answers(page, "two")
    assert await left(shop) == []
    back = await shop.opens(token=page.token)
    await shop.closes(back)
    await shop.clock.forward("2m")
    assert await left(shop) == [page.visitor]


async def test_a_reload_is_no_leaving(shop: Shop) -> None:
    page = await shop.opens()
    await shop.answers(page, "one")
    await shop.closes(page)
    await shop.clock.forward("20s")
    again = await shop.opens(token=page.token)
    await shop.clock.forward("20s")
    assert await left(shop) == []
    assert again.welcome["seq"] == 1


async def test_who_is_there_stays_there(shop: Shop) -> None:
    page = await shop.opens()
    await shop.answers(page, "one")
    for _ in range(6):
        await shop.until_asleep_for(20)
        await shop.clock.forward("20s")
        await page.all_so_far()
    assert await left(shop) == []


async def test_one_tab_of_two_is_enough(shop: Shop) -> None:
    page = await shop.opens()
    other = await shop.opens(token=page.token)
    await shop.answers(page, "one")
    await page.ws.close()
    await other.all_so_far()
    await shop.clock.forward("31s")
    await other.all_so_far()
    assert await left(shop) == []


async def test_who_saw_it_may_go(shop: Shop) -> None:
    page = await shop.opens()
    await shop.answers(page, "one")
    await page.hears("entry")
    await page.sends("ack", seen=1)
    await page.all_so_far()
    await shop.closes(page)
    await shop.clock.forward("5m")
    assert await left(shop) == []
