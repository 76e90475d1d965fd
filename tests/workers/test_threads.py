"""Threads and cards at desks of both kinds; and what a crash between any two requests leaves of them."""

from datetime import timedelta
from random import Random

import pytest

from bot.rates import Budget
from bot.workers.buckets import Buckets
from bot.workers.patience import LONGEST_WAIT
from core.commands import Claim, Draft, Move, Note, Reply, SetPriority, SetTags
from core.errors import SendError
from core.ids import QueueName
from core.model import PostRef, Priority
from tests.core.door import said
from tests.core.house import FINANCE, SLACK, SUPPORT, liu, mei
from tests.workers.office import TELEGRAM, Office

BUSY = (Claim(mei), SetPriority(mei, Priority.HIGH), SetTags(mei, ("rma",), ()))
GONE = SendError("thread_gone")


def note(text: str) -> Note:
    return Note(mei, Draft(text))


# --- a thread that is no message ---


async def test_a_topic_is_made_then_its_card_then_the_words(office: Office) -> None:
    await office.hears(said())
    assert office.telegram.requests[:3] == ["open east", "card t1", "post t1 hi"]
    assert office.slack.requests == ["open C1", "post t1 hi"]
    thread = await office.thread()
    assert (thread.ref.root, thread.ref.card, thread.posted) == ("t1", "c2", 1)


@pytest.mark.parametrize(
    ("dies", "asked"),
    [
        (("open", "before"), ["open east", "card t1", "post t1 hi"]),
        # The topic of the first attempt stays, empty: nobody can look for it.
        (("open", "after"), ["open east", "open east", "card t2", "post t2 hi"]),
        (("card", "before"), ["open east", "card t1", "post t1 hi"]),
        # Two cards; the first of them is never edited again.
        (("card", "after"), ["open east", "card t1", "card t1", "post t1 hi"]),
        (("post", "before"), ["open east", "card t1", "post t1 again: hi"]),
        (("post", "after"), ["open east", "card t1", "post t1 hi", "post t1 again: hi"]),
    ],
)
async def test_whoever_takes_over_goes_on_where_the_dead_left_off(
    office: Office, dies: tuple[str, str], asked: list[str]
) -> None:
    kind, when = dies
    office.telegram.die[kind] = when  # type: ignore[assignment]
    await office.hears(said())
    await office.after_a_crash()
    assert office.telegram.requests_but("board") == asked
    thread = await office.thread()
    assert thread.ref.root == asked[-1].split()[1]
    assert thread.ref.card in office.telegram.cards
    assert thread.posted == 1
    assert office.slack.requests == ["open C1", "post t1 hi"]  # the other desk never noticed


async def test_a_slow_answer_makes_no_third_topic(office: Office) -> None:
    """The dead one's answer comes at last: it is overtaken, and changes nothing."""
    office.telegram.die["open"] = "after"
    await office.hears(said())
    await office.after_a_crash()
    await office.hears(said("still there?", "w2"))
    await office.wait("5s")
    assert office.telegram.requests_of("open") == ["open east"] * 2
    assert office.telegram.requests[-1] == "post t2 still there?"


async def test_a_topic_that_is_gone_comes_anew_with_card_and_history(office: Office) -> None:
    await office.hears(said())
    await office.does(note("she is a reseller"))
    office.telegram.requests.clear()
    office.telegram.refuse["post t1"] = GONE
    await office.hears(said("hello?", "w2"))
    await office.wait("5s")
    root = (await office.thread()).ref.root
    found = office.telegram.requests_but("board", "update")
    assert found == [
        "open east",
        f"card {root}",
        f"post {root} hi",
        f"post {root} she is a reseller",
        f"post {root} hello?",
    ]
    assert await office.parked() == []


async def test_a_topic_that_goes_before_its_card_comes_anew(office: Office) -> None:
    office.telegram.refuse["card t1"] = GONE
    await office.hears(said())
    assert office.telegram.requests_but("board") == ["open east", "open east", "card t2", "post t2 hi"]


