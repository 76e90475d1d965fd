"""What can go wrong with the chat of a shop, and how its page goes on: with secrets, sites, clocks, uploads and
restarts. That the database is away while somebody writes is told in tests/outages/test_web_away.py."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import FormData

from tests.databases import fresh_database
from tests.stories.test_site_chat import SiteStory
from tests.web.chat.page import Page, frames, signed

OLD, NEW = "a long random text", "another long random text"
LAMPS = "https://lamps.example"
ANA = {"id": "7", "name": "Ana Ruiz"}


@pytest.fixture(params=["sqlite", "postgres"])
async def story(request: pytest.FixtureRequest, tmp_path: Path, shared_folder: Path) -> AsyncIterator[SiteStory]:
    with fresh_database(request.param, tmp_path, shared_folder, migrated=True) as url:
        begun = SiteStory(url, tmp_path, "console")
        async with begun:
            yield begun


async def restarts_with(story: SiteStory, old: str, new: str) -> None:
    await story.stops()
    story.says_otherwise(old, new)
    await story.begins()


async def frame(story: SiteStory, origin: str) -> tuple[int, str]:
    """What a browser is given for the frame in a page of that site: the status, and who may show it."""
    address = f"{story.running.address}/chat/site/frame"
    async with story.browser.get(address, params={"origin": origin}, headers={"Referer": f"{origin}/"}) as answer:
        return answer.status, answer.headers.get("Content-Security-Policy", "")


# --- secrets --------------------------------------------------------------------------------------------------------


async def test_with_a_new_secret_a_visitor_begins_anew_and_meets_no_wall(story: SiteStory) -> None:
    """Their token is void: the page gets another and goes on in it. What they said before stays with the team."""
    page = await story.opens()
    ticket = await story.asked(page)
    await restarts_with(story, OLD, NEW)
    again = await story.opens(token=page.token, after=1)
    assert again.welcome["fresh"]
    assert again.token != page.token
    assert frames(again.heard, "refused") == []
    await story.says(again, "Are you still there?")
    other = await story.ticket("Are you still there?")
    assert other.id != ticket.id
    await story.forward("20s")
    await story.mei.types("!r We are.", other)
    await story.forward("10s")
    await story.sees(again, "We are.")
    await ticket.shows_once("Do you ship to Chile?")


async def test_with_the_old_secret_beside_it_nobody_notices(story: SiteStory) -> None:
    page = await story.opens()
    ticket = await story.asked(page)
    await restarts_with(story, f'secret = "{OLD}"', f'secret = "{NEW}"\nold_secret = "{OLD}"')
    again = await story.opens(token=page.token, after=1)
    assert not again.welcome["fresh"]
    await story.says(again, "Are you still there?")
    await ticket.shows("Are you still there?")


async def test_a_user_of_the_shop_keeps_their_talk_once_the_shop_signs_with_the_new_secret(story: SiteStory) -> None:
    page = await story.opens(**signed(ANA))
    ticket = await story.asked(page)
    await restarts_with(story, OLD, NEW)
    stranger = await story.opens(token=page.token, **signed(ANA))  # the shop has not heard of it yet
    refused = await stranger.hears("refused")
    assert refused["code"] == "bad_user"
    assert refused["words"]
    await story.says(stranger, "Hello?")
    back = await story.opens(token=page.token, **signed(ANA, NEW))
    await story.says(back, "It is me again.")
    await ticket.shows("It is me again.")


async def test_an_answer_given_while_the_secret_changed_waits_in_the_log(story: SiteStory) -> None:
    page = await story.opens(**signed(ANA))
    ticket = await story.asked(page)
    await page.ws.close()
    await story.mei.types("!r Yes, within a week.", ticket)
    await restarts_with(story, OLD, NEW)
    await story.forward("10s")
    back = await story.opens(**signed(ANA, NEW))
    await story.sees(back, "Yes, within a week.")


# --- sites ----------------------------------------------------------------------------------------------------------


async def test_the_shop_moves_to_another_address(story: SiteStory) -> None:
    """The old site shows nothing any more, the new one does, and who kept their token goes on."""
    page = await story.opens()
    ticket = await story.asked(page)
    status, policy = await frame(story, LAMPS)
    assert status == 200
    assert f"frame-ancestors {LAMPS}" in policy
    await restarts_with(story, LAMPS, "https://lights.example")
    assert (await frame(story, LAMPS))[0] == 403
    status, policy = await frame(story, "https://lights.example")
    assert status == 200
    assert LAMPS not in policy
    again = await story.opens(token=page.token, after=1)
    await story.says(again, "You have a new name!")
    await ticket.shows("You have a new name!")


# --- clocks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("behind", "known"), [(0, True), (4 * 60, True), (-9 * 3600, True), (20 * 60, False)])
async def test_the_shops_clock_is_not_ours(story: SiteStory, behind: int, known: bool) -> None:
    """A signature for one minute, by a clock that is `behind` seconds behind. Whose does not hold is a guest, is told
    so, and can write."""
    now = int(story.clock.now().timestamp())
    page = await story.opens(**signed({**ANA, "exp": now - behind + 60}))
    await story.says(page, "Do you ship to Chile?")
    ticket = await story.ticket("Do you ship to Chile?")
    assert ("Ana Ruiz" in await ticket.card()) is known
    assert [refused["code"] for refused in frames(page.heard, "refused")] == ([] if known else ["bad_user"])


async def test_the_visitors_own_clock_says_nothing(story: SiteStory) -> None:
    """What is said is dated here, whatever a page claims."""
    page = await story.opens()
    await story.says(page, "Do you ship to Chile?", at="1999-12-31T23:59:59Z")
    entry = await page.hears("entry")
    assert str(entry["at"]).startswith(f"{story.clock.now():%Y-%m-%d}")


# --- uploads and limits -----------------------------------------------------------------------------------------------


async def uploads(story: SiteStory, page: Page, body: bytes | AsyncIterator[bytes]) -> str:
    form = FormData()
    form.add_field("file", body, filename="lamp.png", content_type="image/png")
    headers = {"Origin": story.running.address, "X-Visitor": page.token}
    async with story.browser.post(f"{story.running.address}/chat/site/files", data=form, headers=headers) as answer:
        id: str = (await answer.json())["id"]
        return id


async def test_the_server_is_restarted_in_the_middle_of_an_upload(story: SiteStory) -> None:
    """Half a file is no file: the page hears that it did not arrive, and the second try does."""
    page = await story.opens()
    begun = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"\x89PNG half of it"
        begun.set()
        await asyncio.Event().wait()

    half = asyncio.ensure_future(uploads(story, page, slowly()))
    await begun.wait()
    await story.crashes()
    with pytest.raises(aiohttp.ClientError):
        await half
    await story.begins()
    again = await story.opens(token=page.token)
    await story.says(again, "This one?", files=[await uploads(story, again, b"\x89PNG all of it")])
    await (await story.ticket("This one?")).shows("lamp.png")


async def test_a_file_uploaded_before_a_restart_is_sent_after_it(story: SiteStory) -> None:
    page = await story.opens()
    file = await uploads(story, page, b"\x89PNG all of it")
    await story.crashes()
    await story.begins()
    again = await story.opens(token=page.token)
    await story.says(again, "This one?", files=[file])
    await (await story.ticket("This one?")).shows("lamp.png")


async def test_who_is_too_fast_is_told_and_goes_on_in_a_moment(story: SiteStory) -> None:
    """The page keeps what was not taken and says it again: the same id, once in the thread, in its order."""
    page = await story.opens()
    ids = [await page.says(f"line {number};") for number in range(14)]
    taken = [frame["id"] for frame in await page.all_so_far() if frame["type"] == "taken"]
    assert taken == ids[: len(taken)]
    assert len(taken) < len(ids)
    assert {refused["code"] for refused in frames(page.heard, "refused")} == {"too_fast"}
    await story.forward("15s")
    for number in range(len(taken), 14):
        await page.says(f"line {number};", ids[number])
    await page.all_so_far()
    await story.settled()
    text = "\n".join(await (await story.ticket("line 0;")).texts())
    assert [text.count(f"line {number};") for number in range(14)] == [1] * 14
    assert [text.index(f"line {n};") for n in range(14)] == sorted(text.index(f"line {n};") for n in range(14))


async def test_an_upload_that_is_one_too_many_costs_no_words(story: SiteStory) -> None:
    page = await story.opens()
    answers = []
    for _ in range(40):
        try:
            answers.append(await uploads(story, page, b"\x89PNG"))
        except KeyError:  # refused: {code, words}
            break
    assert 0 < len(answers) < 40
    await story.says(page, "Do you ship to Chile?")
    await story.ticket("Do you ship to Chile?")
