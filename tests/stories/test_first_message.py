"""From the customer's first message to the solved ticket."""

from tests.stories.conftest import Tell
from tests.stories.story import Story


async def test_first_message_to_solved(any_desk: Story) -> None:
    story, ana, mei = any_desk, any_desk.customer("Ana"), any_desk.mei
    await ana.writes("Where is my order?")
    await story.settled()
    ticket = await story.ticket("Where is my order?")
    await ticket.card_shows("Ana")

    await story.forward("1m")
    await mei.types("!claim", ticket)
    await ticket.shows("Mei took the ticket.")
    await mei.types("She asked twice by mail already.", ticket)
    await mei.types("!r It left yesterday.", ticket)
    await ticket.shows("Goes to the customer at")
    assert ana.received == []

    await story.forward("8s")
    await ana.sees_nothing_but(["It left yesterday."])
    await ticket.shows("Delivered")
    await ana.reads()
    await story.settled()
    await ticket.shows("Read")

    await mei.types("!close solved", ticket)
    await ticket.shows("Mei closed the ticket: solved")
    await ticket.card_shows("[Reopen]")
    await ana.sees_nothing_but(["It left yesterday."])


async def test_slack_calls_us_over_http(tell: Tell) -> None:
    story = await tell(slack_mode="http")
    ana, mei = story.customer(), story.mei
    ticket = await story.opened(ana, "Where is my order?")
    await mei.clicks("Reply", ticket)
    await mei.fills_in(text="It left yesterday.")
    await mei.types("!prio high", ticket)
    await story.forward("8s")
    await ana.sees_nothing_but(["It left yesterday."])
    await ticket.shows("Delivered", "Mei changed the priority: normal → high.")


async def test_the_consoles_open_page_hears_of_it_at_once(tell: Tell) -> None:
    story = await tell(desk="console")
    ana, mei = story.customer(), story.mei
    async with mei.browser.listens() as live:
        await ana.writes("Where is my order?")
        hint = await live.receive_json(timeout=5)
        assert [ticket for ticket, _ in hint["tickets"]] == [1]
    await story.settled()
    await (await story.ticket("Where is my order?")).shows_once("Where is my order?")
