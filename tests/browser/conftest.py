"""A headless Chromium for each test; it reaches this machine only. Run by `make test-browser`."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.browser.chat_server import Shop, shop_with_chat
from tests.browser.visitor import Visitor, visitor_of

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The audit hook of tests/network.py does not see what another process does.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser: Browser) -> Page:
    """A desktop-sized page; a test that needs another size or a dark one opens its own."""
    return await browser.new_page(viewport={"width": 1280, "height": 800})


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """A shop with a site chat whose other end the test holds."""
    async with shop_with_chat() as running:
        yield running


@pytest.fixture
async def visitor(shop: Shop, browser: Browser) -> AsyncIterator[Visitor]:
    """Somebody on its page; the chat is not open yet."""
    async with visitor_of(shop, browser) as came:
        yield came
