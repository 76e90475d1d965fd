"""Hearing from Telegram and writing to it while the program dies, another one asks, or nobody answers the webhook.

As in test_restarts.py a gate holds a request in the simulator, so that the death falls exactly there.
"""

import asyncio
import contextlib
from collections.abc import Awaitable
from datetime import timedelta

import aiohttp
import pytest

from tests.platforms.faults import Fault, Gate
from tests.platforms.telegram import Call
from tests.stories.conftest import Tell
from tests.stories.story import Story
from tests.stories.telegram_team import PUBLIC, SECRET, AtTelegram, TelegramTicket

LEASES_END = "3m"
NAP = timedelta(seconds=30)
HTTPS = f'base_url = "{PUBLIC}"'


@pytest.fixture
async def story(tell: Tell) -> Story:
    begun: Story = await tell(desk="telegram", nap=NAP)
    return begun


@pytest.fixture
async def called(tell: Tell) -> Story:
    """Telegram calls us."""
    begun: Story = await tell(desk="telegram", nap=NAP, general=HTTPS, at_telegram=AtTelegram(mode="webhook"))
    return begun


async def opened(story: Story) -> TelegramTicket:
    ticket = await story.opened(story.customer(), "Where is my order?")
    assert isinstance(ticket, TelegramTicket)
    return ticket


async def dies_at(story: Story, gate: Gate, doing: Awaitable[object]) -> None:
    """Crash when a request stands at the gate."""
    deed = asyncio.ensure_future(doing)
    await gate.reached()
    await story.crashes()
    with contextlib.suppress(AssertionError):  # nobody answers a press any more
        await deed


# --- asking -------------------------------------------------------------------------------------------------------


async def test_what_was_said_while_we_were_away_is_heard_once(story: Story) -> None:
    ticket = await opened(story)
    await story.crashes()
    await story.telegram.person("Mei").types(ticket.topic, "!r It left yesterday.")
    await story.begins()
    await story.forward(LEASES_END)
    assert story.graph.customers[0].received == ["It left yesterday."]
    await ticket.shows_once("Mei took the ticket.")


async def test_killed_between_the_store_and_the_confirmation(story: Story) -> None:
    """Telegram repeats what was not confirmed; the inbox knows it."""
    ticket, gate = await opened(story), Gate()
    story.telegram.faults.next("getUpdates", Fault.hang_before(gate))
    await story.telegram.person("Mei").types(ticket.topic, "!r It left yesterday.")
    await gate.reached()  # stored, and the question that confirms it never arrives
    await story.crashes()
    [update] = story.telegram.updates.pending()
    assert update.given == 1
    await story.begins()
    await story.forward(LEASES_END)
    assert update.given == 2
    assert story.graph.customers[0].received == ["It left yesterday."]
    await ticket.shows_once("Mei took the ticket.")


async def test_killed_before_anything_of_it_was_stored(story: Story) -> None:
    ticket, gate = await opened(story), Gate()
    await story.crashes()
    story.telegram.faults.next("getUpdates", Fault.hang_after(gate))
    await story.telegram.person("Mei").types(ticket.topic, "!r It left yesterday.")
    beginning = asyncio.ensure_future(story.begins())
    await gate.reached()
    beginning.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await beginning
    await story.crashes()
    await story.begins()
    await story.forward(LEASES_END)
    assert story.graph.customers[0].received == ["It left yesterday."]


async def test_two_programs_with_one_token_do_everything_once(story: Story) -> None:
    """Each throws the other out with 409; what either hears is done once."""
    ticket = await opened(story)
    [ana] = story.graph.customers
    url = f"{story.telegram.api_base}/bot{story.telegram.token}/getUpdates"
    async with aiohttp.ClientSession() as other:
        for number in range(1, 4):
            rival = asyncio.create_task(other.post(url, json={"timeout": 50}))
            await thrown_out(story, number)
            await story.telegram.person("Mei").types(ticket.topic, f"!r Part {number}.")
            heard = await (await rival).json()
            assert heard["result"][-1]["message"]["text"] == f"!r Part {number}."
            await story.forward("1m")
    assert ana.received == ["Part 1.", "Part 2.", "Part 3."]


async def thrown_out(story: Story, times: int) -> None:
    def conflicts() -> list[Call]:
        return [call for call in story.telegram.calls("getUpdates") if "terminated by other" in call.error]

    await story.telegram.until(lambda: len(conflicts()) == times)


async def test_an_update_that_comes_twice_acts_once(story: Story) -> None:
    ticket = await opened(story)
    story.telegram.faults.next("message", Fault.twice())
    await story.mei.types("!r It left yesterday.", ticket)
    story.telegram.faults.next("callback_query", Fault.twice())
    await story.mei.clicks("Escalate", ticket)
    await story.forward("1m")
    assert story.graph.customers[0].received == ["It left yesterday."]
    await ticket.shows_once("Mei took the ticket.")
    await ticket.shows_once("Mei escalated the ticket to level 1.")


async def test_telegram_is_away_and_comes_back(tell: Tell) -> None:
    """In both directions, and both catch up in order."""
    story = await tell(desk="telegram")
    ticket = await opened(story)
    [ana] = story.graph.customers
    story.telegram.faults.always("*", Fault.http(502))
    for number in range(3):
        await ana.writes(f"line {number}")
        await story.forward("10m")
    await story.telegram.person("Mei").types(ticket.topic, "!claim")
    story.telegram.faults.clear("*")
    await story.forward("11m")
    texts = "\n".join(await ticket.texts())
    at = [texts.index(words) for words in ("line 0", "line 1", "line 2", "Mei took the ticket.")]
    assert at == sorted(at)
    assert await story.running.store.parked() == []


