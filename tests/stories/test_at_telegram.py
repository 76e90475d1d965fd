"""What only Telegram has: topics and their names, toasts, questions instead of forms, reactions, the pinned overview.

At Telegram's own pace: cards, topics' names and lines that ping nobody follow within SOON.
"""

from tests.stories.conftest import only
from tests.stories.story import READING, Story
from tests.stories.telegram_team import TelegramTicket

SOON = "21s"
OVERVIEW = "61s"
"""Until the overview is drawn anew."""

database = only("sqlite")


async def opened(story: Story, words: str = "Where is my order?", name: str = "Ana") -> TelegramTicket:
    phone = f"346001112{len(story.graph.customers):02}"
    ticket = await story.opened(story.customer(name, phone), words)
    assert isinstance(ticket, TelegramTicket)
    return ticket


async def test_a_ticket_is_a_topic_with_its_status_in_its_name(at_telegram: Story) -> None:
    story, mei = at_telegram, at_telegram.mei
    ticket = await opened(story)
    names = [ticket.topic.name]
    await mei.types("!r It left yesterday.", ticket)
    await story.forward("30s")
    names.append(ticket.topic.name)
    await mei.types("!pending", ticket)
    await story.forward("30s")
    names.append(ticket.topic.name)
    await mei.types("!close", ticket)
    await story.forward("30s")
    names.append(ticket.topic.name)
    assert names == ["🆕 T-1 Ana 🇪🇸", "📬 T-1 Ana 🇪🇸", "⏳ T-1 Ana 🇪🇸", "✅ T-1 Ana 🇪🇸"]
    assert ticket.topic.closed
    assert len(story.support.topics) == 1

    await mei.clicks("Reopen", ticket)
    await story.forward("30s")
    assert ticket.topic.name == "📬 T-1 Ana 🇪🇸"
    assert not ticket.topic.closed


async def test_a_customer_opens_a_closed_topic_by_writing(at_telegram: Story) -> None:
    story = at_telegram
    ticket = await opened(story)
    await story.mei.types("!close", ticket)
    await story.forward("1h")
    assert ticket.topic.closed
    [ana] = story.graph.customers
    await ana.writes("It is broken!")
    await story.forward("30s")
    assert not ticket.topic.closed
    await ticket.shows_once("It is broken!")


async def test_in_live_mode_an_answer_to_a_colleague_stays_in_the_house(at_telegram: Story) -> None:
    """What answers the customer's words goes to the customer."""
    story = at_telegram
    ticket = await opened(story)
    [ana] = story.graph.customers
    await story.mei.types("!claim", ticket)
    await story.mei.types("!live", ticket)
    await story.forward(READING)
    colleague = await story.telegram.person("Somebody").types(ticket.topic, "Shall we refund her?")
    await story.settled()
    mei, theirs = story.telegram.person("Mei"), ticket.topic.find("Where is my order?")
    await mei.types(ticket.topic, "Never. She is a nuisance.", reply_to=colleague)
    await story.settled()
    await mei.types(ticket.topic, "It left yesterday.", reply_to=theirs)
    await story.settled()
    await story.forward("1m")
    assert ana.received == ["It left yesterday."]


async def test_the_card_is_the_first_message_and_edited_in_place(at_telegram: Story) -> None:
    story, mei = at_telegram, at_telegram.mei
    ticket = await opened(story)
    card = ticket.topic.first
    await ticket.card_shows("T-1", "new", "Ana", "Spain", "nobody yet", "[Claim]", "[Reply]")
    for words in ("!claim", "!prio high", "!tag refund", "!hold"):
        await mei.types(words, ticket)
    await story.forward(SOON)
    assert ticket.topic.first is card
    await ticket.card_shows("on hold", "high", "refund", "Mei")
    assert [call.args["message_id"] for call in story.telegram.calls("editMessageText")] == [str(card.id)]


async def test_what_is_done_in_a_row_is_one_post(at_telegram: Story) -> None:
    story, mei = at_telegram, at_telegram.mei
    ticket = await opened(story)
    before = len(await ticket.texts())
    for words in ("!claim", "!prio high", "!tag refund"):
        await mei.types(words, ticket)
    await story.forward(SOON)
    *_, last = await ticket.texts()
    assert len(await ticket.texts()) == before + 3 + 1
    assert last.splitlines()[0] == "👤 Mei took the ticket."
    assert len(last.splitlines()) == 3


