"""Text as Telegram's HTML: nothing of a customer's is ever more than words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desks.telegram import html
from bot.desks.telegram.words import Voice
from core.ids import TicketId
from core.say import PersonName, TicketLabel, say
from tests.desks.builders import ANA, NOW, link_to, name_of
from tests.platforms.telegram.markup import parse_html, width, with_found

VOICE = Voice.of("en", "Asia/Shanghai", name_of, link_to)
HARMLESS = {"blockquote", "expandable_blockquote", "bold", "url"}

DISGUISED = [
    "www.@anabel",
    "www./close",
    "www.a.nothing/@anabel",
    "https://@anabel",
    "https://./close",
    "https://a.example)@anabel",
    "https://a.example/(x)/@anabel",
    "http://a.example”@anabel",
    "https://1.2.3/@anabel",
    "@https://a.example/x",
    "/https://a.example/x",
]
"""No addresses, or not as far as they seem."""


def kinds(markup: str) -> set[str]:
    """What Telegram makes of it."""
    return {each["type"] for each in with_found(*parse_html(markup))}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_foreign_words_neither_ping_nor_command(text: str) -> None:
    assert kinds(html.quote(text)) <= HARMLESS
    assert kinds(html.inline(text)) <= {"url"}


@pytest.mark.parametrize("text", ["@ana look", "(@ana)", "/close", "write /r hello", "，@ana", "\n/block", *DISGUISED])
def test_what_telegram_would_act_on_stays_words(text: str) -> None:
    assert not kinds(html.quote(text)) - HARMLESS
    assert "@anabel" not in html.quote(text)
    assert html.bare(html.quote(text)).replace("\u2060", "") == text.strip("\n")


def test_addresses_can_be_opened_and_copied() -> None:
    address = "https://a.example/x/@me?q=/y&z=1"
    assert html.bare(html.quote(f"see {address} or mail ana@a.example")) == f"see {address} or mail ana@a.example"


def test_a_long_quotation_is_folded() -> None:
    assert html.quote("word").startswith("<blockquote>")
    assert html.quote("word " * 200).startswith("<blockquote expandable>")
    assert html.quote("line\n" * 20).startswith("<blockquote expandable>")


def test_a_name_is_one_line_in_its_own_direction() -> None:
    assert html.inline("A\nB\u202e") == "A B"
    assert html.inline("محمد") == "\u2068محمد\u2069"


@given(st.text(max_size=300), st.integers(0, 200))
def test_a_beginning_has_room(text: str, room: int) -> None:
    kept = html.beginning(text, room)
    assert html.width(html.foreign(kept)) <= room


def test_lengths_are_counted_as_telegram_does() -> None:
    markup = f"{html.bold('a &amp; b')} {html.escape('<👍>')}"
    text, _ = parse_html(markup)
    assert html.width(markup) == width(text)


def test_lines_are_kept_whole_while_there_is_room() -> None:
    assert html.fitted(["one", "<b>two</b>"]) == "one\n<b>two</b>"
    assert html.fitted(["12345", "12345", "12345"], 14) == "12345\n12345\n…"
    assert html.fitted(["<b>" + "x" * 50 + "</b>"], 12) == "x" * 9 + "…"


class TestVoice:
    def test_what_is_ours_is_escaped_too(self) -> None:
        """`Edit > Topics` in a catalogue text is no tag."""
        assert (
            VOICE.text("telegram.missing.topics") == "Topics are off. Turn them on: group name &gt; Edit &gt; Topics."
        )

    def test_stars_of_the_catalogue_are_bold_and_stars_of_a_name_are_stars(self) -> None:
        assert VOICE.text("desk.reply_by", author="*Ana* <x>") == "↩️ <b>*Ana* &lt;x&gt;</b> to the customer"

    def test_tickets_are_links_and_people_have_names(self) -> None:
        said = VOICE.say(say("tell.assigned", by=PersonName(ANA), ticket=TicketLabel(TicketId(12))))
        assert said == '👤 Ana gave you <a href="https://desk.example/t/12">T-12</a>.'

    def test_plain_words_have_their_lines(self) -> None:
        it = say("home.drawn", at=NOW, lines=(say("home.none"),))
        assert VOICE.words(it) == "As of Mon, Mar 2, 17:00\nNothing here."
