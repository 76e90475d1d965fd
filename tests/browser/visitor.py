"""A visitor of the shop, as a person goes about the chat on its page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, FrameLocator, Locator, Page, expect

from tests.browser.chat_server import Shop


@dataclass(slots=True)
class Visitor:
    """One page of the shop. `complaints`: what the browser refused or could not make sense of."""

    page: Page
    shop: Shop
    complaints: list[str] = field(default_factory=list)

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator("dragoman-chat iframe")

    @property
    def launcher(self) -> Locator:
        return self.page.locator("dragoman-chat button")

    @property
    def badge(self) -> Locator:
        return self.page.locator("dragoman-chat .badge")

    @property
    def box(self) -> Locator:
        return self.frame.locator("#text")

    @property
    def log(self) -> Locator:
        return self.frame.get_by_role("log")

    @property
    def words(self) -> Locator:
        return self.frame.locator(".message .words")

    @property
    def state(self) -> Locator:
        """Of what the visitor said last."""
        return self.frame.locator(".customer .state").last

    async def opens(self) -> None:
        await self.launcher.click()
        await expect(self.box).to_be_focused()

    async def types(self, text: str) -> None:
        await self.box.fill(text)
        await self.box.press("Enter")

    async def picks(self, name: str, mime: str, body: bytes) -> None:
        await self.frame.locator("#pick").set_input_files({"name": name, "mimeType": mime, "buffer": body})

    async def sees(self, *texts: str) -> None:
        """These messages, in this order, and no others."""
        await expect(self.words).to_have_text(list(texts))

    async def comes(self) -> None:
        await self.page.goto(self.shop.base)
        await expect(self.launcher).to_be_visible()

    async def leaves_and_comes_back(self) -> None:
        await self.page.reload()
        await expect(self.launcher).to_be_visible()


async def visit(context: BrowserContext, shop: Shop) -> Visitor:
    """Opens the shop in a new tab."""
    visitor = Visitor(await context.new_page(), shop)

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            visitor.complaints.append(message.text)

    visitor.page.on("console", note)
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    await visitor.comes()
    return visitor


@asynccontextmanager
async def visitor_of(shop: Shop, browser: Browser, **context: Any) -> AsyncIterator[Visitor]:
    """Somebody on a desktop, or as `context` says; at the end their browser had nothing to complain of."""
    given: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "locale": "en-US", **context}
    async with await browser.new_context(**given) as opened:
        visitor = await visit(opened, shop)
        yield visitor
        # A connection that cannot be made is always complained of, and is what some of the tests are about.
        assert [it for it in visitor.complaints if "net::" not in it and "status of 4" not in it] == []
