"""What breaks at Telegram, and that the same words arrive in their order when it is mended.

Topics and cards that were deleted, a group that migrated, a bot that was removed or demoted: test_telegram_groups.py.
Who must act is told once, in words, with the cure, on the console too when it is Telegram that is broken.
"""

import pytest

from tests.platforms.faults import Fault
from tests.platforms.graph import StoryCustomer
from tests.platforms.telegram.state import BOT_ID
from tests.stories import telegram_team
from tests.stories.conftest import Tell, only
from tests.stories.recovering import MENDED, all_came, speaks, told_at_console_once
from tests.stories.story import Story
from tests.stories.telegram_team import PUBLIC, AtTelegram, TelegramTeam, TelegramTicket

database = only("sqlite")
HTTPS = f'base_url = "{PUBLIC}"'


@pytest.fixture
async def story(tell: Tell) -> Story:
    """At Telegram and, as everywhere, at the console."""
    begun: Story = await tell(desk="telegram", also=("console",))
    return begun


async def opened(story: Story, ana: StoryCustomer) -> TelegramTicket:
    ticket = await story.opened(ana, "Where is my order?")
    assert isinstance(ticket, TelegramTicket)
    return ticket


async def test_a_group_that_was_deleted_is_replaced_by_another(story: Story) -> None:
    """A code in a new group makes it the place of the queue: the tickets open there anew, with their history."""
    ana, team = story.customer(), story.teams["telegram"]
    assert isinstance(team, TelegramTeam)
    await opened(story, ana)
    story.support.deletes()
    await speaks(story, ana)
    await told_at_console_once(story, "The chat channel is not there any more, or is archived.")
    owner, another = story.telegram.person("Owner"), story.telegram.group("Support again")
    await owner.types(another, f"/setup {await team.code('support')}")
    await story.settled()
    await story.forward("6s")
    await story.forward("6s")
    await story.forward(MENDED)
    await (await story.ticket("Hello?")).shows_once("Where is my order?")
    await all_came(story)


async def test_a_token_that_was_revoked_and_replaced(story: Story) -> None:
    """One notice, although the bot is deaf and dumb: the token is both its ear and its mouth."""
    ana = story.customer()
    ticket = await opened(story, ana)
    story.telegram.revoke()
    story.telegram.tick()
    await speaks(story, ana)
    await told_at_console_once(story, "The platform no longer accepts our access token.")
    await story.stops()
    story.telegram.issues(f"{BOT_ID}:another-token")
    await story.telegram.person("Mei").types(ticket.topic, "!claim")
    await story.begins()
    await story.forward(MENDED)
    await all_came(story)
    await ticket.shows_once("Mei took the ticket.")
    await told_at_console_once(story, "telegram works again")


async def test_a_silence_of_more_than_a_day_is_told_to_the_team_with_its_span(story: Story) -> None:
    """Telegram keeps for a bot what was typed in the last 24 hours; of what came before nobody can know."""
    ticket = await opened(story, story.customer())
    await story.forward("2m")
    await story.stops()
    await story.telegram.person("Mei").types(ticket.topic, "!n too early")
    await story.clock.forward("30h")
    await story.telegram.person("Mei").types(ticket.topic, "!n just before")
    await story.clock.forward("1h")
    await story.begins()
    for _ in range(3):
        await story.forward("2m")
    await (await story.ticket("just before", "console")).lacks("too early")
    span = "what was typed there between Mon, Mar 2, 09:02 and Mon, Mar 2, 16:"
    for agent in (story.mei, story.li, story.ada):
        await agent.was_told_once(span)
    await story.stops()
    await story.begins()
    await story.forward("5m")
    await story.mei.was_told_once(span)


async def test_a_silence_of_hours_is_nobodys_business(story: Story) -> None:
    ticket = await opened(story, story.customer())
    await story.stops()
    await story.telegram.person("Mei").types(ticket.topic, "!claim")
    await story.clock.forward("20h")
    await story.begins()
    await story.forward("5m")
    await ticket.shows_once("Mei took the ticket.")
    await story.mei.was_never_told("cut off")


