"""Customers in New York write to a team in Shenzhen: what they are told by themselves, and what becomes of it.

A story begins on Monday, 2 March 2026, 09:00 UTC: 17:00 in Shenzhen, 04:00 in New York.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import fresh_database
from tests.platforms.faults import Fault
from tests.platforms.graph import StoryCustomer
from tests.stories.agents import Seen
from tests.stories.conftest import PAIRS, Tell
from tests.stories.story import DeskChoice, Story
from tests.stories.test_at_messenger import PageStory
from tests.stories.test_site_chat import SiteStory

DAY = '["09:00-12:00", "13:00-18:00"]'
SHENZHEN = f"""calendar = {{ zone = "Asia/Shanghai", holidays = "CN", weekly = {{
  mon = {DAY}, tue = {DAY}, wed = {DAY}, thu = {DAY}, fri = {DAY} }} }}""".replace("\n", "")
TWO_OF_THEIR_HOURS = """
[[targets]]
first_reply = "2h"
next_reply = "2h"
calendar = "customer"
"""
TWO_OF_OUR_HOURS = TWO_OF_THEIR_HOURS.replace("customer", "team")
HOUSE: dict[str, Any] = {"calendar": SHENZHEN, "targets": TWO_OF_THEIR_HOURS}
SEND = "POST */messages"
RECEIVED = "Thank you for your message. Our office is closed at the moment. A member of our team will reply "
LATE = "We are sorry to keep you waiting. Your message has not been forgotten: a member of our team will reply "
BROKEN = "We are sorry that we did not manage to reply by the time we had given you. A member of our team will reply "
BY_MORNING = "by Tuesday, 3 March, 05:00 (New York time)."
"""When the day in Shenzhen ends that is the last before the answer is due: 10:15 in New York."""


@pytest.fixture(params=PAIRS, ids="-".join)
async def story(request: pytest.FixtureRequest, tmp_path: Path, shared_folder: Path) -> AsyncIterator[Story]:
    """The team in Shenzhen, at each desk and on each database. It is 17:15 in New York, 06:15 in Shenzhen."""
    desk, dialect = request.param
    with fresh_database(dialect, tmp_path, shared_folder, migrated=True) as url:
        async with Story(url, tmp_path, desk, **HOUSE) as begun:
            await begun.forward("13h15m")
            yield begun


def new_yorker(story: Story) -> StoryCustomer:
    return story.customer("Dana Reed", "12125550134")


async def test_at_night_they_read_when_and_in_the_morning_they_have_their_answer(story: Story) -> None:
    dana, mei = new_yorker(story), story.mei
    ticket = await story.opened(dana, "Where is my order?")
    await dana.sees_nothing_but([RECEIVED + BY_MORNING])
    await ticket.shows_once("utomatic message")
    await ticket.shows(RECEIVED + BY_MORNING)
    await ticket.shows("Delivered")
    await story.forward("3h")
    await mei.types("!r It left yesterday.", ticket)
    await story.forward("8s")
    await dana.sees_nothing_but([RECEIVED + BY_MORNING, "It left yesterday."])
    await story.forward("3d")
    await ticket.lacks("Nobody did.", "is late")
    assert len(dana.received) == 2


async def test_it_claims_nothing_stops_nothing_and_stands_in_the_log(story: Story) -> None:
    dana, mei = new_yorker(story), story.mei
    ticket = await story.opened(dana, "Where is my order?")
    await ticket.card_shows("[Claim]")
    await ticket.lacks("took the ticket", "[Undo]")
    await mei.types("!log", ticket)
    await mei.was_told("the customer was told that a person answers by")
    await mei.types("!r It left yesterday.", ticket)
    await mei.was_never_told("Send anyway")
    await story.forward("8s")
    await ticket.shows("It left yesterday.", "Mei took the ticket")


async def test_a_burst_at_night_has_one_answer(story: Story) -> None:
    dana = new_yorker(story)
    for words in ("Hello?", "Where is my order?", "It is urgent."):
        await dana.writes(words)
        await story.settled()
        await story.forward("2s")
    await story.forward("10m")
    await dana.writes("Please!")
    await story.forward("1h")
    assert dana.received == [RECEIVED + BY_MORNING]


async def test_a_broken_promise_is_told_inside_and_the_customer_once_more(tell: Tell) -> None:
    story = await tell(calendar=SHENZHEN, targets=TWO_OF_OUR_HOURS)
    await story.forward("13h15m")
    dana, mei, li = new_yorker(story), story.mei, story.li
    ticket = await story.opened(dana, "Where is my order?")
    await mei.types("!claim", ticket)
    assert dana.received == [RECEIVED + "within 5 hours, by Monday, 2 March, 22:00 (New York time)."]
    await story.forward("4h50m")
    await ticket.shows_once("The customer was told that a person answers by")
    await mei.was_told_once("the customer was told that a person answers by")
    await li.was_never_told("the customer was told")
    assert dana.received[1:] == [BROKEN + "within 3 hours, by Tuesday, 3 March, 01:00 (New York time)."]
    await story.forward("12h")
    assert len(dana.received) == 2, "no third one before somebody has slept"


async def test_late_in_the_day_they_are_asked_for_patience(tell: Tell) -> None:
    story = await tell(calendar=SHENZHEN, targets=TWO_OF_OUR_HOURS)
    await story.forward("17h")  # 10:00 in Shenzhen
    dana = new_yorker(story)
    ticket = await story.opened(dana, "Where is my order?")
    await story.forward("1h50m")
    assert dana.received == []
    await story.forward("20m")
    assert dana.received == [LATE + "within 3 hours, by Tuesday, 3 March, 02:00 (New York time)."]
    await ticket.shows_once("utomatic message")
    await ticket.shows_once("First reply is late")


async def test_two_promises_over_a_weekend_and_a_public_holiday(tell: Tell) -> None:
    """Qingming is on Sunday, 5 April 2026, and Monday is off for it."""
    story = await tell(calendar=SHENZHEN, targets=TWO_OF_OUR_HOURS)
    await story.forward("32d6h")  # Friday, 3 April, 23:00 in Shenzhen
    dana = new_yorker(story)
    await story.opened(dana, "Where is my order?")
    by = "by Monday, 6 April, 23:00 (New York time)."
    assert dana.received == [RECEIVED + by]
    await story.forward("2d12h")
    await dana.writes("Is anybody there?")
    await story.forward("1h")
    assert len(dana.received) == 1, "the weekend and the holiday are one closed period"
    await story.forward("14h")  # Tuesday, 7 April, 02:00 in Shenzhen
    await story.forward("8h55m")
    assert len(dana.received) == 1
    await story.forward("10m")
    assert dana.received[1:] == [BROKEN + "within 3 hours, by Tuesday, 7 April, 02:00 (New York time)."]


async def test_on_a_holiday_they_are_told_so(tell: Tell) -> None:
    story = await tell(**HOUSE)
    await story.forward("34d19h")  # Monday, 6 April, 12:00 in Shenzhen
    dana = new_yorker(story)
    await story.opened(dana, "Where is my order?")
    [told] = dana.received
    assert told.startswith("Thank you for your message. Our office is closed for a public holiday.")
    assert "Qingming" not in told


async def test_an_answer_that_is_given_while_it_waits_takes_it_back(story: Story) -> None:
    dana, mei = new_yorker(story), story.mei
    story.graph.faults.always(SEND, Fault.http(503))
    ticket = await story.opened(dana, "Where is my order?")
    await ticket.shows("Waiting for the channel to take it")
    await mei.types("!r It left yesterday.", ticket)
    await story.settled()
    await story.forward("10s")
    await ticket.shows("Taken back before it left")
    story.graph.faults.clear(SEND)
    await story.forward("11m")
    assert dana.received == ["It left yesterday."]


async def test_after_an_outage_nothing_is_said_that_is_no_longer_true(tell: Tell) -> None:
    story = await tell(calendar=SHENZHEN, targets=TWO_OF_OUR_HOURS)
    await story.forward("13h15m")
    dana = new_yorker(story)
    story.graph.faults.always(SEND, Fault.http(503))
    ticket = await story.opened(dana, "Where is my order?")
    await story.forward("4h50m")  # 11:05 in Shenzhen: it would have been by 11:00
    await ticket.lacks("The customer was told")
    story.graph.faults.clear(SEND)
    await story.forward("15m")
    assert len(dana.received) == 1
    assert dana.received[0].startswith(LATE)
    await ticket.shows("Taken back before it left")


async def test_one_that_may_have_arrived_is_never_repeated(story: Story) -> None:
    dana = new_yorker(story)
    story.graph.faults.next(SEND, Fault.drop_before())
    ticket = await story.opened(dana, "Where is my order?")
    await story.forward("2h")
    await ticket.shows("May or may not have arrived. It is not repeated.")
    await ticket.lacks("Send again", "send it again")
    assert dana.received == []


async def test_one_that_fails_is_told_quietly(story: Story) -> None:
    dana, mei = new_yorker(story), story.mei
    dana.fails_with = 131026
    ticket = await story.opened(dana, "Where is my order?")
    await story.forward("1m")
    await ticket.shows_once("An automatic message did not reach the customer.")
    await mei.was_never_told("did not reach")
    await story.forward("1d")
    await ticket.lacks("Nobody did.")


async def test_a_crash_in_between_says_it_once(tell: Tell) -> None:
    story = await tell(**HOUSE)
    await story.forward("13h15m")
    dana = new_yorker(story)
    await dana.writes("Where is my order?")
    await story.settled()
    await story.crashes()
    await story.clock.forward("1m")
    await story.begins()
    await story.crashes()
    await story.begins()
    await story.forward("1h")
    await dana.sees_nothing_but([RECEIVED + BY_MORNING])
    ticket = await story.ticket("Where is my order?")
    await ticket.shows_once("utomatic message")


async def test_a_blocked_customer_reads_nothing(tell: Tell) -> None:
    story = await tell(calendar=SHENZHEN, targets=TWO_OF_OUR_HOURS)
    await story.forward("17h")
    dana = new_yorker(story)
    ticket = await story.opened(dana, "BUY CHEAP LAMPS")
    await story.sol.types("!block", ticket)
    await ticket.shows("Sol blocked the customer.")
    await story.forward("1d")
    assert dana.received == []


@pytest.mark.parametrize("where", ["more", "sales_more", "inbox"])
async def test_a_house_a_queue_and_an_inbox_may_be_silent(tell: Tell, where: str) -> None:
    off = "acknowledge = false\nsoothe = false\n"
    story = await tell(**HOUSE, **{where: f"[promises]\n{off}" if where == "more" else off})
    await story.forward("13h15m")
    dana = new_yorker(story)
    ticket = await story.opened(dana, "Where is my order?")
    await story.forward("2d")
    await ticket.shows("First reply is late")
    assert dana.received == []


async def test_by_messenger_only_people_write_after_a_day(tmp_path: Path, shared_folder: Path) -> None:
    """The human agent's week is none of the house's own words."""
    with fresh_database("sqlite", tmp_path, shared_folder, migrated=True) as url:
        target = TWO_OF_OUR_HOURS.replace("2h", "9h")
        story = PageStory(url, tmp_path, calendar=SHENZHEN, targets=target)
        async with story:
            await story.forward("30m")  # 17:30 in Shenzhen: due tomorrow at 18:00, after 24 hours and a half
            ticket = await _asks(story)
            await story.forward("2d")
            await ticket.shows("First reply is late")
            assert story.mia.received == []
            await story.mei.types("!r It left yesterday.", ticket)
            await story.forward("10s")
            await story.mia.sees_nothing_but(["It left yesterday."])


async def test_messengers_echo_of_it_is_no_colleagues_answer(tmp_path: Path, shared_folder: Path) -> None:
    with fresh_database("sqlite", tmp_path, shared_folder, migrated=True) as url:
        story = PageStory(url, tmp_path, calendar=SHENZHEN, targets=TWO_OF_OUR_HOURS)
        async with story:
            await story.forward("13h15m")
            ticket = await _asks(story)
            await story.forward("1m")
            assert len(story.mia.received) == 1
            await ticket.shows_once("utomatic message")
            await ticket.lacks("Answered in the channel's own app")
            await story.forward("1d")
            await ticket.shows_once("First reply is late")


async def _asks(story: PageStory) -> Seen:
    await story.mia.writes("Where is my order?")
    await story.settled()
    return await story.ticket("Where is my order?")


@pytest.mark.parametrize("desk", ["slack", "telegram", "console"])
async def test_who_reads_portuguese_is_written_to_in_portuguese(
    desk: DeskChoice, tmp_path: Path, shared_folder: Path
) -> None:
    with fresh_database("sqlite", tmp_path, shared_folder, migrated=True) as url:
        story = SiteStory(url, tmp_path, desk, calendar=SHENZHEN, targets=TWO_OF_OUR_HOURS)
        async with story:
            await story.forward("13h15m")
            page = await story.opens(locale="pt-PT")
            await story.says(page, "Onde está a minha encomenda?")
            await story.forward("10s")
            words = "Agradecemos sua mensagem. No momento, nosso escritório está fechado."
            said = await page.hears("entry", kind="agent")
            assert said["text"].startswith(words)
            assert "em até 5 horas, ou seja, até terça-feira, 3 de março, 11:00" in said["text"]
            ticket = await story.ticket("Onde está a minha encomenda?")
            await ticket.shows_once("utomatic message")
            await page.ws.close()
            await story.forward("5m")
            await ticket.lacks("left the site")


async def test_who_chats_in_new_york_reads_new_york_time(tmp_path: Path, shared_folder: Path) -> None:
    with fresh_database("sqlite", tmp_path, shared_folder, migrated=True) as url:
        story = SiteStory(url, tmp_path, "console", calendar=SHENZHEN, targets=TWO_OF_OUR_HOURS)
        async with story:
            await story.forward("13h15m")
            page = await story.opens(locale="en", zone="America/New_York")
            await story.says(page, "Where is my order?")
            await story.forward("10s")
            said = await page.hears("entry", kind="agent")
            assert "(New York time)" in said["text"]
            await page.ws.close()
