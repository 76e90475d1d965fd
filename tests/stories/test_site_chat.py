"""The chat on a shop's pages: from the visitor's first words to the answer they see, whatever happens in between."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, FormData

from bot.process import ROLES
from tests.databases import fresh_database
from tests.stories.agents import Seen
from tests.stories.story import Story
from tests.web.chat.page import Page, frames, signed

TABLE = """
[[inboxes]]
name = "site"
channel = "livechat"
queue = "sales"
origins = ["https://lamps.example"]
secret = "a long random text"
public_name = "agent"
read_ticks = true
"""


class SiteStory(Story):
    """The usual house with a chat on its site. A visitor's page says what ours says, over a real socket."""

    browser: ClientSession

    async def begins(self, roles: frozenset[str] = ROLES) -> None:
        if not self._parts["more"]:
            self._parts["more"] = TABLE
            self.browser = await self._stack.enter_async_context(ClientSession())
        await super().begins(roles)

    def says_otherwise(self, old: str, new: str) -> None:
        """What stands in dragoman.toml from the next start on."""
        self._parts["more"] = self._parts["more"].replace(old, new)

    async def opens(self, **hello: Any) -> Page:
        address = self.running.address
        page = Page(await self.browser.ws_connect(f"{address}/chat/site/socket", origin=address))
        await page.sends("hello", **hello)
        page.welcome = await page.hears("welcome")
        await self.settled()
        return page

    async def asked(self, page: Page, words: str = "Do you ship to Chile?") -> Seen:
        """The visitor writes, and the team has read it."""
        await self.says(page, words)
        ticket = await self.ticket(words)
        await self.forward("20s")
        return ticket

    async def says(self, page: Page, words: str, **more: Any) -> None:
        await page.hears("taken", id=await page.says(words, **more))
        await self.settled()

    async def sees(self, page: Page, words: str) -> None:
        """The visitor has it before their eyes."""
        entry = await page.hears("entry", text=words)
        await page.sends("ack", delivered=entry["seq"], seen=entry["seq"])
        await page.all_so_far()
        await self.settled()


@pytest.fixture(params=[("slack", "sqlite"), ("telegram", "postgres"), ("console", "sqlite")], ids="-".join)
async def story(request: pytest.FixtureRequest, tmp_path: Path, shared_folder: Path) -> AsyncIterator[SiteStory]:
    desk, dialect = request.param
    with fresh_database(dialect, tmp_path, shared_folder, migrated=True) as url:
        begun = SiteStory(url, tmp_path, desk)
        async with begun:
            yield begun


async def test_first_message_to_solved(story: SiteStory) -> None:
    await story.running.store.update_person(story.mei.person.id, public_name="Mei from Sales")
    page = await story.opens(locale="es")
    ticket = await story.asked(page)
    await ticket.card_shows("Site chat")
    await story.mei.types("They asked by mail as well.", ticket)
    await story.mei.types("!r Yes, within a week.", ticket)
    assert page.texts == ["Do you ship to Chile?"]
    await story.forward("8s")
    await ticket.shows("Sent")
    await story.sees(page, "Yes, within a week.")
    await ticket.shows("Read")
    assert frames(page.heard, "entry")[-1]["author"] == "Mei from Sales"
    await story.mei.types("!close solved", ticket)
    await page.all_so_far()
    assert page.texts == ["Do you ship to Chile?", "Yes, within a week."]


async def test_a_restart_between_question_and_answer(story: SiteStory) -> None:
    page = await story.opens()
    ticket = await story.asked(page)
    await story.mei.types("!r Yes, within a week.", ticket)
    await story.crashes()
    await story.begins()
    await story.forward("10s")
    back = await story.opens(token=page.token, after=1)
    assert not back.welcome["fresh"]
    await back.says("Do you ship to Chile?", frames(page.heard, "taken")[0]["id"])  # it never heard "taken"
    assert (await back.hears("taken"))["seq"] == 1
    await story.sees(back, "Yes, within a week.")
    await story.says(back, "Thank you!")
    await ticket.shows_once("Do you ship to Chile?")
    await ticket.shows("Thank you!", "Read")
    assert back.texts == ["Yes, within a week.", "Thank you!"]


async def test_a_visitor_who_left_before_the_answer(story: SiteStory) -> None:
    page = await story.opens()
    ticket = await story.asked(page)
    await page.ws.close()
    await story.mei.types("!r Yes, within a week.", ticket)
    await story.forward("8s")
    await story.forward("2m")
    await ticket.shows_once("left the site")
    back = await story.opens(token=page.token, after=1)
    await story.sees(back, "Yes, within a week.")
    await ticket.shows("Read")
    await back.ws.close()
    await story.forward("5m")
    await ticket.shows_once("left the site")


async def test_an_email_when_nobody_is_there(story: SiteStory) -> None:
    for agent in (story.mei, story.li):
        await agent.types("!away")
    page = await story.opens()
    await story.says(page, "Do you ship to Chile?")
    await page.sends("details", email="ana@example.com", name="Ana")
    await page.hears("noted")
    await story.settled()
    ticket = await story.ticket("Do you ship to Chile?")
    await ticket.card_shows("Ana", "ana@example.com")


async def test_a_user_of_the_shop_is_known_by_name(story: SiteStory) -> None:
    page = await story.opens(**signed({"id": "7", "name": "Ana Ruiz"}))
    ticket = await story.asked(page)
    await ticket.card_shows("Ana Ruiz")


async def test_files_go_both_ways(story: SiteStory) -> None:
    page = await story.opens()
    address = story.running.address
    headers = {"Origin": address, "X-Visitor": page.token}
    form = FormData()
    form.add_field("file", b"\x89PNG", filename="lamp.png", content_type="image/png")
    async with story.browser.post(f"{address}/chat/site/files", data=form, headers=headers) as answer:
        id = (await answer.json())["id"]
    await story.says(page, "This one?", files=[id])
    ticket = await story.ticket("This one?")
    await ticket.shows("lamp.png")
    await story.forward("20s")
    await story.mei.uploads("!r Here is its manual.", ticket, {"manual.pdf": b"%PDF"})
    await story.forward("10s")
    await story.sees(page, "Here is its manual.")
    (file,) = (await page.hears("entry", kind="agent"))["files"]
    async with story.browser.get(f"{address}{file['url']}") as answer:
        assert (answer.status, await answer.read()) == (200, b"%PDF")
