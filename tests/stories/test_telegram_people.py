"""Who may do what in the groups, who can be reached, and what others can read there."""

from datetime import timedelta

from tests.stories.conftest import only
from tests.stories.story import Story
from tests.stories.telegram_team import TelegramTicket

database = only("postgres")


async def opened(story: Story) -> TelegramTicket:
    ticket = await story.opened(story.customer(), "Where is my order?")
    assert isinstance(ticket, TelegramTicket)
    return ticket


async def test_an_invitations_link_makes_a_member_once(at_telegram: Story) -> None:
    story, store = at_telegram, at_telegram.running.store
    ticket = await opened(story)
    bo, eve = story.telegram.person("Bo"), story.telegram.person("Eve")
    await bo.types(ticket.topic, "!claim")
    await story.settled()
    assert ticket.topic.shows("I do not know you yet, so nothing was done.")
    code = await store.new_invite(story.mei.person.id, story.clock.now(), timedelta(days=1))
    await bo.types(ticket.topic, f"/join {code}")
    await story.settled()
    assert ticket.topic.shows("A code typed here can be read by others, so it was not used.")
    await bo.starts(code)
    await story.settled()
    assert bo.dms.shows("Welcome, Mei.")
    await bo.types(ticket.topic, "!claim")
    await story.forward("30s")
    await ticket.shows_once("Mei took the ticket.")
    await eve.starts(code)
    await story.settled()
    assert eve.dms.shows("This code is unknown, used or expired.")


async def test_start_without_a_code_says_what_there_is(at_telegram: Story) -> None:
    story, eve = at_telegram, at_telegram.telegram.person("Eve")
    await eve.starts()
    await story.settled()
    assert "!join" in eve.dms.last.text


async def test_an_anonymous_administrator_is_told_why_nothing_was_done(at_telegram: Story) -> None:
    story, mei = at_telegram, at_telegram.telegram.person("Mei")
    ticket = await opened(story)
    story.support.promotes(mei.id, "can_manage_topics", anonymous=True)
    await mei.types(ticket.topic, "!claim")
    await story.settled()
    assert ticket.topic.shows("You write as an anonymous admin, so I cannot tell who you are, and nothing was done.")
    await mei.types(ticket.topic, "!r It left yesterday.")
    await story.forward("1m")
    assert story.graph.customers[0].received == []
    await ticket.card_shows("nobody yet")
    await mei.presses("Claim", ticket.topic.first)  # a press says who pressed
    await story.forward("30s")
    await ticket.shows_once("Mei took the ticket.")


async def test_who_cannot_be_written_to_is_told_in_the_topic(at_telegram: Story) -> None:
    story, sol = at_telegram, at_telegram.telegram.person("Sol")
    await sol.blocks_bot()
    ticket = await opened(story)
    await story.mei.types("!esc he threatens to sue", ticket)
    await story.forward("10s")
    await ticket.shows_once("I cannot write to you in private")
    told = ticket.topic.find("I cannot write to you in private")
    assert sol.id in told.pings
    assert not told.silent
    await story.ada.was_never_told("could not be delivered")

    await sol.unblocks_bot()
    await story.mei.types("!assign @sol", ticket)
    await story.forward("10s")
    assert sol.dms.shows("Mei gave you T-1.")


async def test_who_never_pressed_start_is_told_in_the_topic(at_telegram: Story) -> None:
    """As who joined at another desk and is known here by an admin's word."""
    story, sol = at_telegram, at_telegram.telegram.person("Sol")
    sol.user.started = False
    ticket = await opened(story)
    await story.forward("4h")
    await ticket.shows("I cannot write to you in private")
    assert sol.id in ticket.topic.find("I cannot write to you in private").pings


async def test_a_sign_in_link_is_given_in_private_only(at_telegram: Story) -> None:
    story, mei = at_telegram, at_telegram.mei
    ticket = await opened(story)
    for where in (ticket.topic, story.support):
        await story.telegram.person("Mei").types(where, "!login")
        await story.settled()
    assert not story.support.shows("token=")
    await mei.was_told("Others could read the link here, so none was made.")
    await mei.types("!login")
    assert "token=" in story.telegram.person("Mei").dms.last.text


async def test_a_group_that_is_none_of_ours_hears_nothing(at_telegram: Story) -> None:
    """Whoever adds the bot to a group of theirs; nor does what a teammate asks there show customers to strangers."""
    story, other = at_telegram, at_telegram.telegram.group("Strangers")
    await opened(story)
    for typed in ("!find Ana", "!claim T-1", "!help", "hello", "/queue"):
        await story.telegram.person("Mei").types(other, typed)
        await story.telegram.person("Eve").types(other, typed)
        await story.settled()
    await story.forward("1h")
    assert [message for message in other if message.by_bot] == []
    await (await story.ticket("Where is my order?")).card_shows("nobody yet")


async def test_the_queues_own_group_can_be_asked_in_general(at_telegram: Story) -> None:
    story = at_telegram
    ticket = await opened(story)
    await story.telegram.person("Mei").types(story.support, "!claim T-1")
    await story.forward("30s")
    await ticket.shows_once("Mei took the ticket.")
    assert story.support.general.shows("Done: T-1.")
    await story.forward("1m")
    assert not story.support.general.shows("Done: T-1.")
