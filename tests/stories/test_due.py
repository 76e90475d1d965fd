"""Why is it due then? Every desk says how the deadline came about, by the customer's clock and by the agent's."""

import pytest

from tests.stories.conftest import DESKS, Tell, only
from tests.stories.story import DeskChoice, Story

database = only("sqlite")
FRIDAY_EVENING_IN_NEW_YORK = "4d13h30m"
"""From the story's Monday morning to 6 March 2026, 17:30; on Sunday the clocks change."""


@pytest.fixture(params=DESKS)
async def shipped(request: pytest.FixtureRequest, tell: Tell) -> Story:
    """A house with the targets that are shipped, at each desk."""
    desk: DeskChoice = request.param
    begun: Story = await tell(desk=desk, targets="")
    await begun.forward(FRIDAY_EVENING_IN_NEW_YORK)
    return begun


async def test_a_vip_in_new_york_before_the_clocks_change(shipped: Story) -> None:
    story, mei = shipped, shipped.mei
    ticket = await story.opened(story.customer("Ana", "12125550100"), "Where is my order?")
    await mei.types("!vip", ticket)
    await mei.types("!due", ticket)
    await mei.was_told(
        "First reply: Mon, Mar 9, 10:30 New York = 14:30 UTC",
        "How “First reply” is counted, by the clock of New York:",
        "(tier = vip): 2 hr of working time",
        "The customer's hours, New York; public holidays: US",
        "+ Fri, Mar 6, 17:30 – 18:00: 30 min",
        "– Fri, Mar 6, 18:00 – Mon, Mar 9, 09:00: weekend",
        "+ Mon, Mar 9, 09:00 – 10:30: 1 hr 30 min",
        "= due Mon, Mar 9, 10:30 New York = 14:30 UTC",
        "WhatsApp takes our words until Sat, Mar 7, 17:30 New York = 22:30 UTC",
    )


async def test_where_the_customer_is_moves_it(shipped: Story) -> None:
    story, mei = shipped, shipped.mei
    ticket = await story.opened(story.customer("Ana", "12125550100"), "Where is my order?")
    await mei.types("!vip", ticket)
    await mei.types("!tz Los Angeles", ticket)
    await mei.types("!due first", ticket)
    await mei.was_told("by the clock of Los Angeles", "= due Fri, Mar 6, 16:30 Los Angeles = Sat, Mar 7, 00:30 UTC")


async def test_nothing_runs_and_a_word_that_is_no_clock(any_desk: Story) -> None:
    story, mei = any_desk, any_desk.mei
    ticket = await story.opened(story.customer(), "Where is my order?")
    await mei.types("!due lunch", ticket)
    await mei.was_told("There is no clock “lunch”.")
    await mei.types("!due", ticket)
    await mei.was_told(
        "First reply: Mon, Mar 2, 14:00 Madrid = 13:00 UTC, in 3 hr 59 min", "Row 1 of the targets (all others)"
    )


@pytest.mark.parametrize("desk", DESKS)
async def test_what_the_customer_was_promised_is_seen(tell: Tell, desk: DeskChoice) -> None:
    days = ", ".join(f'{day} = ["09:00-17:00"]' for day in ("mon", "tue", "wed", "thu", "fri"))
    story = await tell(desk=desk, calendar=f'calendar = {{ zone = "UTC", weekly = {{ {days} }} }}')
    await story.forward("9h")  # an hour after they went home
    ticket = await story.opened(story.customer(), "Where is my order?")
    await story.mei.types("!due", ticket)
    await story.mei.was_told(
        "First reply: Tue, Mar 3, 14:00 Madrid = 13:00 UTC",
        "Promised to the customer: an answer by Tue, Mar 3, 14:00 Madrid = 13:00 UTC",
        "The team's hours, UTC; public holidays: none",
        "– Mon, Mar 2, 18:00 – Tue, Mar 3, 09:00: night",
        "+ Tue, Mar 3, 09:00 – 13:00: 4 hr",
    )
