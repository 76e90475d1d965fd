"""Reply clocks on a business calendar: start, pause, resume, stop, count again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import sla
from core.clocks import ClockKind, ClockState
from core.commands import Close, Hold, Move, Recount, SetPending, SetPriority
from core.facts import ClockMoved, ClockPaused, ClockResumed, ClockStarted, ClockStopped
from core.hours import Calendar
from core.messages import Ladder
from core.model import Priority, Status, Ticket
from core.policy import Policy, QueuePolicy
from core.targets import Target
from tests.core.house import (
    FINANCE,
    SUPPORT,
    a_policy,
    a_reply,
    a_ticket,
    asked,
    at,
    clock,
    do,
    facts_of,
    mei,
    minutes,
    moved,
    of_kind,
)

FIRST = ClockKind.FIRST_REPLY
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE = Calendar.parse("Asia/Shanghai", {day: ["09:00-12:00", "13:00-18:00"] for day in WORKDAYS})
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


def office() -> Policy:
    """Support keeps office hours, finance never sleeps; the first reply has three business hours."""
    queues = {
        SUPPORT: QueuePolicy(SUPPORT, "Support", OFFICE),
        FINANCE: QueuePolicy(FINANCE, "Finance", Calendar.always()),
    }
    return a_policy(queues=queues, targets=(Target(timedelta(hours=3), timedelta(hours=1)),))


POLICY = office()
HURRY = a_policy(targets=(Target(minutes(30), minutes(30), priority=Priority.HIGH), Target(minutes(60), minutes(30))))


def started(when: datetime) -> Ticket:
    ticket, facts = sla.start(a_ticket(), FIRST, when, POLICY)
    assert [type(fact) for fact in facts] == [ClockStarted]
    return ticket


def used(ticket: Ticket, now: datetime) -> timedelta:
    return sla.used(ticket, clock(ticket, FIRST), now, POLICY)


def test_the_deadline_lies_in_open_time() -> None:
    friday_evening = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)  # 17:00, one hour before closing
    assert clock(started(friday_evening), FIRST).due_at == datetime(2026, 11, 30, 3, 0, tzinfo=UTC)  # Monday, 11:00


def test_a_deadline_at_closing_time_stays_there() -> None:
    at_three = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)  # Friday, 15:00
    assert clock(started(at_three), FIRST).due_at == datetime(2026, 11, 27, 10, 0, tzinfo=UTC)


WEEK = st.timedeltas(timedelta(), timedelta(days=7))


@given(st.lists(st.tuples(WEEK, WEEK), max_size=5), WEEK)
def test_pauses_at_any_instant_never_change_the_total(
    pauses: list[tuple[timedelta, timedelta]], rest: timedelta
) -> None:
    """However often it is paused: business time while it ran is what it used, and the rest is what it has left."""
    ticket, now, ran = started(MONDAY), MONDAY, timedelta()
    for run, pause in pauses:
        ran += OFFICE.between(now, now + run)
        now += run
        ticket, facts = sla.follow_status(replace(ticket, status=Status.HOLD), now, POLICY)
        assert [type(fact) for fact in facts] == [ClockPaused]
        assert used(ticket, now + pause) == ran
        now += pause
        ticket, facts = sla.follow_status(replace(ticket, status=Status.OPEN), now, POLICY)
        assert [type(fact) for fact in facts] == [ClockResumed]
    due = clock(ticket, FIRST).due_at
    assert due is not None
    assert OFFICE.between(now, due) == max(timedelta(hours=3) - ran, timedelta())
    assert used(ticket, now + rest) == ran + OFFICE.between(now, now + rest)


@given(WEEK, WEEK, WEEK)
def test_a_stop_dated_back_knows_nothing_of_what_came_later(took: timedelta, hold: timedelta, back: timedelta) -> None:
    """The agent answered, then the ticket was held and resumed, then the channel took the answer."""
    answer = MONDAY + took
    ticket, _ = sla.follow_status(replace(started(MONDAY), status=Status.HOLD), answer + hold, POLICY)
    resumed, _ = sla.follow_status(replace(ticket, status=Status.OPEN), answer + hold + back, POLICY)
    for later in (ticket, resumed):
        stopped, facts = sla.stop(later, [FIRST], answer, POLICY)
        assert used(stopped, answer + timedelta(days=30)) == OFFICE.between(MONDAY, answer)
        (fact,) = of_kind(facts, ClockStopped)
        assert fact.late is (OFFICE.between(MONDAY, answer) > timedelta(hours=3))


@given(WEEK)
def test_a_failed_answer_leaves_the_clock_as_if_there_had_been_none(answer: timedelta) -> None:
    ticket = started(MONDAY)
    stopped, _ = sla.stop(ticket, [FIRST], MONDAY + answer, POLICY)
    again, _ = sla.unstop(stopped, MONDAY + answer, POLICY)
    assert clock(again, FIRST).due_at == clock(ticket, FIRST).due_at
    assert clock(again, FIRST).spans == clock(ticket, FIRST).spans


@given(WEEK, WEEK, WEEK)
def test_nor_is_an_answer_that_was_given_on_hold_or_taken_after_it(
    took: timedelta, hold: timedelta, back: timedelta
) -> None:
    held, _ = sla.follow_status(replace(started(MONDAY), status=Status.HOLD), MONDAY + took, POLICY)
    resumed, _ = sla.follow_status(replace(held, status=Status.OPEN), MONDAY + took + hold + back, POLICY)
    answer = MONDAY + took + hold
    for ticket in (held, resumed):
        stopped, _ = sla.stop(ticket, [FIRST], answer, POLICY)
        assert used(stopped, answer) == OFFICE.between(MONDAY, MONDAY + took)
        again, _ = sla.unstop(stopped, answer, POLICY)
        assert clock(again, FIRST).running
        assert used(again, answer + back) == used(stopped, answer) + OFFICE.between(answer, answer + back)


def test_only_the_answer_that_stopped_a_clock_can_bring_it_back() -> None:
    stopped, _ = sla.stop(started(MONDAY), [FIRST], MONDAY + minutes(5), POLICY)
    assert sla.unstop(stopped, MONDAY + minutes(6), POLICY) == (stopped, ())


def test_another_queue_counts_by_its_own_calendar_from_the_clocks_own_start() -> None:
    friday_evening = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    facts = facts_of(started(friday_evening), Move(mei, FINANCE), friday_evening + minutes(1), POLICY)
    assert of_kind(facts, ClockMoved) == [ClockMoved(FIRST, 1, friday_evening + timedelta(hours=3))]


def test_a_deadline_counted_again_keeps_its_pauses() -> None:
    ticket = do(do(asked(), Hold(mei), at(10)), SetPending(mei), at(100))
    assert clock(do(ticket, SetPriority(mei, Priority.HIGH), at(101), HURRY), FIRST).due_at == at(120)


def test_a_paused_clock_takes_the_new_target_when_it_runs_on() -> None:
    ticket = do(do(asked(), Hold(mei), at(10)), SetPriority(mei, Priority.HIGH), at(11), HURRY)
    assert clock(ticket, FIRST).state is ClockState.PAUSED
    assert clock(do(ticket, SetPending(mei), at(100), HURRY), FIRST).due_at == at(120)


def test_counting_again_under_the_same_policy_changes_nothing() -> None:
    assert facts_of(asked(), Recount()) == ()
    assert do(asked(), Recount()) == asked()
    closed = do(asked(), Close(mei))
    assert do(closed, Recount(), policy=POLICY) == closed


def test_a_target_that_left_the_policy_still_holds_for_clocks_that_run() -> None:
    assert do(asked(), Recount(), policy=a_policy(targets=())).deadline == asked().deadline


@pytest.mark.parametrize(("took", "late"), [(60, False), (60.5, True)])
def test_late_is_what_exceeds_the_target(took: float, late: bool) -> None:
    held = do(asked(), a_reply(when=at(took)), at(took))
    facts = facts_of(held, moved(Ladder.SENT, at(took), was=Ladder.HELD), at(took + 5))
    assert of_kind(facts, ClockStopped) == [ClockStopped(FIRST, 1, round(took * 60), late)]
