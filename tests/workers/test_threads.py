"""Threads, cards, boards and private words at desks of both kinds; and what a crash between any two of them leaves."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from bot.rates import Budget
from bot.workers.buckets import Buckets
from bot.workers.outbox import LONGEST_WAIT
from core import owed
from core.commands import Assign, Claim, Draft, Move, Note, Reply, SetPriority, SetTags
from core.errors import SendError
from core.ids import PersonId, QueueName, TicketId
from core.ledger import Ledger
from core.messages import Ladder
from core.model import PostRef, Priority
from core.ports import Tx
from core.say import say
from tests.core.door import SENDER, said
from tests.core.house import FINANCE, SHOP, SLACK, SUPPORT, liu, mei
from tests.workers.office import TELEGRAM, Office, Phone

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
    assert [it for it in office.telegram.requests if not it.startswith("board")] == asked
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
    assert [it for it in office.telegram.requests if it.startswith("open")] == ["open east"] * 2
    assert office.telegram.requests[-1] == "post t2 still there?"


async def test_a_topic_that_is_gone_comes_anew_with_card_and_history(office: Office) -> None:
    await office.hears(said())
    await office.does(note("she is a reseller"))
    office.telegram.requests.clear()
    office.telegram.refuse["post t1"] = GONE
    await office.hears(said("hello?", "w2"))
    await office.wait("5s")
    root = (await office.thread()).ref.root
    found = [it for it in office.telegram.requests if not it.startswith(("board", "update"))]
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
    assert [it for it in office.telegram.requests if not it.startswith("board")] == [
        "open east",
        "open east",
        "card t2",
        "post t2 hi",
    ]


async def test_a_topic_that_goes_while_nobody_writes_comes_anew_when_its_card_changes(office: Office) -> None:
    await office.hears(said())
    office.telegram.requests.clear()
    office.telegram.refuse |= {"update c2": GONE, "card t1": GONE}
    await office.does(Claim(mei))
    await office.wait("30s")
    root = (await office.thread()).ref.root
    told = [it for it in office.telegram.requests if not it.startswith("board")]
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
    assert not [it for it in office.telegram.requests if it.startswith("close")]
    assert (await office.thread()).ref.root == "t1"


# --- two desks at once ---


async def test_every_post_is_once_in_each(office: Office) -> None:
    await office.hears(said())
    await office.does(note("first"), note("second"))
    for desk in (office.slack, office.telegram):
        assert [it for it in desk.requests if it.startswith("post")] == [
            "post t1 hi",
            "post t1 first",
            "post t1 second",
        ]


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
    found = [it for it in office.telegram.requests if not it.startswith("board")]
    assert found == ["open east", "card t1", "post t1 hi", "post t1 first"]
    assert await office.parked() == []


# --- dear writes ---


async def test_quiet_lines_of_a_busy_moment_are_one_post_and_one_card_edit(office: Office) -> None:
    await office.hears(said())
    office.telegram.requests.clear()
    await office.does(*BUSY)
    assert office.telegram.requests == []
    await office.wait("20s")
    assert [it for it in office.telegram.requests if not it.startswith("board")] == [
        "post t1 claimed + priority + tagged",
        "update c2",
    ]


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


# --- boards ---


async def set_up(office: Office, place: str = "east") -> None:
    store, now = office.house.store, office.house.clock.now()
    code = await store.new_group_code(TELEGRAM, place, now, timedelta(hours=1))
    await store.bind_group(TELEGRAM, code, f"-{place}", place, now)


def board_requests(office: Office) -> list[str]:
    return [it for it in office.telegram.requests if it.startswith("board")]


async def test_a_board_is_put_up_once_and_then_edited(office: Office) -> None:
    await set_up(office)
    await office.hears(said())
    assert board_requests(office) == []
    await office.wait(owed.BOARD_PACE)
    group = await office.house.store.group(TELEGRAM, "east")
    assert group is not None
    assert group.board
    await office.does(Claim(mei))
    await office.wait(owed.BOARD_PACE)
    assert board_requests(office) == ["board east", f"board east {group.board}"]
    assert [(board.open, board.unassigned_total) for board in office.telegram.boards] == [(1, 1), (1, 0)]


async def test_however_much_happens_a_board_is_edited_once_in_its_pace(office: Office) -> None:
    await set_up(office)
    for number in range(5):
        sender = replace(SENDER, key=str(number), address=str(number), identities=())
        await office.hears(replace(said(external=f"w{number}"), sender=sender))
        await office.wait("5s")
    await office.wait(owed.BOARD_PACE)
    assert len(board_requests(office)) == 1


async def test_a_board_links_to_the_topics_of_its_own_group(office: Office) -> None:
    await set_up(office)
    await office.hears(said())
    await office.wait(owed.BOARD_PACE)
    assert [row.root for row in office.telegram.boards[-1].unassigned] == ["t1"]


async def test_a_group_that_is_not_set_up_has_no_board_and_troubles_nobody(office: Office) -> None:
    await office.hears(said())
    await office.wait(owed.BOARD_PACE)
    assert board_requests(office) == []
    assert await office.parked() == []


async def test_a_crash_around_a_board_may_put_up_two_and_knows_the_second(office: Office) -> None:
    await set_up(office)
    office.telegram.die["board"] = "after"
    await office.hears(said())
    await office.wait(owed.BOARD_PACE)
    await office.after_a_crash()
    await office.does(Claim(mei))
    await office.wait(owed.BOARD_PACE)
    group = await office.house.store.group(TELEGRAM, "east")
    assert group is not None
    assert board_requests(office) == ["board east", "board east", f"board east {group.board}"]


# --- private words ---


async def tells(office: Office, person: PersonId, *, ticket: bool = True) -> None:
    """As an alarm would, or about no ticket at all."""

    async def work(tx: Tx) -> None:
        ledger = Ledger(tx, office.house.clock.now(), office.house.policy)
        if not ticket:
            ledger.tell(person, say("tell.stalled", where="x", reason="y"))
        await ledger.flush()

    await office.house.store.atomic(work)
    if ticket:
        await office.does(Assign(mei, person))
    await office.work()


async def test_a_person_is_told_once_on_each_desk(office: Office) -> None:
    await office.hears(said())
    await tells(office, liu)
    for desk in (office.slack, office.telegram):
        assert [it for it in desk.requests if it.startswith("tell")] == ["tell Liu tell.assigned"]


async def test_who_never_pressed_start_is_pinged_in_the_thread_on_both_desks(office: Office) -> None:
    await office.hears(said())
    office.telegram.refuse["tell"] = SendError("unreachable")
    await tells(office, liu)
    for desk in (office.slack, office.telegram):
        assert [it for it in desk.requests if "unreached" in it] == ["post t1 unreached @Liu"]
    assert await office.parked() == []
    assert len(await office.house.store.notices(liu, 9)) == 1


async def test_what_belongs_to_no_ticket_is_parked(office: Office) -> None:
    office.telegram.refuse["tell"] = SendError("unreachable")
    await tells(office, liu, ticket=False)
    assert await office.parked() == ["tell_person"]
    assert office.slack.requests == ["tell Liu tell.stalled"]


async def test_a_crash_after_words_in_private_may_say_them_twice_and_pings_nobody(office: Office) -> None:
    await office.hears(said())
    office.telegram.die["tell"] = "before"
    await tells(office, liu)
    await office.after_a_crash()
    assert [it for it in office.telegram.requests if it.startswith("tell")] == ["tell Liu tell.assigned"]
    assert not [it for it in office.telegram.requests if "unreached" in it]


# --- answers that others can see ---


async def whispered(office: Office) -> None:
    seen = PostRef(TELEGRAM, "east", "m9")
    now = office.house.clock.now()
    await office.house.store.atomic(lambda tx: tx.enqueue([owed.withdraw(seen)], now))


async def test_an_answer_that_others_can_see_is_taken_away_after_a_minute(office: Office) -> None:
    await whispered(office)
    await office.wait("59s")
    assert office.telegram.requests == []
    await office.wait("1s")
    assert office.telegram.requests == ["withdraw m9"]


async def test_what_cannot_be_taken_away_stays_and_troubles_nobody(office: Office) -> None:
    office.telegram.refuse["withdraw"] = SendError("bad_request")
    await whispered(office)
    await office.wait("5m")
    assert await office.parked() == []


# --- names ---


def nameless(office: Office, name: str | SendError) -> Phone:
    inboxes = {SHOP: replace(office.house.policy.inboxes[SHOP], looks_up_names=True)}
    office.house.policy = replace(office.house.policy, inboxes=inboxes)
    phone = Phone(name=name)
    office.channels = {SHOP: phone}
    return phone


async def test_a_name_is_looked_up_and_the_card_says_it(office: Office) -> None:
    phone = nameless(office, "Anna\nRuiz")
    await office.hears(replace(said(), sender=replace(SENDER, name="")))
    await office.wait("30s")
    assert phone.asked == [SENDER.address]
    assert office.telegram.cards["c2"].contact.name == "Anna Ruiz"
    assert office.slack.cards["t1"].contact.name == "Anna Ruiz"


@pytest.mark.parametrize("name", ["", SendError("bad_request"), SendError("rate_limited", retry=True)])
async def test_a_name_that_cannot_be_had_ends_silently(office: Office, name: str | SendError) -> None:
    phone = nameless(office, name)
    await office.hears(replace(said(), sender=replace(SENDER, name="")))
    for _ in range(15):
        await office.wait("10m")
    assert phone.asked
    assert await office.parked() == []
    assert await office.house.store.notices(mei, 9) == []


# --- a person's words after the window ---


async def replies_after(office: Office, days: float) -> Ladder:
    """A reply that was let go while words could still be sent, and that the outbox takes up later."""
    phone = Phone(replace(Phone().caps, window=timedelta(hours=24), human_window=timedelta(days=7)))
    office.channels = {SHOP: phone}
    inbox = replace(office.house.policy.inboxes[SHOP], human_window=timedelta(days=7))
    office.house.policy = replace(office.house.policy, inboxes={SHOP: inbox})
    await office.hears(said())
    message = (await office.ticket()).last_customer
    await office.house.do(Reply(mei, Draft("We are on it."), message, office.house.clock.now(), force=True))
    await office.wait(f"{round(days * 24 * 60)}m")
    entry = next(entry for entry in await office.house.store.entries(TicketId(1)) if entry.by == mei and entry.message)
    assert entry.message is not None
    found = await office.house.store.message(entry.message)
    assert found is not None
    assert [out.late for out in phone.sent] == ([] if found.ladder is Ladder.FAILED else [days > 1])
    return found.ladder


@pytest.mark.parametrize(
    ("days", "ends"), [(0.01, Ladder.SENT), (1.01, Ladder.SENT), (6.99, Ladder.SENT), (7.01, Ladder.FAILED)]
)
async def test_late_words_say_so_and_too_late_ones_do_not_leave(office: Office, days: float, ends: Ladder) -> None:
    assert await replies_after(office, days) is ends


async def test_the_card_says_until_when_a_person_may_write(office: Office) -> None:
    inbox = replace(office.house.policy.inboxes[SHOP], human_window=timedelta(days=7))
    office.house.policy = replace(office.house.policy, inboxes={SHOP: inbox})
    await office.hears(said())
    heard = (await office.ticket()).last_customer_at
    assert heard is not None
    assert office.slack.cards["t1"].human_until == heard + timedelta(days=7)
    assert office.slack.cards["t1"].window == ("open", heard + timedelta(hours=24))
    await office.wait("25h")
    await office.does(Claim(mei))
    assert office.slack.cards["t1"].window == ("human", heard + timedelta(days=7))


async def test_a_place_that_is_mended_goes_on_at_the_latest_by_itself(office: Office) -> None:
    office.telegram.refuse["open"] = SendError("not_set_up")
    await office.hears(said())
    del office.telegram.refuse["open"]
    await office.house.clock.forward(LONGEST_WAIT)
    await office.work()
    assert "post t1 hi" in office.telegram.requests


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
        posts = [it.removeprefix(f"post {thread.ref.root} ") for it in desk.requests if it.startswith("post")]
        first = [post for post in posts if not post.startswith("again:")]
        shown = " + ".join(post.removeprefix("again: ") for post in posts)
        for number in range(6):
            for words in (f"words {number}", f"note {number}"):
                assert words in shown, (desk.name, words, posts)
                assert sum(words in post for post in first) <= 1, (desk.name, words, posts)
    assert await office.parked() == []


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
