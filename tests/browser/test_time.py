"""The page "Time" as a supervisor reads it, in Chromium: at a desk, on a phone, in the dark, from right to left."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from bot.web.app import build
from tests.browser.reading import hard_to_read, nameless
from tests.web.house import House
from tests.web.office import SALES, office

PARTS = ("due", "coverage", "rules", "calendars", "roster")
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB"}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "locale": "en-GB", "has_touch": True}
FITS = """() => [document.documentElement, document.querySelector(".time")]
    .every(it => it.scrollWidth <= it.clientWidth)"""
Opens = Callable[..., Awaitable[Page]]


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with office(tmp_path) as made:
        yield made


@pytest.fixture
async def opens(home: House, browser: Browser) -> AsyncIterator[Opens]:
    """`await opens("Ines", "rules", **window)`: the page as she sees it; whatever goes wrong in it fails the test."""
    wrong: list[str] = []
    async with TestServer(build(home.parts)) as server:

        async def go(name: str, part: str = "due", **window: Any) -> Page:
            context = await browser.new_context(**(window or DESK))
            context.set_default_timeout(10_000)
            page = await context.new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
            await page.goto(str(server.make_url("/console/login").with_query(token=await home.link(name))))
            await page.get_by_role("button").click()
            await expect(page.locator(".nav-item").first).to_be_attached()
            await page.goto(str(server.make_url(f"/console/time/{part}")))
            await drawn(page)
            return page

        yield go
    assert wrong == []


async def drawn(page: Page) -> None:
    await expect(page.locator(".time-body > *").first).to_be_visible()
    await expect(page.locator('.tab[data-part="coverage"] .wrong')).to_be_visible()


async def turn_to(page: Page, part: str) -> None:
    await page.locator(f'.tab[data-part="{part}"]').click()
    await expect(page.locator(f'.tab[data-part="{part}"]')).to_have_attribute("aria-current", "page")
    await drawn(page)


def place(page: Page, name: str) -> Any:
    return page.locator(".region", has=page.get_by_role("heading", name=name))


async def test_a_vip_before_thanksgiving_is_due_on_friday_in_both_times(opens: Opens) -> None:
    page = await opens("Ines")
    new_york = place(page, "New York, United States")
    await expect(new_york.locator("header")).to_contain_text("Wed, Nov 25, 17:15")
    await expect(new_york.locator("header")).to_contain_text("Open until 18:00")
    first = new_york.locator("tbody tr").first.locator("td").first
    await expect(first.locator(".theirs")).to_have_text("Fri, Nov 27, 10:15")
    await expect(first.locator(".ours")).to_have_text("= 23:15 Shanghai")
    await expect(first.locator(".who")).to_contain_text("Liu")


async def test_what_the_customer_reads_is_there_word_for_word(opens: Opens) -> None:
    page = await opens("Ines")
    told = place(page, "New York, United States").locator(".told").first
    await expect(told.locator("q")).to_be_hidden()
    await told.locator("summary").click()
    await expect(told.locator("q")).to_contain_text("by Friday, 27 November, 10:15 (New York time)")


async def test_another_moment_is_asked_for_and_stands_in_the_address(opens: Opens) -> None:
    page = await opens("Ines")
    await page.get_by_label("Moment").fill("2026-12-25T17:00")
    await page.get_by_label("By the clock of").select_option(label="New York")
    await page.get_by_role("button", name="Look").click()
    await expect(page.get_by_role("status").filter(has_text="another moment")).to_be_visible()
    await expect(place(page, "New York, United States").locator("header")).to_contain_text("Christmas Day")
    await page.reload()
    await expect(place(page, "New York, United States").locator("header")).to_contain_text("Christmas Day")
    await page.get_by_role("button", name="Now").click()
    await expect(place(page, "New York, United States").locator("header")).to_contain_text("Open until")


async def test_the_parts_have_addresses_and_the_way_back(opens: Opens) -> None:
    page = await opens("Ines")
    await page.get_by_role("link", name="Coverage").click()
    await expect(page.locator(".gap").first).to_contain_text("Customers in New York, United States")
    await expect(page.get_by_role("link", name="Coverage")).to_be_focused()
    assert page.url.endswith("/console/time/coverage")
    await page.get_by_role("link", name="People").press("Enter")
    await expect(page.get_by_role("heading", name="Service")).to_be_visible()
    await page.go_back()
    await expect(page.locator(".gap").first).to_be_visible()
    await page.get_by_role("button", name="Mine").click()
    await expect(page.locator(".list")).to_be_visible()
    await page.get_by_role("button", name="Time").click()
    await expect(page.locator(".region").first).to_be_visible()
    await expect(page.locator(".list")).to_be_hidden()
    await page.get_by_label("Search tickets").fill("Emma")
    await expect(page.locator(".row")).to_contain_text("Emma Carter")


async def test_what_is_wrong_is_seen_from_every_part(opens: Opens) -> None:
    page = await opens("Ines", "rules")
    gaps = page.locator('.tab[data-part="coverage"] .wrong')
    count = int((await gaps.inner_text()).split()[0])
    await page.get_by_role("link", name="Coverage").click()
    await expect(page.locator(".gap")).to_have_count(count)
    await expect(page.locator(".gap .cures").first).to_contain_text("Counting in the team’s hours")


async def test_nobody_who_could_answer_in_time_is_shown_in_red(opens: Opens) -> None:
    page = await opens("Ines")
    await page.get_by_label("Queue", exact=True).select_option(label="Service")
    await expect(page.locator(".team")).to_contain_text("Berlin")
    await page.get_by_label("Moment").fill("2026-11-24T11:00")
    await page.get_by_label("By the clock of").select_option(label="New York")
    await page.get_by_role("button", name="Look").click()
    lost = place(page, "New York, United States").locator("td.lost").first
    await expect(lost).to_contain_text("nobody before")


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_everybody_can_read_it(opens: Opens, window: dict[str, Any], scheme: str) -> None:
    page = await opens("Ines", **window, color_scheme=scheme, reduced_motion="reduce")
    for part in PARTS:
        await turn_to(page, part)
        await page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        assert await hard_to_read(page) == [], part
        assert await nameless(page) == [], part
        assert await page.evaluate(FITS), part


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
async def test_from_right_to_left_nothing_runs_out_of_the_page(opens: Opens, window: dict[str, Any]) -> None:
    page = await opens("Ines", **window)
    await page.evaluate("document.documentElement.dir = 'rtl'")
    tabs = [await page.locator(f'.tab[data-part="{name}"]').bounding_box() for name in ("due", "roster")]
    assert tabs[0]
    assert tabs[1]
    assert tabs[0]["x"] > tabs[1]["x"]
    for part in PARTS:
        await turn_to(page, part)
        assert await page.evaluate(FITS), part


async def test_on_a_phone_rows_are_cards_and_the_list_is_one_step_back(opens: Opens) -> None:
    page = await opens("Ines", **PHONE)
    row = place(page, "Berlin, Germany").locator("tbody tr").first
    cells = [await cell.bounding_box() for cell in await row.locator("td").all()]
    assert all(cell for cell in cells)
    assert len({cell["x"] for cell in cells if cell}) == 1, "one below the other"
    label = await row.locator("td").first.evaluate("node => getComputedStyle(node, '::before').content")
    assert label == '"First reply"'
    await page.get_by_role("button", name="Back to the list").click()
    await expect(page.locator(".list")).to_be_visible()
    await expect(page.locator(".time")).to_be_hidden()


async def test_a_colleagues_markup_is_only_text(home: House, opens: Opens) -> None:
    hostile = "<img src=x onerror=document.title='owned'>"
    await home.joins(hostile, SALES)
    page = await opens("Mei", "roster")
    await expect(page.locator(".region").first).to_contain_text(hostile)
    assert await page.locator(".region img").count() == 0
    assert await page.title() != "owned"


async def test_it_speaks_chinese_when_asked(home: House, opens: Opens) -> None:
    await home.store.set_person(home.people["Ines"].id, locale="zh-CN")
    page = await opens("Ines")
    await expect(place(page, "美国纽约").locator("header")).to_contain_text("营业至")
    first = place(page, "美国纽约").locator("tbody tr").first.locator("td").first
    await expect(first.locator(".theirs")).to_have_text("11月27日周五 10:15")
