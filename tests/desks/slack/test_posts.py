"""Posts as Block Kit: what each kind of entry shows, and that nothing of a customer's is ever more than words."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desks import signs
from bot.desks.slack import posts
from bot.desks.slack.blocks import Block
from bot.desks.slack.text import body, quote, typed
from bot.desks.slack.words import Voice
from core.ids import TicketId
from core.messages import FileState, Ladder, MessageKind, Part
from core.model import EntryKind
from core.say import Button, PersonName, Say, TicketLabel, say
from core.views import Shown
from tests.desks.builders import ANA, NOW, entry, file, line, link_to, message, name_of, post, say_with, wrote
from tests.platforms.slack.blocks import ALL_BLOCKS_TEXT, check_message
from tests.platforms.slack.reading import mrkdwn

VOICE = Voice.of("en", "Asia/Shanghai", name_of, link_to)
MARKUP = re.compile(r"<(?!https?://)[^<>]*>")
"""What Slack would act on, web addresses aside."""


def blocks(*shown: Shown, **changes: Any) -> list[Block]:
    """As Slack takes them."""
    made = posts.blocks(VOICE, post(*shown, **changes))
    check_message(made)
    return made


def lines(*shown: Shown, **changes: Any) -> list[str]:
    return list(mrkdwn(blocks(*shown, **changes)))


def reply(words: str = "It costs 10 €", **changes: Any) -> Shown:
    about = message(words, 2, MessageKind.REPLY, person=ANA)
    return replace(wrote("", author="Ana"), entry=entry(EntryKind.REPLY, 1), message=about, **changes)


class TestCustomer:
    def test_the_words_are_quoted_line_by_line(self) -> None:
        assert lines(wrote("Bom dia!\n\nQuanto <custa> & quando?")) == [
            "*Maria Silva*",
            "> Bom dia!\n>\n> Quanto &lt;custa&gt; &amp; quando?",
        ]

    def test_a_burst_names_its_author_once(self) -> None:
        assert lines(wrote("one"), wrote("two", 1), wrote("three", 2)) == ["*Maria Silva*", "> one", "> two", "> three"]

    def test_what_is_not_text_is_a_line_below(self) -> None:
        about = message("", about=say("home.none"), files=())
        shown = wrote("", message=about, files=(file(), file("map.png", state=FileState.PENDING)))
        assert lines(shown) == ["*Maria Silva*", "Nothing here.\n📎 offer.pdf\n📎 map.png (on its way)"]

    def test_a_refused_file_says_why(self) -> None:
        shown = wrote("", files=(file("film.mov", state=FileState.REFUSED, reason="too_large"),))
        assert "📎 film.mov could not be fetched. The file is too large" in lines(shown)[-1]

    def test_edits_deletions_and_reactions_are_marked(self) -> None:
        edited = message("ten", edited_at=NOW + timedelta(minutes=1), reaction="👍")
        deleted = message("ten", edited_at=NOW, deleted_at=NOW + timedelta(minutes=2))
        assert lines(wrote("", message=edited))[-1] == "✏️ Edited Mon, Mar 2, 17:01\nReaction: 👍"
        assert lines(wrote("", message=deleted))[-1] == "🗑️ Deleted by its author Mon, Mar 2, 17:02"

    def test_only_the_entrys_mention_pings(self) -> None:
        pinging = wrote("Hi", mention=ANA, mention_address="U1")
        assert lines(pinging)[0] == "*Maria Silva* <@U1>"
        assert posts.fallback(VOICE, post(pinging)) == "<@U1> Maria Silva: Hi"
        assert "<@" not in posts.fallback(VOICE, post(wrote("Hi", mention_address="U1")))

    def test_web_addresses_can_be_opened(self) -> None:
        assert lines(wrote("see (https://a.example/x?a=1&b=2), now"))[1] == (
            "> see (<https://a.example/x?a=1&amp;b=2>), now"
        )

    def test_a_long_text_is_an_excerpt_that_says_where_the_rest_is(self) -> None:
        *_, last = lines(wrote("words " * 4_000))
        assert last == "<https://desk.example/t/12|Shortened: the full text is in the console>"


class TestTeam:
    @pytest.mark.parametrize("state", Ladder)
    def test_where_a_reply_stands_is_seen_at_a_glance(self, state: Ladder) -> None:
        it = reply(here=True, confirmation=say("home.none"))
        assert it.message is not None
        sent = replace(it, message=replace(it.message, parts=(Part(0, "It costs 10 €", state=state),)))
        assert lines(sent) == [f"{signs.LADDER[state]} Nothing here."]

    def test_a_reply_typed_elsewhere_shows_its_words(self) -> None:
        assert lines(reply(confirmation=say("home.none"))) == [
            "↩️ *Ana* to the customer",
            "> It costs 10 €",
            "Nothing here.",
        ]

    def test_a_reply_typed_here_shows_only_what_became_of_it(self) -> None:
        made = blocks(reply(here=True, confirmation=say_with(Button("undo", "desk.cancel", "2", "danger"))))
        assert [block["type"] for block in made] == ["context", "actions"]
        assert made[1]["elements"][0]["action_id"] == "press:0:undo"
        assert made[1]["elements"][0]["value"] == "2"

    def test_a_note_typed_here_needs_no_post(self) -> None:
        note = wrote("check stock", entry=entry(EntryKind.NOTE), here=True)
        assert blocks(note) == []

    def test_a_note_typed_elsewhere_is_marked_internal(self) -> None:
        note = wrote("check stock", entry=entry(EntryKind.NOTE), author="Ana")
        assert lines(note) == ["📝 Internal note by *Ana*", "> check stock"]

    def test_an_answer_from_the_channels_own_app_has_no_author(self) -> None:
        assert lines(replace(reply(), author=""))[0] == "↩️ Answered in the channel's own app"

    def test_a_line_of_the_log_is_small(self) -> None:
        it = Say("card.moved", {"ticket": TicketLabel(TicketId(9)), "queue": PersonName(ANA)})
        (block,) = blocks(line(it))
        assert block["type"] == "context"
        assert block["elements"][0]["text"] == "<https://desk.example/t/9|T-9> has moved to Ana. It goes on there."
        assert posts.fallback(VOICE, post(line(it))) == "T-9 has moved to Ana. It goes on there."


class TestAnything:
    @given(st.lists(st.text(max_size=400), min_size=1, max_size=70), st.text(max_size=300))
    def test_whatever_a_customer_writes_is_only_words_within_the_limits(self, texts: list[str], author: str) -> None:
        shown = [wrote(text, number, author=author) for number, text in enumerate(texts)]
        made = check_message(posts.blocks(VOICE, post(*shown, repeated=True)))
        assert sum(len(text) for text in mrkdwn(made)) <= ALL_BLOCKS_TEXT
        ours = {"<https://desk.example/t/12|Shortened: the full text is in the console>"}
        for text in mrkdwn(made):
            assert text in ours or not MARKUP.search(text)
        fallback = posts.fallback(VOICE, post(*shown))
        assert not MARKUP.search(fallback)
        assert len(fallback.encode()) <= 4_000

    @given(st.text(alphabet="<>&!@#|^: https/*.a\n"))
    def test_markup_of_a_customers_is_escaped(self, text: str) -> None:
        assert not MARKUP.search(body(text))
        assert all(part.startswith(">") for part in quote(text).split("\n"))

    @given(st.text())
    def test_a_persons_words_come_back_as_they_typed_them(self, text: str) -> None:
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        assert typed(escaped) == text


def test_slacks_own_markup_reads_as_it_looks() -> None:
    assert typed("<@U1|ana> in <#C1|sales>: <!subteam^S1|@night> <!here> <!date^1^{date}|Monday>") == (
        "<@U1> in #sales: @night @here Monday"
    )
    assert typed(
        "<https://a.example|the list>, <http://b.example|b.example>, <tel:+551|+551>, <https://c.example>"
    ) == ("the list (https://a.example), b.example, +551, https://c.example")
