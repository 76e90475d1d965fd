"""Files and words that do not fit: expired, damaged, too large, too long. What can be had is had when it can be; what
cannot is an honest line; an agent is told before anything leaves."""

import pytest

from core.graphemes import clusters
from core.ids import MessageId
from core.messages import File
from tests.platforms.faults import Fault
from tests.stories.agents import Seen
from tests.stories.conftest import Tell, only
from tests.stories.story import Story

database = only("sqlite")

LOOK = "GET */attachments/"
PICTURE = b"\xff\xd8\xff\xe0 a lamp"
MB = 1024 * 1024
DAY = "1d"


@pytest.fixture
async def story(tell: Tell) -> Story:
    begun: Story = await tell(desk="console")
    return begun


async def opened(story: Story) -> Seen:
    return await story.opened(story.customer(), "Where is my order?")


# --- the customer's files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [Fault.http(410), Fault.http(404), Fault.http(200, "not the picture"), Fault.http(503), Fault.drop_before()],
    ids=["410", "404", "damaged", "away", "broken"],
)
async def test_a_file_that_is_not_to_be_had_for_a_while_comes_later(story: Story, fault: Fault) -> None:
    """A fresh address may not work yet; bytes may arrive damaged; the host may be away."""
    ana = story.customer()
    story.graph.faults.next(LOOK, fault, times=4)
    await ana.sends_file("lamp.jpg", PICTURE, "image/jpeg", caption="It is broken")
    await story.settled()
    ticket = await story.ticket("It is broken")
    await ticket.lacks(".jpg\n(stored)", "damaged")
    await story.forward("2m")
    (file,) = await files(story, "It is broken")
    assert (file.state, file.reason) == ("stored", "")


async def test_a_host_that_is_away_for_hours_gives_the_file_when_it_is_back(story: Story) -> None:
    ana = story.customer()
    story.graph.faults.always("GET *", Fault.http(503))
    await ana.sends_file("lamp.jpg", PICTURE, "image/jpeg", caption="It is broken")
    await story.forward("6h")
    await ana.writes("Hello?")
    await story.settled()
    await (await story.ticket("It is broken")).shows("Hello?")
    story.graph.faults.clear()
    await story.forward("11m")
    (file,) = await files(story, "It is broken")
    assert file.state == "stored"


@pytest.mark.parametrize(
    ("size", "expired", "fault", "words"),
    [
        (6 * MB, False, None, "The file is too large for the channel."),
        (10, True, None, "The file is no longer kept by the platform. Ask the customer to send it again."),
        (10, False, Fault.http(200, "other bytes"), "The file arrived damaged."),
        (10, False, Fault.http(410), "The platform could not hand over the file."),
    ],
    ids=["too large", "expired", "always damaged", "never there"],
)
async def test_a_file_that_is_never_to_be_had_is_an_honest_line(
    story: Story, size: int, expired: bool, fault: Fault | None, words: str
) -> None:
    ana = story.customer()
    if fault is not None:
        story.graph.faults.always(LOOK, fault)
    if expired:
        story.graph.faults.next("GET *", Fault.http(503), times=3)
    message = await ana.sends_file("lamp.jpg", bytes(size), "image/jpeg", caption="It is broken")
    if expired:
        assert message.media is not None
        story.graph.files.expire(message.media.id)
    await story.forward("2h")
    ticket = await story.ticket("It is broken")
    await ticket.shows(words)
    await ana.writes("Hello?")
    await story.settled()
    await ticket.shows("Hello?")


async def files(story: Story, words: str) -> list[File]:
    found = await story.running.store.messages([MessageId(id) for id in range(1, 20)])
    return [file for message in found.values() if message.text == words for file in message.files]


# --- the agent's files ----------------------------------------------------------------------------------------------


async def test_a_file_the_channel_does_not_take_is_refused_with_the_choice(story: Story) -> None:
    """Before anything leaves: neither the words without their file, nor a failure nobody looks at."""
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await story.mei.uploads("!r Here it is.", ticket, {"label.png": b"\x89PNG" + bytes(6 * MB)})
    await story.forward("1m")
    await story.mei.was_told("label.png has 7 MB, and WhatsApp takes at most 5 MB of such a file. Nothing was sent.")
    assert ana.received == []
    await story.mei.types("!r Here it is: https://lamps.example/label.png", ticket)
    await story.forward("10s")
    await ana.sees_nothing_but(["Here it is: https://lamps.example/label.png"])


async def test_a_file_the_platform_refuses_costs_no_words(story: Story) -> None:
    """Nobody could know before: the words have left, and the agent reads what did not."""
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.graph.faults.always("POST */media", Fault.error(100, 400))
    await story.mei.uploads("!r Here it is.", ticket, {"label.pdf": b"something"})
    await story.forward("1m")
    await ana.sees_nothing_but(["Here it is."])
    await ticket.shows("Not delivered: The platform refused the message as faulty.")
    story.graph.faults.clear()
    await story.mei.clicks("Send again", ticket)
    await story.forward("1m")
    await ana.sees_nothing_but(["Here it is.", "[label.pdf]"])


# --- words ----------------------------------------------------------------------------------------------------------


async def test_a_customers_words_of_any_length_stand_in_the_thread(story: Story) -> None:
    ana = story.customer()
    text = " ".join(f"word{number}" for number in range(7300))
    await ana.writes(text)
    await story.settled()
    ticket = await story.ticket("word0 word1 ")
    shown = " ".join(await ticket.texts())
    assert len(text) > 64_000
    assert all(f"word{number}" in shown for number in (0, 3000, 7299))


@pytest.mark.parametrize("piece", ["ordinary words ", "日本語の長い文です。", "👩‍👩‍👧‍👦👍🏽", "e\u0301\u0323 "])
async def test_an_agents_long_words_are_cut_between_letters(story: Story, piece: str) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "How does it work?")
    text = (piece * (9_900 // len(piece))).strip()
    await story.mei.types(f"!r {text}", ticket)
    await story.forward("1m")
    assert all(len(part) <= 4096 for part in ana.received)
    assert "".join("".join(ana.received).split()) == "".join(text.split())
    whole = set(clusters(text)) | {" "}
    assert all(letter in whole for part in ana.received for letter in clusters(part))


async def test_more_words_than_a_reply_may_have_are_refused_whole(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "How does it work?")
    await story.mei.types("!r " + "word " * 3900, ticket)
    await story.forward("1m")
    await story.mei.was_told("too long")
    assert ana.received == []


@pytest.mark.parametrize(
    "name",
    ["N" * 1000, "a\x00b\x07c\u202edcba", "\u200b" * 500, "", "Z͑ͫ" * 400],
    ids=["long", "control", "nothing", "none", "marks"],
)
async def test_names_of_any_kind(story: Story, name: str) -> None:
    ana = story.customer(name or "\u200b")
    ticket = await story.opened(ana, "Where is my order?")
    await story.mei.types("!r It left yesterday.", ticket)
    await story.forward("10s")
    await ana.sees_nothing_but(["It left yesterday."])
    assert len(await ticket.card()) < 2000


async def test_a_flood_of_nothing_is_a_message_like_any_other(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await ana.writes("\u200b\u200d\ufeff" * 1300)
    await ana.writes("\x00\x01\x02\x1b[31m red?")
    await ana.writes("Hello?")
    await story.settled()
    await ticket.shows("red?", "Hello?")
