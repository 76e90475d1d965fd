"""A Page on Messenger beside the number: names, windows, Human Agent, watermarks, and the Page's own inbox."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.messenger_model import Page
from bot.process import ROLES
from tests.databases import fresh_database
from tests.platforms.faults import Fault
from tests.platforms.graph import StoryPerson
from tests.stories.agents import Seen
from tests.stories.story import Story

SEND = "POST */messages"
TABLE = """
[[inboxes]]
name = "{name}"
channel = "messenger"
queue = "sales"
page_id = "{page.id}"
app_id = "{page.app_id}"
access_token = "{page.token}"
app_secret = "{page.app_secret}"
verify_token = "{page.verify_token}"
api_base = "{graph}"
read_ticks = true
"""


class PageStory(Story):
    """The usual house with a Page as well; `mia` is on Messenger."""

    mia: StoryPerson

    async def begins(self, roles: frozenset[str] = ROLES) -> None:
        if not self.graph.messenger.pages:
            self.page = self.graph.page()
            self.mia = self.graph.person("Mia Vogel")
            self._parts["more"] += TABLE.format(name="page", page=self.page, graph=self.graph.base_url)
        await super().begins(roles)
        assert self.app is not None
        self.page.webhook = f"{self.app.address}/hooks/page"

    def says_otherwise(self, old: str, new: str) -> None:
        """What stands in dragoman.toml from the next start on."""
        self._parts["more"] = self._parts["more"].replace(old, new)

    async def opens_another(self, name: str) -> Page:
        """A second Page of the same app, which knows one address for all its Pages."""
        await self.stops()
        page = self.graph.page(name, app_id=self.page.app_id, app_secret=self.page.app_secret)
        self._parts["more"] += TABLE.format(name=name, page=page, graph=self.graph.base_url)
        await self.begins()
        page.webhook = self.page.webhook
        return page

    async def asked(self, words: str = "Where is my order?") -> Seen:
        """Mia writes, and the team has read it."""
        await self.mia.writes(words)
        await self.settled()
        ticket = await self.ticket(words)
        await self.forward("20s")
        return ticket


@pytest.fixture(params=[("slack", "sqlite"), ("telegram", "postgres")], ids="-".join)
async def story(request: pytest.FixtureRequest, tmp_path: Path, shared_folder: Path) -> AsyncIterator[PageStory]:
    desk, dialect = request.param
    with fresh_database(dialect, tmp_path, shared_folder, migrated=True) as url:
        begun = PageStory(url, tmp_path, desk)
        async with begun:
            yield begun


async def test_first_message_to_solved(story: PageStory) -> None:
    mia, mei = story.mia, story.mei
    ticket = await story.asked()
    await ticket.card_shows("Mia Vogel", "Messenger")
    await mei.types("!r It left yesterday.", ticket)
    await story.forward("8s")
    await mia.sees_nothing_but(["It left yesterday."])
    await ticket.shows("Delivered")
    await mia.reads()
    await story.settled()
    await ticket.shows("Read")
    await mia.sees_tick(mia.messages[0], "read")
    await mei.types("!close solved", ticket)
    await ticket.shows("Mei closed the ticket: solved")


async def test_old_phones_tell_by_watermarks_how_far_it_came(story: PageStory) -> None:
    mia, mei = story.mia, story.mei
    mia.old_client, mia.online = True, False
    ticket = await story.asked()
    await mei.types("!r One.", ticket)
    await story.forward("10s")
    await mei.types("!r Two.", ticket)
    await story.forward("10s")
    await ticket.lacks("Delivered")
    await mia.comes_online()
    await story.settled()
    assert sum("Delivered" in text for text in await ticket.texts()) == 2


async def test_long_words_come_in_pieces_of_two_thousand(story: PageStory) -> None:
    ticket = await story.asked()
    await story.mei.types("!r " + "A long answer. " * 300, ticket)
    await story.forward("10s")
    assert len(story.mia.received) == 3
    assert all(len(piece) <= 2000 for piece in story.mia.received)


async def test_after_a_day_a_person_may_still_answer_and_after_a_week_nobody(story: PageStory) -> None:
    mia, mei = story.mia, story.mei
    ticket = await story.asked()
    await story.forward("30h")
    [late] = mia.received
    assert "tag" not in story.graph.sends()[-1], "what the house says by itself is no human agent's"
    await mei.types("!r Sorry for the wait.", ticket)
    await story.forward("10s")
    await mia.sees_nothing_but([late, "Sorry for the wait."])
    assert story.graph.sends()[-1]["tag"] == "HUMAN_AGENT"
    await story.forward("150h")
    await mei.types("!r Are you still there?", ticket)
    await story.forward("10s")
    await mia.sees_nothing_but([late, "Sorry for the wait."])
    await mei.was_told("that time is over. Nothing was sent.")


async def test_without_metas_approval_the_agent_learns_why(story: PageStory) -> None:
    story.page.human_agent = False
    ticket = await story.asked()
    await story.forward("30h")
    await story.mei.types("!r Sorry for the wait.", ticket)
    await story.forward("10s")
    await ticket.shows("Not delivered: The 24 hours are over, and Meta has not approved")


async def test_a_doubt_ends_with_the_echo(story: PageStory) -> None:
    ticket = await story.asked()
    story.graph.messenger.delivers = False
    story.graph.faults.next(SEND, Fault.drop_after())
    await story.mei.types("!r It left yesterday.", ticket)
    await story.forward("10s")
    await story.forward("1m")
    await ticket.lacks("May or may not have arrived.")
    await story.mia.sees_nothing_but(["It left yesterday."])


async def test_an_answer_in_the_pages_inbox_counts(story: PageStory) -> None:
    ticket = await story.asked()
    await story.graph.messenger.page_inbox_writes(story.mia, "It left yesterday.")
    await story.settled()
    await ticket.shows_once("It left yesterday.")
    assert story.graph.sends() == []


async def test_pictures_stickers_and_second_thoughts(story: PageStory) -> None:
    mia = story.mia
    ticket = await story.asked()
    await mia.sends_file("label.png", b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png")
    await mia.sends_sticker(b"\x89PNG\r\n\x1a\n", shape="both")
    await mia.presses("Talk to a person", "HUMAN")
    await mia.edits(mia.messages[0], "Where are my two orders?")
    await story.forward("1m")
    await ticket.shows("label.png", "sent a sticker", "Talk to a person", "Where are my two orders?")
    await mia.unsends(mia.messages[0])
    await story.forward("1m")
    await ticket.shows("Deleted by its author")


async def test_two_pages_of_an_app_share_its_address(story: PageStory) -> None:
    outlet = await story.opens_another("outlet")
    await story.mia.writes("Do you ship lamps?", to=outlet)
    await story.settled()
    ticket = await story.ticket("Do you ship lamps?")
    await story.forward("20s")
    await story.mei.types("!r We do.", ticket)
    await story.forward("10s")
    assert [said.page for said in story.mia.messages] == [outlet, outlet]
    await story.mia.sees_nothing_but(["We do."])
