"""Every field that a customer controls, filled with everything that a page or a chat could take for its own, and looked
at on every desk: what is shown is text, on as many lines as it may have, and nobody is pinged by it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.attack.evil import WORDS
from tests.attack.fort import Browser, Fort
from tests.databases import fresh_database
from tests.platforms.slack.reading import mrkdwn
from tests.platforms.slack.state import Message as SlackMessage
from tests.platforms.telegram import Message as TelegramMessage
from tests.stories.telegram_team import AtTelegram

Json = dict[str, Any]
BIDI = re.compile("[\u202a-\u202e]")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
ONE_LINE = ("name", "author", "email", "company", "about", "quoted", "excerpt", "label", "reaction")
"""Of the console's JSON: what stands inside a line of the page."""
LONGEST_LINE = 1100


def messages(words: str, phone: str) -> Iterator[Json]:
    """A message of each kind, with the words wherever the customer, or their client, can put any."""
    about: dict[str, Any] = {
        "text": {"body": words},
        "image": {"id": "1001", "mime_type": words[:200] or "x", "sha256": "x", "caption": words},
        "document": {"id": "1002", "mime_type": "application/pdf", "filename": words, "caption": words},
        "location": {"latitude": 1, "longitude": 2, "name": words, "address": words, "url": words},
        "contacts": [
            {
                "name": {"formatted_name": words, "first_name": words},
                "org": {"company": words, "title": words},
                "phones": [{"phone": words, "wa_id": words}],
                "emails": [{"email": words}],
                "urls": [{"url": words}],
            }
        ],
        "button": {"text": words, "payload": words},
        "reaction": {"message_id": f"wamid.text.{phone}", "emoji": words},
        "order": {
            "catalog_id": words,
            "text": words,
            "product_items": [{"product_retailer_id": words, "quantity": words}],
        },
        "system": {"type": "customer_changed", "body": words},
        "unsupported": {"type": words, "title": words},
    }
    about["interactive"] = {"type": "list_reply", "list_reply": {"id": words, "title": words, "description": words}}
    for kind, content in about.items():
        message = {"from": phone, "id": f"wamid.{kind}.{phone}", "timestamp": "1772442000", "type": kind, kind: content}
        yield (
            message
            | {"context": {"id": f"wamid.text.{phone}", "from": words}}
            | {"referral": {"headline": words, "body": words, "source_url": words, "source_type": words}}
        )
    yield {"from": phone, "id": f"wamid.odd.{phone}", "timestamp": words, "type": words, words: {words: words}}


