"""Live mode: only the assignee's plain text, and only until it ends."""

import pytest

from tests.stories.agents import Seen
from tests.stories.conftest import Tell
from tests.stories.story import READING, Story


async def live(story: Story) -> Seen:
    """A ticket of Mei's in live mode."""
    ticket = await story.opened(story.customer(), "Where is my order?")
    await story.mei.types("!claim", ticket)
    await story.mei.types("!live", ticket)
    await ticket.shows("Mei turned live mode on")
    await ticket.card_shows("mode=live" if story.desk == "console" else "LIVE")
    return ticket


async def test_plain_text_is_sent_after_the_hold(any_desk: Story) -> None:
    story = any_desk
    ticket = await live(story)
    [ana] = story.graph.customers
    await story.mei.types("It left yesterday.", ticket)
    assert ana.received == []
    await story.forward("8s")
    assert ana.received == ["It left yesterday."]


async def test_prefixes_and_mentions_stay_inside(story: Story) -> None:
    ticket = await live(story)
    [ana] = story.graph.customers
    # Slack's client keeps a slash at the very beginning for itself.
    for typed in ("!clos", "／r hello", "！foo", "@Li look", "<@U123> look", " /r hello", "*!clos*"):
        await story.mei.types(typed, ticket)
        await story.forward("1m")
        assert ana.received == [], typed


async def test_only_the_assignees_words_are_sent(any_desk: Story) -> None:
    story = any_desk
    ticket = await live(story)
    [ana] = story.graph.customers
    await story.li.types("I would not promise that.", ticket)
    await story.forward("5m")
    assert ana.received == []


@pytest.mark.parametrize("end", ["off", "idle", "reassigned", "taken over"])
async def test_after_its_end_plain_text_is_a_note(any_desk: Story, end: str) -> None:
    story = any_desk
    ticket = await live(story)
    [ana] = story.graph.customers
    match end:
        case "off":
            await story.mei.types("!live off", ticket)
            await ticket.shows("Mei turned live mode off.")
        case "idle":
            await story.forward("31m")
            await ticket.shows_once("Live mode ended because nobody used it.")
        case "reassigned":
            await story.mei.types("!assign @li", ticket)
            await ticket.shows("Live mode ended because the ticket changed hands.")
        case _:
            await story.li.types("!claim over", ticket)
            await ticket.shows("Live mode ended because the ticket changed hands.")
    await story.forward(READING)
    await story.mei.types("It left yesterday.", ticket)
    await story.forward("5m")
    assert ana.received == []


async def test_after_closing_plain_text_is_a_note(beside_telegram: Story) -> None:
    story = beside_telegram
    ticket = await live(story)
    [ana] = story.graph.customers
    await story.mei.types("!close", ticket)
    await ticket.shows("Live mode ended because the ticket was closed.")
    await story.forward(READING)
    await story.mei.types("It left yesterday.", ticket)
    await story.forward("5m")
    assert ana.received == []


async def test_using_it_keeps_it_alive(any_desk: Story) -> None:
    story = any_desk
    ticket = await live(story)
    [ana] = story.graph.customers
    for words in ("One moment.", "Still looking.", "Found it."):
        await story.forward("20m")
        await story.mei.types(words, ticket)
    await story.forward("8s")
    assert ana.received == ["One moment.", "Still looking.", "Found it."]


async def test_a_queue_may_be_live_from_the_start(tell: Tell) -> None:
    story = await tell(sales_more='send = "live"')
    ana = story.customer()
    ticket = await story.opened(ana, "Hello?")
    await story.li.types("Who takes this?", ticket)
    await story.mei.types("!claim", ticket)
    await story.mei.types("Good morning, Ana.", ticket)
    await story.forward("8s")
    await ana.sees_nothing_but(["Good morning, Ana."])
