"""The site chat's widget in Chromium: what a visitor sees, says and is asked."""

import json
from datetime import UTC, datetime, timedelta

from playwright.async_api import Browser, expect

from tests.browser.chat_server import Shop
from tests.browser.visitor import Visitor, visitor_of


async def test_a_visitor_writes_and_is_answered(shop: Shop, visitor: Visitor) -> None:
    assert shop.chat.heard == [], "who does not open the chat is not connected"
    await visitor.opens()
    await visitor.types("Does it come with a US plug?")
    await expect(visitor.state).to_have_text("Sent")
    await shop.chat.reads()
    await expect(visitor.state).to_have_text("Seen")
    await shop.chat.says("It does.", author="Mei")
    await visitor.sees("Does it come with a US plug?", "It does.")
    await expect(visitor.frame.locator(".agent .author")).to_have_text("Mei")
    await shop.chat.hears("ack", seen=2)


async def test_the_talk_is_there_again_after_a_reload(shop: Shop, visitor: Visitor) -> None:
    await visitor.opens()
    await visitor.types("Hello")
    await expect(visitor.state).to_have_text("Sent")
    await visitor.box.fill("half a sent")
    await visitor.leaves_and_comes_back()
    await visitor.sees("Hello")
    await expect(visitor.box).to_be_visible()
    await expect(visitor.box).to_have_value("half a sent")


async def test_what_came_unseen_is_counted_on_the_launcher(shop: Shop, visitor: Visitor) -> None:
    await visitor.opens()
    await visitor.types("Hello")
    await expect(visitor.state).to_have_text("Sent")
    await visitor.box.press("Escape")
    await shop.chat.says("one")
    await shop.chat.says("two")
    await expect(visitor.badge).to_have_text("2")
    await expect(visitor.launcher).to_have_accessible_name("Open the chat: 2 new messages")
    frame = visitor.page.frames[1]
    assert await frame.title() == "(2) Lantern & Co."
    assert await visitor.page.title() == "Lamps", "the shop's own title is the shop's"
    await visitor.leaves_and_comes_back()
    await expect(visitor.badge).to_have_text("2")
    await visitor.opens()
    await expect(visitor.badge).to_be_hidden()
    await shop.chat.hears("ack", seen=3)


async def test_a_refusal_is_said_in_words_and_can_be_mended(shop: Shop, visitor: Visitor) -> None:
    await visitor.opens()
    shop.chat.refusals.append({"code": "bad_reply", "words": "That is not possible here."})
    await visitor.types("Hello")
    await expect(visitor.frame.locator(".mend")).to_contain_text("That is not possible here.")
    await visitor.leaves_and_comes_back()
    await expect(visitor.state).to_have_text("Not sent")
    await visitor.frame.get_by_role("button", name="Try again").click()
    await expect(visitor.state).to_have_text("Sent")
    shop.chat.refusals.append({"code": "bad_reply", "words": "No."})
    await visitor.types("never mind")
    await visitor.frame.get_by_role("button", name="Delete").click()
    await visitor.sees("Hello")


async def test_both_see_the_other_typing(shop: Shop, visitor: Visitor) -> None:
    await visitor.opens()
    await visitor.types("Hello")
    await expect(visitor.state).to_have_text("Sent")
    await visitor.box.press_sequentially("Are y")
    await shop.chat.hears("typing", on=True)
    await visitor.types("Are you there?")
    await shop.chat.hears("typing", on=False)
    await shop.chat.sends(type="typing", on=True)
    await expect(visitor.frame.locator("#typing")).to_be_visible()
    await shop.chat.says("Hi")
    await expect(visitor.frame.locator("#typing")).to_be_hidden()


async def test_when_nobody_is_there_it_asks_for_an_address_and_is_no_wall(shop: Shop, visitor: Visitor) -> None:
    back = datetime.now(UTC) + timedelta(days=2)
    shop.chat.team = {"open": False, "opens_at": back.isoformat(), "ask_email": True}
    await visitor.opens()
    await expect(visitor.frame.locator("#presence")).to_contain_text("Back ")
    form = visitor.frame.locator("#ask")
    await expect(form).to_be_hidden()
    await visitor.types("Is anybody there?")
    await expect(visitor.state).to_have_text("Sent")
    await expect(form).to_be_visible()
    await visitor.types("I go on writing.")
    await expect(visitor.state).to_have_text("Sent")
    await form.get_by_role("textbox").fill("emma@")
    await form.get_by_role("textbox").press("Enter")
    await expect(visitor.frame.get_by_role("alert").filter(has_text="not a complete")).to_be_visible()
    await form.get_by_role("textbox").fill("emma@shop.example")
    await form.get_by_role("button", name="Yes, please").click()
    await expect(visitor.frame.locator("#thanks")).to_contain_text("emma@shop.example")
    assert (await shop.chat.hears("details"))["email"] == "emma@shop.example"


