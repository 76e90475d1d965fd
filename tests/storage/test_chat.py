"""The site chat's log: in order and once, marks that only move up, who has left, and what is thrown away."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from core.ids import InboxName
from core.messages import Ladder
from core.ports import ChatEntry, ChatFile, ChatKind, ChatWords, Delivery, Left, Raw, Visitor
from storage import Commit, SqlChatLog, SqlStore
from tests.storage.house import LEASE, NOW, later

SITE, SHOP = InboxName("site"), InboxName("shop")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def log(store: SqlStore) -> SqlChatLog:
    return SqlChatLog(store)


async def arrives(log: SqlChatLog, name: str = "v1", *, user: str | None = None, known: str | None = None) -> Visitor:
    return await log.arrive(SITE, known, user, name, None, NOW)


async def says(log: SqlChatLog, text: str, ref: str = "", at: datetime = NOW) -> int:
    def report(seq: int) -> Delivery:
        return Delivery(f"said:v1:{seq}", json.dumps({"seq": seq}).encode())

    return await log.append(SITE, "v1", ChatKind.CUSTOMER, ref or text, ChatWords(text), at, report)


async def answers(log: SqlChatLog, text: str, ref: str = "", at: datetime = NOW) -> int:
    return await log.append(SITE, "v1", ChatKind.AGENT, ref or text, ChatWords(text), at)


async def texts(log: SqlChatLog, after: int = 0) -> list[str]:
    return [entry.words.text for entry in await log.entries(SITE, "v1", after, 100)]


async def raws(store: SqlStore) -> Sequence[Raw]:
    return await store.take_raw("channel:", 100, NOW + MINUTE, LEASE)


def acked(entries: Sequence[ChatEntry]) -> Delivery:
    seqs = [entry.seq for entry in entries]
    return Delivery(f"acked:{seqs}", json.dumps(seqs).encode())


def left(one: Left) -> Delivery:
    return Delivery(f"left:{one.visitor[1]}:{one.at}", json.dumps([one.visitor[1], one.unseen]).encode())


# --- the log --------------------------------------------------------------------------------------------------------


async def test_what_is_said_stands_in_order_and_is_kept_whole(log: SqlChatLog) -> None:
    await arrives(log)
    files = (ChatFile("ab12", "bill.pdf", "application/pdf", 9),)
    await says(log, "你好 🙂")
    words = ChatWords("with a file", "Mei", files, reply_to=1)
    await log.append(SITE, "v1", ChatKind.AGENT, "7.0.1", words, later(seconds=60))
    first, second = await log.entries(SITE, "v1", 0, 10)
    assert (first.seq, first.kind, first.words.text) == (1, ChatKind.CUSTOMER, "你好 🙂")
    assert second == ChatEntry(2, "7.0.1", ChatKind.AGENT, words, later(seconds=60))
    assert await log.entry(SITE, "v1", 2) == second
    assert await log.entry(SITE, "v1", 3) is None


async def test_said_again_it_stands_once_and_is_reported_once(store: SqlStore, log: SqlChatLog) -> None:
    await arrives(log)
    assert await says(log, "hello", "a") == await says(log, "hello", "a") == 1
    assert await says(log, "more", "b") == 2
    assert [json.loads(raw.body) for raw in await raws(store)] == [{"seq": 1}, {"seq": 2}]


async def test_whatever_dies_on_the_way_words_and_their_delivery_are_both_there_or_neither(
    store: SqlStore, log: SqlChatLog
) -> None:
    """Each is said until it is taken, and dies at another point of its way before."""
    await arrives(log)
    for steps in range(40):
        dying = asyncio.ensure_future(says(log, f"words {steps}"))
        for _ in range(steps):
            await asyncio.sleep(0)
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        await says(log, f"words {steps}")
    seqs = [entry.seq for entry in await log.entries(SITE, "v1", 0, 100)]
    assert [json.loads(raw.body)["seq"] for raw in await raws(store)] == seqs == list(range(1, 41))


async def test_many_at_once_have_seqs_without_gaps(log: SqlChatLog) -> None:
    await arrives(log)
    seqs = await asyncio.gather(*(says(log, f"m{n}") for n in range(20)), *(answers(log, f"a{n}") for n in range(20)))
    assert sorted(seqs) == list(range(1, 41))
    assert len(await texts(log)) == 40


async def test_a_tail_goes_on_where_it_was(log: SqlChatLog) -> None:
    await arrives(log)
    for nth in range(5):
        await says(log, f"{nth}")
    assert await texts(log, after=3) == ["3", "4"]
    assert [entry.seq for entry in await log.entries(SITE, "v1", 1, 2)] == [2, 3]


async def test_nobody_writes_to_a_visitor_who_is_unknown(log: SqlChatLog) -> None:
    with pytest.raises(LookupError):
        await answers(log, "hello")


async def test_another_inbox_is_another_log(log: SqlChatLog) -> None:
    await arrives(log)
    await log.arrive(SHOP, None, None, "v1", None, NOW)
    await says(log, "for the site")
    assert await log.entries(SHOP, "v1", 0, 10) == []


async def test_a_commit_wakes_whoever_tails(store: SqlStore, log: SqlChatLog) -> None:
    await arrives(log)
    heard: list[Commit] = []
    store.on_commit(heard.append)
    await says(log, "hello")
    await answers(log, "hi")
    assert [commit.visitors for commit in heard] == [frozenset({(SITE, "v1")})] * 2
    assert [commit.raws for commit in heard] == [True, False]


# --- who comes ------------------------------------------------------------------------------------------------------


async def test_a_browser_comes_back_to_its_log(log: SqlChatLog) -> None:
    await arrives(log)
    await log.speaks(SITE, "v1", "es")
    await says(log, "hello")
    again = await log.arrive(SITE, "v1", None, "v2", "de", later(seconds=60))
    assert (again.id, again.last_seq, again.language) == ("v1", 1, "es")


async def test_an_unknown_one_begins_anew(log: SqlChatLog) -> None:
    assert (await arrives(log, "v2", known="pruned")).id == "v2"


async def test_a_user_has_one_log_in_all_browsers(log: SqlChatLog) -> None:
    assert (await arrives(log, "v1")).user is None
    at_login = await arrives(log, "v2", known="v1", user="u7")
    elsewhere = await arrives(log, "v3", user="u7")
    assert (at_login.id, elsewhere.id) == ("v1", "v1")


async def test_after_signing_out_the_log_is_not_shown(log: SqlChatLog) -> None:
    await arrives(log, "v1", user="u7")
    assert (await arrives(log, "v2", known="v1")).id == "v2"
    assert (await arrives(log, "v3", known="v1", user="u8")).id == "v3"


async def test_a_user_who_comes_twice_at_once_has_one_log(log: SqlChatLog) -> None:
    both = await asyncio.gather(*(arrives(log, f"v{n}", user="u7") for n in range(5)))
    assert len({visitor.id for visitor in both}) == 1


async def test_a_user_who_signs_in_at_two_guests_pages_at_once_has_one_log(log: SqlChatLog) -> None:
    for n in range(20):
        await arrives(log, f"v{n}")
    both = await asyncio.gather(*(arrives(log, f"x{n}", known=f"v{n}", user="u7") for n in range(20)))
    assert len({visitor.id for visitor in both}) == 1


# --- how far they have come -----------------------------------------------------------------------------------------


async def test_marks_move_up_and_only_the_teams_words_are_reported(store: SqlStore, log: SqlChatLog) -> None:
    await arrives(log)
    await answers(log, "one")
    await says(log, "two")
    await answers(log, "three")
    await raws(store)
    await log.acknowledge(SITE, "v1", Ladder.READ, 99, NOW, acked)
    await log.acknowledge(SITE, "v1", Ladder.READ, 2, NOW, acked)
    await log.acknowledge(SITE, "v1", Ladder.DELIVERED, 3, NOW, acked)
    assert [json.loads(raw.body) for raw in await raws(store)] == [[1, 3]]
    visitor = await log.visitor(SITE, "v1")
    assert visitor is not None
    assert (visitor.seen, visitor.delivered) == (3, 3)


async def test_the_team_has_read_what_there_is(log: SqlChatLog) -> None:
    await arrives(log)
    await says(log, "hello")
    await log.read_by_team(SITE, "v1", 1)
    await log.read_by_team(SITE, "v1", 8)
    visitor = await log.visitor(SITE, "v1")
    assert visitor is not None
    assert visitor.team_read == 1


async def test_what_they_told_of_themselves_is_reported(store: SqlStore, log: SqlChatLog) -> None:
    await arrives(log)
    for _ in range(2):
        await log.note(SITE, "v1", Delivery("details:v1:a", b"{}"), NOW, reachable=True)
    visitor = await log.visitor(SITE, "v1")
    assert visitor is not None
    assert visitor.reachable
    assert len(await raws(store)) == 1


# --- who has left ---------------------------------------------------------------------------------------------------


async def gone_for(store: SqlStore, log: SqlChatLog, minutes: int) -> tuple[list[object], datetime | None]:
    """Whom the worker reports at that time, and when the next one was there."""
    at = later(minutes=minutes)
    following = await log.tell_left(at - timedelta(seconds=30), at, left)
    heard = await store.take_raw("channel:", 100, at, LEASE)
    await store.atomic(lambda tx: tx.raw_done([raw.id for raw in heard], at))
    return [json.loads(raw.body) for raw in heard if raw.key.startswith("left")], following


async def test_who_left_before_seeing_is_told_of_once_each_time(store: SqlStore, log: SqlChatLog) -> None:
    await arrives(log)
    await log.present([(SITE, "v1")], NOW, later(seconds=45))
    await answers(log, "one")
    assert await gone_for(store, log, 1) == ([], later(seconds=45))
    assert await gone_for(store, log, 2) == ([["v1", 1]], None)
    await answers(log, "two")
    assert await gone_for(store, log, 3) == ([], None)
    await log.present([(SITE, "v1")], NOW, later(seconds=240))
    await log.gone([(SITE, "v1")], later(seconds=200))
    assert await gone_for(store, log, 5) == ([["v1", 2]], None)


async def test_who_has_seen_it_all_may_leave(store: SqlStore, log: SqlChatLog) -> None:
    await arrives(log)
    await says(log, "hello")
    await answers(log, "one")
    await log.acknowledge(SITE, "v1", Ladder.READ, 2, NOW, acked)
    assert await gone_for(store, log, 9) == ([], None)
    await answers(log, "written after they left", at=later(seconds=600))
    assert await gone_for(store, log, 10) == ([["v1", 3]], None)


# --- what is thrown away --------------------------------------------------------------------------------------------


async def test_the_silent_are_forgotten(store: SqlStore, log: SqlChatLog) -> None:
    await arrives(log, "v1")
    await says(log, "hello")
    await log.arrive(SHOP, None, "u7", "v2", None, NOW)
    await log.append(SHOP, "v2", ChatKind.CUSTOMER, "a", ChatWords("hello"), NOW)
    await store.prune(NOW + timedelta(days=20), 30)
    assert await texts(log) == ["hello"]
    await store.prune(NOW + timedelta(days=31), 30)
    assert await log.visitor(SITE, "v1") is None
    user = await log.visitor(SHOP, "v2")
    assert user is not None
    assert user.last_seq == 1  # and the log, which is empty now, goes on from there
    assert await log.entries(SHOP, "v2", 0, 10) == []


async def test_who_only_looked_is_forgotten_soon(store: SqlStore, log: SqlChatLog) -> None:
    await arrives(log)
    await store.prune(NOW + timedelta(days=3), 30)
    assert await log.visitor(SITE, "v1") is None
