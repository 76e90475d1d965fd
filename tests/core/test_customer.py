"""What the customer does: writes, writes again, comes back, changes their words."""

from dataclasses import replace

import pytest

from core.clocks import ClockKind, ClockState
from core.commands import Close, Hold, RecordChange, SetPending, Snooze
from core.facts import ClockPaused, ClockStarted, CustomerChanged, CustomerWrote, Opened, ReplyStopped, StatusSet, Woke
from core.ids import MessageId, TicketId
from core.model import Status
from tests.core.house import a_policy, a_reply, a_ticket, answered, asked, at, clock, do, facts_of, mei, of_kind, wrote


def test_the_first_message_opens_the_ticket_and_starts_its_clock() -> None:
    facts = facts_of(a_ticket(previous=TicketId(3)), replace(wrote(), opens=True))
    assert facts == (
        Opened(TicketId(3)),
        CustomerWrote(MessageId(100)),
        ClockStarted(ClockKind.FIRST_REPLY, 1, at(60)),
    )


def test_what_follows_within_the_burst_is_told_apart() -> None:
    follows = [of_kind(facts_of(asked(), wrote(101), at(m)), CustomerWrote)[0].follows for m in (0.03, 1)]
    assert follows == [True, False]


def test_the_burst_is_measured_by_arrival_not_by_the_platforms_time() -> None:
    late = do(asked(), wrote(101, at(1)), at(30))
    assert of_kind(facts_of(late, wrote(102, at(2)), at(30.02)), CustomerWrote)[0].follows


def test_a_second_message_leaves_the_first_clock_alone() -> None:
    again = do(asked(), wrote(101, at(5)), at(5))
    assert clock(again, ClockKind.FIRST_REPLY).due_at == at(60)
    assert again.clock(ClockKind.NEXT_REPLY) is None


def test_after_the_first_answer_each_question_starts_a_next_reply_clock() -> None:
    ticket = do(answered(asked(), at(10)), wrote(101, at(20)), at(20))
    assert clock(ticket, ClockKind.NEXT_REPLY).due_at == at(50)
    ticket = do(answered(ticket, at(25), 201), wrote(102, at(30)), at(30))
    assert (clock(ticket, ClockKind.NEXT_REPLY).cycle, clock(ticket, ClockKind.NEXT_REPLY).due_at) == (2, at(60))


def test_no_target_no_clock() -> None:
    ticket = do(a_ticket(), wrote(), policy=a_policy(targets=()))
    assert [clock.kind for clock in ticket.clocks] == [ClockKind.WINDOW]
    assert ticket.deadline is None


def test_writing_ends_pending_and_sleep() -> None:
    ticket = do(do(answered(asked(), at(1)), SetPending(mei), at(2)), Snooze(mei, at(600)), at(3))
    facts = facts_of(ticket, wrote(101, at(4)), at(4))
    assert of_kind(facts, StatusSet) == [StatusSet(Status.PENDING, Status.OPEN, None)]
    assert of_kind(facts, Woke) == [Woke("customer")]
    after = do(ticket, wrote(101, at(4)), at(4))
    assert after.snoozed_until is None
    assert not clock(after, ClockKind.SNOOZE).running


def test_on_hold_their_new_question_waits_with_the_rest() -> None:
    ticket = do(answered(asked(), at(1)), Hold(mei), at(2))
    facts = facts_of(ticket, wrote(101, at(4)), at(4))
    assert of_kind(facts, ClockPaused) == [ClockPaused(ClockKind.NEXT_REPLY, 1)]
    after = do(ticket, wrote(101, at(4)), at(4))
    assert (after.status, clock(after, ClockKind.NEXT_REPLY).state) == (Status.HOLD, ClockState.PAUSED)


def test_writing_to_a_closed_ticket_brings_it_back_to_its_owner() -> None:
    closed = do(answered(asked(), at(1)), Close(mei, "solved"), at(2))
    after = do(closed, wrote(101, at(60)), at(60))
    assert (after.status, after.assignee, after.closed_at, after.close_code) == (Status.OPEN, mei, None, "")
    assert clock(after, ClockKind.NEXT_REPLY).due_at == at(90)


def test_writing_during_the_hold_stops_the_reply() -> None:
    held = do(asked(), a_reply())
    facts = facts_of(held, wrote(101, at(0.1), stopped=(200,)), at(0.1))
    assert of_kind(facts, ReplyStopped) == [ReplyStopped(MessageId(200))]
    after = do(held, wrote(101, at(0.1), stopped=(200,)), at(0.1))
    assert after.in_flight == frozenset()
    assert clock(after, ClockKind.FIRST_REPLY).next_at == at(45), "its warnings speak again"


def test_a_reply_that_is_leaving_is_not_stopped() -> None:
    after = do(do(asked(), a_reply()), wrote(101, at(0.1)), at(0.1))
    assert after.in_flight == {MessageId(200)}


@pytest.mark.parametrize("what", ["edited", "deleted", "reaction"])
def test_a_change_of_their_words_is_noted_and_moves_nothing(what: str) -> None:
    ticket = asked()
    assert facts_of(ticket, RecordChange(MessageId(100), what)) == (CustomerChanged(MessageId(100), what),)
    assert do(ticket, RecordChange(MessageId(100), what)) == ticket
