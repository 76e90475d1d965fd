"""`make pictures`: the pictures of the README and the guides, of the running program. Needs Debian's Chromium.

The console and the customer's phone are the demo's. The Slack thread is a story told to the real program at the
simulated Slack, and drawn from the blocks that it posted.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from bot import logs
from bot.demo.serve import Demo, running
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.stories.slack_team import SlackTicket
from tests.stories.story import Story
from tools.block_kit import Said, page

PICTURES = Path("docs/pictures")
MARK = Path("bot/web/static/console/mark.svg")
FACES = {"Mei Lin": "#7c3aed", "Li": "#c2410c"}


async def main() -> None:
    logs.configure("console", quiet=True)
    PICTURES.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with tempfile.TemporaryDirectory() as folder:
            async with running(Path(folder), "en") as demo:
                await _console(demo, browser)
                await _customer(demo, browser)
        await _slack(browser)
        await browser.close()
    for picture in sorted(PICTURES.iterdir()):
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


async def _customer(demo: Demo, browser: Browser) -> None:
    customer = await browser.new_page(viewport={"width": 900, "height": 640}, locale="en-GB")
    await customer.goto(demo.customer)
    await customer.get_by_role("button", name="Emma Carter").click()
    await customer.locator(".msg").first.wait_for()
    await _take(customer, "customer.png")


async def _slack(browser: Browser) -> None:
    """A question, the answer, and a call for help."""
    with tempfile.TemporaryDirectory() as folder:
        async with Story(f"sqlite://{folder}/house.sqlite3", Path(folder), "slack") as story:
            mei, emma = await story.hires("Mei Lin"), story.customer("Emma Carter", phone="12125550142")
            ticket = await story.opened(emma, "Hi there, does the Orion desk lamp come with a US plug?")
            await story.forward("2m")
            await mei.types("!claim", ticket)
            await mei.types("She ordered 200 pieces in spring, and pays in advance.", ticket)
            await mei.types("!r Hi Emma, yes: with a US plug, 110 to 240 V, and UL listed. Which finish?", ticket)
            await story.forward("9s")
            await emma.reads()
            await story.forward("6m")
            await emma.writes("Brass. If I order today, when would forty of them be in New York?")
            await story.forward("1m")
            await mei.types("!esc Who can promise a date for forty?", ticket)
            await story.settled()
            assert isinstance(ticket, SlackTicket)
            shown = await browser.new_page(viewport={"width": 860, "height": 400})
            await shown.set_content(_thread(story, ticket))
            await shown.screenshot(path=PICTURES / "slack.png", full_page=True)


def _thread(story: Story, ticket: SlackTicket) -> str:
    names = {user.id: user.real_name or user.name for user in story.slack.workspace.users.values()}
    said = []
    for message in (ticket.thread.root, *ticket.thread.replies):
        app = message.user == story.slack.bot_user
        author = "Dragoman" if app else names[message.user]
        at = datetime.fromtimestamp(float(message.ts), UTC)
        face = "" if app else FACES.get(author, "#475569")
        said.append(Said(author, at, face, message.text, tuple(message.blocks) if app else ()))
    return page("sales", said, names, MARK.read_text("utf-8"))


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
