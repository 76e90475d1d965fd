"""`make pictures`: the pictures of the README and the guides, of the running program. Needs Debian's Chromium.

The console, the customer's phone and the shop are the demo's. What stands in Slack and Telegram is a story told to the
real program at the simulated platform (told.py), and drawn from what it posted there.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, FrameLocator, Page, ViewportSize, async_playwright, expect

from bot import logs
from bot.demo.serve import Demo, running
from tests.browser.conftest import CHROMIUM, FLAGS
from tools import told
from tools.small_png import make_small

PICTURES = Path("docs/pictures")
ZONE = "Asia/Shanghai"
PHONE: ViewportSize = {"width": 390, "height": 844}


async def main() -> None:
    logs.configure("console", quiet=True)
    PICTURES.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with tempfile.TemporaryDirectory() as folder:
            async with running(Path(folder), "en") as demo:
                await _console(demo, browser)
                await _time(demo, browser)
                await _customer(demo, browser)
                await _shop(demo, browser)
        await _messenger(browser)
        await _drawn(browser, await told.slack(), "slack.png", 860)
        for name, page in (await told.telegram()).items():
            await _drawn(browser, page, f"{name}.png", PHONE["width"], scale=2)
        await browser.close()
    for picture in sorted(PICTURES.iterdir()):
        make_small(picture)
        print(f"{picture}  {picture.stat().st_size // 1024} kB")


async def _console(demo: Demo, browser: Browser) -> None:
    async with _signed_in(demo, browser, 1440, 900) as console:
        await _open(console, "João Pereira")
        await _take(console, "console.png")
    async with _signed_in(demo, browser, 1440, 900, dark=True) as console:
        await _open(console, "Emma Carter")
        await console.locator("#box").fill("!r Hi Emma, they would leave")
        await _take(console, "console-dark.png")
    async with _signed_in(demo, browser, 390, 844) as phone:
        await _open(phone, "Emma Carter")
        await _take(phone, "phone.png")


async def _time(demo: Demo, browser: Browser) -> None:
    """When the sales team sleeps and New York does not."""
    async with _signed_in(demo, browser, 1440, 900) as console:
        await console.get_by_role("button", name="Time").click()
        await console.get_by_label("Queue", exact=True).select_option(label="Sales")
        await console.locator(".wrong").first.wait_for()
        await console.get_by_label("Moment").fill(f"{demo.clock.now():%Y-%m-%d}T10:00")
        await console.get_by_label("By the clock of").select_option(label="New York")
        await console.get_by_role("button", name="Look").click()
        await expect(console.locator(".asked")).to_be_visible()
        await console.locator(".told summary").first.click()
        await _take(console, "time.png")


async def _customer(demo: Demo, browser: Browser) -> None:
    customer = await browser.new_page(viewport={"width": 900, "height": 640}, locale="en-GB")
    await customer.goto(demo.customer)
    await customer.get_by_role("button", name="Emma Carter").click()
    await customer.locator(".msg").first.wait_for()
    await _take(customer, "customer.png")


async def _shop(demo: Demo, browser: Browser) -> None:
    """A visitor asks and is answered; then the same talk on a phone."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", timezone_id=ZONE)
    shop = await context.new_page()
    await shop.goto(demo.shop)
    await shop.locator("dragoman-chat button").click()
    await _say(shop, "Hello! Can the Halo pendant be dimmed?", "Sent")
    async with _signed_in(demo, browser, 1440, 900) as console:
        await console.locator(".row", has_text="Can the Halo").click()
        await _type(console, "!claim")
        # Whoever answers at once is asked whether they have read it.
        await console.get_by_role("button", name="+30 min").click()
        await console.get_by_role("button", name="×60", exact=True).click()
        await _type(console, "!r Hello, it can: a dimmer for 200 W comes with every Halo. How many do you need?")
        await expect(_chat(shop).locator(".agent .words")).to_be_visible()
        await console.get_by_role("button", name="×1", exact=True).click()
    await shop.bring_to_front()
    await _say(shop, "Twenty. What would they cost, shipped to Porto?", "Sent")
    await _take(shop, "site-chat.png")
    small = await browser.new_context(
        storage_state=await context.storage_state(), viewport=PHONE, locale="en-GB", timezone_id=ZONE
    )
    phone = await small.new_page()
    await phone.goto(demo.shop)
    await phone.locator("dragoman-chat button").click()
    await expect(_chat(phone).locator(".customer .words")).to_have_count(2)
    await _take(phone, "site-chat-phone.png")
    await small.close()
    await context.close()


async def _say(shop: Page, words: str, state: str) -> None:
    await _chat(shop).locator("#text").fill(words)
    await _chat(shop).locator("#text").press("Enter")
    await expect(_chat(shop).locator(".customer .state").last).to_have_text(state)


def _chat(shop: Page) -> FrameLocator:
    return shop.frame_locator("dragoman-chat iframe")


async def _type(console: Page, words: str) -> None:
    await console.locator("#box").fill(words)
    await console.locator("#box").press("Control+Enter")
    await expect(console.locator("#box")).to_have_value("")


async def _messenger(browser: Browser) -> None:
    async with told.messenger() as link:
        context = await browser.new_context(viewport={"width": 1280, "height": 760}, locale="en-GB")
        console = await context.new_page()
        await console.goto(link)
        await console.get_by_role("button").first.click()
        await _open(console, "Mia Vogel")
        await _take(console, "messenger.png")
        await context.close()


async def _drawn(browser: Browser, page: str, name: str, width: int, scale: float = 1) -> None:
    shown = await browser.new_page(viewport={"width": width, "height": 300}, device_scale_factor=scale)
    await shown.set_content(page)
    await shown.screenshot(path=PICTURES / name, full_page=True)
    await shown.close()


@asynccontextmanager
async def _signed_in(
    demo: Demo, browser: Browser, width: int, height: int, *, dark: bool = False
) -> AsyncIterator[Page]:
    """The console as Mei Lin sees it."""
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale="en-GB", color_scheme="dark" if dark else "light"
    )
    console = await context.new_page()
    await console.goto(demo.console)
    await console.get_by_role("button", name="Mei Lin").click()
    await console.locator(".row").first.wait_for()
    yield console
    await context.close()


async def _open(console: Page, customer: str) -> None:
    await console.locator(".row", has_text=customer).click()
    await console.locator(".card h1", has_text=customer).wait_for()
    await console.wait_for_load_state("networkidle")


async def _take(shown: Page, name: str) -> None:
    await shown.mouse.move(0, 0)  # what lies under the pointer shows its tools
    await shown.evaluate("Promise.all([...document.images].map(image => image.decode()))")
    await shown.screenshot(path=PICTURES / name, animations="disabled", caret="hide")


if __name__ == "__main__":
    asyncio.run(main())
