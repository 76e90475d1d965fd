"""Nobody answers a question they have not read."""

import asyncio

from tests.stories.story import READING, Story

QUESTION = "The customer wrote something that you may not have read yet."


async def test_a_reply_that_may_be_stale_is_asked_about_and_sent_once(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await ana.writes("I found it, thank you!")
    await story.settled()
    await story.forward("5s")
    await mei.types("!r We are looking for it.", ticket)
    await mei.was_told(QUESTION, "[Send anyway]")
    await story.forward("1h")
    assert ana.received == []

    await asyncio.gather(mei.clicks("Send anyway", ticket), mei.clicks("Send anyway", ticket))
    await story.forward("1m")
    await ana.sees_nothing_but(["We are looking for it."])


async def test_cancelling_the_draft_sends_nothing(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await ana.writes("I found it!")
    await story.forward("3s")
    await mei.types("!r We are looking for it.", ticket)
    await mei.clicks("Cancel", ticket)
    if story.desk != "telegram":  # where the question is gone by now
        await mei.clicks("Send anyway", ticket)
    await story.forward("1m")
    assert ana.received == []


async def test_a_customer_who_writes_during_the_hold_stops_the_reply(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await mei.types("!r We are looking for it.", ticket)
    await story.forward("5s")
    await ana.writes("I found it, thank you!")
    await story.forward("1m")
    await ticket.shows("The customer wrote while a reply was held.", "Stopped: the customer wrote again")
    assert ana.received == []

    await mei.clicks("Send anyway", ticket)
    await story.forward("1m")
    await ana.sees_nothing_but(["We are looking for it."])


async def test_somebody_else_answered_meanwhile(any_desk: Story) -> None:
    story, mei, li, ana = any_desk, any_desk.mei, any_desk.li, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await mei.types("!r It left yesterday.", ticket)
    await story.forward(READING)
    await li.types("!r It leaves tomorrow.", ticket)
    await li.was_told("This ticket is Mei's. Send anyway?")
    await story.forward("1m")
    await ana.sees_nothing_but(["It left yesterday."])
