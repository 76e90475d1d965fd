"""What the channel refuses, loses or leaves in doubt, and what the agent can do about it."""

from pathlib import Path

import pytest

from tests.platforms.faults import Fault
from tests.stories.conftest import Tell, only
from tests.stories.story import Story

database = only("sqlite")

SEND = "POST */messages"


async def test_a_reply_after_the_window_is_refused_with_what_can_be_done(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await story.forward("25h")
    said = list(ana.received)
    assert len(said) == 1, "by the house itself, when the answer was late"
    await mei.types("!r It left yesterday.", ticket)
    await mei.was_told("takes free text only for a while", "Wait until they write", "!n text")
    await story.forward("1m")
    assert ana.received == said
    assert len(story.graph.sends()) == 1


async def test_the_window_closes_while_the_reply_is_held(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await story.forward("86377s")  # 3 seconds before the window ends
    said = len(story.graph.sends())
    await story.mei.types("!r It left yesterday.", ticket)
    await story.forward("1m")
    await ticket.shows("Not delivered: The customer wrote too long ago")
    assert len(story.graph.sends()) == said


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.error(131026, status=400), "The customer cannot receive this"),
        (Fault.error(131049, status=400), "The platform held this back to spare the customer"),
        (Fault.error(132001, status=404), "The template is missing"),
    ],
    ids=["undeliverable", "engagement", "template"],
)
async def test_what_fails_for_good_says_why_and_can_be_sent_again(story: Story, fault: Fault, words: str) -> None:
    ana, mei = story.customer(), story.mei
    ticket = await story.opened(ana, "Where is my order?")
    story.graph.faults.next(SEND, fault)
    await mei.types("!r It left yesterday.", ticket)
    await story.forward("2h")
    await ticket.shows(f"Not delivered: {words}", "A reply did not reach the customer.")
    assert ana.received == []

    await mei.clicks("Send again", ticket)
    await story.forward("1m")
    await ana.sees_nothing_but(["It left yesterday."])
    await ticket.shows("Delivered")


