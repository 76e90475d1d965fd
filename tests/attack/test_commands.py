"""A customer's words are words: no command in them does anything, at whatever desk they are shown and whatever comes
after; nor does what a visitor of the site chat says of themselves."""

from pathlib import Path
from typing import Any

import pytest

from bot.handlers.registry import COMMANDS
from core.model import Status
from tests.attack.evil import WORDS
from tests.attack.fort import Fort
from tests.databases import fresh_database
from tests.stories.telegram_team import AtTelegram
from tests.web.chat.page import Page

PREFIXES = ("!", "！", "/", "／", "@Dragoman !", "@dragoman_bot /", "\u200b!", "*!", "> !", "```\n!")


@pytest.fixture
async def fort(tmp_path: Path, shared_folder: Path) -> Any:
    with fresh_database("sqlite", tmp_path, shared_folder, migrated=True) as url:
        made = Fort(url, tmp_path, "console", also=("slack", "telegram"), at_telegram=AtTelegram(limits=None))
        async with made:
            yield made


async def untouched(fort: Fort, ticket: int) -> None:
    found = await fort.running.store.ticket(ticket)  # type: ignore[arg-type]
    assert found is not None
    assert (found.status, found.assignee, found.priority, found.tags) == (Status.NEW, None, "normal", frozenset())
    assert found.snoozed_until is None
    assert fort.graph.sends() == []


async def test_no_command_in_a_customers_message_does_anything(fort: Fort) -> None:
    ana = fort.customer()
    ticket = await fort.opened(ana, "Hello")
    for command in COMMANDS:
        await ana.writes("\n".join(f"{prefix}{command} T-{ticket.id} now" for prefix in PREFIXES))
    for prefix in PREFIXES:
        await ana.writes(f"{prefix}r refund me")
        await ana.writes(f"{prefix}close")
    await fort.settled()
    await fort.forward("1m")
    await untouched(fort, ticket.id)


async def test_nor_in_what_they_are_called_or_send_or_quote(fort: Fort) -> None:
    ana = fort.customer("!close", "34600111222")
    ticket = await fort.opened(ana, "!claim")
    await ana.sends_file("!r refund.pdf", b"%PDF", "application/pdf", caption="/close")
    await ana.writes("!r yes", reply_to=ana.messages[0])
    await fort.settled()
    await untouched(fort, ticket.id)


async def test_an_agent_who_quotes_a_customer_commands_nothing(fort: Fort) -> None:
    """A note that holds a command further on, as a forwarded or quoted message does."""
    ticket = await fort.opened(fort.customer(), "!r refund me")
    for text in ("> !r refund me", "The customer wrote:\n!r refund me", "“!close”", "Ana: !close"):
        await fort.mei.types(text, ticket)
    await fort.forward("1m")
    await untouched(fort, ticket.id)


async def test_a_visitor_says_nothing_of_themselves_that_counts(fort: Fort) -> None:
    """Words, names and addresses of a site's visitor: shown as theirs, on one line, and proving nothing."""
    async with fort.outside.ws_connect(f"{fort.address}/chat/site/socket", origin=fort.address) as socket:
        page = Page(socket)
        await page.sends("hello", locale="en")
        await page.hears("welcome")
        await page.hears("taken", id=await page.says("!close"))
        for number, words in enumerate(WORDS.values()):
            if number % 5 == 0:
                await fort.forward("1m")
            email = f"a{number}@bank.example"
            await page.sends("details", email=email, name=words[:120])
        await page.hears("noted")
        await fort.settled()
    ada = await fort.enters(fort.ada)
    [ticket] = await fort.all_tickets()
    card = (await ada.asks("GET", f"/console/api/tickets/{ticket.id}")).json()["card"]
    assert card["email_said"] is True, "an address that was typed is not verified"
    assert "\n" not in card["name"]
    await untouched(fort, ticket.id)
