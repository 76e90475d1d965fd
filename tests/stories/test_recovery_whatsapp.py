"""What can go wrong between us and WhatsApp, and how it ends: whoever must act is told once, with the cure; what waits
arrives in its order, and nobody else is kept waiting. docs/recovery.md is the table of these stories."""

from collections.abc import Callable

import pytest

from core.ids import MessageId
from tests.platforms.faults import Fault
from tests.platforms.graph import StoryCustomer
from tests.stories.agents import Seen
from tests.stories.conftest import Tell, only
from tests.stories.story import Story

database = only("sqlite")

SEND = "POST */messages"
RESTARTED = "1m"
TRIED_AGAIN = "11m"


@pytest.fixture
async def story(tell: Tell) -> Story:
    begun: Story = await tell(desk="console")
    return begun


async def replies(story: Story, ticket: Seen, *words: str) -> None:
    """One after the other, each held and then on its way."""
    for each in words:
        await story.mei.types(f"!r {each}", ticket)
        await story.forward("10s")


async def restarts(story: Story) -> None:
    """As after something was changed in dragoman.toml."""
    await story.stops()
    await story.begins()
    await story.forward(RESTARTED)


async def asked(story: Story, name: str, phone: str) -> tuple[StoryCustomer, Seen]:
    customer = story.customer(name, phone)
    return customer, await story.opened(customer, f"{name} asks")


# --- our access ---------------------------------------------------------------------------------------------------


def revoked(story: Story) -> None:
    story.number.token_valid = False


def renewed(story: Story) -> None:
    story.number.token, story.number.token_valid = "a new one", True


def locked(story: Story) -> None:
    story.number.locked = True


def unlocked(story: Story) -> None:
    story.number.locked = False


def deregistered(story: Story) -> None:
    story.number.registered = False


def registered(story: Story) -> None:
    story.number.registered = True


def narrowed(story: Story) -> None:
    story.number.scopes = ("whatsapp_business_management",)


def widened(story: Story) -> None:
    story.number.scopes = ("whatsapp_business_management", "whatsapp_business_messaging")


def refused_with(code: int, status: int, **fields: object) -> Callable[[Story], None]:
    def breaks(story: Story) -> None:
        story.graph.faults.always(SEND, Fault.error(code, status, **fields))

    return breaks


def no_more(story: Story) -> None:
    story.graph.faults.clear()


CLOSED = pytest.mark.parametrize(
    ("breaks", "mends", "cause"),
    [
        (revoked, renewed, "no longer accepts our access token. An admin must make a new one."),
        (locked, unlocked, "The business account is locked. An admin finds the reason in Meta Business Manager."),
        (deregistered, registered, "The number is not registered with the platform. An admin must register it."),
        (narrowed, widened, "Our access does not cover this. An admin should run dragoman doctor"),
        (
            refused_with(100, 400, error_subcode=33),  # the number was deleted
            no_more,
            "Our access does not cover this. An admin should run dragoman doctor",
        ),
        (refused_with(131042, 403), no_more, "a payment problem. An admin must mend it in Meta Business Manager."),
        (refused_with(368, 403), no_more, "The platform blocks the number for breaking a policy."),
        (refused_with(2500, 400), no_more, "set a newer api_version for the inbox, or update Dragoman."),
    ],
    ids=["revoked", "locked", "deregistered", "permission", "deleted", "unpaid", "policy", "version"],
)


@CLOSED
async def test_an_inbox_that_stands_still_and_goes_on(
    story: Story, breaks: Callable[[Story], None], mends: Callable[[Story], None], cause: str
) -> None:
    """The admins and the agent are told once, customers are heard all the while, and every reply arrives in order."""
    ana, ticket = await asked(story, "Ana", "34600111222")
    ben, other = await asked(story, "Ben", "34600111333")
    breaks(story)
    await replies(story, ticket, "One.", "Two.", "Three.")
    await replies(story, other, "For Ben.")
    await ana.writes("Hello?")
    await story.forward("40m")
    await ticket.shows("Hello?")
    await ticket.shows("Waiting, not sent: ", cause)
    await ticket.shows_once("A reply waits and has not reached the customer.")
    await story.ada.was_told_once("The inbox wa stands still.")
    await story.ada.was_told(cause)
    await story.mei.was_never_told("stands still")
    assert (ana.received, ben.received) == ([], [])

    mends(story)
    await restarts(story)
    await ana.sees_nothing_but(["One.", "Two.", "Three."])
    await ben.sees_nothing_but(["For Ben."])
    await story.ada.was_told_once("wa works again.")
    await ticket.shows("Delivered")
    await ticket.lacks("Waiting, not sent")
    assert await story.running.store.troubles() == []


async def test_what_waits_goes_on_without_a_restart_too(story: Story) -> None:
    ana, ticket = await asked(story, "Ana", "34600111222")
    locked(story)
    await replies(story, ticket, "One.", "Two.")
    await story.forward("3h")
    unlocked(story)
    await story.forward(TRIED_AGAIN)
    await ana.sees_nothing_but(["One.", "Two."])