async def test_a_press_is_answered_with_a_toast(at_telegram: Story) -> None:
    story = at_telegram
    ticket = await opened(story)
    before = len(story.support.writes)
    press = await story.telegram.person("Mei").presses("Deadlines", ticket.topic)
    assert "First reply" in press.toast
    assert len(story.support.writes) == before
    await story.mei.clicks("Claim", ticket)
    claimed = story.telegram.person("Mei").presses_made[-1]
    assert claimed.answered
    assert claimed.toast == "✓"  # the thread says the rest


async def test_what_does_not_fit_a_toast_is_taken_away_again(at_telegram: Story) -> None:
    story = at_telegram
    ticket = await opened(story)
    for words in ("!claim", "!prio high", "!tag refund", "!tag late", "!prio low", "!hold", "!pending"):
        await story.mei.types(words, ticket)
    await story.mei.clicks("History", ticket)
    assert ticket.topic.shows("the customer wrote")
    await story.forward("50s")
    assert ticket.topic.shows("the customer wrote")
    await story.forward("2m")
    assert not ticket.topic.shows("the customer wrote")


async def test_a_question_stands_until_it_is_answered(at_telegram: Story) -> None:
    """Or whoever typed the reply would take the silence for its leaving."""
    story, mei = at_telegram, at_telegram.mei
    ticket = await opened(story)
    [ana] = story.graph.customers
    await ana.writes("I found it!")
    await story.forward("4s")
    await mei.types("!r We are looking for it.", ticket)
    await story.forward("1h")
    assert ticket.topic.shows("[Send anyway]")
    await mei.clicks("Cancel", ticket)
    assert not ticket.topic.shows("[Send anyway]")
    await story.forward("1h")
    assert ana.received == []


async def test_a_reply_by_the_form_is_shown_before_it_leaves(at_telegram: Story) -> None:
    story, mei, person = at_telegram, at_telegram.mei, at_telegram.telegram.person("Mei")
    ticket = await opened(story)
    [ana] = story.graph.customers
    await mei.clicks("Reply", ticket)
    assert person.prompt is not None
    assert person.prompt.topic == ticket.topic.id
    await person.answers("It left yesterday.")
    await story.settled()
    assert ticket.topic.shows("Nothing was sent yet.")
    assert not ticket.topic.shows("Answer this message with the text.")
    await story.forward("1h")
    assert ana.received == []

    await person.presses("Send", ticket.topic)
    await story.forward("8s")
    assert ana.received == ["It left yesterday."]
    await story.forward(SOON)
    await ticket.shows("Mei took the ticket.", "Delivered")
    assert not ticket.topic.shows("Nothing was sent yet.")


async def test_what_the_customer_writes_while_a_draft_is_shown_is_asked_about(at_telegram: Story) -> None:
    story, person = at_telegram, at_telegram.telegram.person("Mei")
    ticket = await opened(story)
    [ana] = story.graph.customers
    await story.mei.clicks("Reply", ticket)
    await person.answers("It left yesterday.")
    await story.settled()
    await story.forward("30s")
    await ana.writes("I found it!")
    await story.forward("30s")
    await person.presses("Send", ticket.topic)
    await story.settled()
    await story.mei.was_told("The customer wrote something that you may not have read yet.")
    await story.forward("1m")
    assert ana.received == []


async def test_a_draft_is_its_authors_alone(at_telegram: Story) -> None:
    story = at_telegram
    ticket = await opened(story)
    [ana] = story.graph.customers
    await story.mei.clicks("Reply", ticket)
    await story.telegram.person("Mei").answers("It left yesterday.")
    await story.settled()
    await story.telegram.person("Li").presses("Send", ticket.topic)
    await story.forward("1m")
    assert ana.received == []


async def test_an_answer_to_anything_else_is_a_note(at_telegram: Story) -> None:
    story, person = at_telegram, at_telegram.telegram.person("Mei")
    ticket = await opened(story)
    [ana] = story.graph.customers
    await person.types(ticket.topic, "I think it is lost.", reply_to=ticket.topic.find("Where is my order?"))
    await story.forward("5m")
    assert ana.received == []


async def test_eyes_claim_and_an_ok_closes(at_telegram: Story) -> None:
    story, person = at_telegram, at_telegram.telegram.person("Mei")
    ticket = await opened(story)
    card = ticket.topic.first
    await person.reacts(card, "👀")
    await story.forward(SOON)
    await ticket.shows_once("Mei took the ticket.")
    await person.reacts(card, "👀", "🎉")
    await person.reacts(ticket.topic.find("Where is my order?"), "👌")
    await story.telegram.person("Guest").reacts(card, "👌")
    await story.forward(SOON)
    await ticket.lacks("closed the ticket")
    await person.reacts(card, "👌")
    await story.forward(SOON)
    await ticket.shows_once("Mei closed the ticket.")


