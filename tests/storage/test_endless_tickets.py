"""A customer who writes without end: the search index takes in what is newest, and never all of it again."""

from storage.queries.indexing import LETTERS
from tests.storage.house import House

LONG = "lamp " * 800
"""As long as a visitor of a site's chat may write."""


async def test_of_a_ticket_without_end_the_newest_is_read(house: House) -> None:
    ticket = await house.ticket("1")
    await house.message(ticket, "the oldest words")
    for n in range(LETTERS // len(LONG) + 20):
        await house.message(ticket, f"{LONG}{n}")
    (document,) = await house.store.documents([ticket.id])
    assert sum(map(len, document.texts)) < LETTERS + 2 * len(LONG)
    assert "the oldest words" not in document.texts


async def test_the_others_are_read_whole(house: House) -> None:
    long, short = await house.ticket("1"), await house.ticket("2")
    for n in range(LETTERS // len(LONG) + 20):
        await house.message(long, f"{LONG}{n}")
    await house.message(short, "where is my order?")
    documents = {document.ticket: document for document in await house.store.documents([long.id, short.id])}
    assert "where is my order?" in documents[short.id].texts
