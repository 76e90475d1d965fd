"""The demo's shop with its chat, over the whole program: a visitor writes to the team, and the answer comes."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from bot.demo import house
from bot.demo.stage import PICTURE
from tests.browser.demo import Demo, as_person, open_ticket, running_in, type_in_box
from tests.browser.reading import hard_to_read, nameless


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with running_in(tmp_path) as running:
        yield running


async def as_visitor(demo: Demo, browser: Browser, query: str = "", **context: Any) -> Page:
    """With the chat open."""
    opened = await browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "locale": "en-US", **context})
    page = await opened.new_page()
    await page.goto(demo.shop + query)
    await page.locator("dragoman-chat button").click()
    await expect(page.frame_locator("dragoman-chat iframe").locator("#text")).to_be_focused()
    return page


async def test_a_visitor_writes_and_reads_the_answer(demo: Demo, browser: Browser) -> None:
    shop = await as_visitor(demo, browser)
    chat = shop.frame_locator("dragoman-chat iframe")
    await chat.locator("#text").fill("Do you ship to Chile?")
    await chat.locator("#text").press("Enter")
    await expect(chat.locator(".state").last).to_have_text("Sent")

    mei = await as_person(demo, browser, "Mei Lin")
    await mei.locator(".row", has_text="Do you ship to Chile?").click()
    await expect(mei.locator(".entry.customer .words").last).to_have_text("Do you ship to Chile?")
    await type_in_box(mei, "!claim")
    await expect(mei.locator(".fact", has_text="Assignee")).to_contain_text("You")
    await mei.get_by_role("button", name="+30 min").click()
    await mei.get_by_role("button", name="×60", exact=True).click()
    await type_in_box(mei, "!r We do, from Shenzhen to San Antonio.")
    await expect(chat.locator(".agent .words")).to_have_text("We do, from Shenzhen to San Antonio.")
    await expect(chat.locator(".agent .author")).to_have_text("Mei")
    await shop.bring_to_front()
    await expect(chat.locator(".customer .state").last).to_have_text("Seen")
    await mei.bring_to_front()
    await expect(mei.locator(".delivery").last).to_have_class("delivery read")


async def test_a_train_goes_through_a_tunnel(demo: Demo, browser: Browser) -> None:
    shop = await as_visitor(demo, browser)
    chat = shop.frame_locator("dragoman-chat iframe")
    for words in ("one", "two", "three"):
        await shop.context.set_offline(words == "two")
        await chat.locator("#text").fill(words)
        await chat.locator("#text").press("Enter")
        await expect(chat.locator(".customer .state").last).to_have_text("Sending" if words == "two" else "Sent")
    await shop.reload()
    await expect(chat.locator(".customer .words")).to_have_text(["one", "two", "three"])
    mei = await as_person(demo, browser, "Mei Lin")
    await mei.locator(".row", has_text="three").click()
    await expect(mei.locator(".entry.customer .words")).to_have_text(["one", "two", "three"])


async def test_who_is_signed_in_finds_their_talk_and_a_guest_does_not(demo: Demo, browser: Browser) -> None:
    signed_in = await as_visitor(demo, browser, "?as=customer")
    words = signed_in.frame_locator("dragoman-chat iframe").locator(".customer .words")
    await expect(words).to_contain_text(["Bonjour, la suspension Halo"])
    mei = await as_person(demo, browser, "Mei Lin")
    await open_ticket(mei, house.CAMILLE.name)
    await signed_in.get_by_role("link", name="Sign out").click()
    await expect(signed_in.get_by_text("You are a guest")).to_be_visible()
    await expect(signed_in.frame_locator("dragoman-chat iframe").locator("#text")).to_be_visible()
    await expect(words).to_have_count(0)


async def test_a_picture_arrives_at_the_team(demo: Demo, browser: Browser) -> None:
    shop = await as_visitor(demo, browser)
    chat = shop.frame_locator("dragoman-chat iframe")
    await chat.locator("#pick").set_input_files(PICTURE)
    await expect(chat.locator(".picked.here")).to_be_visible()
    await chat.locator("#text").fill("Can you make this one?")
    await chat.locator("#text").press("Enter")
    await expect(chat.locator(".state").last).to_have_text("Sent")
    mei = await as_person(demo, browser, "Mei Lin")
    await mei.locator(".row", has_text="Can you make this one?").click()
    await expect(mei.locator(".entry.customer img").last).to_be_visible()


async def test_the_shops_own_button_begins_a_question(demo: Demo, browser: Browser) -> None:
    shop = await browser.new_page(locale="en-US")
    await shop.goto(demo.shop)
    await expect(shop.locator("dragoman-chat button")).to_be_visible()
    await shop.locator("article", has_text="Halo pendant").get_by_role("button", name="Ask about it").click()
    await expect(shop.frame_locator("dragoman-chat iframe").locator("#text")).to_have_value("About the Halo pendant: ")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
async def test_the_shop_can_be_read_by_everybody(demo: Demo, browser: Browser, locale: str, width: int) -> None:
    page = await browser.new_page(viewport={"width": width, "height": 844}, locale=locale)
    await page.goto(demo.shop + "?as=customer")
    await expect(page.locator("dragoman-chat button")).to_be_visible()
    assert await page.locator("html").get_attribute("lang") == locale.replace("-US", "")
    assert await nameless(page) == []
    assert await hard_to_read(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