async def test_another_program_with_the_same_token_takes_our_news(story: Story) -> None:
    """Telegram says so with 409. What it swallows is gone, so whoever can end it is told."""
    await opened(story, story.customer())
    story.telegram.faults.always("getUpdates", Fault.error("terminated by other getUpdates request", status=409))
    story.telegram.tick()
    for _ in range(5):
        await story.forward("2m")
    await told_at_console_once(story, "Another program fetches this bot's news with the same token.")
    story.telegram.faults.clear("getUpdates")
    await story.forward("2m")
    await story.forward("2m")
    await told_at_console_once(story, "telegram works again")


async def test_a_webhooks_secret_that_was_changed(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Telegram is told the new one at the next start, and repeats what was refused until then."""
    story = await tell(desk="telegram", general=HTTPS, at_telegram=AtTelegram(mode="webhook"))
    ticket = await opened(story, story.customer())
    story.telegram.updates.webhook.secret = "somebody-elses"
    await story.mei.types("!claim", ticket)
    await ticket.lacks("Mei took the ticket.")
    await story.stops()
    monkeypatch.setattr(telegram_team, "SECRET", "a-new-secret")
    await story.begins()
    await story.forward("2m")
    story.telegram.updates.retries()
    await story.settled()
    await story.forward("1m")
    await ticket.shows_once("Mei took the ticket.")


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "createForumTopic"])
async def test_a_storm_of_429_with_an_hour_to_wait(story: Story, method: str) -> None:
    ana = story.customer()
    await opened(story, ana)
    story.telegram.faults.next(method, Fault.rate_limited(3600), times=3)
    await story.customer("Ben", "34600111333").writes("I need an invoice.")
    await speaks(story, ana)
    await story.forward("6h")
    await all_came(story)
    await (await story.ticket("I need an invoice.")).shows_once("I need an invoice.")
    assert len([call for call in story.telegram.calls() if "retry after" in call.error]) <= 3


@pytest.mark.parametrize(
    "words", ["can't parse entities: unsupported start tag", "MESSAGE_TOO_LONG", "BUTTON_DATA_INVALID"]
)
async def test_a_drawing_that_telegram_does_not_take_comes_in_words(story: Story, words: str) -> None:
    ana = story.customer()
    ticket = await opened(story, ana)
    story.telegram.faults.next("sendMessage", Fault.error(words))
    await ana.writes("<b>now</b> & at once, 5 < 6")
    await story.forward("1m")
    await ana.writes("Hello?")
    await story.forward("1m")
    await ticket.shows_once("& at once, 5 < 6")
    await ticket.shows_once("Hello?")


async def test_a_card_that_telegram_does_not_draw_stands_there_all_the_same(story: Story) -> None:
    story.telegram.faults.next("sendMessage", Fault.error("can't parse entities: unclosed tag"))
    await story.customer().writes("Where is my order?")
    await story.forward("1m")
    [topic] = story.support.topics
    assert "T-1" in topic.name
    assert "Ana" in topic.first.text
    assert topic.shows("Where is my order?")


@pytest.fixture
async def called(tell: Tell) -> Story:
    """Telegram calls us."""
    begun: Story = await tell(desk="telegram", general=HTTPS, at_telegram=AtTelegram(mode="webhook"))
    return begun


async def test_a_webhook_that_somebody_set_otherwise_is_set_again(called: Story) -> None:
    """With another secret, and at another address: within two minutes Telegram is told ours, and repeats."""
    story, updates = called, called.telegram.updates
    ticket = await opened(story, story.customer())
    updates.webhook.secret = "somebody-elses"
    await story.mei.types("!claim", ticket)
    await story.forward("3m")
    updates.retries()
    await story.settled()
    await ticket.shows_once("Mei took the ticket.")
    updates.webhook.url = "https://elsewhere.example/telegram"
    await story.forward("3m")
    assert updates.webhook.url == f"{PUBLIC}/telegram/events"
    await story.ada.was_never_told("I have not heard the team")


async def test_calls_that_do_not_reach_us_are_told_to_the_admins(called: Story) -> None:
    story, updates = called, called.telegram.updates
    ticket = await opened(story, story.customer())
    ours, updates.reroute[PUBLIC] = updates.reroute[PUBLIC], "http://127.0.0.1:9"
    await story.mei.types("!claim", ticket)
    for _ in range(5):
        await story.forward("2m")
    await story.ada.was_told_once("I have not heard the team on Telegram since")
    updates.reroute[PUBLIC] = ours
    updates.retries()
    await story.settled()
    for _ in range(2):
        await story.forward("2m")
    await ticket.shows_once("Mei took the ticket.")
    await story.ada.was_told_once("telegram works again")
