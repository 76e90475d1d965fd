"""Whatever a customer or an operator writes, however much of it: it stands on the desk within its platform's limits.

The simulators refuse what the platforms refuse: blocks, lengths, bytes.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from core.ids import TicketId
from core.say import Button
from core.views import Card
from tests.desks.builders import card, post, wrote
from tests.desks.contract import PostingKit
from tests.desks.kits import KITS

POSTING = [kit for kit in KITS if issubclass(kit, PostingKit)]
LONG = "A name & a <b>half</b> 😀 " * 25


@pytest.fixture(params=POSTING, ids=lambda kit: kit.__name__)
async def kit(request: pytest.FixtureRequest) -> AsyncIterator[PostingKit]:
    async with request.param() as started:
        yield started


def huge() -> Card:
    """All that has no limit of its own, at its longest."""
    it = card(
        queue_title=LONG,
        assignee=LONG,
        email=f"{LONG.replace(' ', '')}@example.com",
        earlier=tuple(TicketId(number) for number in range(1, 6)),
        buttons=tuple(Button("claim", "button.claim", "x" * 60) for _ in range(5)),
    )
    tags = frozenset(f"tag {number} {'x' * 60}" for number in range(200))
    contact = replace(it.contact, name=LONG, company=LONG)
    return replace(it, ticket=replace(it.ticket, tags=tags), contact=contact)


async def test_a_card_of_long_names_and_two_hundred_tags(kit: PostingKit) -> None:
    thread = await kit.opens(huge())
    await kit.desk.update(thread, replace(huge(), assignee="Ana"))
    assert "A name & a <b>half<" in kit.shown(thread)


@pytest.mark.parametrize("text", ["word " * 8_000, "x" * 40_000, "line\n" * 500, "😀" * 9_000, "<&>" * 14_000])
async def test_words_of_forty_thousand_characters(kit: PostingKit, text: str) -> None:
    thread = await kit.opens(card())
    put = await kit.desk.post(thread, post(wrote(text, author=LONG)))
    assert put is not None
    await kit.desk.edit(put, thread, post(wrote(f"{text}!", author=LONG)))
    await kit.desk.edit(put, thread, replace(post(wrote(f"{text}?", author=LONG)), plain=True))
    assert text[:3] in kit.shown(thread)


async def test_words_alone_hide_nothing_and_ping_nobody(kit: PostingKit) -> None:
    """What is left when a platform takes no drawing: literal words, whatever they look like."""
    thread, hostile = await kit.opens(replace(card(), plain=True)), "<!channel> *bold* <b>x</b> & @ana"
    await kit.desk.post(thread, replace(post(wrote(hostile)), plain=True))
    assert "*bold* <b>x<" in kit.shown(thread)
    assert kit.pings() == 0
