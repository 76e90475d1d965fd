"""`!find` on both databases: what the index holds, what it does not hold yet, and who may see it."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.workers.indexing import Indexing
from core.ids import QueueName, TicketId
from core.messages import MessageKind
from core.people import Identity
from core.ports import Wanted
from storage import SqlStore
from storage.queries import search
from storage.queries.indexing import BYTES, Document
from tests.clock import StoryClock
from tests.storage.house import NOW, SALES, WA, House

REPAIR = QueueName("repair")


async def index(store: SqlStore) -> None:
    """Everything there is, as the worker does it."""
    clock = StoryClock()
    indexer = Indexing(store, clock)
    while again := await indexer.step():
        await clock.forward(again - clock.now())


async def find(house: House, words: str, *queues: QueueName, limit: int = 10) -> list[TicketId]:
    return list(await house.store.search(words, queues or (SALES,), limit))


@pytest.fixture
async def no_late_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found but by the index."""
    monkeypatch.setattr(search, "JUST_NOW", 0)


pytestmark = pytest.mark.usefixtures("no_late_words")


async def test_words_anywhere_in_a_ticket_find_it_newest_first(house: House) -> None:
    first, second = await house.ticket("1"), await house.ticket("2")
    await house.message(first, "The lamp SO-2041/A came broken")
    await house.message(first, "I want a refund")
    await house.message(second, "Is the lamp in stock?")
    assert await find(house, "lamp") == []  # nobody has looked at it yet
    await index(house.store)
    assert await find(house, "LAMP") == [second.id, first.id]
    assert await find(house, "refund lamp") == [first.id]
    assert await find(house, "so-2041/a") == await find(house, "2041") == await find(house, "brok") == [first.id]
    assert await find(house, "lamp nowhere") == []
    assert await find(house, "lamp", limit=1) == [second.id]


async def test_notes_replies_and_names_of_files_are_found(house: House) -> None:
    ticket = await house.ticket("1", "Zoë Łukasz")
    await house.message(ticket, "supplier promises Friday", kind=MessageKind.NOTE)
    await house.reply(ticket, "We send a replacement.")
    await house.message(ticket, "", files=1)
    await index(house.store)
    for words in ("supplier", "replacement", "zoe", "lukasz", "1.pdf", "promises replacement lukasz"):
        assert await find(house, words) == [ticket.id], words


@pytest.mark.parametrize("just_now", [0, 5])
async def test_what_the_house_says_by_itself_is_not_found_in_every_ticket(
    house: House, monkeypatch: pytest.MonkeyPatch, just_now: int
) -> None:
    monkeypatch.setattr(search, "JUST_NOW", just_now)
    ticket = await house.ticket("1")
    await house.message(ticket, "Our office is closed at the moment.", kind=MessageKind.AUTO)
    assert await find(house, "office") == []
    await index(house.store)
    assert await find(house, "office") == []


async def test_what_came_a_moment_ago_is_found_before_it_is_indexed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "JUST_NOW", 2)
    old, new = await house.ticket("1"), await house.ticket("2", "Müller")
    for words in ("broken lamp", "a", "b"):
        await house.message(old, words)
    await house.message(new, "kaputte Lampe")
    assert await find(house, "lampe muller") == [new.id]
    assert await find(house, "lamp") == [new.id]  # the other is too long ago to be read one by one
    await index(house.store)
    assert await find(house, "lamp") == [new.id, old.id]
    monkeypatch.setattr(search, "JUST_NOW", 100)
    monkeypatch.setattr(
        search, "FIND", dict.fromkeys(search.FIND, search.FIND[house.store.session.dialect] + " LIMIT 0")
    )
    assert await find(house, "lamp") == []  # and what is indexed is not read again


async def test_edits_count_and_what_was_deleted_is_gone(house: House) -> None:
    ticket = await house.ticket("1")
    message = await house.message(ticket, "red lamp")
    other = await house.message(ticket, "green chair")
    await index(house.store)
    await house.store.atomic(lambda tx: tx.update_message(replace(message, text="blue lamp", edited_at=NOW)))
    await house.store.atomic(lambda tx: tx.update_message(replace(other, deleted_at=NOW)))
    await index(house.store)
    assert await find(house, "blue lamp") == [ticket.id]
    assert await find(house, "red") == await find(house, "chair") == []


async def test_what_is_erased_leaves_the_index_with_it(house: House) -> None:
    ticket = await house.ticket("1")
    await house.message(ticket, "red lamp")
    await index(house.store)
    await house.store.atomic(lambda tx: tx.session.run("DELETE FROM messages WHERE ticket_id = ?", ticket.id))
    assert await documents(house) == []
    await index(house.store)
    assert await find(house, "lamp") == []
    assert await documents(house) == [ticket.id]
    await house.store.atomic(lambda tx: tx.session.run("DELETE FROM tickets WHERE id = ?", ticket.id))
    assert await documents(house) == []


async def documents(house: House) -> list[int]:
    key = "rowid" if house.store.session.dialect == "sqlite" else "ticket_id"
    return [row["id"] for row in await house.store.session.rows(f"SELECT {key} AS id FROM search_docs ORDER BY 1")]


