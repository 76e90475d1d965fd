"""The indexer: in small batches, from where it got, each message once; nothing is left out."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.workers import indexing
from bot.workers.indexing import GATHERED, LATE, REST, Indexing, Tail
from core.ids import MessageId, TicketId
from core.messages import Message, MessageKind
from core.model import Ticket
from storage import Came, Reach, SqlStore, SqlTx, open_store
from storage.queries import search
from tests.clock import MONDAY_MORNING, StoryClock
from tests.storage.house import NOW, SALES, House


@pytest.fixture
async def store(migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqlStore]:
    monkeypatch.setattr(search, "JUST_NOW", 0)
    opened = await open_store(migrated_url)
    yield opened
    await opened.close()


@pytest.fixture
def house(store: SqlStore) -> House:
    return House(store)


async def worked(indexer: Indexing, clock: StoryClock) -> int:
    """Until it rests; how many steps it took."""
    steps = 1
    while again := await indexer.step():
        await clock.forward(again - clock.now())
        steps += 1
    return steps


async def found(house: House, words: str) -> list[TicketId]:
    return list(await house.store.search(words, [SALES], 1000))


async def lamps(house: House, n: int) -> list[TicketId]:
    tickets = [await house.ticket(str(number)) for number in range(n)]
    for ticket in tickets:
        await house.message(ticket, "a lamp")
    return [ticket.id for ticket in reversed(tickets)]


async def test_what_was_there_before_is_indexed_newest_first_with_rests(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "BATCH", 2)
    monkeypatch.setattr("storage.queries.indexing.BEFORE", 0)
    tickets = await lamps(house, 7)
    clock = StoryClock()
    indexer = Indexing(house.store, clock)
    seen = []
    while again := await indexer.step():
        assert again - clock.now() == REST
        assert await indexer.step() == again  # woken meanwhile, it rests on
        await clock.forward(again - clock.now())
        seen.append(await found(house, "lamp"))
    assert seen == [[], tickets[:2], tickets[:4], tickets[:6], tickets]
    assert await house.store.index_reach() == Reach(7, 0)


async def test_another_goes_on_where_one_stopped(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "BATCH", 2)
    monkeypatch.setattr("storage.queries.indexing.BEFORE", 0)
    tickets = await lamps(house, 5)
    clock = StoryClock()
    first = Indexing(house.store, clock)
    await first.step()
    await clock.forward(REST)
    await first.step()
    assert await house.store.index_reach() == Reach(5, tickets[1])
    newer = await house.ticket("new")
    await house.message(newer, "another lamp")
    await worked(Indexing(house.store, clock), clock)
    assert await found(house, "lamp") == [newer.id, *tickets]


async def test_the_old_does_not_wait_until_nothing_new_comes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.queries.indexing.BEFORE", 0)
    old = await lamps(house, 3)
    clock = StoryClock()
    indexer = Indexing(house.store, clock)
    await indexer.step()
    ticket = await house.ticket("new")
    await house.message(ticket, "a lamp")
    await clock.forward(REST)
    await indexer.step()
    assert await found(house, "lamp") == [ticket.id, *old]


async def test_what_comes_within_a_second_is_written_together(house: House) -> None:
    clock = StoryClock()
    indexer = Indexing(house.store, clock)
    await worked(indexer, clock)
    await clock.forward(GATHERED)
    ticket = await house.ticket("1")
    await house.message(ticket, "a lamp")
    await worked(indexer, clock)
    assert await found(house, "lamp") == [ticket.id]
    await house.message(ticket, "and a chair")
    assert await indexer.step() == clock.now() + GATHERED
    assert await found(house, "chair") == []
    await worked(indexer, clock)
    assert await found(house, "chair") == [ticket.id]


async def test_a_message_whose_id_is_older_than_its_commit_is_not_missed(house: House) -> None:
    """PostgreSQL gives out ids before anybody knows which transaction ends first."""
    ticket = await house.ticket("1")
    await house.message(ticket, "first")
    clock = StoryClock()
    indexer = Indexing(house.store, clock)
    await worked(indexer, clock)
    [late] = await house.store.atomic(lambda tx: tx.new_ids("messages", 1))
    await house.message(ticket, "newer")
    await clock.forward(GATHERED)
    assert await indexer.step() == clock.now() + REST
    reach = await house.store.index_reach()
    assert reach is not None
    assert reach.message == late - 1  # whoever takes over looks for it too
    await house.store.atomic(lambda tx: write(tx, ticket, late, "straggler"))
    await clock.forward(REST)
    await indexer.step()
    assert await found(house, "straggler") == [ticket.id]
    await worked(indexer, clock)
    assert await house.store.index_reach() == Reach(late + 1, 0)


async def write(tx: SqlTx, ticket: Ticket, number: int, text: str) -> None:
    message = Message(MessageId(number), ticket.id, ticket.conversation, MessageKind.CUSTOMER, text, NOW)
    await tx.insert_messages([message])


async def test_an_id_that_was_never_used_is_waited_for_a_minute(house: House) -> None:
    ticket = await house.ticket("1")
    await house.message(ticket, "first")
    clock = StoryClock()
    indexer = Indexing(house.store, clock)
    await worked(indexer, clock)
    await house.store.atomic(lambda tx: tx.new_ids("messages", 3))
    last = await house.message(ticket, "newer")
    await clock.forward(GATHERED)
    before = clock.now()
    await worked(indexer, clock)
    assert LATE <= clock.now() - before < LATE + timedelta(seconds=5)
    assert await house.store.index_reach() == Reach(last.id, 0)


async def test_what_changes_while_it_is_being_written_is_written_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = await house.ticket("1")
    message = await house.message(ticket, "red lamp")
    clock = StoryClock()
    indexer = Indexing(house.store, clock)
    await worked(indexer, clock)
    await change(house, message, "green lamp")
    read = house.store.documents

    async def documents(ids: list[TicketId]) -> object:
        them = await read(ids)
        await change(house, message, "blue lamp")
        return them

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(house.store, "documents", documents)
        await clock.forward(GATHERED)
        await indexer.step()
    assert await found(house, "green") == [ticket.id]
    await worked(indexer, clock)
    assert await found(house, "green") == []
    assert await found(house, "blue") == [ticket.id]


async def change(house: House, message: Message, text: str) -> None:
    await house.store.atomic(lambda tx: tx.update_message(replace(message, text=text)))


async def test_begun_anew_it_forgets_nothing_and_goes_through_all_again(house: House) -> None:
    tickets = await lamps(house, 3)
    clock = StoryClock()
    indexer = Indexing(house.store, clock)
    await worked(indexer, clock)
    await house.store.atomic(lambda tx: tx.write_documents({tickets[0]: ["0qsales"]}))  # as if it had gone wrong
    await house.store.atomic(lambda tx: tx.forget_index())
    assert await found(house, "lamp") == tickets[1:]  # what is right goes on being found
    await clock.forward(GATHERED)
    await worked(indexer, clock)
    assert await found(house, "lamp") == tickets


async def test_of_two_processes_one_writes(house: House, migrated_url: str) -> None:
    if migrated_url.startswith("sqlite"):
        return
    other = await open_store(migrated_url)
    tickets = await lamps(house, 1)
    clock = StoryClock()
    first, second = Indexing(house.store, clock), Indexing(other, clock)
    assert await first.step()
    assert await second.step() is None
    await worked(first, clock)
    assert await found(house, "lamp") == tickets
    await clock.forward(indexing.TURN + GATHERED)
    await house.message((await house.ticket("2")), "a lamp")
    assert await second.step()  # the other's turn is over
    assert len(await found(house, "lamp")) == 2
    await other.close()


def test_ids_that_skip_far_do_not_make_it_wait_for_all_of_them() -> None:
    tail = Tail(10).after([Came(MessageId(1_000_000), TicketId(1))], [], MONDAY_MORNING)
    assert (tail.seen, len(tail.missing)) == (1_000_000, indexing.FAR - 1)
    farther = tail.after([Came(MessageId(1_000_100), TicketId(1))], [], MONDAY_MORNING)
    assert len(farther.missing) == indexing.FAR
    later = tail.after([], [Came(MessageId(999_999), TicketId(1))], MONDAY_MORNING + LATE / 2)
    assert len(later.missing) == indexing.FAR - 2
    assert later.after([], [], MONDAY_MORNING + LATE).mark == 1_000_000