async def test_what_fails_afterwards_is_shown_too(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ana.fails_with = 131026
    ticket = await story.opened(ana, "Where is my order?")
    await mei.types("!r It left yesterday.", ticket)
    await story.forward("8s")
    await ticket.shows("Not delivered: The customer cannot receive this")


@pytest.mark.parametrize("fault", [Fault.http(503), Fault.rate_limited(30), Fault.error(130429, status=400)])
async def test_what_is_worth_repeating_is_repeated(story: Story, fault: Fault) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.graph.faults.next(SEND, fault, times=2)
    await story.mei.types("!r It left yesterday.", ticket)
    await story.forward("8s")
    assert ana.received == []
    await story.forward("10m")
    await ana.sees_nothing_but(["It left yesterday."])
    await ticket.shows("Delivered")


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_reply_in_doubt_is_never_repeated_by_itself(any_desk: Story, arrived: bool) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.graph.auto_statuses = ()
    story.graph.faults.next(SEND, Fault.drop_after() if arrived else Fault.drop_before())
    await mei.types("!r It left yesterday.", ticket)
    await story.forward("3h")
    await ticket.shows("May or may not have arrived.", "It is not certain that a reply reached the customer.")
    assert ana.received == ["It left yesterday."] * arrived
    assert len(story.graph.calls) == 1

    await mei.clicks("Send again", ticket)
    await story.forward("1m")
    assert ana.received == ["It left yesterday."] * (1 + arrived)
    await ticket.lacks("May or may not have arrived.")


async def test_a_doubt_ends_when_meta_reports_the_reply(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.graph.faults.next(SEND, Fault.drop_after())
    await mei.types("!r It left yesterday.", ticket)
    await story.forward("3h")
    await ticket.shows("Delivered")
    await ticket.lacks("May or may not have arrived.")
    assert ana.received == ["It left yesterday."]


async def test_replies_wait_their_turn_behind_one_that_is_repeated(story: Story) -> None:
    ana, mei = story.customer(), story.mei
    ticket = await story.opened(ana, "Where is my order?")
    story.graph.faults.next(SEND, Fault.http(503), times=2)
    await mei.types("!r First,", ticket)
    await mei.types("!r second,", ticket)
    await mei.types("!r third.", ticket)
    await story.forward("10m")
    await ana.sees_nothing_but(["First,", "second,", "third."])


async def test_slack_says_429_and_posts_wait_in_order(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.slack.faults.next("chat.postMessage", Fault.rate_limited(30), times=2)
    for number in range(5):
        await ana.writes(f"line {number}")
        await story.forward("4s")
    await story.mei.types("!claim", ticket)
    await story.forward("5m")
    text = "\n".join(await ticket.texts())
    places = [text.index(words) for words in (*(f"line {number}" for number in range(5)), "Mei took the ticket.")]
    assert places == sorted(places)
    assert all(text.count(f"line {number}") == 1 for number in range(5))


async def test_slack_is_down_for_a_while_and_then_everything_arrives_in_order(story: Story) -> None:
    ana = story.customer()
    await story.opened(ana, "Where is my order?")
    story.slack.faults.always("*", Fault.http(503))
    ben = story.customer("Ben", "34600111333")
    for number in range(4):
        await ana.writes(f"Ana {number}")
        await ben.writes(f"Ben {number}")
        await story.forward("2m")
    story.slack.faults.clear("*")
    await story.forward("15m")
    for name in ("Ana", "Ben"):
        ticket = await story.ticket(f"{name} 0")
        text = "\n".join(await ticket.texts())
        places = [text.index(f"{name} {number}") for number in range(4)]
        assert places == sorted(places)
        assert all(text.count(f"{name} {number}") == 1 for number in range(4))


@pytest.mark.parametrize("fault", [Fault.drop_after(), Fault.drop_before()], ids=["after", "before"])
async def test_a_post_in_doubt_is_looked_for_and_never_doubled(story: Story, fault: Fault) -> None:
    ana = story.customer()
    story.slack.faults.next("chat.postMessage", fault)
    await ana.writes("Where is my order?")
    await story.settled()
    await story.forward("5m")
    assert len(story.sales.threads) == 1
    story.slack.faults.next("chat.postMessage", fault)
    await ana.writes("Hello?")
    await story.forward("5m")
    await (await story.ticket("Hello?")).shows_once("Hello?")


async def test_real_rates_still_deliver_everything_in_order(tell: Tell) -> None:
    story = await tell(rates=1.0)
    story.slack.set_limits(1)
    story.graph.limits.scale = 1
    ana = story.customer()
    await ana.writes("line 0")
    await story.settled()
    await story.forward("30s")
    ticket = await story.ticket("line 0")
    for number in range(1, 12):
        await ana.writes(f"line {number}")
        await story.mei.types(f"!n note {number}", ticket)
        await story.forward("2s")
    await story.forward("5m")
    text = "\n".join(await ticket.texts())
    places = [text.index(f"line {number}\n" if number == 1 else f"line {number}") for number in range(12)]
    assert places == sorted(places)
    assert not [call for call in story.slack.calls() if call.error]


async def test_a_post_that_slack_never_takes_keeps_nothing_else_from_the_thread(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.slack.faults.next("chat.postMessage", Fault.error("invalid_blocks"))
    await ana.writes("words that Slack cannot draw")
    await story.forward("1m")
    await ana.writes("Hello?")
    await story.forward("1m")
    await ticket.shows("words that Slack cannot draw", "Hello?")
    assert story.app is not None
    assert await story.app.store.parked() == []


async def test_a_reply_whose_file_we_lost_has_certainly_not_arrived(story: Story, tmp_path: Path) -> None:
    ana, mei = story.customer(), story.mei
    ticket = await story.opened(ana, "Where is my order?")
    await mei.uploads("!r", ticket, {"bill.pdf": b"%PDF-1.4"})
    for blob in (tmp_path / "files").rglob("*"):
        if blob.is_file():
            blob.unlink()
    await story.forward("2h")
    await ticket.shows("Not delivered")
    await ticket.lacks("May or may not have arrived.")
    assert ana.received == []
