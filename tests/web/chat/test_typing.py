"""Who types: the team hears of its own visitors, and a visitor of words that are meant for them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar

from core.people import Role
from tests.web.chat.conftest import Shop
from tests.web.chat.page import PATIENCE, frames
from tests.web.conftest import Browser, csrf_of
from tests.web.house import REPAIR


@asynccontextmanager
async def at_console(shop: Shop, name: str) -> AsyncIterator[tuple[Browser, ClientWebSocketResponse]]:
    """Signed in, with the console's live socket open."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as client:
        browser = Browser(client, shop.server.make_url("/"))
        await browser.uses_link(await shop.home.link(name))
        browser.csrf = await csrf_of(browser)
        async with client.ws_connect(browser.server / "console/live", origin=shop.origin) as live:
            yield browser, live


async def hint(live: ClientWebSocketResponse) -> Any:
    return await asyncio.wait_for(live.receive_json(), PATIENCE)


async def test_the_team_hears_that_a_visitor_types(shop: Shop) -> None:
    page = await shop.opens()
    await page.hears("taken", id=await page.says("hello"))
    ticket = await shop.ticket()
    await shop.home.joins("Omar", REPAIR)
    await shop.home.joins("Ada", role=Role.ADMIN)
    async with at_console(shop, "Omar") as (omar, his), at_console(shop, "Mei") as (_, hers):
        await page.sends("typing", on=True)
        assert await hint(hers) == {"tickets": [], "notices": False, "typing": ticket}
        await omar.post("console/logout", {})
        last = await asyncio.wait_for(his.receive(), PATIENCE)
        assert last.data == 4401  # and nothing before it: another queue's visitor is not his business


async def test_a_visitor_who_has_no_ticket_types_to_nobody(shop: Shop) -> None:
    page = await shop.opens()
    async with at_console(shop, "Mei"):
        await page.sends("typing", on=True)
        await page.sends("typing", on=False)
        await page.all_so_far()


async def test_a_visitor_sees_that_an_answer_is_being_written(shop: Shop) -> None:
    page = await shop.opens()
    other = await shop.opens()
    await page.hears("taken", id=await page.says("hello"))
    ticket = await shop.ticket()
    async with at_console(shop, "Mei") as (mei, _):
        assert (await mei.post(f"console/api/tickets/{ticket}/typing", {})).status == 200
    assert await page.hears("typing") == {"type": "typing", "on": True}
    assert frames(await other.all_so_far(), "typing") == []


async def test_who_may_not_see_the_ticket_cannot_tell_its_visitor(shop: Shop) -> None:
    page = await shop.opens()
    await page.hears("taken", id=await page.says("hello"))
    ticket = await shop.ticket()
    await shop.home.joins("Omar", REPAIR)
    async with at_console(shop, "Omar") as (omar, _):
        assert (await omar.post(f"console/api/tickets/{ticket}/typing", {})).status == 404
        assert (await omar.post(f"console/api/tickets/{ticket}/typing", {}, **{"X-CSRF-Token": "x"})).status == 403
    assert frames(await page.all_so_far(), "typing") == []
