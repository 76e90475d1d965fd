"""Platforms deliver twice, late and in the wrong order; everything has its effect once."""

import asyncio

from tests.platforms.faults import Fault
from tests.stories.conftest import Tell
from tests.stories.story import Story


async def test_a_webhook_delivered_three_times_is_one_message(any_desk: Story) -> None:
    story, ana = any_desk, any_desk.customer()
    await ana.writes("Where is my order?")
    await story.graph.redeliver(everything=True)
    await story.graph.redeliver(everything=True, batch=1)
    await story.settled()
    ticket = await story.ticket("Where is my order?")
    await ticket.shows_once("Where is my order?")
    assert ticket.id == 1
    if story.desk == "slack":
        assert len(story.sales.threads) == 1


async def test_redelivered_in_other_batches_beside_something_new(story: Story) -> None:
    ana, ben = story.customer("Ana", "34600111222"), story.customer("Ben", "34600111333")
    await ana.writes("Where is my order?")
    await story.settled()
    await ben.writes("I need an invoice.")
    await story.graph.redeliver(everything=True, reverse=True)
    await story.settled()
    assert len(story.sales.threads) == 2
    await (await story.ticket("Where is my order?")).shows_once("Where is my order?")
    await (await story.ticket("I need an invoice.")).shows_once("I need an invoice.")


async def test_a_slack_event_delivered_three_times_acts_once(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.slack.faults.next("message", Fault.twice())
    await story.mei.types("!r It left yesterday.", ticket)
    said = story.slack.outbox.log[-1]
    story.slack.outbox.log.append(said)
    story.slack.outbox.deliver(said.kind, said.name, said.payload)
    await story.settled()
    await story.forward("1m")
    await ana.sees_nothing_but(["It left yesterday."])
    await ticket.shows_once("Mei took the ticket.")


async def test_a_mention_that_arrives_as_two_events_acts_once(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await story.mei.types("@Dragoman !r It left yesterday.", ticket)
    await story.forward("1m")
    await ana.sees_nothing_but(["It left yesterday."])
    await ticket.shows_once("Mei took the ticket.")


async def test_a_button_pressed_by_two_at_once(story: Story) -> None:
    ticket = await story.opened(story.customer(), "Where is my order?")
    await asyncio.gather(story.mei.clicks("Claim", ticket), story.li.clicks("Claim", ticket))
    texts = "\n".join(await ticket.texts())
    assert texts.count("took the ticket.") == 1


async def test_a_console_request_sent_again_acts_once(tell: Tell) -> None:
    story = await tell(desk="console")
    ana, mei = story.customer(), story.mei
    ticket = await story.opened(ana, "Where is my order?")
    again = {"key": "story-again", "text": "!r It left yesterday.", "files": []}
    await asyncio.gather(*(mei.browser.post(f"tickets/{ticket.id}/say", **again) for _ in range(3)))
    await story.forward("1m")
    await ana.sees_nothing_but(["It left yesterday."])


async def test_statuses_in_the_wrong_order_never_go_back(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    story.graph.auto_statuses = ()
    ticket = await story.opened(ana, "Where is my order?")
    await mei.types("!r It left yesterday.", ticket)
    await story.forward("8s")
    message = await ana.sees("It left yesterday.")
    for status in ("read", "sent", "delivered", "sent"):
        await story.graph.tell_status(message, status)
        await story.settled()
    await ticket.shows("Read")
    await ticket.lacks("Delivered")


async def test_statuses_that_overtake_the_answer_to_the_send(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    story.graph.status_first = True
    ticket = await story.opened(ana, "Where is my order?")
    await mei.types("!r It left yesterday.", ticket)
    await story.forward("8s")
    await ticket.shows("Delivered")
    await ana.sees_nothing_but(["It left yesterday."])
