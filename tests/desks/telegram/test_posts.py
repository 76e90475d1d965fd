"""Posts as HTML: what each kind of entry shows."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.desks import signs
from bot.desks.telegram import html, posts
from bot.desks.telegram.words import Voice
from core.messages import FileState, Ladder, MessageKind, Part
from core.model import EntryKind
from core.say import PersonName, say
from core.views import Shown
from tests.desks.builders import ANA, CLAIM, NOW, entry, file, line, link_to, message, name_of, post, say_with, wrote
from tests.platforms.telegram.markup import parse_html, width

VOICE = Voice.of("en", "Asia/Shanghai", name_of, link_to)


def written(*shown: Shown, **changes: Any) -> posts.Written:
    """As Telegram takes it."""
    made = posts.written(VOICE, post(*shown, **changes))
    assert made is not None
    text, _ = parse_html(made.text)
    assert 0 < width(text) <= html.TEXT
    return made


def lines(*shown: Shown, **changes: Any) -> list[str]:
    return written(*shown, **changes).text.split("\n")


def by_ana(kind: EntryKind, words: str, **changes: Any) -> Shown:
    kinds = {EntryKind.REPLY: MessageKind.REPLY, EntryKind.NOTE: MessageKind.NOTE}
    about = message(words, 2, kinds[kind], person=ANA)
    return replace(wrote("", author="Ana"), entry=entry(kind, 1), message=about, **changes)


class TestCustomer:
    def test_the_words_are_a_quotation(self) -> None:
        assert lines(wrote("Bom dia!\n\nQuanto <custa> & quando?")) == [
            "💬 <b>Maria Silva</b>",
            "<blockquote>Bom dia!",
            "",
            "Quanto &lt;custa&gt; &amp; quando?</blockquote>",
        ]

    def test_a_burst_names_its_author_once(self) -> None:
        assert lines(wrote("one"), wrote("two", 1)) == [
            "💬 <b>Maria Silva</b>",
            "<blockquote>one</blockquote>",
            "<blockquote>two</blockquote>",
        ]

    def test_what_is_not_text_stands_below(self) -> None:
        about = message("", about=say("home.none"), reaction="👍", edited_at=NOW)
        refused = file("film.mov", state=FileState.REFUSED, reason="too_large")
        shown = wrote("", message=about, files=(file(), file("map.png", state=FileState.PENDING), refused))
        assert lines(shown)[1:4] == ["Nothing here.", "📎 offer.pdf", "📎 map.png (on its way)"]
        assert "📎 film.mov could not be fetched. The file is too large" in lines(shown)[4]
        assert lines(shown)[5:] == ["✏️ Edited Mon, Mar 2, 17:00", "Reaction: 👍"]

    def test_what_was_answered_stands_before_the_answer(self) -> None:
        assert lines(wrote("this one", quoted="Blue or red?"))[1] == "↪️ In reply to: Blue or red?"

    def test_who_is_pinged_is_named(self) -> None:
        pinging = written(wrote("Hi", mention=ANA, mention_address="77"))
        assert pinging.text.split("\n")[0] == '💬 <b>Maria Silva</b> <a href="tg://user?id=77">@Ana</a>'
        assert pinging.pings
        assert not written(wrote("Hi", mention_address="77")).pings

    def test_a_deleted_message_is_marked(self) -> None:
        gone = message("ten", deleted_at=NOW + timedelta(minutes=2))
        assert lines(wrote("", message=gone))[-1] == "🗑️ Deleted by its author Mon, Mar 2, 17:02"


class TestTeam:
    def test_a_reply_from_elsewhere_has_its_words(self) -> None:
        assert lines(by_ana(EntryKind.REPLY, "10 €")) == [
            "↩️ <b>Ana</b> to the customer",
            "<blockquote>10 €</blockquote>",
        ]

    def test_a_reply_typed_here_has_only_where_it_stands(self) -> None:
        shown = by_ana(EntryKind.REPLY, "10 €", here=True, confirmation=say_with(CLAIM))
        assert lines(shown) == ["Nothing here."]
        assert written(shown).buttons == (CLAIM,)

    @pytest.mark.parametrize("state", Ladder)
    def test_where_a_reply_stands_is_seen_at_a_glance(self, state: Ladder) -> None:
        about = message("ok", kind=MessageKind.REPLY, parts=(Part(0, "ok", state=state),))
        shown = replace(by_ana(EntryKind.REPLY, ""), message=about, here=True, confirmation=say("home.none"))
        assert lines(shown) == [f"{signs.LADDER[state]} Nothing here."]

    def test_a_note_typed_here_shows_nothing(self) -> None:
        assert posts.written(VOICE, post(by_ana(EntryKind.NOTE, "ask", here=True))) is None
        assert lines(by_ana(EntryKind.NOTE, "ask"))[0] == "📝 Internal note by <b>Ana</b>"

    def test_a_line_is_a_line(self) -> None:
        assert lines(line(say("line.claimed", by=PersonName(ANA)))) == ["👤 Ana took the ticket."]


class TestRoom:
    def test_where_a_long_reply_stands_is_always_shown(self) -> None:
        shown = lines(by_ana(EntryKind.REPLY, "word " * 3000, confirmation=say_with(CLAIM)))
        assert shown[-2] == "Nothing here."
        assert shown[-1].endswith("Shortened: the full text is in the console</a>")

    def test_a_long_text_says_where_the_rest_is(self) -> None:
        shown = lines(wrote("word " * 3000))
        assert shown[-1] == '<a href="https://desk.example/t/12">Shortened: the full text is in the console</a>'
        assert len("\n".join(shown)) > 3900

    def test_many_messages_end_with_the_same_hint(self) -> None:
        shown = lines(*(wrote("x" * 400, number) for number in range(40)), repeated=True)
        assert shown[-2].endswith("Shortened: the full text is in the console</a>")
        assert shown[-1].startswith("⚠️ May appear twice")
