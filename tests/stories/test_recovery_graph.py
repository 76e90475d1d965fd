"""The Graph API is away, too busy or talks nonsense: what certainly did not arrive is sent when it is back, in its
order; what may have arrived is never repeated by itself; and one customer's limit keeps nobody else waiting."""

import pytest

from tests.platforms.faults import Fault
from tests.platforms.graph import StoryCustomer
from tests.stories.agents import Seen
from tests.stories.conftest import Tell, only
from tests.stories.story import Story

database = only("sqlite")

SEND = "POST */messages"
PAGE = "<!DOCTYPE html><html><body><h1>Sorry, something went wrong.</h1></body></html>"
WORDS = ["One.", "Two.", "Three."]
UNCERTAIN = "May or may not have arrived."


@pytest.fixture
async def story(tell: Tell) -> Story:
    begun: Story = await tell(desk="console")
    return begun


async def asked(story: Story, name: str = "Ana", phone: str = "34600111222") -> tuple[StoryCustomer, Seen]:
    customer = story.customer(name, phone)
    return customer, await story.opened(customer, f"{name} asks")


async def replies(story: Story, ticket: Seen, *words: str) -> None:
    for each in words:
        await story.mei.types(f"!r {each}", ticket)
        await story.forward("9s")


STORMS = pytest.mark.parametrize(
    "fault",
    [
        Fault.error(4, 400),
        Fault.error(80007, 400),
        Fault.error(130429, 400),
        Fault.error(131056, 400),
        Fault.error(133016, 400),
        Fault.rate_limited(30),
        Fault.rate_limited(0),
        Fault.http(429, PAGE),
        Fault.http(503),
        Fault.http(503, PAGE),
        Fault.error(131000, 500),
        Fault.error(131016, 503),
        Fault.error(2, 503),
    ],
    ids=lambda fault: f"{fault.kind.name}-{fault.code or fault.status}-{fault.retry_after}",
)


@STORMS
async def test_what_passes_by_itself_is_sat_out_and_everything_arrives_in_order(story: Story, fault: Fault) -> None:
    ana, ticket = await asked(story)
    story.graph.faults.always(SEND, fault)
    await replies(story, ticket, *WORDS)
    await story.forward("3m")
    assert ana.received == []
    await ana.writes("Hello?")
    await story.settled()
    await ticket.shows("Hello?")
    story.graph.faults.clear()
    await story.forward("11m")
    await ana.sees_nothing_but(WORDS)
    await ticket.lacks("Not delivered", UNCERTAIN)
    await story.ada.was_never_told("stands still")


@pytest.mark.parametrize("fault", [Fault.http(503, PAGE), Fault.error(80007, 400)], ids=["away", "limit"])
async def test_one_that_lasts_for_hours_is_told_once_to_agent_and_admins(story: Story, fault: Fault) -> None:
    ana, ticket = await asked(story)
    ben, other = await asked(story, "Ben", "34600111333")
    story.graph.faults.always(SEND, fault)
    await replies(story, ticket, *WORDS)
    await replies(story, other, "For Ben.")
    await story.forward("8h")
    await ticket.shows_once("A reply waits and has not reached the customer.")
    await story.ada.was_told_once("The inbox wa stands still.")
    calls = len(story.graph.calls)
    await story.forward("1h")
    assert len(story.graph.calls) - calls <= 14, "it is asked a few times an hour for each customer, and no more"
    story.graph.faults.clear()
    await story.forward("11m")
    await ana.sees_nothing_but(WORDS)
    await ben.sees_nothing_but(["For Ben."])
    await story.ada.was_told_once("wa works again.")


async def test_nobody_takes_our_connections(story: Story) -> None:
    ana, ticket = await asked(story)
    await story.graph.goes_away()
    await replies(story, ticket, *WORDS)
    await ana.writes("Hello?")
    await story.forward("30m")
    await ticket.shows("Hello?")
    await ticket.lacks(UNCERTAIN)
    await story.graph.comes_back()
    await story.forward("11m")
    await ana.sees_nothing_but(WORDS)


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [
        (Fault.http(500, PAGE), False),
        (Fault.http(502, PAGE), False),
        (Fault.http(200, ""), False),
        (Fault.http(200, PAGE), False),
        (Fault.http(200, '{"messages":[{"id":"wam'), False),
        (Fault.http(200, "[]"), False),
        (Fault.drop_before(), False),
        (Fault.drop_after(), True),
    ],
    ids=["500", "502", "empty", "page", "truncated", "list", "before", "after"],
)
async def test_what_may_have_arrived_is_shown_and_the_rest_goes_on(story: Story, fault: Fault, arrived: bool) -> None:
    """The doubt is one reply's: what was said after it goes out, once and in its order."""
    story.graph.auto_statuses = ()
    ana, ticket = await asked(story)
    story.graph.faults.next(SEND, fault)
    await replies(story, ticket, *WORDS)
    await story.forward("3h")
    await ticket.shows_once(UNCERTAIN)
    await ticket.shows_once("It is not certain that a reply reached the customer.")
    assert ana.received == (["One."] if arrived else []) + ["Two.", "Three."]


async def test_too_many_to_one_customer_keeps_no_other_waiting(story: Story) -> None:
    """The pair limit: one message each six seconds to the same person."""
    ana, ticket = await asked(story)
    ben, other = await asked(story, "Ben", "34600111333")
    story.graph.faults.next(SEND, Fault.error(131056, 400), times=3)
    await replies(story, ticket, "For Ana.")
    await replies(story, other, "For Ben.")
    await ben.sees_nothing_but(["For Ben."])
    assert ana.received == []
    await story.forward("2m")
    await ana.sees_nothing_but(["For Ana."])


async def test_a_burst_over_the_numbers_own_limits(tell: Tell) -> None:
    """A long answer in 60 pieces, and its customer's limit is a burst of 45."""
    story = await tell(desk="console", rates=1.0)
    story.graph.limits.scale = 1
    ana, ticket = await asked(story)
    words = [f"Line {number}." for number in range(60)]
    for each in words:
        await story.mei.types(f"!r {each}", ticket)
    await story.forward("1h")
    await ana.sees_nothing_but(words)