async def test_who_will_not_give_one_is_not_asked_again(shop: Shop, visitor: Visitor) -> None:
    shop.chat.team = {"open": False, "opens_at": None, "ask_email": True}
    await visitor.opens()
    await visitor.types("Hello?")
    await visitor.frame.get_by_role("button", name="No, thank you").click()
    await expect(visitor.box).to_be_focused()
    await visitor.types("Hello again")
    await expect(visitor.state).to_have_text("Sent")
    await expect(visitor.frame.locator("#ask")).to_be_hidden()


async def test_the_language_is_chosen_before_the_talk(shop: Shop, visitor: Visitor) -> None:
    await visitor.opens()
    await visitor.frame.get_by_label("Language").select_option("中文")
    await expect(visitor.box).to_have_attribute("placeholder", "输入消息")
    await expect(visitor.launcher).to_have_accessible_name("关闭聊天")
    await shop.chat.hears("language", locale="zh-CN")
    await visitor.leaves_and_comes_back()
    await expect(visitor.box).to_have_attribute("placeholder", "输入消息")
    assert await shop.chat.hears("hello", locale="zh-CN")


async def test_a_page_in_another_language_greets_in_it(shop: Shop, browser: Browser) -> None:
    """The frame came with English words: the launcher waits for the others."""
    shop.lang = "zh"
    async with visitor_of(shop, browser) as visitor:
        await expect(visitor.launcher).to_have_accessible_name("打开聊天")
        await visitor.opens()
        await expect(visitor.box).to_have_attribute("placeholder", "输入消息")


async def test_without_the_words_of_a_language_the_chat_goes_on_in_those_it_has(shop: Shop, browser: Browser) -> None:
    shop.chat.wordless, shop.lang = True, "zh-CN"
    async with visitor_of(shop, browser) as visitor:
        await visitor.opens()
        await expect(visitor.box).to_have_attribute("placeholder", "Write a message")
        await visitor.types("你好")
        await expect(visitor.state).to_have_text("Sent")
        assert await shop.chat.hears("hello", locale="zh-CN"), "the team is told what they read"


async def test_a_language_nobody_has_heard_of_is_none(shop: Shop, browser: Browser) -> None:
    for shop.lang in ("en_US", "not a language", "fr"):
        async with visitor_of(shop, browser) as visitor:
            await visitor.opens()
            await expect(visitor.box).to_have_attribute("placeholder", "Write a message")
    assert await shop.chat.hears("hello", locale="fr")
    assert await shop.chat.hears("hello", locale="en")


async def test_what_the_shop_signed_goes_on_unchanged_and_each_customer_has_their_own(
    shop: Shop, browser: Browser
) -> None:
    user = json.dumps({"id": "c-7", "name": "Emma"})
    async with visitor_of(shop, browser) as visitor:
        await visitor.opens()
        await visitor.types("as a guest")
        await expect(visitor.state).to_have_text("Sent")
        await visitor.page.evaluate("user => dragoman.identify(user, 'abc')", user)
        assert await shop.chat.hears("hello", user=user, signature="abc")
        await visitor.sees()
        await visitor.types("as Emma")
        await expect(visitor.state).to_have_text("Sent")
        await visitor.page.evaluate("dragoman.identify()")
        await visitor.sees("as a guest")
    assert len(shop.chat.log) == 2


async def test_a_button_of_the_shop_opens_it_with_a_beginning(visitor: Visitor) -> None:
    await visitor.page.evaluate("dragoman.open('About the Orion lamp: ')")
    await expect(visitor.box).to_be_focused()
    await expect(visitor.box).to_have_value("About the Orion lamp: ")


async def test_a_draft_is_nobody_elses(shop: Shop, visitor: Visitor) -> None:
    await visitor.opens()
    await visitor.box.fill("for my eyes only")
    await visitor.page.evaluate("dragoman.identify(JSON.stringify({id: 'c-8'}), 'abc')")
    await expect(visitor.box).to_have_value("")
    await visitor.page.evaluate("dragoman.identify()")
    await expect(visitor.box).to_have_value("for my eyes only")


async def test_whose_signature_does_not_hold_is_told(shop: Shop, visitor: Visitor) -> None:
    await visitor.opens()
    await visitor.types("Hello")
    await expect(visitor.state).to_have_text("Sent")
    await shop.chat.sends(type="refused", id="", code="bad_user", words="You are a guest here.")
    await expect(visitor.frame.get_by_role("status").filter(has_text="You are a guest here.")).to_be_visible()
