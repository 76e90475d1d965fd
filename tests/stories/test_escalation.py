"""Escalation as people live it: what wakes them, what waits for their morning, and who has the ticket then."""

from tests.stories.conftest import Tell, only
from tests.stories.story import Story

database = only("sqlite")

OFFICE = """calendar = { zone = "UTC", weekly = { mon = ["09:00-17:00"], tue = ["09:00-17:00"] } }"""
LATE_AT_NIGHT = """
[[targets]]
first_reply = "14h"
next_reply = "14h"
calendar = "always"
"""
"""Who writes on Monday at nine waits past the target at eleven in the evening."""


async def test_a_customer_who_speaks_of_lawyers_is_heard_at_once(any_desk: Story) -> None:
    story, mei, sol, ada = any_desk, any_desk.mei, any_desk.sol, any_desk.ada
    ana = story.customer()
    ticket = await story.opened(ana, "You will hear from my lawyer!")
    await ticket.shows_once("Alarm: Lawyer or court.")
    await sol.was_told_once("T-1: Lawyer or court. It is at level 1 and needs you.")
    await ana.writes("My lawyer is a good one.")
    await story.forward("1m")
    await ticket.shows_once("Alarm: Lawyer or court.")
    await sol.clicks("Acknowledge")
    await ticket.shows_once("Sol acknowledged the escalation (level 1).")
    await mei.types("!tag safety", ticket)
    await sol.was_told_once("T-1: Safety. It is at level 1 and needs you.")
    await sol.types("!ack", ticket)
    await story.forward("1h")
    await ada.was_never_told("T-1")


async def test_what_breaks_at_night_waits_for_the_morning(tell: Tell) -> None:
    story = await tell(calendar=OFFICE, targets=LATE_AT_NIGHT)
    sol, ada = story.sol, story.ada
    ticket = await story.opened(story.customer(), "Where is my order?")
    await story.mei.types("!claim", ticket)
    await story.forward("14h")
    await ticket.shows_once("First reply is late")
    await story.forward("9h")
    await sol.was_never_told("T-1: the customer has waited")
    await story.forward("31m")
    await sol.was_told_once("What waited for the morning, 1 ticket:")
    await sol.was_told_once("T-1: the customer has waited past the target. Level 1.")
    await sol.clicks("Acknowledge")
    await ticket.shows_once("Sol acknowledged the escalation (level 1).")
    await story.forward("3h")
    await ada.was_never_told("nobody acknowledged")


async def test_a_digest_that_was_due_while_the_house_was_down_comes_once(tell: Tell) -> None:
    story = await tell(calendar=OFFICE, targets=LATE_AT_NIGHT)
    await story.opened(story.customer(), "Where is my order?")
    await story.opened(story.customer("Ben", "34600333444"), "And mine?")
    await story.forward("15h")
    await story.crashes()
    await story.clock.forward("10h")
    await story.begins()
    await story.crashes()
    await story.begins()
    await story.forward("1h")
    await story.sol.was_told_once("What waited for the morning, 2 tickets:")


async def test_a_vip_wakes_the_supervisor(tell: Tell) -> None:
    story = await tell(calendar=OFFICE, targets=LATE_AT_NIGHT)
    ticket = await story.opened(story.customer(), "Where is my order?")
    await story.sol.types("!vip on", ticket)
    await story.forward("14h")
    await story.sol.was_told_once("T-1: the customer has waited past the target. Level 1.")


async def test_after_an_outage_one_ping_and_not_many(tell: Tell) -> None:
    story = await tell()
    for n, name in enumerate(("Ana", "Ben", "Cem")):
        await story.opened(story.customer(name, f"3460011100{n}"), f"{name} has a question.")
    await story.crashes()
    await story.clock.forward("5h")
    await story.begins()
    await story.forward("1m")
    await story.sol.was_told_once("3 tickets need somebody:")
    await story.sol.was_told_once("T-2: the customer has waited past the target. Level 1.")


CHAIN = """
[sla]
ping_again = "5m"

[[escalation]]
at = "50%"
tell = ["assignee"]
priority = "high"

[[escalation]]
at = "100%"
tell = ["supervisors"]
queue = "billing"
until_ack = true
"""


async def test_a_chain_of_the_houses_own(tell: Tell) -> None:
    story = await tell(more=CHAIN)
    mei, sol = story.mei, story.sol
    ticket = await story.opened(story.customer(), "Where is my order?")
    await mei.types("!claim", ticket)
    await story.forward("2h")
    await ticket.shows_once("The priority was raised: normal → high.")
    await mei.was_told_once("50% of the time is used.")
    await story.forward("2h")
    await sol.was_told_once("T-1: the customer has waited past the target. Level 1.")
    await story.forward("5m")
    await sol.was_told_once("T-1: still nobody has acknowledged it (level 1).")
    moved = await story.ticket("The ticket went from Sales to Billing, as the escalation says.")
    await sol.types("!ack", moved)
    await story.forward("1h")
    await sol.was_told_once("T-1: still nobody has acknowledged it (level 1).")
