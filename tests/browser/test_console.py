"""The console as a person uses it, in Chromium, over the whole demo: real webhooks, workers and sockets."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.demo import Demo, as_customer, as_person, open_ticket, running_in, type_in_box


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with running_in(tmp_path) as running:
        yield running


async def test_a_customer_writes_and_reads_the_answer(demo: Demo, browser: Browser) -> None:
    """The main job, end to end, on both screens."""
    phone = await as_customer(demo, browser, "Sofia Rossi")
    mei = await as_person(demo, browser, "Mei Lin")
    await phone.locator("#text").fill("Buongiorno, avete la lampada Orion?")
    await phone.locator("#text").press("Enter")
    await open_ticket(mei, "Sofia Rossi")
    await expect(mei.locator(".entry.customer .words").last).to_have_text("Buongiorno, avete la lampada Orion?")

    await type_in_box(mei, "!claim")
    await expect(mei.locator(".fact", has_text="Assignee")).to_contain_text("You")
    # What came a moment ago one may not have read: half an hour later nobody asks "send anyway?".
    await mei.get_by_role("button", name="+30 min").click()
    await mei.get_by_role("button", name="×60", exact=True).click()
    await type_in_box(mei, "!r Buongiorno Sofia, certo!")
    await expect(phone.locator(".msg:not(.mine) p").last).to_have_text("Buongiorno Sofia, certo!")
    await expect(mei.locator(".delivery").last).to_have_class("delivery read")


async def test_the_box_says_what_it_will_do(demo: Demo, browser: Browser) -> None:
    mei = await as_person(demo, browser, "Mei Lin")
    await open_ticket(mei, "Emma Carter")
    box, frame, intent = mei.locator("#box"), mei.locator(".box-frame"), mei.locator(".intent")
    await box.fill("She pays in advance")
    await expect(intent).to_have_text("Internal note: only the team sees it")
    await box.fill("！r Hello Emma")
    await expect(intent).to_have_text("Will be SENT to the customer")
    await expect(frame).to_have_attribute("data-intent", "send")
    await box.fill("!pending")
    await expect(frame).to_have_attribute("data-intent", "command")


async def test_plain_text_stays_in_the_house(demo: Demo, browser: Browser) -> None:
    phone = await as_customer(demo, browser, "Emma Carter")
    mei = await as_person(demo, browser, "Mei Lin")
    await open_ticket(mei, "Emma Carter")
    await type_in_box(mei, "!rr meant as a reply")
    await expect(mei.locator(".whisper")).to_contain_text("Nothing was done and nothing was sent")
    await type_in_box(mei, "she is difficult")
    await expect(mei.locator(".entry.note .words").last).to_have_text("she is difficult")
    await expect(phone.locator(".msg", has_text="Orion")).to_have_count(1)
    await expect(phone.locator(".msg", has_text="difficult")).to_have_count(0)
    await expect(phone.locator(".msg", has_text="reply")).to_have_count(0)


async def test_commands_complete_from_the_keyboard(demo: Demo, browser: Browser) -> None:
    mei = await as_person(demo, browser, "Mei Lin")
    await open_ticket(mei, "Lena Vogel")
    await mei.locator(".card h1").focus()
    await mei.keyboard.press("/")
    await mei.keyboard.type("!cl")
    await expect(mei.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    await mei.keyboard.press("Tab")
    await expect(mei.locator("#box")).to_have_value("!claim ")
    await mei.keyboard.press("Enter")
    await expect(mei.locator(".fact", has_text="Assignee")).to_contain_text("You")


async def test_j_and_k_walk_the_list(demo: Demo, browser: Browser) -> None:
    mei = await as_person(demo, browser, "Mei Lin")
    names = await mei.locator(".row-name").all_inner_texts()
    await mei.locator("body").press("j")
    await expect(mei.locator(".card h1")).to_have_text(names[0])
    await mei.locator("body").press("j")
    await expect(mei.locator(".card h1")).to_have_text(names[1])
    await mei.locator("body").press("k")
    await expect(mei.locator(".card h1")).to_have_text(names[0])


async def test_two_agents_see_each_other_at_once(demo: Demo, browser: Browser) -> None:
    mei, liu = await as_person(demo, browser, "Mei Lin"), await as_person(demo, browser, "Liu Yang")
    await open_ticket(mei, "Lena Vogel")
    await open_ticket(liu, "Lena Vogel")
    await mei.get_by_role("button", name="Claim").click()
    await expect(liu.locator(".fact", has_text="Assignee")).to_contain_text("Mei Lin")
    await type_in_box(liu, "!claim")
    await expect(liu.locator(".whisper")).to_contain_text("Mei Lin")


async def test_the_clock_can_be_hurried_until_a_promise_breaks(demo: Demo, browser: Browser) -> None:
    anna = await as_person(demo, browser, "Anna Weber")
    await open_ticket(anna, "Ольга Иванова")
    for _ in range(3):
        await anna.get_by_role("button", name="+30 min").click()
    await expect(anna.locator(".fact dd.danger").first).to_contain_text("late")
    await expect(anna.get_by_role("button", name="Acknowledge").first).to_be_visible()
    await anna.get_by_role("button", name="Acknowledge").first.click()
    await expect(anna.locator(".card-chips")).to_contain_text("acknowledged")


async def test_files_go_with_a_note(demo: Demo, browser: Browser, tmp_path: Path) -> None:
    mei = await as_person(demo, browser, "Mei Lin")
    await open_ticket(mei, "Emma Carter")
    await mei.locator(".box input[type=file]").set_input_files(
        {"name": "prices.txt", "mimeType": "text/plain", "buffer": b"10 EUR"}
    )
    await expect(mei.locator(".attached small")).to_be_visible()
    await type_in_box(mei, "the list")
    await expect(mei.locator(".entry.note .file b").last).to_have_text("prices.txt")


async def test_on_a_phone_list_and_thread_are_two_screens(demo: Demo, browser: Browser) -> None:
    mei = await as_person(demo, browser, "Mei Lin", width=390, height=844)
    await open_ticket(mei, "Emma Carter")
    await expect(mei.locator(".list")).to_be_hidden()
    assert await mei.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await mei.get_by_role("button", name="Back to the list").click()
    await expect(mei.locator(".list")).to_be_visible()
    await expect(mei.locator(".card")).to_be_hidden()


async def test_one_may_go_on_as_somebody_else(demo: Demo, browser: Browser) -> None:
    """Only in the demo; two people are needed to see who is first."""
    mei = await as_person(demo, browser, "Mei Lin")
    await mei.get_by_role("button", name="Mei Lin").click()
    await mei.get_by_role("button", name="Continue as Anna Weber").click()
    await expect(mei.get_by_role("button", name="Trouble")).to_be_visible()


async def test_an_admin_sees_what_stands_still(demo: Demo, browser: Browser) -> None:
    store, clock = demo.app.store, demo.clock
    await store.atomic(lambda tx: tx.begin_trouble("whatsapp", "token_expired", clock.now()))
    anna = await as_person(demo, browser, "Anna Weber")
    await anna.get_by_role("button", name="Trouble").click()
    await expect(anna.locator(".stuck b")).to_have_text("Stands still · whatsapp")
    await expect(anna.locator(".stuck p")).to_contain_text("An admin must make a new one.")
    await expect(anna.locator(".stuck button")).to_have_count(0)


async def test_a_reply_is_edited_while_it_is_held(demo: Demo, browser: Browser) -> None:
    mei = await as_person(demo, browser, "Mei Lin")
    await open_ticket(mei, "Emma Carter")
    await type_in_box(mei, "!r On Firday")
    await expect(mei.locator(".delivery.held")).to_be_visible()
    await mei.locator(".entry.reply .bubble").last.hover()
    await mei.get_by_role("button", name="Edit").click()
    await expect(mei.locator("#box")).to_have_value("!r On Firday")
    await type_in_box(mei, "!r On Friday")
    await expect(mei.locator(".entry.reply .words").last).to_have_text("On Friday")


async def test_the_page_speaks_chinese_when_asked(demo: Demo, browser: Browser) -> None:
    mei = await as_person(demo, browser, "Mei Lin")
    await mei.get_by_role("button", name="Mei Lin").click()
    await mei.get_by_role("button", name="中文").click()
    await expect(mei.locator("html")).to_have_attribute("lang", "zh-CN")
    await expect(mei.locator(".list-head h1")).to_have_text("全部未结")


async def test_arabic_runs_from_right_to_left_in_a_page_that_does_not(demo: Demo, browser: Browser) -> None:
    mei = await as_person(demo, browser, "Mei Lin")
    await open_ticket(mei, "يوسف المنصوري")
    words = mei.locator(".entry.customer .words").first
    assert await words.evaluate("node => getComputedStyle(node).direction") == "rtl"
    assert await mei.evaluate("getComputedStyle(document.body).direction") == "ltr"


async def test_a_customers_markup_is_only_text(demo: Demo, browser: Browser) -> None:
    phone = await as_customer(demo, browser, "Sofia Rossi")
    mei = await as_person(demo, browser, "Mei Lin")
    hostile = "<img src=x onerror=document.title='owned'><b>T-1</b>"
    await phone.locator("#text").fill(hostile)
    await phone.locator("#text").press("Enter")
    await open_ticket(mei, "Sofia Rossi")
    await expect(mei.locator(".entry.customer .words").last).to_have_text(hostile)
    assert await mei.locator(".entry img").count() == 0
    assert await mei.title() != "owned"


async def test_the_page_catches_up_after_the_line_was_down(demo: Demo, browser: Browser) -> None:
    phone = await as_customer(demo, browser, "Emma Carter")
    mei = await as_person(demo, browser, "Mei Lin")
    await open_ticket(mei, "Emma Carter")
    await mei.context.set_offline(True)
    await phone.locator("#text").fill("Are you there?")
    await phone.locator("#text").press("Enter")
    await expect(phone.locator(".msg.mine", has_text="Are you there?")).to_be_visible()
    await mei.context.set_offline(False)
    await mei.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(mei.locator(".entry.customer .words").last).to_have_text("Are you there?")
