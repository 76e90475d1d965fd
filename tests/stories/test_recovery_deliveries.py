"""What can go wrong with what Meta delivers: secrets, batches, old things, new things and clocks. Whatever it is,
nothing is lost that Meta still has, nothing counts twice, and a stranger's posts page nobody."""

import json
from datetime import timedelta

import pytest

from bot.demo.graph_hooks import sign
from tests.stories.conftest import Tell, only
from tests.stories.story import Story

database = only("sqlite")

REFUSED = "Deliveries of the inbox wa are refused since"


@pytest.fixture
async def story(tell: Tell) -> Story:
    begun: Story = await tell(desk="console")
    return begun


async def restarts(story: Story) -> None:
    await story.stops()
    await story.begins()
    await story.forward("1m")


async def strangers_post(story: Story, times: int) -> None:
    for number in range(times):
        body = json.dumps({"object": "whatsapp_business_account", "entry": [], "n": number}).encode()
        assert await story.graph.hooks.post(story.number, body, "sha256=" + "0" * 64) == 401


# --- the signature --------------------------------------------------------------------------------------------------


async def test_the_app_secret_was_changed(story: Story) -> None:
    """Every delivery is refused; the admins are told once; after the cure Meta's repetitions bring everything."""
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.number.app_secret = "another secret"
    words = [f"Hello {number}?" for number in range(8)]
    for each in words:
        await ana.writes(each)
        await story.forward("5m")
    await story.forward("1h")
    await ticket.lacks("Hello 0?")
    await story.ada.was_told_once(REFUSED)
    await story.ada.was_told("Was the app secret changed?")
    assert [trouble.code for trouble in await story.running.store.troubles()] == ["deliveries_refused"]

    await restarts(story)  # the new secret stands in dragoman.toml
    assert await story.graph.redeliver(batch=3) == 0
    await story.forward("1m")
    text = "\n".join(await ticket.texts())
    assert [text.count(each) for each in words] == [1] * 8
    assert [text.index(each) for each in words] == sorted(text.index(each) for each in words)
    await story.ada.was_told_once("wa works again.")
    assert await story.running.store.troubles() == []


async def test_strangers_page_nobody_and_fill_nothing(story: Story) -> None:
    """A burst says nothing, nor do refusals between good deliveries."""
    ana = story.customer()
    await strangers_post(story, 50)
    for number in range(6):
        await story.forward("5m")
        await ana.writes(f"Hello {number}?")
        await strangers_post(story, 10)
    await story.forward("4m")
    await story.ada.was_never_told(REFUSED)
    assert await story.running.store.troubles() == []


async def test_whoever_makes_it_look_ill_again_and_again_is_told_of_once_a_day(story: Story) -> None:
    """On a quiet inbox a stranger may raise one false alarm, not a flood of them."""
    ana = story.customer()
    for _ in range(3):
        for _ in range(4):
            await strangers_post(story, 5)
            await story.forward("5m")
        await ana.writes("Hello?")
        await story.settled()
    await story.ada.was_told_once(REFUSED)
    await story.ada.was_told_once("wa works again.")


async def test_the_verify_token_was_changed(story: Story) -> None:
    """It counts only while Meta checks the address; deliveries go on. Doctor shakes hands and names it."""
    story.number.verify_token = "another token"
    assert not await story.graph.hooks.verify(story.number)
    ana = story.customer()
    await story.opened(ana, "Where is my order?")
    await restarts(story)
    assert await story.graph.hooks.verify(story.number)


# --- batches --------------------------------------------------------------------------------------------------------


async def test_a_backlog_in_one_post_in_other_order_and_again_in_other_batches(story: Story) -> None:
    people = [story.customer(f"Customer {n}", f"346001{n:05}") for n in range(40)]
    async with story.graph.hooks.held(batch=1000, reverse=True):
        for number in range(25):
            for each in people:
                await each.writes(f"{each.name} says {number};")
    await story.settled()
    assert max(body.count(b"says") for body, _ in story.graph.hooks.posts) == 1000
    await story.graph.redeliver(batch=7, everything=True)
    await story.settled()
    assert len(story.graph.hooks.undelivered) == 0
    for each in people[::13]:
        text = "\n".join(await (await story.ticket(f"{each.name} says 0;")).texts())
        assert [text.count(f"{each.name} says {number};") for number in range(25)] == [1] * 25


async def test_reports_before_the_answer_and_all_at_once_after_an_outage(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.graph.status_first = True
    await story.mei.types("!r It left yesterday.", ticket)
    await story.forward("10s")
    await ticket.shows("Delivered")
    await story.graph.redeliver(everything=True, reverse=True)
    await story.settled()
    await ticket.shows("Delivered")
    await ticket.shows_once("Where is my order?")


async def test_what_comes_again_after_a_week_counts_once(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await story.forward("7d")
    await story.graph.redeliver(everything=True)
    await story.settled()
    await ticket.shows_once("Where is my order?")
    assert (await story.ticket("Where is my order?")).id == ticket.id


async def test_what_waited_a_week_at_meta_is_shown_and_its_window_is_over(story: Story) -> None:
    """Dated when it was written: nobody may answer it in free words, and the agent is told so before anything goes."""
    ana = story.customer()
    await story.stops()
    await ana.writes("Where is my order?")
    await story.clock.forward("7d")
    await story.begins()
    assert await story.graph.redeliver() == 0
    await story.settled()
    ticket = await story.ticket("Where is my order?")
    await story.mei.types("!r It left yesterday.", ticket)
    await story.mei.was_told("takes free text only for a while")
    assert ana.received == []


# --- shapes and clocks ----------------------------------------------------------------------------------------------


async def test_shapes_nobody_has_seen_yet_become_honest_lines(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await ana.sends("hologram", {"beam": {"deep": [{"er": None}]}}, text="")
    await story.graph.tell(story.number, "messages", {"id": "wamid.X", "from": ana.phone, "type": 7, "timestamp": []})
    await ana.writes("Hello?")
    await story.settled()
    await ticket.shows("sent something that cannot be shown here (hologram)", "Hello?")


@pytest.mark.parametrize("off", [timedelta(minutes=10), timedelta(minutes=-10), timedelta(days=-9000)], ids=str)
async def test_clocks_that_do_not_agree(story: Story, off: timedelta) -> None:
    """Meta's clock is ours plus `off`: what is said stands in the thread and is answered."""
    ana, own = story.customer(), story.graph.now
    story.graph.now = lambda: own() + off
    await ana.writes("Where is my order?")
    story.graph.now = own
    await story.settled()
    ticket = await story.ticket("Where is my order?")
    await story.forward("20s")
    if off > timedelta(days=-1):
        await story.mei.types("!r It left yesterday.", ticket)
        await story.forward("10s")
        await ana.sees_nothing_but(["It left yesterday."])


async def test_times_in_milliseconds(story: Story) -> None:
    story.graph.milliseconds = True
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await story.mei.types("!r It left yesterday.", ticket)
    await story.forward("10s")
    await ana.sees_nothing_but(["It left yesterday."])


async def test_what_cannot_be_read_at_all_is_kept_and_told_and_stops_nothing(story: Story) -> None:
    body = b'{"object":"whatsapp_business_account","entry":[{"id":"1"'
    assert await story.graph.hooks.post(story.number, body, sign(story.number.app_secret, body)) == 200
    await story.settled()
    await story.ada.was_told_once("A delivery from channel:wa could not be read")
    await story.opened(story.customer(), "Where is my order?")
