"""We were away for longer than Meta keeps what customers wrote: those who can look elsewhere are told once."""

import pytest

from tests.stories.conftest import Tell, only
from tests.stories.story import Story

database = only("sqlite")
LOST = "longer than the platform keeps what customers write to wa"


async def away(story: Story, span: str) -> None:
    await story.forward("11m")
    await story.stops()
    await story.clock.forward(span)
    await story.begins()
    await story.forward("1m")


async def test_more_than_a_week_without_us_is_told_to_the_admins_once(tell: Tell) -> None:
    story = await tell(desk="console")
    await story.opened(story.customer(), "Where is my order?")
    await away(story, "8d")
    await story.ada.was_told_once(LOST)
    await story.mei.was_never_told(LOST)
    await story.stops()
    await story.begins()
    await story.forward("1h")
    await story.ada.was_told_once(LOST)


@pytest.mark.parametrize("span", ["1h", "6d"])
async def test_what_meta_still_has_is_nobodys_business(tell: Tell, span: str) -> None:
    story = await tell(desk="console")
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await story.forward("11m")
    await story.stops()
    await ana.writes("Hello?")
    await story.clock.forward(span)
    await story.begins()
    await story.graph.redeliver()
    await story.forward("1m")
    await ticket.shows_once("Hello?")
    await story.ada.was_never_told(LOST)
