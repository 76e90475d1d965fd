"""What only Slack has: the App Home, reactions, the reply form, the shortcut, moves between channels."""

from tests.stories.conftest import only
from tests.stories.slack_team import SlackTicket
from tests.stories.story import READING, Story

database = only("sqlite")


async def test_moving_to_another_queue_opens_a_new_thread_and_leaves_a_pointer(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "I need an invoice.")
    await story.mei.types("!r One moment.", ticket)
    await story.forward("8s")
    await story.mei.types("!assign billing", ticket)
    [old], [new] = story.sales.threads, story.billing.threads
    assert "T-1 has moved to Billing." in story.slack.read(old.root)
    assert "[" not in story.slack.read(old.root)
    assert new.shows("I need an invoice.")
    assert new.shows("One moment.")
    assert new.shows("Mei moved the ticket from Sales to Billing.")

    await ana.writes("Are you there?")
    await story.forward(READING)
    assert new.shows("Are you there?")
    assert not old.shows("Are you there?")
    await story.li.types("!r Here is your invoice.", await story.ticket("Are you there?"))
    await story.forward("8s")
    await ana.sees_nothing_but(["One moment.", "Here is your invoice."])


async def test_app_home_shows_mine_unassigned_and_breaching(story: Story) -> None:
    mine = await story.opened(story.customer(), "Where is my order?")
    await story.mei.types("!claim", mine)
    await story.opened(story.customer("Ben", "34600111333"), "I need an invoice.")
    mei = story.slack.person("Mei")
    await mei.opens_home()
    await story.settled()
    home = mei.reads(mei.home)
    assert "Ana" in home
    assert "Ben" in home
    await story.forward("4h")
    await mei.opens_home()
    await story.settled()
    assert "Breaching" in mei.reads(mei.home)


async def test_what_is_claimed_at_home_is_mine_there_at_once(story: Story) -> None:
    await story.opened(story.customer(), "Where is my order?")
    mei = story.slack.person("Mei")
    await mei.opens_home()
    await story.settled()
    assert "Unassigned (1)" in mei.reads(mei.home)
    await mei.clicks("Claim", on=mei.home)
    await story.settled()
    home = mei.reads(mei.home)
    assert "Unassigned (0)" in home
    assert "Mine (1)" in home


async def test_app_home_shows_a_persons_own_queues_only(story: Story) -> None:
    await story.hires("Bo", queues=["billing"])
    await story.opened(story.customer(), "Where is my order?")
    bo = story.slack.person("Bo")
    await bo.opens_home()
    await story.settled()
    assert "Ana" not in bo.reads(bo.home)


async def test_eyes_claim_and_a_check_mark_closes(story: Story) -> None:
    ticket = await story.opened(story.customer(), "Thank you!")
    assert isinstance(ticket, SlackTicket)
    mei, card = story.slack.person("Mei"), ticket.thread.root
    await mei.reacts(card, "eyes")
    await story.settled()
    await ticket.shows_once("Mei took the ticket.")
    await mei.reacts(card, "tada")
    await mei.reacts(ticket.thread.last, "white_check_mark")
    await story.settled()
    await ticket.lacks("closed the ticket")
    await mei.reacts(card, "white_check_mark")
    await story.settled()
    await ticket.shows_once("Mei closed the ticket.")


async def test_the_reply_form(any_desk: Story) -> None:
    story, mei, ana = any_desk, any_desk.mei, any_desk.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await mei.clicks("Reply", ticket)
    await mei.fills_in(text="It left yesterday.")
    await ticket.shows("It left yesterday.", "Mei took the ticket.")
    await story.forward("8s")
    await ana.sees_nothing_but(["It left yesterday."])
    await ticket.shows("Delivered")


async def test_the_reply_form_opened_before_the_customer_wrote_again_is_asked_about(beside_telegram: Story) -> None:
    story, mei, ana = beside_telegram, beside_telegram.mei, beside_telegram.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await mei.clicks("Reply", ticket)
    await story.forward("5s")
    await ana.writes("I found it!")
    await story.forward("2m")
    await mei.fills_in(text="It left yesterday.")
    await mei.was_told("The customer wrote something that you may not have read yet.")
    await story.forward("1m")
    assert ana.received == []


async def test_the_shortcut_sends_a_note_and_nothing_else(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    assert isinstance(ticket, SlackTicket)
    said = await story.mei.types("It left yesterday.", ticket)
    li = story.slack.person("Li")
    await li.uses_shortcut("send", ticket.thread.find("Where is my order?"))
    await story.settled()
    await story.li.was_told("Only a teammate's own words can be sent this way.")
    await li.uses_shortcut("send", said.what)
    await story.settled()
    await story.forward("8s")
    await ana.sees_nothing_but(["It left yesterday."])


async def test_the_assignee_is_pinged_and_nobody_else(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    await story.mei.types("!claim", ticket)
    before = len(story.slack.person("Mei").pings)
    await ana.writes("Hello?")
    await story.forward("5s")
    assert len(story.slack.person("Mei").pings) == before + 1
    assert len(story.slack.person("Li").pings) == 0


async def test_the_card_is_edited_in_place_and_never_posted_again(story: Story) -> None:
    ticket = await story.opened(story.customer(), "Where is my order?")
    for words in ("!claim", "!prio high", "!tag refund", "!hold", "!pending", "!close"):
        await story.mei.types(words, ticket)
    assert len(story.sales.threads) == 1
    await ticket.card_shows("closed", "high", "#refund", "Mei", "[Reopen]")


async def test_a_thread_that_was_deleted_is_opened_anew_with_its_history(story: Story) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    assert isinstance(ticket, SlackTicket)
    ticket.thread.root.deleted = True
    await ana.writes("Hello?")
    await story.forward("1m")
    again = await story.ticket("Hello?")
    assert again.id == ticket.id
    await again.shows("Where is my order?", "Hello?")


async def test_words_that_would_ping_everyone_do_not(story: Story) -> None:
    await story.opened(story.customer(), "<!channel> @here <@U0DRAGOMAN> *bold* &amp;")
    assert not story.slack.person("Mei").pings
    assert story.sales.shows("<!channel> @here <@U0DRAGOMAN> *bold* &amp;")
