"""The site chat's line: nothing that was said is lost or said twice, whatever happens to it."""

from playwright.async_api import Browser, expect

from tests.browser.chat_server import Shop
from tests.browser.visitor import Visitor, visit, visitor_of


async def test_what_is_written_without_a_line_leaves_when_it_is_back(shop: Shop, visitor: Visitor) -> None:
    await visitor.opens()
    await visitor.types("one")
    await expect(visitor.state).to_have_text("Sent")
    await visitor.page.context.set_offline(True)
    await visitor.types("two")
    await visitor.types("three")
    await expect(visitor.state).to_have_text("Sending")
    await expect(visitor.frame.get_by_role("status").filter(has_text="No connection")).to_be_visible()
    await visitor.page.context.set_offline(False)
    await expect(visitor.state).to_have_text("Sent")
    await visitor.sees("one", "two", "three")
    assert shop.chat.said == ["one", "two", "three"]


async def test_a_tab_that_closes_before_anything_was_taken_loses_nothing(shop: Shop, visitor: Visitor) -> None:
    shop.chat.deaf = True
    await visitor.opens()
    await visitor.types("one")
    await visitor.types("two")
    await shop.chat.hears("say", text="two")
    await visitor.page.close()
    shop.chat.deaf = False
    again = await visit(visitor.page.context, shop)
    await again.opens()
    await expect(again.state).to_have_text("Sent")
    await again.sees("one", "two")
    assert shop.chat.said == ["one", "two"]


async def test_what_was_taken_while_the_answer_got_lost_is_not_said_twice(shop: Shop, visitor: Visitor) -> None:
    await visitor.opens()
    await visitor.types("one")
    await expect(visitor.state).to_have_text("Sent")
    shop.chat.deaf = True
    await visitor.types("two")
    said = await shop.chat.hears("say", text="two")
    [log] = shop.chat.log.values()
    log.append({**log[-1], "seq": 2, "id": said["id"], "text": "two"})
    shop.chat.deaf = False
    await shop.chat.cut()
    await expect(visitor.state).to_have_text("Sent")
    await visitor.sees("one", "two")
    assert shop.chat.said == ["one", "two"]


async def test_a_restart_of_the_server_misses_nothing(shop: Shop, visitor: Visitor) -> None:
    await visitor.opens()
    await visitor.types("before")
    await expect(visitor.state).to_have_text("Sent")
    await shop.chat.stop()
    await visitor.types("meanwhile")
    await shop.chat.says("an answer meanwhile")
    await shop.chat.start()
    await visitor.sees("before", "an answer meanwhile", "meanwhile")
    await expect(visitor.state).to_have_text("Sent")
    assert [frame["after"] for frame in shop.chat.heard if frame["type"] == "hello"][-1] == 1


async def test_two_tabs_are_one_visitor(shop: Shop, visitor: Visitor) -> None:
    await visitor.opens()
    await visitor.types("from the first")
    await expect(visitor.state).to_have_text("Sent")
    second = await visit(visitor.page.context, shop)
    await second.opens()
    await second.types("from the second")
    await visitor.sees("from the first", "from the second")
    await second.sees("from the first", "from the second")
    await second.box.press("Escape")
    await visitor.page.bring_to_front()
    await shop.chat.says("to both")
    await visitor.sees("from the first", "from the second", "to both")
    await expect(second.badge).to_be_hidden()
    assert len(shop.chat.log) == 1


async def test_it_works_where_the_browser_keeps_nothing(shop: Shop, browser: Browser) -> None:
    async with visitor_of(shop, browser) as visitor:
        await visitor.page.context.add_init_script(
            "for (const name of ['localStorage', 'sessionStorage'])"
            " Object.defineProperty(window, name, {get() { throw new DOMException('no', 'SecurityError'); }})"
        )
        await visitor.leaves_and_comes_back()
        await visitor.opens()
        await visitor.types("Hello")
        await expect(visitor.state).to_have_text("Sent")
        await shop.chat.cut()
        await visitor.types("still me")
        await expect(visitor.state).to_have_text("Sent")
        assert shop.chat.said == ["Hello", "still me"]
        assert len(shop.chat.log) == 1


async def test_who_is_too_fast_is_taken_a_little_later(shop: Shop, visitor: Visitor) -> None:
    await visitor.page.clock.install()
    await visitor.leaves_and_comes_back()
    await visitor.opens()
    shop.chat.refusals.append({"code": "too_fast", "words": "Not so fast."})
    await visitor.types("Hello")
    await shop.chat.hears("say", text="Hello")
    await expect(visitor.state).to_have_text("Sending")
    await visitor.page.clock.fast_forward(11_000)
    await expect(visitor.state).to_have_text("Sent")


async def test_a_line_that_died_without_a_word_is_noticed(shop: Shop, visitor: Visitor) -> None:
    """As after sleep: the socket looks open, and nobody is at its other end."""
    await visitor.page.clock.install()
    await visitor.leaves_and_comes_back()
    await visitor.opens()
    await visitor.types("before")
    await expect(visitor.state).to_have_text("Sent")
    shop.chat.mute = True
    await visitor.page.clock.fast_forward(26_000)
    await shop.chat.hears("ping")
    shop.chat.mute = False
    await shop.chat.says("while it was dead", unheard=True)
    await visitor.page.clock.fast_forward(9_000)
    await visitor.page.clock.fast_forward(1_000)
    await visitor.sees("before", "while it was dead")


async def test_another_tab_sends_what_a_closed_one_left(shop: Shop, visitor: Visitor) -> None:
    await visitor.page.clock.install()
    await visitor.leaves_and_comes_back()
    await visitor.opens()
    await visitor.types("here")
    await expect(visitor.state).to_have_text("Sent")
    other = await visit(visitor.page.context, shop)
    await other.opens()
    shop.chat.deaf = True
    await other.types("said and gone")
    await shop.chat.hears("say", text="said and gone")
    await other.page.close()
    shop.chat.deaf = False
    await visitor.page.clock.fast_forward(11_000)
    await visitor.sees("here", "said and gone")
    assert shop.chat.said == ["here", "said and gone"]


async def test_a_server_that_does_not_understand_is_not_asked_again(shop: Shop, visitor: Visitor) -> None:
    await visitor.opens()
    await visitor.types("Hello")
    await expect(visitor.state).to_have_text("Sent")
    await shop.chat.cut(4000)
    await expect(visitor.frame.get_by_role("status").filter(has_text="load the page again")).to_be_visible()
    await visitor.box.fill("more")
    await expect(visitor.frame.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    assert shop.chat.sockets == 0