async def test_a_second_outage_is_told_again_and_a_long_one_each_day(story: Story) -> None:
    ana, ticket = await asked(story, "Ana", "34600111222")
    for number in (1, 2):
        locked(story)
        await replies(story, ticket, f"Reply {number}.")
        await story.forward("30m")
        unlocked(story)
        await story.forward(TRIED_AGAIN)
    heard = await story.ada.heard()
    assert sum("The inbox wa stands still." in text for text in heard) == 2
    assert sum("wa works again." in text for text in heard) == 2

    await ana.writes("And now?")
    await story.forward("1m")
    locked(story)
    await replies(story, ticket, "Reply 3.")
    await story.forward("23h")
    heard = await story.ada.heard()
    assert sum("The inbox wa stands still." in text for text in heard) in (3, 4)  # once a day: midnight may have been


async def test_after_a_day_the_agent_decides(story: Story) -> None:
    ana, ticket = await asked(story, "Ana", "34600111222")
    locked(story)
    await replies(story, ticket, "It left yesterday.")
    await story.forward("25h")
    await ticket.shows("Not delivered: The customer wrote too long ago")
    unlocked(story)
    await story.forward("1h")
    assert ana.received == []


async def test_a_reply_that_waits_can_be_taken_back_or_said_otherwise(story: Story) -> None:
    ana, ticket = await asked(story, "Ana", "34600111222")
    locked(story)
    await replies(story, ticket, "It left yesterday.")
    await story.mei.types("!undo", ticket)
    await ticket.shows("Undone: the customer never saw it")
    said = await story.mei.types("!r It left on Mondy.", ticket)
    await story.forward("1m")
    await story.mei.edits(said, "!r It left on Monday.")
    unlocked(story)
    await story.forward(TRIED_AGAIN)
    await ana.sees_nothing_but(["It left on Monday."])


async def test_pictures_wait_for_the_new_token_as_well(story: Story) -> None:
    ana, _ = await asked(story, "Ana", "34600111222")
    revoked(story)
    await ana.sends_file("lamp.jpg", b"\xff\xd8\xff\xe0 a lamp", "image/jpeg", caption="Broken")
    await story.forward("2h")
    await story.ada.was_told_once("The inbox wa stands still.")
    renewed(story)
    await restarts(story)
    found = await story.running.store.messages([MessageId(id) for id in range(1, 9)])
    (message,) = [message for message in found.values() if message.text == "Broken"]
    assert [file.state for file in message.files] == ["stored"]


# --- one customer's trouble -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (131026, "The customer cannot receive this: an old version of the app, no account any more, or they blocked"),
        (131050, "The customer does not want messages of this kind."),
        (131049, "The platform held this back to spare the customer"),
        (130497, "The platform does not let this business write to customers of that country."),
        (131062, "This cannot be sent to a customer without a phone number."),
        (132015, "The template is missing, paused or filled in wrongly."),
    ],
)
@pytest.mark.parametrize("afterwards", [False, True], ids=["at once", "afterwards"])
async def test_who_cannot_be_reached_keeps_nobody_else_waiting(
    story: Story, code: int, words: str, afterwards: bool
) -> None:
    ana, ticket = await asked(story, "Ana", "34600111222")
    ben, other = await asked(story, "Ben", "34600111333")
    if afterwards:
        ana.fails_with = code
    else:
        story.graph.faults.next(SEND, Fault.error(code, status=400))
    await replies(story, ticket, "For Ana.")
    await replies(story, other, "For Ben.")
    await ticket.shows(f"Not delivered: {words}")
    await ticket.shows_once("A reply did not reach the customer.")
    await ben.sees_nothing_but(["For Ben."])
    await story.ada.was_never_told("stands still")


async def test_a_customer_whose_account_is_gone_is_still_heard_when_they_come_back(story: Story) -> None:
    ana, ticket = await asked(story, "Ana", "34600111222")
    ana.fails_with = 131026
    await replies(story, ticket, "For Ana.")
    ana.fails_with = 0
    await ana.writes("I have a new phone.")
    await story.settled()
    await ticket.shows("I have a new phone.")
    await story.forward("30s")
    await replies(story, ticket, "Welcome back.")
    await ana.sees_nothing_but(["Welcome back."])


async def test_trouble_told_by_a_status_reaches_the_admins_too(story: Story) -> None:
    """Payment problems are mostly told afterwards, of one message, and concern all."""
    ana, ticket = await asked(story, "Ana", "34600111222")
    ana.fails_with = 131042
    await replies(story, ticket, "One.", "Two.")
    await ticket.shows("Not delivered: The platform refuses because of a payment problem.")
    await story.ada.was_told_once("The platform reports trouble with the inbox wa.")
