"""What breaks at Slack, and that the same words arrive in their order when it is mended: channels, tokens, rights.

Who must act is told once, in words, with the cure, on the console too when it is Slack that is broken.
"""

import pytest

from tests.platforms.faults import Fault
from tests.stories.conftest import Tell, only
from tests.stories.recovering import MENDED, all_came, speaks, told_at_console_once
from tests.stories.slack_team import SlackTeam
from tests.stories.story import Story

database = only("sqlite")


@pytest.fixture
async def story(tell: Tell) -> Story:
    """At Slack and, as everywhere, at the console."""
    begun: Story = await tell(also=("console",))
    return begun


async def test_a_channel_that_was_archived_and_comes_back(story: Story) -> None:
    ana, room = story.customer(), story.slack.channel("C_SALES")
    await story.opened(ana, "Where is my order?")
    room.archives()
    await speaks(story, ana)
    await story.ada.was_told_once("Unarchive it, or give the queue another channel in dragoman.toml.")
    await story.ada.was_never_told("does not take our posts")
    room.unarchives()
    await story.forward(MENDED)
    await all_came(story)
    await story.ada.was_told_once("slack:C_SALES")
    assert await story.running.store.troubles() == []


async def test_a_channel_that_was_deleted_is_replaced_by_another(story: Story) -> None:
    """The tickets open there anew, with their history."""
    ana, team = story.customer(), story.teams["slack"]
    assert isinstance(team, SlackTeam)
    await story.opened(ana, "Where is my order?")
    story.slack.channel("C_SALES").deletes()
    await speaks(story, ana)
    await told_at_console_once(story, "was archived")
    await story.stops()
    story.slack.channel("C_SALES_2")
    team.channels["sales"] = "C_SALES_2"
    await story.begins()
    await story.forward(MENDED)
    await (await story.ticket("Hello?")).shows_once("Where is my order?")
    await all_came(story)
    assert await story.running.store.troubles() == []


async def test_a_channel_that_was_renamed_changes_nothing(story: Story) -> None:
    ana, room = story.customer(), story.slack.channel("C_SALES")
    await story.opened(ana, "Where is my order?")
    room.renames("customers")
    await speaks(story, ana)
    await all_came(story)
    await story.ada.was_told_once("Nothing needs to be done")


async def test_a_channel_that_was_made_private_needs_no_more_than_its_scope(story: Story) -> None:
    ana, room = story.customer(), story.slack.channel("C_SALES")
    ticket = await story.opened(ana, "Where is my order?")
    room.turns_private()
    await speaks(story, ana)
    await all_came(story)
    await story.mei.types("A note.", ticket)
    await story.at("console", story.mei).types("!claim", await story.ticket("A note.", "console"))
    await ticket.shows("Mei took the ticket.")


async def test_a_token_that_was_revoked_and_replaced(story: Story) -> None:
    """One notice, whatever stands still: both channels and everybody's private messages."""
    ana = story.customer()
    await story.opened(ana, "Where is my order?")
    story.slack.revoke()
    await speaks(story, ana)
    await story.at("console", story.mei).types("!esc Help!", await story.ticket("Hello?", "console"))
    await story.forward("1h")
    await told_at_console_once(story, "slack does not take our posts. The platform no longer accepts our access token.")
    await story.stops()
    story.slack.issues(bot_token="xoxb-another")
    await story.begins()
    await story.forward(MENDED)
    await all_came(story)
    await story.sol.was_told_once("Mei escalated it")  # in private, at Slack, when it was possible again
    await told_at_console_once(story, "slack works again")


async def test_an_app_token_that_was_revoked(story: Story) -> None:
    """Posts go on; what is typed is found, and whoever must act is told why it comes late."""
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.slack.faults.always("apps.connections.open", Fault.error("invalid_auth"))
    await story.slack.outbox.hangs_up()
    await story.slack.until(lambda: story.slack.calls("apps.connections.open")[-1].error, "a refused connection")
    await story.mei.types("!claim", ticket)
    for _ in range(4):
        await story.forward("3m")
    await told_at_console_once(story, "I have not heard the team on Slack since")
    await ticket.shows_once("Mei took the ticket.")
    await story.stops()
    story.slack.faults.clear("apps.connections.open")
    story.slack.issues(app_token="xapp-another")
    await story.begins()
    await story.forward("1m")
    await story.mei.types("A note.", ticket)
    await told_at_console_once(story, "slack works again")


@pytest.mark.parametrize("scope", ["chat:write", "channels:history"])
async def test_a_scope_that_is_missing_and_given_back(story: Story, scope: str) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.slack.scopes.discard(scope)
    story.slack.faults.always("message", Fault.lost())
    await story.mei.types("!n The carrier has it.", ticket)
    await speaks(story, ana)
    await story.at("console", story.li).types("!claim", await story.ticket("Hello?", "console"))
    await told_at_console_once(story, "Our access does not cover this.")
    story.slack.scopes.add(scope)
    story.slack.faults.clear("message")
    await story.forward(MENDED)
    await story.forward("1m")
    await all_came(story)
    await ticket.card_shows("Li")
    entries = await story.running.store.entries(ticket.id)
    messages = await story.running.store.messages([entry.message for entry in entries if entry.message])
    assert "The carrier has it." in {message.text for message in messages.values()}


async def test_files_without_their_scope_come_when_it_is_there(story: Story) -> None:
    """They wait aside: no word waits for them, and nobody has to press anything."""
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    story.slack.scopes.discard("files:write")
    await ana.sends_file("lamp.jpg", b"a picture", "image/jpeg")
    await story.forward("5s")
    await ana.writes("Do you see it?")
    await story.forward("2h")
    await ticket.shows_once("Do you see it?")
    await told_at_console_once(story, "Our access does not cover this.")
    assert not [file for message in story.sales for file in message.files]
    story.slack.scopes.add("files:write")
    await story.forward(MENDED)
    assert [file.content for message in story.sales for file in message.files] == [b"a picture"]
    assert await story.running.store.parked() == []
