"""What people and platforms are answered while the database is away, and that the pages go on by themselves."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.web import pulse
from tests.outages.conftest import Tell
from tests.outages.wire import Wire
from tests.stories.console_team import ConsoleAgent
from tests.stories.story import Story
from tests.stories.test_site_chat import SiteStory


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def story(tell: Tell) -> Story:
    begun: Story = await tell(desk="console")
    return begun


async def health(story: Story, http: aiohttp.ClientSession) -> tuple[int, Any]:
    async with http.get(f"{story.running.address}/health") as answer:
        return answer.status, await answer.json()


async def test_a_platform_is_told_to_come_again(story: Story, wire: Wire) -> None:
    ana = story.customer()
    wire.cut()
    await ana.writes("Where is my order?")
    assert [status for _, status in story.graph.hooks.posts] == [503]


async def test_the_console_says_so_in_words(story: Story, wire: Wire, http: aiohttp.ClientSession) -> None:
    wire.cut()
    wanted = {"Accept": "text/html", "Accept-Language": "zh-CN", "Cookie": "dragoman=a-session"}
    async with http.get(f"{story.running.address}/console", headers=wanted) as page:
        assert (page.status, page.headers["Retry-After"]) == (503, "5")
        assert "稍后即可恢复" in await page.text()
        assert page.headers["X-Frame-Options"] == "DENY"


async def test_what_an_agent_asked_for_was_not_done_and_can_be_asked_again(story: Story, wire: Wire) -> None:
    mei = story.mei
    assert isinstance(mei, ConsoleAgent)
    await mei.browser.get("list")  # signed in
    ticket = await story.opened(story.customer(), "Where is my order?")
    deed = {"key": "the same deed", "text": "!claim", "files": []}
    wire.cut()
    with pytest.raises(aiohttp.ClientResponseError, match="503"):
        await mei.browser.post(f"tickets/{ticket.id}/say", **deed)
    wire.mend()
    await mei.browser.post(f"tickets/{ticket.id}/say", **deed)
    await story.settled()
    await ticket.shows_once("Mei took the ticket.")


async def test_an_open_console_is_told_of_what_came_after(story: Story, wire: Wire) -> None:
    mei = story.mei
    assert isinstance(mei, ConsoleAgent)
    async with mei.browser.listens() as socket:
        wire.cut()
        await story.forward("1m")
        wire.mend()
        await story.customer().writes("Where is my order?")
        hint = await socket.receive_json(timeout=10)
    assert hint["tickets"] == [[1, 1]]


async def test_health_says_away_and_well_again(story: Story, wire: Wire, http: aiohttp.ClientSession) -> None:
    assert await health(story, http) == (200, await _well(story, http))
    wire.cut()
    status, report = await health(story, http)
    assert (status, report["ok"], report["failing"]) == (503, False, ["store:away"])
    async with http.get(f"{story.running.address}/metrics") as metrics:
        assert metrics.status == 200
        assert "dragoman_store_writable 0.0" in await metrics.text()
    wire.mend()
    await story.forward("10s")
    assert (await health(story, http))[0] == 200


async def _well(story: Story, http: aiohttp.ClientSession) -> Any:
    report = (await health(story, http))[1]
    assert (report["ok"], report["failing"], report["degraded"]) == (True, [], [])
    return report


async def test_health_answers_though_the_database_says_nothing(
    story: Story, wire: Wire, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For some seconds it may only be busy."""
    monkeypatch.setattr(pulse, "PATIENCE", 0.05)
    wire.hang()
    status, report = await health(story, http)
    assert (status, report["failing"], report["degraded"]) == (200, [], ["store:late"])
    monkeypatch.setattr(pulse, "HANGS", 0)
    status, report = await health(story, http)
    assert (status, report["failing"]) == (503, ["store:slow"])
    wire.mend()
    await story.settled()


async def test_a_visitors_words_are_refused_and_taken_when_said_again(wire: Wire, tmp_path: Path) -> None:
    story = SiteStory(wire.url, tmp_path, "console")
    async with story:
        page = await story.opens()
        wire.cut()
        said = await page.says("Do you ship to Chile?")
        refused = await page.hears("refused", id=said)
        assert refused["code"] == "internal"
        wire.mend()
        await page.says("Do you ship to Chile?", id=said)
        await page.hears("taken", id=said)
        await story.settled()
        await (await story.ticket("Do you ship to Chile?")).shows_once("Do you ship to Chile?")


async def test_a_visitors_page_comes_back_by_itself(wire: Wire, tmp_path: Path) -> None:
    """Who reads while the database goes away is let go, as by a restart, and goes on from where they were."""
    story = SiteStory(wire.url, tmp_path, "console")
    async with story:
        page = await story.opens()
        ticket = await story.asked(page)
        await story.mei.types("!r Yes, within a week.", ticket)
        wire.cut()
        await story.forward("1m")
        wire.mend()
        await story.forward("30s")
        back = await story.opens(token=page.token, after=1)
        await back.hears("entry", text="Yes, within a week.")
