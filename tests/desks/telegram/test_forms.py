"""Questions that stand in for dialogs, and the board."""

from dataclasses import replace
from datetime import timedelta

from telegram import ForceReply, InlineKeyboardMarkup

from bot.desks.telegram import board as boards
from bot.desks.telegram import forms
from bot.desks.telegram.words import Voice
from core.ids import TicketId
from core.views import Board, Dialog, Field, Row
from tests.desks.builders import NOW, link_to, name_of, ticket
from tests.platforms.telegram.markup import parse_html

VOICE = Voice.of("en", "Asia/Shanghai", name_of, link_to)
REPLY = Dialog("r", "T-12 at:5", "dialog.r", "button.send", (Field("text", "argument.reply", multiline=True),))
CHOICES = (("person:3", "Ana"), ("queue:rma", "RMA"))
ASSIGN = Dialog("assign", "T-12", "dialog.assign", "button.assign", (Field("to", "argument.to", choices=CHOICES),))
CHAT = "-1002000000001"


class TestForms:
    def test_a_text_is_the_answer_to_a_question(self) -> None:
        text, entities = parse_html(forms.question(VOICE, REPLY, "77"))
        assert text.replace("\u2060", "").split("\n") == [
            "✍️ Reply to the customer",
            "What the customer will read",
            "Answer this message with the text.",
        ]
        assert forms.asked(entities) == ("r", "T-12 at:5", "text")
        given = forms.markup(VOICE, REPLY)
        assert isinstance(given, ForceReply)
        assert given.selective

    def test_only_who_is_asked_is_asked(self) -> None:
        _, entities = parse_html(forms.question(VOICE, REPLY, "77"))
        assert [each["user"] for each in entities if each["type"] == "text_mention"] == [77]

    def test_a_choice_is_pressed(self) -> None:
        given = forms.markup(VOICE, ASSIGN)
        assert isinstance(given, InlineKeyboardMarkup)
        assert [(button.text, button.callback_data) for row in given.inline_keyboard for button in row] == [
            ("Ana", "~assign|T-12 person:3"),
            ("RMA", "~assign|T-12 queue:rma"),
            ("Cancel", "~dismiss|"),
        ]
        assert forms.asked(parse_html(forms.question(VOICE, ASSIGN, "77"))[1]) is None

    def test_what_is_there_already_is_shown_to_be_copied(self) -> None:
        filled = replace(REPLY, fields=(replace(REPLY.fields[0], value="10 € <each>"),))
        assert forms.question(VOICE, filled, "77").endswith("<blockquote>10 € &lt;each&gt;</blockquote>")

    def test_another_link_asks_for_nothing(self) -> None:
        for url in ("https://a.example/?a=r&f=text", "https://dragoman.invalid/?v=1", "", "https://["):
            assert forms.asked([{"type": "text_link", "offset": 0, "length": 1, "url": url}]) is None


class TestBoard:
    def board(self, **changes: object) -> Board:
        row = Row(ticket(), "Maria <Silva>", excerpt="Where is my order? I have waited for weeks.", root="77")
        late = replace(row, ticket=ticket(id=TicketId(9)), assignee="Ana", deadline=NOW - timedelta(hours=1))
        given = Board("Sales", "en", "Asia/Shanghai", NOW, 14, (row,), 9, (late,), 1, "https://desk.example/q")
        return replace(given, **changes)  # type: ignore[arg-type]

    def test_what_breaks_first_then_what_is_nobodys(self) -> None:
        text, entities = parse_html(boards.text(VOICE, self.board(), CHAT))
        assert text.split("\n") == [
            "📋 Sales · 14 open tickets",
            "",
            "⏰ Breaching (1)",
            "T-9 · Maria <Silva> · Ana · Mon, Mar 2, 16:00",
            "Where is my order? I have waited for we…",
            "",
            "📥 Unassigned (9)",
            "T-12 · Maria <Silva>",
            "Where is my order? I have waited for we…",
            "and 8 more in the console",
            "",
            "As of Mon, Mar 2, 17:00",
        ]
        assert "https://t.me/c/2000000001/77" in [each.get("url") for each in entities]

    def test_an_empty_queue_says_so(self) -> None:
        text = boards.text(VOICE, self.board(unassigned=(), unassigned_total=0, breaching=(), breaching_total=0), CHAT)
        assert text.count("Nothing here.") == 2

    def test_what_is_nobodys_can_be_taken_here(self) -> None:
        assert boards.claims(VOICE, self.board()) == [("Claim T-12", "T-12")]
