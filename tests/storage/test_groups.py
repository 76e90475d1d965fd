"""Groups: our names of places, the chats they are, the codes that say so, and what becomes of threads."""

import asyncio
from datetime import datetime, timedelta

import pytest

from core.ids import DeskName, TicketId
from core.model import PostRef, Thread, ThreadRef
from core.ports import Group
from storage import SqlStore, SqlTx
from tests.storage.house import NOW, House, later

TELEGRAM = DeskName("telegram")
LIVES = timedelta(hours=1)


async def code(house: House, place: str = "sales") -> str:
    return await house.store.new_group_code(TELEGRAM, place, NOW, LIVES)


async def bind(house: House, place: str = "sales", chat: str = "-100", title: str = "Sales") -> None:
    assert await use(house, await code(house, place), chat, title) == place


async def use(
    house: House, word: str, chat: str = "-100", title: str = "Sales", at: datetime = NOW, desk: DeskName = TELEGRAM
) -> str | None:
    return await house.store.bind_group(desk, word, chat, title, at)


async def chats(house: House) -> dict[str, str]:
    return {group.place: group.chat for group in await house.store.groups()}


async def move(house: House, place: str, chat: str) -> bool:
    return await house.store.atomic(lambda tx: tx.move_group(TELEGRAM, place, chat))


async def save_board(house: House, place: str, post: str) -> None:
    await house.store.atomic(lambda tx: tx.save_board(TELEGRAM, place, post))


async def open_thread(house: House, ticket: TicketId, root: str, place: str = "sales") -> Thread:
    """With its card, and the ticket's first entry posted."""

    async def work(tx: SqlTx) -> None:
        thread = await tx.save_thread(ticket, ThreadRef(TELEGRAM, place, root, f"card{root}"), 0)
        await tx.advance_thread(thread, 1, PostRef(TELEGRAM, place, f"post{root}"), [0], NOW)

    await house.store.atomic(work)
    return await thread_of(house, ticket)


async def thread_of(house: House, ticket: TicketId) -> Thread:
    found = await house.store.thread(ticket, TELEGRAM)
    assert found is not None
    return found


async def test_a_code_makes_a_chat_a_place_once(house: House) -> None:
    word = await code(house)
    assert await house.store.hold_code(TELEGRAM, word, "-100", NOW)
    assert await use(house, word) == "sales"
    assert await house.store.group(TELEGRAM, "sales") == Group(TELEGRAM, "sales", "-100", "Sales")
    assert not await house.store.hold_code(TELEGRAM, word, "-100", NOW)
    assert await use(house, word, "-200") is None
    assert await chats(house) == {"sales": "-100"}


async def test_a_code_that_was_read_in_a_chat_is_good_in_no_other(house: House) -> None:
    word = await code(house)
    assert await house.store.hold_code(TELEGRAM, word, "-100", NOW)
    assert not await house.store.hold_code(TELEGRAM, word, "-666", NOW)
    assert await use(house, word, "-666") is None
    assert not await move(house, "-100", "-1001")  # no place of ours yet: it gets its topics, and with them a new id
    assert await use(house, word, "-100") is None
    assert await use(house, word, "-1001") == "sales"


async def test_a_code_lives_for_its_time_and_on_its_desk(house: House) -> None:
    word = await code(house)
    assert await use(house, word, at=later(hours=1)) is None
    assert await use(house, word, desk=DeskName("slack")) is None
    assert await use(house, word, at=later(minutes=59)) == "sales"


async def test_a_new_code_makes_the_old_one_void_and_no_other_place_s(house: House) -> None:
    old, other, new = await code(house), await code(house, "support"), await code(house)
    assert await use(house, old) is None
    assert await use(house, other, "-200") == "support"
    assert await use(house, new) == "sales"


async def test_of_two_who_use_a_code_at_once_one_gets_the_place(house: House, other: SqlStore) -> None:
    word = await code(house)
    chosen = await asyncio.gather(
        *(store.bind_group(TELEGRAM, word, chat, "", NOW) for store, chat in ((house.store, "-1"), (other, "-2")))
    )
    assert sorted(chosen, key=str) == [None, "sales"]
    assert len(await house.store.groups()) == 1


