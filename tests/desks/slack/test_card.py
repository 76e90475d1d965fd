"""The card as Block Kit: what it shows, whole and in each locale."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.desks.slack import card as cards
from bot.desks.slack.blocks import SECTION, Block
from bot.desks.slack.words import Voice
from core.ids import TicketId
from core.model import Priority, SendMode, Status
from core.people import Tier
from core.say import Button
from tests.desks.builders import NOW, card, contact, link_to, name_of, ticket
from tests.platforms.slack.blocks import check_message

ENGLISH = Voice.of("en", "Asia/Shanghai", name_of, link_to)
CHINESE = Voice.of("zh-CN", "Asia/Shanghai", name_of, link_to)


def words(blocks: list[Block]) -> str:
    """All mrkdwn of some blocks."""
    texts: list[Any] = []
    for block in check_message(blocks):
        texts += [block.get("text"), *block.get("fields", ())]
    return "\n".join(text["text"] for text in texts if text)


def text(value: str) -> Block:
    return {"type": "mrkdwn", "text": value, "verbatim": True}


def test_the_whole_card() -> None:
    soon = f"<!date^{int(NOW.timestamp()) + 4 * 3600}^{{ago}}|in 4 hr>"
    window = f"<!date^{int(NOW.timestamp()) + 23 * 3600}^{{ago}}|in 23 hr>"
    head = "*<https://desk.example/t/12|T-12>* · 🆕 new · ✍️ Sends only on command"
    assert cards.blocks(ENGLISH, card(earlier=(TicketId(9), TicketId(4)))) == [
        {"type": "section", "text": text(head)},
        {
            "type": "section",
            "fields": [
                text("*Customer*\nMaria Silva\nAcme Ltda"),
                text("*Country and local time*\n🇧🇷 Brazil · Mon, Mar 2, 06:00 (UTC-03:00) · assumed"),
                text(f"*Channel*\nWhatsApp\nopen until Tue, Mar 3, 16:00 ({window})"),
                text("*Assignee*\nnobody yet"),
                text(f"*Next deadline*\nFirst reply\nMon, Mar 2, 21:00 ({soon})"),
                text("*Queue*\nSales"),
                text("*Language*\nPortuguese"),
                text("*Earlier tickets*\n<https://desk.example/t/9|T-9> <https://desk.example/t/4|T-4>"),
            ],
        },
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": "press:0:claim",
                    "text": {"type": "plain_text", "text": "Cancel", "emoji": True},
                    "style": "primary",
                },
                {
                    "type": "overflow",
                    "action_id": "press:more:",
                    "options": [
                        {"text": {"type": "plain_text", "text": "Cancel", "emoji": True}, "value": "snooze 2h"},
                        {"text": {"type": "plain_text", "text": "Nothing here.", "emoji": True}, "value": "hold"},
                    ],
                },
            ],
        },
    ]


def test_it_is_chinese_where_the_team_is() -> None:
    shown = words(cards.blocks(CHINESE, card(locale="zh-CN")))
    assert "🆕 新建" in shown
    assert "🇧🇷 巴西" in shown
    assert "葡萄牙语" in shown


def test_what_is_out_of_the_ordinary_stands_in_the_first_line() -> None:
    hot = ticket(
        status=Status.OPEN,
        mode=SendMode.LIVE,
        priority=Priority.URGENT,
        tier=Tier.VIP,
        level=2,
        tags=frozenset({"rma", "<!here>"}),
        snoozed_until=NOW + timedelta(hours=1),
    )
    first, *rest = words(cards.blocks(ENGLISH, card(hot))).split("\n")
    assert "🔴 LIVE" in first
    assert "🔥 urgent" in first
    assert "Escalated to level 2" in first
    assert "💤 until Mon, Mar 2, 18:00" in first
    assert "#&lt;!here&gt; · #rma" in first
    assert "VIP" in "\n".join(rest)


def test_a_passed_deadline_and_a_closed_window_are_plain_to_see() -> None:
    late = card(deadline=NOW - timedelta(minutes=5), window_ends=NOW - timedelta(hours=1))
    shown = words(cards.blocks(ENGLISH, late))
    assert "🔴 First reply" in shown
    assert "5 min ago" in shown
    assert "Window closed" in shown


def test_an_unknown_customer_of_no_country_has_a_card_too() -> None:
    bare = card(
        ticket(country=None, language=None),
        contact=contact(name="", company="", country=None, zone=None),
        deadline=None,
        window_ends=None,
        buttons=(),
        more=(),
    )
    blocks = cards.blocks(ENGLISH, bare)
    assert "Unknown customer" in words(blocks)
    assert [block["type"] for block in blocks] == ["section", "section"]
    assert cards.fallback(ENGLISH, bare) == "T-12 Unknown customer · 🆕 new"


def test_a_zone_that_is_none_is_left_out() -> None:
    shown = words(cards.blocks(ENGLISH, card(contact=contact(zone="Mars/Olympus", country="ZZ"))))
    assert "UTC" not in shown


def test_right_to_left_names_keep_to_themselves() -> None:
    shown = words(cards.blocks(ENGLISH, card(contact=contact(name="شركة النور (دبي)", company="北京贸易"))))
    assert "\u2068شركة النور (دبي)\u2069" in shown
    assert "\n北京贸易" in shown


def test_nothing_is_too_long_for_slack() -> None:
    endless = "&<>" * 5_000
    monster = card(
        ticket(tags=frozenset(f"{number}{endless}" for number in range(80))),
        contact=contact(name=endless, company=endless),
        queue_title=endless,
        assignee=endless,
        earlier=tuple(TicketId(number) for number in range(500)),
        more=tuple(Button("tag", "home.none", endless) for _ in range(150)),
    )
    blocks = check_message(cards.blocks(ENGLISH, monster))
    assert len(blocks[0]["text"]["text"]) <= SECTION


def test_the_pointer_names_the_queue() -> None:
    moved = cards.pointer(CHINESE, replace(card(), queue_title="售后 <!here>"))
    assert moved == "<https://desk.example/t/12|T-12> 已转到「售后 &lt;!here&gt;」，请到那里继续处理。"


def test_an_address_says_whether_we_know_it_to_be_theirs() -> None:
    said = replace(contact(), email="ana@example.com")
    assert "E-mail (not verified)*\nana@example.com" in words(cards.blocks(ENGLISH, card(contact=said)))
    known = words(cards.blocks(ENGLISH, card(contact=said, email="ana@shop.example")))
    assert "E-mail*\nana@shop.example" in known
    assert "not verified" not in known