def delivery(number: str, words: str, phone: str) -> bytes:
    contact = {"profile": {"name": words}, "wa_id": phone}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": number, "display_phone_number": words},
        "contacts": [contact],
        "messages": list(messages(words, phone)),
    }
    entry = {"id": "0", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def is_clean(text: str, what: object) -> None:
    assert not BIDI.search(text), (what, text)
    assert not CONTROL.search(text), (what, text)
    assert not re.search("[\u0300-\u036f]{9}", text), (what, text)


def of_the_console(it: Any, where: str = "") -> None:
    """Everything the page is given. It builds text nodes of it and nothing else (tests/browser)."""
    match it:
        case dict():
            for name, value in it.items():
                if name in ONE_LINE and isinstance(value, str):
                    assert "\n" not in value, (where, name, value)
                    assert len(value) <= LONGEST_LINE, (where, name)
                of_the_console(value, f"{where}.{name}")
        case list():
            for each in it:
                of_the_console(each, where)
        case str():
            is_clean(it, where)
            if where.endswith(("say.text", "confirmation.text")):
                assert "\n" not in it, (where, it)


TOKEN = re.compile(r"<([^<>]*)>")


def of_slack(fort: Fort, message: SlackMessage) -> None:
    """Every `<...>` in mrkdwn is ours, or an address as it is written; nothing finds more in it by itself."""
    ours = {fort.at("slack", each).at_slack.id for each in (fort.mei, fort.li, fort.sol, fort.ada)}  # type: ignore[attr-defined]
    assert set(message.pings) <= ours, message.pings
    texts = [message.text, *(text for block in message.blocks for text in mrkdwn(block))]
    for text in texts:
        is_clean(text, "slack")
        for token in TOKEN.findall(text):
            target, _, label = token.partition("|")
            known = target.startswith(("!date^", fort.running.settings.dragoman.base_url)) or target[1:] in ours
            assert known or (target.startswith(("http://", "https://")) and not label), text
        rest = re.sub(r"^>( |$)", "", TOKEN.sub("", text), flags=re.MULTILINE)
        assert "<" not in rest, text
        assert ">" not in rest, text
        assert not re.search(r"&(?!amp;|lt;|gt;)", rest), text
    assert all(part.get("verbatim") is True for part in _mrkdwn_parts(message.blocks))


def _mrkdwn_parts(it: Any) -> Iterator[Json]:
    match it:
        case dict():
            if it.get("type") == "mrkdwn":
                yield it
            for each in it.values():
                yield from _mrkdwn_parts(each)
        case list():
            for each in it:
                yield from _mrkdwn_parts(each)


def of_telegram(fort: Fort, message: TelegramMessage) -> None:
    """As Telegram reads it, with what it finds by itself."""
    is_clean(message.text, "telegram")
    for entity in message.entities:
        assert entity["type"] not in ("mention", "bot_command", "hashtag", "pre"), (entity, message.text)
        if entity["type"] == "text_link":
            assert entity["url"].startswith(
                (fort.running.settings.dragoman.base_url, "https://t.me/c/", "tg://user?id=")
            ), entity
    team = {fort.at("telegram", each).at_telegram.id for each in (fort.mei, fort.li, fort.sol, fort.ada)}  # type: ignore[attr-defined]
    assert set(message.pings) <= team


@pytest.fixture
async def fort(tmp_path: Path, shared_folder: Path) -> Any:
    with fresh_database("postgres", tmp_path, shared_folder, migrated=True) as url:
        made = Fort(url, tmp_path, "console", also=("slack", "telegram"), at_telegram=AtTelegram(limits=None))
        async with made:
            yield made


async def test_whatever_customers_write_or_are_called(fort: Fort) -> None:
    for number, words in enumerate(WORDS.values()):
        reply = await fort.delivers(delivery(fort.number.id, words, f"3460000{number:04d}"))
        assert reply.status == 200
        await fort.settled()
    await fort.forward("1m")
    tickets = await fort.all_tickets()
    assert len(tickets) == len(WORDS), "each is somebody's, and in a ticket"

    ada, nothing = await fort.enters(fort.ada), {*WORDS["invisible letters"], *WORDS["zero width"], " "}
    for ticket in tickets:
        page = (await ada.asks("GET", f"/console/api/tickets/{ticket.id}")).json()
        assert not set(page["card"]["name"]) <= nothing, "nobody is called nothing"
        of_the_console(page)
    await _lists(ada)

    said_at_slack = list(fort.slack.workspace.channels["C_SALES"].messages)
    assert len(said_at_slack) > len(WORDS)
    for message in said_at_slack:
        of_slack(fort, message)
    said_at_telegram = [message for topic in fort.support.topics for message in topic.messages]
    assert len(said_at_telegram) > len(WORDS)
    for posted in said_at_telegram:
        of_telegram(fort, posted)
    # What is not escaped is refused here, and would come once more in words alone, which are always clean.
    assert [call.error for call in fort.telegram.calls() if "parse" in call.error] == []
    for topic in fort.support.topics:
        is_clean(topic.name, "a topic's name")
        assert "\n" not in topic.name
    assert fort.graph.sends() == [], "and nothing was sent to anybody"
    assert all(ticket.assignee is None and ticket.status == "new" for ticket in tickets), "nor done by their words"


async def _lists(browser: Browser) -> None:
    for path in ("list?view=open", "list?q=x", "list?q=Mei", "notices", "commands", "trouble"):
        of_the_console((await browser.asks("GET", f"/console/api/{path}")).json())
    page = (await browser.asks("GET", "/console")).text
    for tag in ("<script>alert", "onerror=", "javascript:alert"):
        assert tag not in page
