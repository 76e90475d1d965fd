"""Files in the site chat: picked, pasted, dropped, refused in words, and shown as what they are."""

import pytest
from aiohttp import web
from playwright.async_api import expect

from bot.demo.stage import PICTURE
from tests.browser.chat_server import Shop
from tests.browser.visitor import Visitor

GIVE = """([kind, name, type]) => {
    const data = new DataTransfer();
    data.items.add(new File(["0123456789"], name, {type}));
    const event = kind === "paste"
        ? new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})
        : new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true});
    document.getElementById("text").dispatchEvent(event);
}"""


@pytest.fixture(autouse=True)
async def opened(visitor: Visitor) -> None:
    await visitor.opens()


async def test_a_picture_goes_with_the_words_and_is_shown(visitor: Visitor) -> None:
    await visitor.picks("lamp.jpg", "image/jpeg", PICTURE.read_bytes())
    await visitor.types("This one")
    await expect(visitor.state).to_have_text("Sent")
    image = visitor.frame.get_by_role("img", name="Picture: lamp.jpg")
    await expect(image).to_be_visible()
    await visitor.leaves_and_comes_back()
    await expect(image).to_have_js_property("complete", True)
    assert await image.evaluate("image => image.naturalWidth") > 0


async def test_a_document_goes_without_words_and_is_a_download(visitor: Visitor) -> None:
    await visitor.picks("prices.pdf", "application/pdf", b"x" * 20_000)
    await expect(visitor.frame.locator(".picked.here")).to_contain_text("20 kB")
    await visitor.frame.get_by_role("button", name="Send", exact=True).click()
    link = visitor.frame.get_by_role("link", name="prices.pdf")
    await expect(link).to_have_attribute("download", "prices.pdf")
    await expect(visitor.frame.locator(".picked")).to_have_count(0)


async def test_what_is_too_large_empty_or_too_much_is_refused_in_words(visitor: Visitor) -> None:
    alert = visitor.frame.locator("#trouble")
    await visitor.picks("film.png", "image/png", b"x" * 50_001)
    await expect(alert).to_have_text("film.png is larger than 50 kB.")
    await visitor.picks("nothing.txt", "text/plain", b"")
    await expect(alert).to_have_text("nothing.txt is empty.")
    for number in range(4):
        await visitor.picks(f"{number}.txt", "text/plain", b"x")
    await expect(alert).to_have_text("At most 3 files go with one message.")
    await visitor.frame.get_by_role("button", name="Remove 1.txt").click()
    await expect(visitor.frame.get_by_role("button", name="Remove 2.txt")).to_be_focused()


async def test_the_servers_refusal_is_shown_in_its_words(shop: Shop, visitor: Visitor) -> None:
    words = "We take pictures and documents only."
    shop.chat.upload_answer = lambda: web.json_response({"code": "file_type", "words": words}, status=415)
    await visitor.picks("game.txt", "text/plain", b"x")
    await expect(visitor.frame.get_by_role("alert").filter(has_text=words)).to_be_visible()
    await expect(visitor.frame.locator(".picked")).to_have_count(0)


async def test_an_upload_that_does_not_arrive_is_said(shop: Shop, visitor: Visitor) -> None:
    await visitor.page.context.set_offline(True)
    await visitor.types("Hello")
    await visitor.picks("plan.txt", "text/plain", b"x")
    await expect(visitor.frame.locator("#trouble")).to_contain_text("plan.txt could not be uploaded")


async def test_pasted_and_dropped_files_are_taken(visitor: Visitor) -> None:
    frame = visitor.page.frames[1]
    await frame.evaluate(GIVE, ["paste", "pasted.png", "image/png"])
    await frame.evaluate(GIVE, ["dragenter", "dropped.txt", "text/plain"])
    await expect(visitor.frame.get_by_text("Drop it here")).to_be_visible()
    await frame.evaluate(GIVE, ["drop", "dropped.txt", "text/plain"])
    await expect(visitor.frame.get_by_text("Drop it here")).to_be_hidden()
    await expect(visitor.frame.locator(".picked.here b")).to_have_text(["pasted.png", "dropped.txt"])