async def test_a_new_name_is_found_and_so_is_one_never_written(house: House) -> None:
    ticket = await house.ticket("1", "Bo")
    await index(house.store)
    contact = await house.store.contact(ticket.contact)
    assert contact is not None
    changed = replace(contact, name="Robert Jansen", company="Acme Lighting", email="bo@acme.com")
    await house.store.atomic(lambda tx: tx.update_contact(contact, changed))
    assert await find(house, "robert jansen") == await find(house, "BO@acme.com") == [ticket.id]  # whole, at once
    await index(house.store)
    assert await find(house, "jansen") == await find(house, "lighting") == await find(house, "acme.com") == [ticket.id]


async def test_a_customer_is_found_by_their_number_however_it_is_written(house: House) -> None:
    ticket = await house.ticket("+4915112345678")
    await house.ticket("+4415112345678")  # ends alike
    for number in ("+4915112345678", "+49 151 1234-5678", "0049 (151) 12345678"):
        assert await find(house, number) == [ticket.id], number
    assert len(await find(house, "0151 123 456 78")) == 2  # as one dials it within the country
    assert await find(house, "7151 123 456 78") == []


async def test_a_customer_is_found_by_any_other_identity(house: House) -> None:
    ticket = await house.ticket("1")
    wanted = Wanted(WA, "1", "1", (Identity("phone", "", "1"), Identity("email", "", "bo@acme.com")), at=NOW)
    await house.store.atomic(lambda tx: tx.senders([wanted]))
    assert await find(house, "bo@acme.com") == await find(house, "Bo@Acme.com") == [ticket.id]


async def test_the_ticket_with_the_number_comes_first(house: House) -> None:
    ticket = await house.ticket("1")
    newer = await house.ticket("2")
    await house.message(newer, f"about {ticket.id}")
    await index(house.store)
    assert await find(house, str(ticket.id)) == [ticket.id, newer.id]
    assert await find(house, f"T-{ticket.id}", REPAIR) == []


async def test_tags_are_found_at_once_and_as_words(house: House) -> None:
    tagged = await house.ticket("1", tags=frozenset({"late-delivery"}))
    said = await house.ticket("2")
    await house.message(said, "late delivery")
    assert await find(house, "#late-delivery") == await find(house, "late-delivery") == [tagged.id]
    await house.message(tagged, "hello")
    await index(house.store)
    assert await find(house, "#Late-Delivery") == [tagged.id]
    assert await find(house, "delivery") == [said.id, tagged.id]


async def test_nobody_finds_what_they_may_not_see(house: House) -> None:
    mine, theirs = await house.ticket("1", "Bo"), await house.ticket("2", "Bo", queue=REPAIR, tags=frozenset({"x"}))
    for ticket in (mine, theirs):
        await house.message(ticket, "broken lamp")
    await index(house.store)
    for words in ("lamp", "bo"):
        assert await find(house, words) == [mine.id]
        assert await find(house, words, REPAIR) == [theirs.id]
        assert await find(house, words, SALES, REPAIR) == [theirs.id, mine.id]
    assert await find(house, "#x") == await find(house, "2") == await house.store.search("lamp", [], 5) == []


async def test_a_ticket_that_moved_is_found_where_it_is(house: House) -> None:
    ticket = await house.ticket("1")
    await house.message(ticket, "broken lamp")
    await index(house.store)
    await house.store.atomic(lambda tx: tx.save_tickets([(ticket, replace(ticket, queue=REPAIR, version=2))]))
    assert await find(house, "lamp") == []  # at once: the index is not asked for rights
    await index(house.store)
    assert await find(house, "lamp", REPAIR) == [ticket.id]


async def test_a_common_word_costs_a_viewer_of_a_small_queue_nothing(house: House) -> None:
    """Many newer tickets of other queues have the word: they are not even looked at."""
    small = await house.ticket("1", queue=REPAIR)
    await house.message(small, "hello")
    for n in range(search.STALE * 2 + 1):
        await house.message(await house.ticket(f"4{n}"), "hello")
    await index(house.store)
    assert await find(house, "hello", REPAIR, limit=1) == [small.id]


async def test_every_segment_of_ids_is_asked(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SEGMENT", 1)
    tickets = [await house.ticket(str(n)) for n in range(80)]
    for ticket in tickets[::20]:
        await house.message(ticket, "needle in a haystack")
    await index(house.store)
    assert await find(house, "needle") == [ticket.id for ticket in reversed(tickets[::20])]
    assert await find(house, "need hay", limit=2) == []
    assert await find(house, "needle hay", limit=2) == [tickets[60].id, tickets[40].id]


@given(st.text(max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
async def test_whatever_somebody_types_is_searched_for(house: House, words: str) -> None:
    assert await find(house, words) == []


@given(st.text(max_size=200), st.sampled_from(["'", '"', "\\", ":*", "*", " OR ", "&|!()<->", "NEAR(a b)", "^a", "-a"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
async def test_whatever_somebody_writes_is_found_by_itself(house: House, text: str, sign: str) -> None:
    ticket = await house.ticket("1")
    text = f"{text}{sign}lamp"
    await house.message(ticket, text)
    await index(house.store)
    assert ticket.id in await find(house, text.replace("\x00", " ")[:150], limit=100) or len(text) > 150


def test_a_document_of_a_very_long_ticket_stays_within_what_a_database_takes() -> None:
    words = tuple(" ".join(chr(0x4E00 + (n * 7 + m) % 20_000) * 12 for m in range(500)) for n in range(100))
    document = Document(TicketId(1), SALES, frozenset(), words).tokens()
    assert sum(len(token.encode()) for token in document) < BYTES + 1_000
