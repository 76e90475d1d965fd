"""Who is there: absence, standing in, coming back, and being on call."""

from dataclasses import replace

from tests.stories.conftest import Tell
from tests.stories.story import Story


async def test_whoever_goes_away_hands_on_what_is_waiting(any_desk: Story) -> None:
    story, mei, li, ana = any_desk, any_desk.mei, any_desk.li, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await mei.types("!claim", ticket)
    await story.forward("1m")
    await mei.types("!away 2d @li", ticket)
    await mei.was_told("You are away until", "goes to Li.")
    await li.was_told_once("Mei is away until")
    await ticket.shows_once("Mei is away: the ticket goes to Li.")
    await li.was_told_once("T-1 is yours now")
    await ticket.card_shows("Li")
    await story.forward("2h")
    await ticket.shows_once("the ticket goes to")


async def test_without_anybody_to_stand_in_it_is_the_queues_again(any_desk: Story) -> None:
    story, mei = any_desk, any_desk.mei
    ticket = await story.opened(story.customer(), "Where is my order?")
    await mei.types("!claim", ticket)
    await story.forward("1m")
    await mei.types("!away 2d", ticket)
    await mei.was_told("nobody stands in for you")
    await ticket.shows_once("Mei is away: the ticket is nobody's again.")


async def test_a_short_absence_costs_nobody_a_ticket_and_ends_by_itself(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await mei.types("!claim", ticket)
    await story.forward("1m")
    await mei.types("!away 30m @li", ticket)
    await mei.was_told("waits for you")
    await story.forward("25m")
    await ticket.lacks("Mei is away:")
    await story.forward("3h")
    await mei.was_told_once("75% of the time is used.")


async def test_back_early_is_back(any_desk: Story) -> None:
    story, mei, li = any_desk, any_desk.mei, any_desk.li
    ticket = await story.opened(story.customer(), "Where is my order?")
    await mei.types("!claim", ticket)
    await mei.types("!away", ticket)
    await story.forward("50m")
    await mei.types("!back", ticket)
    await mei.was_told("Welcome back.")
    await story.forward("2h")
    await ticket.lacks("Mei is away:")
    await li.was_never_told("T-1 is yours now")


async def test_what_the_customer_reopens_does_not_wait_for_a_beach(beside_telegram: Story) -> None:
    story, ana = beside_telegram, beside_telegram.customer()
    mei, li = story.mei, story.li
    ticket = await story.opened(ana, "Where is my order?")
    await mei.types("!r It left yesterday.", ticket)
    await story.forward("1m")
    await mei.types("!close", ticket)
    await mei.types("!away 3d @li", ticket)
    await story.forward("1h")
    await ticket.lacks("Mei is away:")
    await ana.writes("It has not arrived!")
    await story.forward("2m")
    await ticket.shows_once("Mei is away: the ticket goes to Li.")
    await li.was_told_once("T-1 is yours now")


async def test_the_program_dies_in_the_middle_and_it_is_done_once(story: Story) -> None:
    mei, li = story.mei, story.li
    ticket = await story.opened(story.customer(), "Where is my order?")
    await mei.types("!claim", ticket)
    await story.forward("1m")
    await mei.types("!away 2d @li", ticket)
    await story.crashes()
    await story.begins()
    await story.forward("5m")
    await ticket.shows_once("Mei is away: the ticket goes to Li.")
    await li.was_told_once("T-1 is yours now")


async def test_a_house_may_have_tickets_wait_until_a_deadline_breaks(tell: Tell) -> None:
    story = await tell(more='[roster]\nowner_away = "wait"')
    mei, li = story.mei, story.li
    ticket = await story.opened(story.customer(), "Where is my order?")
    await mei.types("!claim", ticket)
    await story.forward("1m")
    await mei.types("!away 3d @li", ticket)
    await mei.was_told("waits for you, unless a deadline breaks.")
    await story.forward("3h50m")
    await ticket.lacks("the ticket goes to")
    await story.forward("10m")
    await ticket.shows_once("Mei is not there and the deadline has passed: the ticket goes to Li.")
    await li.was_told_once("T-1 is yours now")


SHIFTS = """
[[shifts]]
name = "day"
calendar = { zone = "UTC", weekly = { mon = ["08:00-16:00"], tue = ["08:00-16:00"] } }
[[shifts]]
name = "night"
calendar = { zone = "UTC", weekly = { mon = ["16:00-24:00"], tue = ["16:00-24:00"] } }
"""


async def test_those_who_are_on_shift_are_told_what_nobody_has_in_hand(tell: Tell) -> None:
    story = await tell(more=SHIFTS)
    for agent, shift in ((story.mei, "day"), (story.li, "night")):
        await story.running.store.set_duty(replace(agent.person, shifts=(shift,)))
    await story.opened(story.customer(), "Where is my order?")
    await story.forward("3h")
    await story.mei.was_told_once("75% of the time is used.")
    await story.forward("5h")
    await story.opened(story.customer("Bea", "34600111333"), "Is anybody there?")
    await story.forward("3h")
    await story.mei.was_told_once("75% of the time is used.")
    await story.li.was_told_once("75% of the time is used.")


async def test_who_works_here_no_more_owns_nothing(story: Story) -> None:
    mei = story.mei
    ticket = await story.opened(story.customer(), "Where is my order?")
    await mei.types("!claim", ticket)
    await story.running.store.update_person(mei.person.id, active=False)
    await story.settled()
    await ticket.shows_once("Mei does not work here any more: the ticket is nobody's again.")


async def test_being_on_call_for_a_while(any_desk: Story) -> None:
    story, mei, li, sol = any_desk, any_desk.mei, any_desk.li, any_desk.sol
    ticket = await story.opened(story.customer(), "Where is my order?")
    await mei.types("!oncall", ticket)
    await mei.was_told("Nobody is on call for your queues.")
    await mei.types("!oncall me 2h in sales", ticket)
    await mei.was_told("Sales: Mei until")
    await mei.types("!oncall @li 2h", ticket)
    await mei.was_told("Only supervisors may put Li on call.")
    await sol.types("!oncall @li until tomorrow 9 in billing", ticket)
    await li.was_told_once("Sol has put you on call for Billing until")
    await story.forward("2h")
    await li.types("!oncall", ticket)
    await li.was_told("Billing: Li until")
