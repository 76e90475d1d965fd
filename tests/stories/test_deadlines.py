"""The clock: warnings, breach, escalation, acknowledgement, pauses and sleep. The first reply is due after 4 hours."""

import pytest

from tests.stories.conftest import Tell
from tests.stories.story import Story


async def test_warnings_breach_and_the_next_level_each_once(any_desk: Story) -> None:
    story, mei, sol, ada = any_desk, any_desk.mei, any_desk.sol, any_desk.ada
    ticket = await story.opened(story.customer(), "Where is my order?")
    await mei.types("!claim", ticket)

    await story.forward("2h55m")
    await ticket.lacks("of the time is used")
    await story.forward("10m")
    await ticket.shows_once("75% of the time is used.")
    await mei.was_told_once("75% of the time is used.")
    await story.forward("35m")
    await ticket.shows_once("90% of the time is used.")
    await mei.was_told_once("90% of the time is used.")
    await sol.was_never_told("T-1")

    await story.forward("30m")
    await ticket.shows_once("First reply is late")
    await sol.was_told_once("T-1: the customer has waited past the target. Level 1.")
    await sol.was_told("[Acknowledge]")
    await ada.was_never_told("T-1")

    await story.forward("30m")
    await ada.was_told_once("T-1: nobody acknowledged in time. It is at level 2 and needs you.")
    await story.forward("1d")
    await sol.was_told_once("T-1: the customer has waited past the target. Level 1.")
    await ada.was_told_once("nobody acknowledged in time. It is at level 2")


async def test_acknowledging_stops_the_next_level(any_desk: Story) -> None:
    story, sol, ada = any_desk, any_desk.sol, any_desk.ada
    ticket = await story.opened(story.customer(), "Where is my order?")
    await story.forward("4h")
    await sol.clicks("Acknowledge")
    await ticket.shows_once("Sol acknowledged the escalation (level 1).")
    await story.forward("1d")
    await ada.was_never_told("level 2")


async def test_the_supervisor_reassigns_from_the_message(any_desk: Story) -> None:
    story, sol, li = any_desk, any_desk.sol, any_desk.li
    ticket = await story.opened(story.customer(), "Where is my order?")
    await story.forward("4h")
    await sol.clicks("Reassign")
    await sol.fills_in(to=li.name)
    await ticket.shows("Sol gave the ticket to Li.")
    await li.was_told_once("Sol gave you T-1.")


async def test_an_answer_in_time_silences_the_clock(any_desk: Story) -> None:
    story, mei, sol = any_desk, any_desk.mei, any_desk.sol
    ticket = await story.opened(story.customer(), "Where is my order?")
    await mei.types("!r It left yesterday.", ticket)
    await story.forward("3d")
    await ticket.lacks("of the time is used", "is late")
    await sol.was_never_told("T-1")


async def test_a_reply_that_failed_lets_the_clock_run_on(any_desk: Story) -> None:
    story, mei, sol, ana = any_desk, any_desk.mei, any_desk.sol, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    ana.fails_with = 131026
    await mei.types("!r It left yesterday.", ticket)
    await story.forward("4h")
    await ticket.shows_once("First reply is late")
    await sol.was_told_once("T-1: the customer has waited past the target.")


async def test_the_next_reply_has_a_clock_of_its_own(any_desk: Story) -> None:
    story, mei, sol, ana = any_desk, any_desk.mei, any_desk.sol, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await mei.types("!r It left yesterday.", ticket)
    await story.forward("1h")
    await ana.writes("And where is it now?")
    await story.forward("8h")
    await ticket.shows_once("Next reply is late")
    await sol.was_told_once("T-1: the customer has waited past the target.")


async def test_hold_pauses_the_clock(any_desk: Story) -> None:
    story, mei = any_desk, any_desk.mei
    ticket = await story.opened(story.customer(), "Where is my order?")
    await mei.types("!claim", ticket)
    await story.forward("1h")
    await mei.types("!hold waiting for the warehouse", ticket)
    await ticket.shows("Mei put the ticket on hold.", "waiting for the warehouse")
    await story.forward("2d")
    await ticket.lacks("is late")
    await mei.types("!due", ticket)
    await mei.was_told("stands still (on hold), 2 hr")
    await mei.types("!pending", ticket)
    await story.forward("2h50m")
    await ticket.lacks("is late")
    await story.forward("15m")
    await ticket.shows_once("First reply is late")


async def test_snooze_wakes_at_its_time(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Please call me on Thursday.")
    await mei.types("!r We will.", ticket)
    await story.forward("1m")
    await mei.types("!snooze 3d", ticket)
    await ticket.shows("Mei put the ticket to sleep until")
    await story.forward("71h")
    await ticket.lacks("The ticket is awake")
    await story.forward("2h")
    await ticket.shows_once("The ticket is awake: its time has come.")


async def test_a_customer_wakes_a_sleeping_ticket(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Please call me on Thursday.")
    await mei.types("!r We will.", ticket)
    await story.forward("1m")
    await mei.types("!snooze 3d", ticket)
    await ana.writes("No, today!")
    await story.settled()
    await ticket.shows_once("The ticket is awake: the customer wrote.")
    await story.forward("4d")
    await ticket.lacks("its time has come")


@pytest.mark.parametrize("restarts", [1, 3])
async def test_every_step_once_across_restarts(story: Story, restarts: int) -> None:
    ticket = await story.opened(story.customer(), "Where is my order?")
    await story.mei.types("!claim", ticket)
    for _ in range(restarts):
        await story.crashes()
        await story.begins()
    await story.forward("3h")
    await story.crashes()
    await story.clock.forward("50m")
    await story.begins()
    await story.crashes()
    await story.clock.forward("2h")
    await story.begins()
    for _ in range(restarts):
        await story.crashes()
        await story.begins()
    await story.forward("1d")
    await ticket.shows_once("75% of the time is used.")
    await ticket.shows_once("90% of the time is used.")
    await ticket.shows_once("First reply is late")
    await story.sol.was_told_once("the customer has waited past the target.")
    await story.ada.was_told_once("nobody acknowledged in time.")


async def test_esc_by_hand_goes_up_until_somebody_acknowledges(any_desk: Story) -> None:
    story, mei, sol, ada = any_desk, any_desk.mei, any_desk.sol, any_desk.ada
    ticket = await story.opened(story.customer(), "I have had enough of this!")
    await mei.types("!esc he shouts", ticket)
    await ticket.shows("Mei escalated the ticket to level 1.", "he shouts")
    await sol.was_told_once("T-1: Mei escalated it to level 1 and needs you.")
    await story.forward("31m")
    await ada.was_told_once("nobody acknowledged in time. It is at level 2")
    await ada.types("!ack", ticket)
    await ticket.shows_once("Ada acknowledged the escalation (level 2).")


async def test_outside_of_hours_the_clock_stands_still(tell: Tell) -> None:
    office = 'calendar = { zone = "UTC", weekly = { mon = ["09:00-17:00"], tue = ["09:00-17:00"] } }'
    story = await tell(calendar=office)
    await story.forward("7h")
    ticket = await story.opened(story.customer(), "Where is my order?")
    await story.forward("16h30m")
    await ticket.lacks("of the time is used")
    await story.forward("4h")
    await ticket.shows_once("First reply is late")
