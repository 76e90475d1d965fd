"""Pictures and documents through Telegram: albums both ways, and what is too large for it."""

import pytest

from core.messages import FileState
from tests.platforms.faults import Fault
from tests.platforms.graph import StoryCustomer
from tests.platforms.telegram import Message
from tests.stories.conftest import only
from tests.stories.story import Story
from tests.stories.telegram_team import TelegramTicket
from tests.stories.test_bursts_and_files import jpeg, pdf

MB = 1 << 20

database = only("sqlite")


async def opened(story: Story, ana: StoryCustomer) -> TelegramTicket:
    ticket = await story.opened(ana, "Where is my order?")
    assert isinstance(ticket, TelegramTicket)
    return ticket


def media(ticket: TelegramTicket) -> list[Message]:
    """Files that the bot put into the topic."""
    return [each for each in ticket.topic if each.by_bot and each.media is not None]


async def test_a_customers_pictures_stand_in_the_topic(at_telegram: Story) -> None:
    story, pictures = at_telegram, [jpeg() for _ in range(3)]
    ana = story.customer()
    ticket = await opened(story, ana)
    for number, picture in enumerate(pictures):
        await ana.sends_file(f"{number}.jpg", picture, "image/jpeg", caption="It arrived broken" if not number else "")
    await story.forward("30s")
    await ticket.shows_once("It arrived broken")
    shown = [each.media.file.content for each in media(ticket) if each.media is not None]
    assert shown == pictures
    assert all(each.silent for each in media(ticket))


async def test_a_document_keeps_its_name(at_telegram: Story) -> None:
    story, invoice = at_telegram, pdf()
    ana = story.customer()
    ticket = await opened(story, ana)
    await ana.sends_file("invoice 4711.pdf", invoice, "application/pdf")
    await story.forward("30s")
    [file] = media(ticket)
    assert file.media is not None
    assert (file.media.kind, file.media.file.name) == ("document", "invoice 4711.pdf")


async def test_a_picture_that_telegram_does_not_take_comes_as_a_document(at_telegram: Story) -> None:
    story, picture = at_telegram, jpeg()
    ana = story.customer()
    ticket = await opened(story, ana)
    story.telegram.faults.next("sendPhoto", Fault.error("PHOTO_INVALID_DIMENSIONS"))
    await ana.sends_file("long.jpg", picture, "image/jpeg")
    await story.forward("30s")
    [file] = media(ticket)
    assert file.media is not None
    assert (file.media.kind, file.media.file.content) == ("document", picture)


@pytest.mark.parametrize("apart", [False, True], ids=["at once", "one by one"])
async def test_an_album_is_one_reply(at_telegram: Story, apart: bool) -> None:
    """However its parts come: Telegram gives each by itself, the words with the first."""
    story, pictures = at_telegram, [jpeg(), jpeg(), jpeg()]
    ana = story.customer()
    ticket = await opened(story, ana)
    if apart:
        story.telegram.faults.next("message", Fault.late())
    await story.telegram.person("Mei").sends_album(ticket.topic, pictures, "!r Rather these.")
    story.telegram.updates.release()
    await story.forward("1m")
    for picture in pictures:
        await ana.sees_file(picture)
    assert ana.received[0] == "Rather these."
    assert len(ana.received) == 1 + len(pictures)
    await ticket.shows_once("Delivered")


async def test_an_album_without_a_command_stays_inside(at_telegram: Story) -> None:
    story = at_telegram
    ana = story.customer()
    ticket = await opened(story, ana)
    await story.telegram.person("Mei").sends_album(ticket.topic, [jpeg(), jpeg()], "Which one is it?")
    await story.forward("5m")
    assert ana.received == []
    entries = await story.running.store.entries(ticket.id)
    notes = await story.running.store.messages([each.message for each in entries if each.message is not None])
    assert [len(note.files) for note in notes.values() if note.text == "Which one is it?"] == [2]


async def test_a_file_that_telegram_gives_to_no_bot_is_said_to_be_too_large(at_telegram: Story) -> None:
    """Bots fetch up to 20 MB."""
    story, mei = at_telegram, at_telegram.telegram.person("Mei")
    ana = story.customer()
    ticket = await opened(story, ana)
    await mei.sends_document(ticket.topic, "plan.pdf", pdf(), "!r Here is the plan.", size=25 * MB)
    await story.forward("5m")
    await ticket.shows("Not delivered: The file is too large")
    assert "[plan.pdf]" not in ana.received


async def test_a_file_too_large_for_a_bot_to_send_keeps_nothing_else_from_the_topic(at_telegram: Story) -> None:
    """Bots send up to 50 MB; the console has the file."""
    story = at_telegram
    ana = story.customer()
    ticket = await opened(story, ana)
    await ana.sends_file("plans.pdf", bytes(51 * MB), "application/pdf", caption="Look at page 7")
    await ana.writes("Can you make it?")
    await story.forward("5m")
    await ticket.shows_once("Look at page 7")
    await ticket.shows_once("Can you make it?")
    await ticket.shows_once("could not be shown in this chat. Read it on the console")
    assert media(ticket) == []
    assert await story.running.store.parked() == []
    entries = await story.running.store.entries(ticket.id)
    messages = await story.running.store.messages([each.message for each in entries if each.message is not None])
    assert [file.state for message in messages.values() for file in message.files] == [FileState.STORED]
