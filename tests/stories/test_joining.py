"""How people become members, and what the configuration says when it is wrong."""

import re
from datetime import timedelta

import aiohttp
import pytest

from bot.config.problems import ConfigError
from core.ids import QueueName
from core.ports import NewPerson
from tests.stories.conftest import Tell
from tests.stories.story import Story

SALES = frozenset({QueueName("sales")})


async def test_joining_by_code_in_private(story: Story) -> None:
    assert story.app is not None
    store, bo = story.app.store, story.slack.person("Bo")
    person = await store.create_person(NewPerson("Bo", queues=SALES), story.clock.now())
    code = await store.new_invite(person.id, story.clock.now(), timedelta(days=1))
    ticket = await story.opened(story.customer(), "Where is my order?")
    thread = story.sales.thread("T-1")
    await story.forward("1m")

    await bo.types(f"!join {code}", thread)
    await story.settled()
    assert bo.ephemerals.shows("A code typed here can be read by others, so it was not used.")
    await bo.types(f"!join {code}")
    await story.settled()
    assert bo.dms.shows("Welcome, Bo. Your queues: Sales.")
    await bo.types("!claim", thread)
    await story.settled()
    await ticket.shows("Bo took the ticket.")

    eve = story.slack.person("Eve")
    await eve.types(f"!join {code}")
    await story.settled()
    assert eve.dms.shows("This code is unknown, used or expired.")


async def test_a_verified_address_is_recognised_at_once(story: Story) -> None:
    assert story.app is not None
    member = NewPerson("Bo", email="bo@example.com", queues=SALES)
    await story.app.store.create_person(member, story.clock.now())
    bo = story.slack.person("Bo", email="bo@example.com")
    await story.forward("1m")
    ticket = await story.opened(story.customer(), "Where is my order?")
    await bo.types("!claim", story.sales.thread("T-1"))
    await story.settled()
    await ticket.shows("Bo took the ticket.")


async def test_an_unverified_address_proves_nothing(story: Story) -> None:
    assert story.app is not None
    member = NewPerson("Bo", email="bo@example.com", queues=SALES)
    await story.app.store.create_person(member, story.clock.now())
    eve = story.slack.person("Eve", email="bo@example.com", verified=False)
    ticket = await story.opened(story.customer(), "Where is my order?")
    await eve.types("!claim", story.sales.thread("T-1"))
    await story.settled()
    assert eve.ephemerals.shows("I do not know you yet, so nothing was done.")
    await ticket.card_shows("nobody yet")


async def test_login_opens_the_console_once(story: Story) -> None:
    assert story.app is not None
    await story.mei.types("!login")
    [told] = [text for text in await story.mei.heard() if "Your sign-in link for the console" in text]
    token = re.search(r"token=(\S+)", told)
    assert token
    login = f"{story.app.address}/console/login"
    for expected in (200, 403):
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
            origin = {"Origin": story.app.address}
            async with browser.post(login, data={"token": token[1]}, headers=origin) as page:
                assert page.status == expected
                assert ('id="boot"' in await page.text()) is (expected == 200)


async def test_away_people_are_passed_over(any_desk: Story) -> None:
    story, mei, li = any_desk, any_desk.mei, any_desk.li
    ticket = await story.opened(story.customer(), "Where is my order?")
    await mei.types("!claim", ticket)
    await mei.types("!away")
    await story.forward("3h")
    await li.was_told("75% of the time is used.")
    await mei.types("!back")
    await mei.was_told("Welcome back.")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"general": "undo_secnds = 3"}, "undo_seconds"),
        ({"general": "undo_seconds = -1"}, "at least 0"),
        ({"sales_more": 'send = "lively"'}, "live"),
        ({"more": '[[escalation]]\nat = "200%"\ntell = ["assignee"]'}, "1% and 100%"),
        ({"inbox": "read_tick = true"}, "read_ticks"),
    ],
)
async def test_a_wrong_configuration_is_refused_with_what_is_meant(
    tell: Tell, wrong: dict[str, str], words: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        await tell(**wrong)
    assert words in str(refused.value)