async def test_a_topic_that_goes_while_nobody_writes_comes_anew_when_its_card_changes(office: Office) -> None:
    await office.hears(said())
    office.telegram.requests.clear()
    office.telegram.refuse |= {"update c2": GONE, "card t1": GONE}
    await office.does(Claim(mei))
    await office.wait("30s")
    root = (await office.thread()).ref.root
    told = office.telegram.requests_but("board")
    assert told == ["post t1 claimed", "open east", f"card {root}", f"post {root} hi", f"post {root} claimed"]
    assert await office.parked() == []


async def test_a_topic_in_a_shard_comes_anew_in_the_same_shard(office: Office) -> None:
    await office.hears(said())
    office.reorganise(support={SLACK: ("C1",), TELEGRAM: ("west", "east", "north")})
    office.telegram.refuse["post t1"] = GONE
    await office.hears(said("hello?", "w2"))
    await office.wait("5s")
    assert (await office.thread()).ref.place == "east"


# --- where threads stand ---


async def test_a_thread_stays_where_it_is_while_the_place_is_the_queue_s(office: Office) -> None:
    await office.hears(said())
    office.reorganise(support={SLACK: ("C1",), TELEGRAM: ("west", "north", "east")})
    await office.hears(said("hello?", "w2"))
    await office.wait("5s")
    assert office.telegram.requests.count("open east") == 1
    assert office.telegram.requests[-1] == "post t1 hello?"


async def test_a_thread_moves_when_its_place_is_taken_from_the_queue(office: Office) -> None:
    await office.hears(said())
    office.reorganise(support={SLACK: ("C1",), TELEGRAM: ("west",)})
    await office.hears(said("hello?", "w2"))
    await office.wait("5s")
    assert (await office.thread()).ref.place == "west"
    assert office.telegram.requests[-1].endswith("hi + hello?")


async def test_another_queue_leaves_a_pointer_where_the_thread_really_stood(office: Office) -> None:
    await office.hears(said())
    office.reorganise(support={SLACK: ("C1",), TELEGRAM: ("west", "north", "east")})
    await office.does(Move(mei, FINANCE))
    await office.wait("1m")
    assert "close t1" in office.telegram.requests
    assert "close t1" in office.slack.requests  # finance is not on Slack
    assert (await office.thread()).ref.place == "money"


async def test_who_comes_back_at_once_finds_no_pointer(office: Office) -> None:
    await office.hears(said())
    for queue in (FINANCE, SUPPORT):
        await office.house.do(Move(mei, QueueName(queue)))
    await office.wait("1m")
    assert office.telegram.requests_of("close") == []
    assert (await office.thread()).ref.root == "t1"


# --- two desks at once ---


async def test_every_post_is_once_in_each(office: Office) -> None:
    await office.hears(said())
    await office.does(note("first"), note("second"))
    for desk in (office.slack, office.telegram):
        assert desk.requests_of("post") == ["post t1 hi", "post t1 first", "post t1 second"]


async def test_words_typed_on_one_desk_are_shown_as_typed_there_and_posted_on_the_other(office: Office) -> None:
    await office.hears(said())
    typed = PostRef(TELEGRAM, "east", "m77")
    await office.does(Note(mei, Draft("look at her last order", origin=typed)))
    entry = await office.house.store.entry_at(typed)
    assert entry is not None
    assert "post t1 look at her last order" in office.slack.requests


async def test_one_desk_out_of_order_holds_up_nothing_on_the_other(office: Office) -> None:
    office.telegram.refuse["open"] = SendError("not_set_up")
    await office.hears(said())
    await office.does(note("first"))
    assert office.slack.requests == ["open C1", "post t1 hi", "post t1 first"]
    del office.telegram.refuse["open"]
    await office.house.store.atomic(lambda tx: tx.hurry("telegram:east", office.house.clock.now()))
    await office.work()
    assert office.telegram.requests_but("board") == ["open east", "card t1", "post t1 hi", "post t1 first"]
    assert await office.parked() == []


