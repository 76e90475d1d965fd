"""Two desks at once, several places a queue, boards, and desks where every write is dear: what a ticket owes them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core import facts as f
from core import owed
from core.clocks import ClockKind
from core.effects import Effect, Tell
from core.hours import Calendar
from core.ids import DeskName, MessageId, TicketId
from core.jobs import CloseThread, EditBoard, EditCard, Owed, SyncThread, Urgency
from core.messages import Ladder
from core.model import Status
from core.policy import Policy, QueuePolicy
from core.react import react
from tests.core.house import FINANCE, SLACK, SUPPORT, a_policy, a_ticket, at, boss, liu, mei

TELEGRAM = DeskName("telegram")
SETTLE = timedelta(seconds=20)
M = MessageId(200)
OURS = a_ticket(assignee=mei)
CLAIMED, NOTED, WROTE = f.Claimed(mei), f.Noted(M, mei), f.CustomerWrote(M)


def both_desks(*groups: str, **changes: object) -> Policy:
    """Support is on Slack and on Telegram, finance on Telegram alone; writes are dear on Telegram, which has boards."""
    queues = {
        SUPPORT: QueuePolicy(
            SUPPORT, "Support", Calendar.always(), {SLACK: ("C1",), TELEGRAM: groups or ("east", "west")}
        ),
        FINANCE: QueuePolicy(FINANCE, "Finance", Calendar.always(), {TELEGRAM: ("money",)}),
    }
    return a_policy(queues=queues, boards=frozenset({TELEGRAM}), settle={TELEGRAM: SETTLE}, **changes)


POLICY = both_desks()


def after(*facts: f.Fact, policy: Policy = POLICY, queue: str = SUPPORT) -> tuple[Effect, ...]:
    return react(replace(OURS, queue=queue), facts, policy)  # type: ignore[arg-type]


def jobs(effects: tuple[Effect, ...], kind: type[object], desk: DeskName | None = None) -> list[Owed]:
    found = [effect for effect in effects if isinstance(effect, Owed) and isinstance(effect.work, kind)]
    return [job for job in found if desk is None or job.work.desk == desk]  # type: ignore[union-attr]


def boards(effects: tuple[Effect, ...]) -> list[tuple[str, str]]:
    return [(job.work.queue, job.work.place) for job in jobs(effects, EditBoard) if isinstance(job.work, EditBoard)]


# --- places ---


def test_a_ticket_stands_in_one_of_the_places_and_always_in_the_same() -> None:
    queue = POLICY.queue(SUPPORT)
    tickets = [TicketId(number) for number in range(1, 9)]
    places = [queue.place(TELEGRAM, ticket) for ticket in tickets]
    assert places == [queue.place(TELEGRAM, ticket) for ticket in tickets]
    assert places.count("east") == places.count("west") == 4
    for ticket, place in zip(tickets, places, strict=True):
        assert queue.stands(ticket) == {SLACK: "C1", TELEGRAM: place}


def test_a_queue_is_not_where_it_has_no_place() -> None:
    assert POLICY.queue(FINANCE).place(SLACK, OURS.id) is None
    assert set(POLICY.queue(FINANCE).stands(OURS.id)) == {TELEGRAM}
    assert replace(POLICY.queue(FINANCE), places={TELEGRAM: ()}).stands(OURS.id) == {}
    assert POLICY.desks == (SLACK, TELEGRAM)


def test_a_queue_that_left_the_configuration_is_on_no_desk() -> None:
    assert a_policy(queues={}).queue(SUPPORT).stands(OURS.id) == {}


# --- two desks at once ---


def test_each_desk_is_brought_up_to_date_once_in_its_own_lane() -> None:
    effects = after(WROTE, f.StatusSet(Status.PENDING, Status.OPEN, None), NOTED)
    for kind in (SyncThread, EditCard):
        assert sorted(job.lane for job in jobs(effects, kind)) == ["thread:slack:12", "thread:telegram:12"]
        assert sorted(job.bucket for job in jobs(effects, kind)) == ["slack:C1", "telegram:east"]


def test_what_a_person_is_told_is_told_once_and_each_desk_brings_it() -> None:
    assert [effect.person for effect in after(f.Assigned(mei, liu)) if isinstance(effect, Tell)] == [liu]
    keys = {owed.tell_person(liu, 7, desk, OURS.id).key for desk in POLICY.desks}
    assert keys == {"notice:slack:7", "notice:telegram:7"}


def test_a_queue_on_one_desk_leaves_the_other_with_a_pointer() -> None:
    effects = after(f.Moved(mei, SUPPORT, FINANCE), queue=FINANCE)
    left = {job.work for job in jobs(effects, CloseThread)}
    assert left == {CloseThread(OURS.id, SLACK, "C1"), CloseThread(OURS.id, TELEGRAM, "east")}
    assert [job.bucket for job in jobs(effects, SyncThread)] == ["telegram:money"]


def test_a_place_that_both_queues_have_is_not_left() -> None:
    """Though by their numbers the new queue would have opened it elsewhere."""
    shared = both_desks("east", "west")
    finance = replace(shared.queue(FINANCE), places={TELEGRAM: ("west", "east"), SLACK: ("C1",)})
    policy = replace(shared, queues={**shared.queues, FINANCE: finance})
    assert finance.place(TELEGRAM, OURS.id) != shared.queue(SUPPORT).place(TELEGRAM, OURS.id)
    assert jobs(after(f.Moved(mei, SUPPORT, FINANCE), policy=policy, queue=FINANCE), CloseThread) == []


def test_a_ticket_from_another_queue_comes_at_once() -> None:
    """Everything in it is new there, though the line that says so pings nobody."""
    [sync] = jobs(after(f.Moved(mei, SUPPORT, FINANCE), queue=FINANCE), SyncThread)
    assert (sync.urgency, sync.delay) == (Urgency.THREAD, timedelta())


# --- dear writes ---


@pytest.mark.parametrize(
    ("fact", "urgency", "settles"),
    [
        (CLAIMED, Urgency.COSMETIC, True),
        (WROTE, Urgency.THREAD, False),
        (NOTED, Urgency.THREAD, False),
        (f.ReplyHeld(M, mei, at(1)), Urgency.THREAD, False),
        (f.Warned(ClockKind.FIRST_REPLY, 1, ("75%",), at(60), (mei,)), Urgency.PING, False),
        (f.Unreached(mei, TELEGRAM), Urgency.PING, False),
        (f.DeliveryMoved(M, Ladder.FAILED, "undeliverable"), Urgency.PING, False),
        (f.LeftUnseen(), Urgency.COSMETIC, True),
        (f.Escalated(1, boss, (boss,)), Urgency.THREAD, False),  # there is something to press
    ],
)
def test_only_lines_that_ping_nobody_wait_for_more(fact: f.Fact, urgency: Urgency, settles: bool) -> None:
    for desk in POLICY.desks:
        [sync] = jobs(after(fact), SyncThread, desk)
        assert (sync.urgency, sync.hurries) == (urgency, True)
        assert sync.delay == (SETTLE if settles and desk == TELEGRAM else timedelta())


def test_card_edits_settle_where_writes_are_dear() -> None:
    assert {job.lane: job.delay for job in jobs(after(CLAIMED), EditCard)} == {
        "thread:slack:12": timedelta(),
        "thread:telegram:12": SETTLE,
    }


def test_a_customers_message_edits_a_dear_card_only_with_what_it_starts() -> None:
    assert [job.work for job in jobs(after(WROTE), EditCard)] == [EditCard(OURS.id, SLACK)]
    started = after(WROTE, f.ClockStarted(ClockKind.NEXT_REPLY, 1, at(30)))
    assert len(jobs(started, EditCard)) == 2


@pytest.mark.parametrize("fact", [NOTED, f.LeftUnseen(), f.Unreached(mei, TELEGRAM), f.DeliveryMoved(M, Ladder.READ)])
def test_what_the_card_does_not_show_edits_no_card(fact: f.Fact) -> None:
    assert jobs(after(fact), EditCard) == []


def test_an_e_mail_address_is_on_the_card() -> None:
    assert len(jobs(after(f.DetailsGiven()), EditCard)) == 2


# --- boards ---


@pytest.mark.parametrize(
    "fact",
    [
        f.Opened(),
        CLAIMED,
        f.Released(mei),
        f.Assigned(mei, liu),
        f.StatusSet(Status.OPEN, Status.CLOSED, mei),
        f.Breached(ClockKind.FIRST_REPLY, 1, at(60)),
    ],
)
def test_what_is_seen_on_the_board_edits_it_in_all_places_of_the_queue(fact: f.Fact) -> None:
    assert boards(after(fact)) == [(SUPPORT, "east"), (SUPPORT, "west")]


@pytest.mark.parametrize("fact", [WROTE, NOTED, f.Acked(boss, 1), f.DeliveryMoved(M, Ladder.SENT)])
def test_nothing_else_does(fact: f.Fact) -> None:
    assert boards(after(fact)) == []


def test_a_ticket_that_moves_leaves_one_board_for_another() -> None:
    found = boards(after(f.Moved(mei, SUPPORT, FINANCE), queue=FINANCE))
    assert sorted(found) == [(FINANCE, "money"), (SUPPORT, "east"), (SUPPORT, "west")]


def test_a_desk_without_boards_is_owed_none() -> None:
    assert boards(after(CLAIMED, policy=replace(POLICY, boards=frozenset()))) == []
    assert boards(after(CLAIMED, policy=replace(POLICY, boards=frozenset({SLACK})))) == [(SUPPORT, "C1")]


def test_a_board_is_paced_and_waits_once() -> None:
    first, second = (owed.edit_board(SUPPORT, TELEGRAM, "east") for _ in range(2))
    assert first.key == second.key
    assert (first.delay, first.urgency, first.bucket) == (owed.BOARD_PACE, Urgency.COSMETIC, "telegram:east")