async def test_a_webhook_that_is_left_over_is_taken_away(story: Story) -> None:
    """Or nothing would be heard by asking."""
    await story.crashes()
    url = f"{story.telegram.api_base}/bot{story.telegram.token}/setWebhook"
    async with aiohttp.ClientSession() as owner, owner.post(url, json={"url": "https://old.example/hook"}) as answer:
        assert answer.status == 200
    await story.begins()
    assert story.telegram.updates.webhook.url == ""
    ticket = await opened(story)
    await story.mei.types("!claim", ticket)
    await ticket.shows_once("Mei took the ticket.")


# --- being called -------------------------------------------------------------------------------------------------


async def test_telegram_calls_us(called: Story) -> None:
    story = called
    assert story.telegram.updates.webhook.url == f"{PUBLIC}/telegram/events"
    ticket = await opened(story)
    await story.mei.clicks("Claim", ticket)
    await story.mei.types("!r It left yesterday.", ticket)
    await story.forward("8s")
    assert story.graph.customers[0].received == ["It left yesterday."]
    await story.telegram.person("Mei").sends_album(ticket.topic, caption="!r And so it looks.")
    await story.forward("1m")
    assert story.graph.customers[0].received[1] == "And so it looks."
    assert len(story.graph.customers[0].received) == 4


async def test_a_call_without_the_secret_is_nobodys(called: Story) -> None:
    update = {"update_id": 1, "message": {}}
    async with aiohttp.ClientSession() as eve:
        for headers, status in (({}, 401), ({"X-Telegram-Bot-Api-Secret-Token": "guess"}, 401)):
            url = f"{called.running.address}/telegram/events"
            async with eve.post(url, json=update, headers=headers) as answer:
                assert answer.status == status
        async with eve.post(url, data=b"{", headers={"X-Telegram-Bot-Api-Secret-Token": SECRET}) as answer:
            assert answer.status == 400


async def test_what_our_webhook_missed_comes_again(called: Story) -> None:
    story = called
    ticket = await opened(story)
    await story.crashes()
    mei = story.telegram.person("Mei")
    await mei.types(ticket.topic, "!claim")
    await mei.types(ticket.topic, "!r It left yesterday.")
    await story.telegram.until(lambda: any(each.failed_at for each in story.telegram.updates.pending()))
    await story.begins()
    await story.forward("2m")
    story.telegram.updates.retries()
    await story.forward(LEASES_END)
    assert story.graph.customers[0].received == ["It left yesterday."]
    await ticket.shows_once("Mei took the ticket.")


# --- writing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["createForumTopic", "card", "words"])
@pytest.mark.parametrize("arrived", [False, True], ids=["before", "after"])
async def test_while_a_ticket_was_put_into_the_group(story: Story, step: str, arrived: bool) -> None:
    """Telegram cannot be asked what it has: what may stand there twice says so. No words are lost."""
    ana, gate = story.customer(), Gate()
    method, skip = ("sendMessage", int(step == "words")) if step != "createForumTopic" else (step, 0)
    fault = Fault.hang_after(gate) if arrived else Fault.hang_before(gate)
    story.telegram.faults.next(method, fault, skip=skip)
    await dies_at(story, gate, ana.writes("Where is my order?"))
    await story.begins()
    await story.forward(LEASES_END)
    ticket = await story.ticket("Where is my order?")
    await ticket.card_shows("Ana", "[Claim]")
    twice = arrived and step == "words"
    texts = [text for text in await ticket.texts() if "Where is my order?" in text]
    assert len(texts) == 1 + twice
    assert ("May appear twice" in texts[-1]) == (step == "words"), texts
    assert len(story.support.topics) == 1 + (arrived and step == "createForumTopic")


async def test_while_a_press_was_answered(story: Story) -> None:
    ticket, gate = await opened(story), Gate()
    story.telegram.faults.next("answerCallbackQuery", Fault.hang_before(gate))
    await dies_at(story, gate, story.telegram.person("Mei").presses("Claim", ticket.topic.first, wait=False))
    await story.begins()
    await story.forward(LEASES_END)
    await ticket.shows_once("Mei took the ticket.")


async def test_while_a_draft_was_shown(story: Story) -> None:
    ticket, gate, mei = await opened(story), Gate(), story.telegram.person("Mei")
    await story.mei.clicks("Reply", ticket)
    story.telegram.faults.next("sendMessage", Fault.hang_before(gate))
    await dies_at(story, gate, mei.answers("It left yesterday."))
    await story.begins()
    await story.forward(LEASES_END)
    assert story.graph.customers[0].received == []
    await mei.presses("Send", ticket.topic)
    await story.forward("1m")
    assert story.graph.customers[0].received == ["It left yesterday."]


async def test_while_the_overview_was_put_up(story: Story) -> None:
    ticket, gate = await opened(story), Gate()
    story.telegram.faults.next("pinChatMessage", Fault.hang_after(gate))
    await dies_at(story, gate, story.clock.forward("1m"))
    await story.begins()
    await story.forward(LEASES_END)
    assert story.support.pinned
    await story.mei.types("!claim", ticket)
    await story.forward("2m")
    assert "Unassigned (0)" in story.support.pinned[-1].text


async def test_while_somebody_was_told(story: Story) -> None:
    gate = Gate()
    ticket = await opened(story)
    await story.mei.types("!claim", ticket)
    await story.forward("1m")
    story.telegram.faults.next("sendMessage", Fault.hang_before(gate))
    await dies_at(story, gate, story.telegram.person("Mei").types(ticket.topic, "!assign @li"))
    story.telegram.faults.clear()
    await story.begins()
    await story.forward(LEASES_END)
    await ticket.shows("Mei gave the ticket to Li.")
    await story.li.was_told("Mei gave you T-1.")
