"""A platform is away for longer than anybody would wait: what was meant for the team still comes by itself."""

from tests.platforms.faults import Fault
from tests.stories.conftest import only
from tests.stories.story import Story

database = only("sqlite")


async def test_after_hours_without_slack_the_team_reads_everything(story: Story) -> None:
    ana = story.customer()
    story.slack.faults.always("*", Fault.http(503))
    await ana.writes("Where is my order?")
    await story.forward("3h")
    await ana.writes("Hello?")
    await story.forward("1h")
    story.slack.faults.clear("*")
    await story.forward("11m")
    ticket = await story.ticket("Where is my order?")
    await ticket.shows_once("Where is my order?")
    await ticket.shows_once("Hello?")
    assert story.app is not None
    assert await story.app.store.parked() == []


async def test_the_bot_was_removed_from_the_channel_and_comes_back(story: Story) -> None:
    """The same messages arrive in their order; the admin is told once what to do."""
    ana, room = story.customer(), story.slack.channel("C_SALES")
    room.loses()
    await ana.writes("Where is my order?")
    await story.forward("25m")
    await ana.writes("Hello?")
    await story.forward("25m")
    await story.ada.was_told_once("The bot was removed from the channel")
    await story.ada.was_never_told("does not take our posts")
    room.invites()
    await story.forward("11m")
    ticket = await story.ticket("Where is my order?")
    await ticket.shows_once("Where is my order?")
    await ticket.shows_once("Hello?")
    assert story.app is not None
    assert await story.app.store.parked() == []


async def test_an_edit_that_slack_will_never_allow_holds_up_no_words(story: Story) -> None:
    """As after the app was installed anew: the old card is another bot's. And a missing scope for files is no reason
    to keep a customer's words back."""
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.slack.faults.always("chat.update", Fault.error("cant_update_message"))
    story.slack.faults.always("files.*", Fault.error("missing_scope"))
    await story.mei.types("!claim", ticket)
    await ana.sends_file("lamp.jpg", b"a picture", "image/jpeg")
    await story.forward("1m")
    await ana.writes("Hello?")
    await story.forward("1m")
    await ticket.shows_once("Hello?")


async def test_a_picture_is_fetched_when_meta_comes_back(story: Story) -> None:
    ana = story.customer()
    story.graph.faults.always("GET *", Fault.http(503))
    await ana.sends_file("lamp.jpg", b"a picture", "image/jpeg")
    await story.forward("3h")
    story.graph.faults.clear("GET *")
    await story.forward("11m")
    assert [file.content for message in story.sales for file in message.files] == [b"a picture"]


async def test_a_reply_that_waited_long_for_its_file_is_still_repeated(story: Story) -> None:
    """Looking for the file is no failure: the first real one must not be the last."""
    ana, mei = story.customer(), story.mei
    ticket = await story.opened(ana, "Where is my order?")
    story.slack.faults.next("files.info", Fault.http(503), times=5)
    story.graph.faults.next("POST */media", Fault.http(503))
    await mei.uploads("!r Here it is.", ticket, {"bill.pdf": b"%PDF-1.4"})
    await story.forward("10m")
    assert ana.received == ["Here it is.", "[bill.pdf]"]