async def test_a_chat_is_one_place_only(house: House) -> None:
    await bind(house, "sales", "-100")
    await bind(house, "support", "-100")
    assert await chats(house) == {"support": "-100"}


@pytest.mark.parametrize(("chat", "board"), [("-100", "77"), ("-200", "")])
async def test_the_board_stands_as_long_as_the_chat_is_the_same(house: House, chat: str, board: str) -> None:
    await bind(house, chat="-100")
    await save_board(house, "sales", "77")
    await bind(house, chat=chat, title="Renamed")
    assert await house.store.group(TELEGRAM, "sales") == Group(TELEGRAM, "sales", chat, "Renamed", board)


async def test_a_group_moves_and_its_board_stays_behind(house: House) -> None:
    await bind(house)
    await save_board(house, "sales", "77")
    assert await move(house, "sales", "-1005")
    assert await house.store.group(TELEGRAM, "sales") == Group(TELEGRAM, "sales", "-1005", "Sales")
    assert not await move(house, "sales", "-1005")  # both chats tell of it
    assert not await move(house, "nowhere", "-7")


async def test_a_chat_that_was_set_up_meanwhile_is_what_its_people_said(house: House) -> None:
    await bind(house, "sales", "-1")
    await bind(house, "support", "-1005")
    assert not await move(house, "sales", "-1005")
    assert await chats(house) == {"sales": "-1", "support": "-1005"}


async def test_threads_stay_in_their_chat_when_the_place_gets_another(house: House) -> None:
    """Topic 5 there is another topic: nobody's words may end in it."""
    await bind(house, chat="-100")
    first, second = (await house.ticket("1")).id, (await house.ticket("2")).id
    await open_thread(house, first, "5")
    await bind(house, chat="-200")
    assert (await thread_of(house, first)).ref == ThreadRef(TELEGRAM, "-100", "5")
    await open_thread(house, second, "5")
    assert (await thread_of(house, first)).ref.place == "-100"  # it was not taken over
    at_card = await house.store.thread_of_card(PostRef(TELEGRAM, "-100", "card5"))
    assert at_card is not None
    assert at_card.ticket == first
    assert await house.store.posts(first, TELEGRAM, 0) == [PostRef(TELEGRAM, "-100", "post5")]


async def test_threads_come_back_with_their_chat(house: House) -> None:
    await bind(house, chat="-100")
    ticket = (await house.ticket("1")).id
    await open_thread(house, ticket, "5")
    await bind(house, chat="-200")
    await bind(house, chat="-100")
    assert (await thread_of(house, ticket)).ref.place == "sales"


async def test_threads_are_known_by_what_their_chat_is_now(house: House) -> None:
    await bind(house, "sales", "-100")
    ticket = (await house.ticket("1")).id
    await open_thread(house, ticket, "5")
    await bind(house, "support", "-100")
    assert (await thread_of(house, ticket)).ref.place == "support"


async def test_threads_move_along_with_their_group(house: House) -> None:
    await bind(house, chat="-1")
    ticket = (await house.ticket("1")).id
    await open_thread(house, ticket, "5")
    await move(house, "sales", "-1005")
    assert (await thread_of(house, ticket)).ref.place == "sales"


async def test_a_card_is_saved_and_found(house: House) -> None:
    ticket = (await house.ticket("1")).id
    bare = await house.store.atomic(lambda tx: tx.save_thread(ticket, ThreadRef(TELEGRAM, "sales", "5"), 0))
    assert await house.store.thread_of_card(PostRef(TELEGRAM, "sales", "")) is None  # no card is no address
    await house.store.atomic(lambda tx: tx.save_card(bare, "6"))
    found = await house.store.thread_of_card(PostRef(TELEGRAM, "sales", "6"))
    assert found is not None
    assert (found.ticket, found.ref.root, found.ref.card) == (ticket, "5", "6")
    assert await house.store.thread_of_card(PostRef(TELEGRAM, "support", "6")) is None