async def test_a_place_that_is_mended_goes_on_at_the_latest_by_itself(office: Office) -> None:
    office.telegram.refuse["open"] = SendError("not_set_up")
    await office.hears(said())
    del office.telegram.refuse["open"]
    await office.house.clock.forward(LONGEST_WAIT)
    await office.work()
    assert "post t1 hi" in office.telegram.requests


# --- dear writes ---


async def test_quiet_lines_of_a_busy_moment_are_one_post_and_one_card_edit(office: Office) -> None:
    await office.hears(said())
    office.telegram.requests.clear()
    await office.does(*BUSY)
    assert office.telegram.requests == []
    await office.wait("20s")
    assert office.telegram.requests_but("board") == ["post t1 claimed + priority + tagged", "update c2"]


async def test_words_do_not_wait_for_what_settles(office: Office) -> None:
    await office.hears(said())
    office.telegram.requests.clear()
    await office.does(*BUSY)
    await office.does(note("look"))
    assert office.telegram.requests == ["post t1 claimed + priority + tagged", "post t1 look"]
    await office.wait("20s")
    assert "update c2" in office.telegram.requests


async def test_a_ping_is_a_post_of_its_own(office: Office) -> None:
    await office.hears(said())
    await office.does(Claim(mei))
    await office.wait("30s")
    office.telegram.requests.clear()
    await office.does(SetTags(liu, ("rma",), ()), Claim(liu, take_over=True))
    assert office.telegram.requests == ["post t1 tagged", "post t1 taken_over @Mei"]


async def test_a_full_group_holds_back_edits_and_no_reply(office: Office) -> None:
    """What is due and has no room must not hide when the next reply is due."""
    await office.hears(said())
    await office.does(Claim(mei))
    buckets = Buckets({"telegram": Budget(20, timedelta(minutes=1), kept=6)})
    outbox, now = office.hire(buckets), office.house.clock.now
    await office.house.clock.forward("20s")
    for _ in range(14):
        buckets.draw("telegram:east", now())
    ticket = await office.ticket()
    await office.house.do(Reply(mei, Draft("We are on it."), ticket.last_customer, now(), force=True))
    due = now() + office.house.policy.undo
    office.telegram.requests.clear()
    await outbox.step()
    await outbox.idle()
    assert await outbox.step() == due
    await outbox.idle()
    assert "post t1 We are on it." in office.telegram.requests
    assert "update c2" not in office.telegram.requests
    await office.wait("1m")
    assert "update c2" in office.telegram.requests


# --- everything at once ---


@pytest.mark.parametrize("seed", range(12))
async def test_however_often_we_die_no_word_is_lost_and_none_comes_twice_unmarked(office: Office, seed: int) -> None:
    """Each process may die before or after any of its requests."""
    chance = Random(seed)
    for number in range(6):
        for desk in (office.slack, office.telegram):
            kind, when = chance.choice(("open", "card", "post")), chance.choice(("before", "after"))
            if chance.random() < 0.6:
                desk.die[kind] = when  # type: ignore[assignment]
        await office.hears(said(f"words {number}", f"w{number}"))
        await office.does(note(f"note {number}"), SetTags(mei, (f"tag{number}",), ()))
        await office.wait("30s")
        await office.after_a_crash()
    for desk in (office.slack, office.telegram):
        desk.die.clear()
    await office.after_a_crash()
    for desk in (office.slack, office.telegram):
        thread = await office.thread(desk.name)
        assert thread.posted == (await office.ticket()).entries
        posts = [it.removeprefix(f"post {thread.ref.root} ") for it in desk.requests_of("post")]
        first = [post for post in posts if not post.startswith("again:")]
        shown = " + ".join(post.removeprefix("again: ") for post in posts)
        for number in range(6):
            for words in (f"words {number}", f"note {number}"):
                assert words in shown, (desk.name, words, posts)
                assert sum(words in post for post in first) <= 1, (desk.name, words, posts)
    assert await office.parked() == []
