"""The card of a ticket and the name of its topic."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.desks.telegram import card as cards
from bot.desks.telegram.keyboards import keyboard, packed
from bot.desks.telegram.words import Voice
from core.ids import TicketId
from core.model import Priority, SendMode, Status
from core.people import Tier
from core.say import Button
from tests.desks.builders import NOW, card, contact, link_to, name_of, ticket
from tests.platforms.telegram.markup import parse_html, width

VOICE = Voice.of("en", "Asia/Shanghai", name_of, link_to)
CHINESE = Voice.of("zh-CN", "Asia/Shanghai", name_of, link_to)


class TestName:
    def test_status_number_name_and_country(self) -> None:
        assert cards.name(VOICE, card()) == "🆕 T-12 Maria Silva 🇧🇷"
        assert cards.name(VOICE, card(ticket(status=Status.CLOSED))) == "✅ T-12 Maria Silva 🇧🇷"

    def test_what_is_not_known_is_not_shown(self) -> None:
        nobody = card(ticket(country=None), contact=contact(name="", country=None))
        assert cards.name(VOICE, nobody) == "🆕 T-12 Unknown customer"

    @given(st.text(max_size=300))
    def test_it_always_fits(self, name: str) -> None:
        shown = cards.name(VOICE, card(contact=contact(name=name)))
        assert width(shown) <= cards.NAME
        assert "\n" not in shown


class TestText:
    def test_from_top_to_bottom(self) -> None:
        about = ticket(priority=Priority.HIGH, tier=Tier.VIP, level=1, tags=frozenset({"rma"}))
        shown, _ = parse_html(cards.text(VOICE, card(about, assignee="Ana", earlier=(TicketId(9),))))
        assert shown.split("\n") == [
            "T-12 · 🆕 new",
            "👤 Maria Silva · Acme Ltda",
            "🇧🇷 Brazil · Portuguese",
            "🕑 Mon, Mar 2, 06:00 (UTC-03:00) · assumed",
            "🚨 Escalated to level 1 · 🔼 high · ⭐ VIP · 🏷️ rma",
            "Assignee Ana",
            "Next deadline First reply · Mon, Mar 2, 21:00",
            "Channel WhatsApp",
            "open until Tue, Mar 3, 16:00",
            "Queue Sales",
            "Earlier tickets T-9",
            "✍️ Sends only on command",
        ]

    def test_that_plain_text_is_sent_is_said_at_once(self) -> None:
        shown = cards.text(VOICE, card(ticket(mode=SendMode.LIVE)))
        assert shown.split("\n")[1] == "🔴 LIVE: the assignee's plain text is sent"

    def test_late_is_red_and_a_closed_window_says_so(self) -> None:
        shown = cards.text(VOICE, card(deadline=NOW - timedelta(hours=1), window_ends=NOW - timedelta(hours=1)))
        assert "🔴 First reply" in shown
        assert "⛔ Window closed" in shown

    def test_names_are_only_words(self) -> None:
        shown = cards.text(VOICE, card(contact=contact(name="<b>Eve @ana", company="*x*")))
        assert "👤 <b>&lt;b&gt;Eve @\u2060ana</b> · *x*" in shown

    def test_a_pointer_names_the_other_queue(self) -> None:
        assert "has moved to After-sales" in cards.pointer(VOICE, card(queue_title="After-sales"))


class TestKeyboard:
    def rows(self, voice: Voice, *labels: str) -> list[list[str]]:
        made = keyboard(voice, [Button("claim", label) for label in labels])
        return [[button.text for button in row] for row in made.inline_keyboard] if made else []

    def test_short_ones_stand_side_by_side(self) -> None:
        keys = ["button.claim", "button.reply", "button.close", "button.escalate", "button.pending", "button.hold"]
        assert self.rows(VOICE, *keys) == [
            ["Claim", "Reply", "Close", "Escalate"],
            ["Wait for customer", "Put on hold"],
        ]
        assert len(self.rows(CHINESE, *keys)) == 2

    def test_a_long_one_has_a_row_and_an_end(self) -> None:
        assert self.rows(VOICE, "Somebody with a very long name indeed, and more") == [
            ["Somebody with a very long name indeed,…"]
        ]

    def test_nothing_to_press_is_no_keyboard(self) -> None:
        assert keyboard(VOICE, []) is None

    def test_what_would_not_come_back_whole_is_left_out(self) -> None:
        assert packed([("Claim", "claim|" + "字" * 20)]) is None
