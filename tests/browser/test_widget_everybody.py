"""The site chat for everybody (keyboard, screen reader, any colour, right to left, a phone), and for nobody else."""

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chat_server import Shop
from tests.browser.reading import hard_to_read, nameless
from tests.browser.visitor import Visitor, visitor_of

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "reduced_motion": "reduce"}
HOSTILE = "<img src=x onerror=document.title='owned'> javascript:alert(1) https://a.example/x_(y)?q=1. www.b.example!"


async def test_the_keyboard_is_enough(shop: Shop, visitor: Visitor) -> None:
    press = visitor.page.keyboard.press
    await press("Tab")  # the shop's own link
    await press("Tab")
    await expect(visitor.launcher).to_be_focused()
    await press("Enter")
    await expect(visitor.box).to_be_focused()
    await visitor.page.keyboard.type("Hello")
    await press("Shift+Enter")
    await visitor.page.keyboard.type("there")
    await press("Enter")
    await visitor.sees("Hello\nthere")
    await press("Shift+Tab")
    await expect(visitor.frame.get_by_role("button", name="Attach a file")).to_be_focused()
    await press("Shift+Tab")
    await expect(visitor.frame.get_by_label("Language")).to_be_focused()
    await press("Shift+Tab")
    await expect(visitor.log).to_be_focused()
    await press("Escape")
    await expect(visitor.launcher).to_be_focused()
    await expect(visitor.launcher).to_have_attribute("aria-expanded", "false")
    await expect(visitor.box).to_be_hidden()


async def test_a_screen_reader_hears_what_is_new(shop: Shop, visitor: Visitor) -> None:
    await visitor.opens()
    await visitor.types("Hello")
    await expect(visitor.state).to_have_text("Sent")
    await shop.chat.says("Good morning", author="Mei")
    await expect(visitor.log).to_have_accessible_name("Conversation")
    await expect(visitor.log).to_have_attribute("aria-busy", "false")
    await expect(visitor.log.locator(".author")).to_have_text(["You", "Mei"])
    await expect(visitor.page.locator("dragoman-chat iframe")).to_have_attribute("title", "Chat with Lantern & Co.")
    await visitor.picks("a.txt", "text/plain", b"x")
    assert await nameless(visitor.page.frames[1]) == []
    kept = await visitor.frame.locator(".message").first.element_handle()
    await shop.chat.says("Still there?", author="Mei")
    await expect(visitor.words).to_have_count(3)
    assert kept is not None
    assert await kept.evaluate("node => node.isConnected"), "what was read out is not drawn, and read, again"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("colour", ["#0b5fff", "#ffe100", "#ffffff", "#000000", "#e4572e", "#7a7a7a", "#15d1a0"])
async def test_every_word_is_readable_in_any_brands_colour(
    shop: Shop, browser: Browser, colour: str, scheme: str
) -> None:
    shop.chat.colour = colour
    shop.chat.team = {"open": False, "opens_at": None, "ask_email": True}
    async with visitor_of(shop, browser, color_scheme=scheme) as visitor:
        await visitor.opens()
        await visitor.types("Hello https://a.example")
        await expect(visitor.state).to_have_text("Sent")
        await shop.chat.reads()
        await shop.chat.says("Good morning https://a.example")
        shop.chat.refusals.append({"code": "bad_reply", "words": "No."})
        await visitor.types("Again")
        await expect(visitor.frame.locator("#ask")).to_be_visible()
        await visitor.frame.locator("#ask .solid").click()
        await expect(visitor.frame.locator(".mend")).to_be_visible()
        assert await hard_to_read(visitor.page.frames[1]) == []


async def test_words_become_links_and_nothing_else(shop: Shop, visitor: Visitor) -> None:
    await visitor.opens()
    await visitor.types(HOSTILE)
    await visitor.sees(HOSTILE)
    links = visitor.frame.locator(".words a")
    assert await links.evaluate_all("links => links.map(link => [link.href, link.rel, link.target])") == [
        ["https://a.example/x_(y)?q=1", "noopener noreferrer nofollow", "_blank"],
        ["https://www.b.example/", "noopener noreferrer nofollow", "_blank"],
    ]
    assert await visitor.frame.locator(".words img").count() == 0


async def test_on_a_phone_it_is_a_sheet_over_the_page(shop: Shop, browser: Browser) -> None:
    async with visitor_of(shop, browser, **PHONE) as visitor:
        await visitor.opens()
        sheet = await visitor.page.locator("dragoman-chat .sheet").bounding_box()
        assert sheet == {"x": 0, "y": 0, "width": 390, "height": 844}
        behind = "[getComputedStyle(document.documentElement).overflow, document.querySelector('h1').inert]"
        assert await visitor.page.evaluate(behind) == ["hidden", True]
        frame = visitor.page.frames[1]
        assert await frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await visitor.box.evaluate("box => getComputedStyle(box).fontSize") == "16px", "smaller ones zoom in"
        small = """() => [...document.querySelectorAll("button, select")].filter(it => it.checkVisibility())
            .filter(it => it.getBoundingClientRect().height < 34).map(it => it.id)"""
        assert await frame.evaluate(small) == [], "a thumb must hit them"
        await visitor.frame.get_by_role("button", name="Close the chat").click()
        await expect(visitor.launcher).to_be_focused()
        assert await visitor.page.evaluate(behind) == ["visible", False]


async def test_an_arabic_shop_has_it_from_right_to_left(shop: Shop, browser: Browser) -> None:
    shop.lang, shop.dir = "ar", "rtl"
    async with visitor_of(shop, browser) as visitor:
        box = await visitor.launcher.bounding_box()
        assert box
        assert box["x"] < 100
        await visitor.opens()
        await visitor.types("مرحبا")
        await expect(visitor.state).to_be_visible()
        await shop.chat.says("Hello")
        sides = [await visitor.frame.locator(f".{who} .bubble").bounding_box() for who in ("customer", "agent")]
        assert sides[0]
        assert sides[1]
        assert sides[0]["x"] < sides[1]["x"], "one's own words stand at the end of the line, which is left"
        assert await visitor.page.frames[1].evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_shop_that_is_not_on_the_list_gets_nothing(shop: Shop, browser: Browser) -> None:
    shop.chat.origins[:] = ["https://another.example"]
    page = await browser.new_page()
    async with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        await page.goto(shop.base)
    await expect(page.locator("dragoman-chat button")).to_be_hidden()
    assert shop.chat.heard == []


async def test_only_the_frame_is_heard_on_the_page(shop: Shop, visitor: Visitor) -> None:
    await visitor.page.evaluate("window.postMessage({dragoman: 'unread', count: 9, label: 'x'}, '*')")
    await visitor.opens()
    await expect(visitor.badge).to_be_hidden()
    await expect(visitor.badge).to_have_text("")


async def test_who_wants_no_motion_has_none(shop: Shop, browser: Browser) -> None:
    async with visitor_of(shop, browser, reduced_motion="reduce") as visitor:
        await visitor.opens()
        await visitor.types("Hello")
        await expect(visitor.state).to_have_text("Sent")
        moving = "() => document.getAnimations().length + [...document.querySelectorAll('*')].filter("
        moving += "it => parseFloat(getComputedStyle(it).transitionDuration) > 0).length"
        assert await visitor.page.frames[1].evaluate(moving) == 0