async def test_every_way_to_write_a_command(at_telegram: Story) -> None:
    story, mei = at_telegram, at_telegram.mei
    ticket = await opened(story)
    ways = ("/claim", "/claim@dragoman_bot", "@dragoman_bot !claim", "！claim", "!认领", "／claim")
    for times, typed in enumerate(ways, 1):
        await mei.types(typed, ticket)
        await mei.types("!release", ticket)
        await story.forward("1m")
        assert "\n".join(await ticket.texts()).count("Mei took the ticket.") == times, typed


async def test_deleting_what_was_typed_stops_nothing(at_telegram: Story) -> None:
    """No bot hears of it: undo is a button and a command."""
    story, mei = at_telegram, at_telegram.mei
    ticket = await opened(story)
    [ana] = story.graph.customers
    said = await mei.types("!r It left yesterday.", ticket)
    await mei.deletes(said)
    await story.forward("8s")
    assert ana.received == ["It left yesterday."]


async def test_only_the_assignee_is_pinged(at_telegram: Story) -> None:
    story = at_telegram
    ticket = await opened(story)
    await story.mei.types("!claim", ticket)
    await story.forward(SOON)
    mei, li = story.telegram.person("Mei"), story.telegram.person("Li")
    before, others = len(mei.pings), len(li.pings)
    await story.graph.customers[0].writes("Hello?")
    await story.forward("5s")
    assert len(mei.pings) == before + 1
    assert len(li.pings) == others


async def test_words_that_would_ping_or_be_a_command_do_neither(at_telegram: Story) -> None:
    story = at_telegram
    ticket = await opened(story)
    before = len(story.telegram.person("Mei").pings)
    await story.graph.customers[0].writes("<b>@everybody</b> &amp; /close <a href='tg://user?id=1'>x")
    await story.forward("5s")
    words = ticket.topic.find("everybody")
    assert "<b>@everybody</b> &amp; /close <a href='tg://user?id=1'>x" in words.text.replace("\u2060", "")
    assert {each["type"] for each in words.entities} <= {"bold", "blockquote"}
    assert len(story.telegram.person("Mei").pings) == before


async def test_a_long_message_ends_with_where_the_rest_is(at_telegram: Story) -> None:
    story = at_telegram
    ticket = await opened(story)
    await story.graph.customers[0].writes("word " * 2000)
    await story.forward("5s")
    post = ticket.topic.find("word word")
    assert len(post.text) <= 4096
    assert post.text.endswith("Shortened: the full text is in the console")
    assert post.entities[-1]["url"].endswith("/console/tickets/1")


async def test_the_overview_is_pinned_and_kept(at_telegram: Story) -> None:
    story = at_telegram
    ticket = await opened(story)
    await story.forward(OVERVIEW)
    [board] = story.support.pinned
    assert board.topic is None
    for words in ("Sales", "1 open ticket", "Unassigned (1)", "Ana", "T-1"):
        assert words in board.text
    link = next(each["url"] for each in board.entities if each.get("url", "").startswith("https://t.me/c/"))
    assert link == f"https://t.me/c/{str(story.support.id).removeprefix('-100')}/{ticket.topic.id}"

    await story.telegram.person("Li").presses("Claim T-1", board)
    await story.forward(OVERVIEW)
    await ticket.shows_once("Li took the ticket.")
    assert story.support.pinned == [board]
    assert "Unassigned (0)" in board.text


async def test_an_overview_that_was_deleted_is_pinned_anew(at_telegram: Story) -> None:
    story = at_telegram
    await opened(story)
    await story.forward(OVERVIEW)
    [board] = story.support.pinned
    await story.telegram.person("Li").deletes(board)
    await opened(story, "I need an invoice.", "Ben")
    await story.forward(OVERVIEW)
    [again] = story.support.pinned
    assert again is not board
    assert "Unassigned (2)" in again.text


async def test_what_the_team_reads_is_in_the_group_before_it_replies(at_telegram: Story) -> None:
    """A first message and its ticket take a few seconds at most, even here."""
    story = at_telegram
    ana = story.customer()
    await ana.writes("Where is my order?")
    await story.settled()
    ticket = await story.ticket("Where is my order?")
    await ticket.shows_once("Where is my order?")
    await story.forward(READING)
    await ana.writes("Hello?")
    await story.forward("4s")
    await ticket.shows_once("Hello?")
