"""The whole demo for the browser tests, and how a person goes about it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from bot.demo.serve import Demo, running

__all__ = ["Demo", "as_customer", "as_person", "open_ticket", "running_in", "type_in_box"]


@asynccontextmanager
async def running_in(folder: Path, locale: str = "en") -> AsyncIterator[Demo]:
    async with running(folder, locale) as demo:
        yield demo


async def as_person(demo: Demo, browser: Browser, name: str, *, width: int = 1440, height: int = 900) -> Page:
    """Signs in by the demo's button."""
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
    page = await context.new_page()
    await page.goto(demo.console)
    await page.get_by_role("button", name=name).click()
    await expect(page.locator(".row").first).to_be_visible()
    return page


async def as_customer(demo: Demo, browser: Browser, name: str) -> Page:
    page = await browser.new_page(viewport={"width": 1100, "height": 820}, locale="en-GB")
    await page.goto(demo.customer)
    await page.get_by_role("button", name=name).click()
    return page


async def open_ticket(page: Page, name: str) -> None:
    await page.locator(".row", has_text=name).click()
    await expect(page.locator(".card h1")).to_have_text(name)


async def type_in_box(page: Page, text: str) -> None:
    """And send it off, whatever it is."""
    await page.locator("#box").fill(text)
    await page.locator("#box").press("Control+Enter")
