"""Promises that nobody can keep: told once to those who can mend it, and to whoever asks."""

import pytest

from tests.stories.conftest import DESKS, Tell, only
from tests.stories.story import DeskChoice, Story

database = only("sqlite")
SHENZHEN = (
    'calendar = { zone = "Asia/Shanghai", weekly = { '
    + ", ".join(f'{day} = ["09:00-18:00"]' for day in ("mon", "tue", "wed", "thu", "fri"))
    + " } }"
)
FOR_AMERICA = """
[[targets]]
queue = "sales"
country = "US"
first_reply = "2h"
next_reply = "30d"
calendar = "customer"

[[targets]]
first_reply = "4h"
next_reply = "8h"
"""


@pytest.mark.parametrize("desk", DESKS)
async def test_a_day_in_shenzhen_does_not_answer_new_york(tell: Tell, desk: DeskChoice) -> None:
    story = await tell(desk=desk, calendar=SHENZHEN, targets=FOR_AMERICA)
    mei, ada = story.mei, story.ada
    ticket = await story.opened(story.customer(), "Where is my order?")
    await mei.types("!coverage", ticket)
    await mei.was_told(
        "1 of 6 promises cannot be kept by anybody who works here:",
        "First reply within 2 hr, Sales, customers in United States (New York)",
        "New York = Mon–Fri",
        "somebody there",
    )
    await ada.was_never_told("promises cannot be kept")  # nobody had been hired yet when it was looked into
    await story.forward("1d")
    await ada.was_told_once("promises cannot be kept by anybody who works here. Row 1 of the targets")
    await story.stops()
    await story.begins()
    await story.forward("1d")
    await ada.was_told_once("promises cannot be kept by anybody who works here.")


async def test_a_house_that_is_always_there_keeps_everything(any_desk: Story) -> None:
    story, mei = any_desk, any_desk.mei
    ticket = await story.opened(story.customer(), "Where is my order?")
    await mei.types("!coverage", ticket)
    await mei.was_told("Every promise can be kept")
    await story.forward("2d")
    await story.ada.was_never_told("promises")
