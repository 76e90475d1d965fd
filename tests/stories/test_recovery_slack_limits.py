"""Slack refuses, delays or does not answer: storms, outages, words and files that it does not take.

Intake never stops; the same words arrive in their order when it is over.
"""

from datetime import timedelta

import pytest

from tests.platforms.faults import Fault
from tests.stories.conftest import Tell, only
from tests.stories.story import Story

database = only("sqlite")
STORM = Fault.rate_limited(3600)
"""An hour, as Slack has asked of apps that went far beyond."""


async def order(story: Story, *words: str) -> None:
    """Each of these stands in the thread of the first, once and in this order."""
    text = "\n".join(await (await story.ticket(words[0])).texts())
    assert [text.count(each) for each in words] == [1] * len(words), text
    places = [text.index(each) for each in words]
    assert places == sorted(places), text


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update", "chat.*"])
async def test_a_storm_of_429_with_an_hour_to_wait(story: Story, method: str) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.slack.faults.next(method, STORM, times=4)
    await story.mei.types("!claim", ticket)
    for words in ("Hello one?", "Hello two?", "Hello three?"):
        await ana.writes(words)
        await story.forward("10m")
    await story.forward("5h")
    await order(story, "Where is my order?", "Hello one?", "Hello two?", "Hello three?")
    await ticket.card_shows("Mei")
    refused = [call for call in story.slack.calls() if call.error == "ratelimited"]
    assert len(refused) <= 4  # it waits as long as it was told to


@pytest.mark.parametrize(
    "fault",
    [Fault.http(500), Fault.http(502), Fault.drop_before(), Fault.error("internal_error"), Fault.error("fatal_error")],
    ids=["500", "502", "dropped", "internal", "fatal"],
)
async def test_an_outage_of_a_whole_night(story: Story, fault: Fault) -> None:
    ana = story.customer()
    await story.opened(ana, "Where is my order?")
    story.slack.faults.always("*", fault)
    for words in ("Hello one?", "Hello two?"):
        await ana.writes(words)
        await story.forward("5h")
    story.slack.faults.clear("*")
    await story.forward("11m")
    await order(story, "Where is my order?", "Hello one?", "Hello two?")
    assert await story.running.store.parked() == []


@pytest.mark.parametrize(
    "error", ["invalid_blocks", "msg_blocks_too_long", "invalid_arguments", "invalid_blocks_format"]
)
async def test_a_drawing_that_slack_does_not_take_comes_in_words(story: Story, error: str) -> None:
    """The words themselves, their author, and no markup in them that means anything."""
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.slack.faults.next("chat.postMessage", Fault.error(error))
    await ana.writes("<!channel> *now* & at once")
    await story.forward("1m")
    await ana.writes("Hello?")
    await story.forward("1m")
    await ticket.shows_once("Ana: <!channel> *now* & at once")
    await ticket.shows_once("Hello?")
    assert not [message for message in story.mei.at_slack.pings if "now" in message.text]  # type: ignore[attr-defined]


async def test_a_card_that_slack_does_not_draw_opens_its_thread_all_the_same(story: Story) -> None:
    story.slack.faults.next("chat.postMessage", Fault.error("invalid_blocks"))
    await story.customer().writes("Where is my order?")
    await story.forward("1m")
    ticket = await story.ticket("Where is my order?")
    await ticket.card_shows("T-1", "Ana")
    await story.mei.types("!claim", ticket)
    await story.forward("1m")
    await ticket.card_shows("Mei", "[Reply]")  # the next drawing is taken


async def test_what_slack_takes_in_no_form_says_where_it_is(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.slack.faults.next("chat.postMessage", Fault.error("invalid_blocks"), times=2)
    await ana.writes("words that Slack takes in no form")
    await story.forward("1m")
    await ticket.shows("could not be shown in this chat")


@pytest.mark.parametrize("error", ["file_upload_size_restricted", "invalid_file_type", "storage_limit_reached"])
async def test_a_file_that_slack_does_not_take_says_where_it_is(story: Story, error: str) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.slack.faults.always("files.getUploadURLExternal", Fault.error(error))
    await ana.sends_file("lamp.jpg", b"a picture", "image/jpeg")
    await story.forward("1m")
    await ana.writes("Do you see it?")
    await story.forward("1m")
    await ticket.shows("image.jpg", "could not be shown in this chat", "Do you see it?")
    assert await story.running.store.parked() == []


async def test_forty_thousand_characters(story: Story) -> None:
    ana = story.customer()
    await ana.writes("A very long story. " * 2_000)
    await story.settled()
    ticket = await story.ticket("A very long story.")
    await ticket.shows("the full text is in the console")
    await ana.writes("Did you read it?")
    await story.forward("5s")
    await ticket.shows_once("Did you read it?")


# --- over HTTP ------------------------------------------------------------------------------------------------------


async def over_http(tell: Tell) -> Story:
    begun: Story = await tell(slack_mode="http", also=("console",))
    return begun


async def test_a_signing_secret_that_was_changed(tell: Tell) -> None:
    story = await over_http(tell)
    ticket = await story.opened(story.customer(), "Where is my order?")
    story.slack.issues(signing_secret="another")
    for text in ("!claim", "A note.", "Another note."):
        await story.mei.types(text, ticket)
    await story.forward("1m")
    await story.at("console", story.ada).was_told_once("Requests in Slack's name are refused")
    await story.forward("11m")
    await ticket.shows_once("Mei took the ticket.")
    await story.stops()
    await story.begins()
    await story.mei.types("!n It is mended.", ticket)
    await (await story.ticket("It is mended.", "console")).shows_once("A note.")
    await story.ada.was_never_told("does not tell me all")


async def test_our_clock_is_ten_minutes_late(tell: Tell) -> None:
    """Slack's signatures are refused, rightly; who must set the clock is told so, and what was typed is found."""
    story = await over_http(tell)
    ticket = await story.opened(story.customer(), "Where is my order?")
    story.slack.runs_ahead(timedelta(minutes=10))
    for text in ("!claim", "A note.", "Another note."):
        await story.mei.types(text, ticket)
    await story.forward("1m")
    await story.forward("11m")
    await story.forward("11m")
    await story.at("console", story.ada).was_told_once("The clock of this computer and Slack's differ")
    await ticket.shows_once("Mei took the ticket.")
    await (await story.ticket("A note.", "console")).shows_once("Another note.")
    await story.ada.was_never_told("does not tell me all")
