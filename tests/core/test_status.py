"""new -> open -> pending / hold -> closed; sleep; live mode."""

import pytest

from core.clocks import ClockKind, ClockState
from core.commands import Claim, Close, Command, Hold, Reopen, SetMode, SetPending, Snooze
from core.errors import Refused
from core.facts import ModeSet, Snoozed, StatusSet, Woke
from core.model import SendMode, Status
from tests.core.house import (
    a_reply,
    a_ticket,
    answered,
    asked,
    at,
    clock,
    do,
    facts_of,
    liu,
    mei,
    of_kind,
    tick,
    wrote,
)


def test_pending_waits_for_the_customer_and_says_by_whom() -> None:
    assert facts_of(asked(), SetPending(mei)) == (StatusSet(Status.NEW, Status.PENDING, mei),)


def test_the_same_status_twice_is_refused() -> None:
    with pytest.raises(Refused, match="already_status"):
        do(do(asked(), SetPending(mei)), SetPending(mei))
    with pytest.raises(Refused, match="already_closed"):
        do(do(asked(), Close(mei)), Close(mei))
    with pytest.raises(Refused, match="not_closed"):
        do(asked(), Reopen(mei))


def test_hold_stops_the_time_and_leaving_it_gives_the_rest_back() -> None:
    held = do(asked(), Hold(mei), at(20))
    assert clock(held, ClockKind.FIRST_REPLY).state is ClockState.PAUSED
    back = do(held, SetPending(mei), at(100))
    assert clock(back, ClockKind.FIRST_REPLY).due_at == at(100 + 40)


def test_closing_ends_everything_that_ran() -> None:
    ticket = do(do(do(asked(), Claim(mei)), SetMode(mei, SendMode.LIVE)), Snooze(mei, at(600)))
    facts = facts_of(ticket, Close(mei, "solved"), at(1))
    assert of_kind(facts, StatusSet) == [StatusSet(Status.NEW, Status.CLOSED, mei, "solved")]
    assert of_kind(facts, ModeSet) == [ModeSet(SendMode.EXPLICIT, None, "closed")]
    closed = do(ticket, Close(mei, "solved"), at(1))
    assert {c.state for c in closed.clocks} == {ClockState.STOPPED}
    assert (closed.snoozed_until, closed.closed_at, closed.close_code) == (None, at(1), "solved")


def test_a_ticket_on_hold_may_be_closed() -> None:
    closed = do(do(asked(), Hold(mei), at(1)), Close(mei), at(2))
    assert {c.state for c in closed.clocks} == {ClockState.STOPPED}


def test_closing_nobodys_ticket_makes_it_yours_and_anothers_needs_a_word_more() -> None:
    assert do(asked(), Close(mei)).assignee == mei
    with pytest.raises(Refused, match="close_not_yours"):
        do(asked(assignee=liu), Close(mei))
    assert do(asked(assignee=liu), Close(mei, take_over=True)).status is Status.CLOSED


def test_reopening_lets_people_go_on() -> None:
    again = do(do(asked(), Close(mei, "solved")), Reopen(liu), at(5))
    assert (again.status, again.closed_at, again.close_code) == (Status.OPEN, None, "")
    assert do(again, a_reply(when=at(6)), at(6)).in_flight


def test_sleep_hides_the_ticket_but_not_the_promise() -> None:
    asleep = do(asked(), Snooze(mei, at(120)))
    assert facts_of(asked(), Snooze(mei, at(120))) == (Snoozed(mei, at(120)),)
    assert clock(asleep, ClockKind.FIRST_REPLY).due_at == at(60)


def test_it_wakes_at_its_time_and_once() -> None:
    asleep = do(answered(asked(), at(1)), Snooze(mei, at(120)), at(2))
    assert tick(asleep, at(119))[1] == ()
    awake, facts = tick(asleep, at(120))
    assert facts == (Woke("time"),)
    assert tick(awake, at(121))[1] == ()


def test_sleeping_longer_replaces_the_alarm() -> None:
    asleep = do(do(answered(asked(), at(1)), Snooze(mei, at(60)), at(2)), Snooze(mei, at(120)), at(3))
    assert tick(asleep, at(60))[1] == ()


def test_live_mode_is_the_owners_alone() -> None:
    with pytest.raises(Refused, match="live_not_yours"):
        do(asked(), SetMode(mei, SendMode.LIVE))
    with pytest.raises(Refused, match="live_not_yours"):
        do(asked(assignee=liu), SetMode(mei, SendMode.LIVE))
    live = do(asked(assignee=mei), SetMode(mei, SendMode.LIVE))
    assert live.mode is SendMode.LIVE
    with pytest.raises(Refused, match="mode_live"):
        do(live, SetMode(mei, SendMode.LIVE))


def test_live_mode_ends_after_thirty_idle_minutes() -> None:
    live = do(answered(asked(assignee=mei), at(1)), SetMode(mei, SendMode.LIVE), at(2))
    assert tick(live, at(31))[0].mode is SendMode.LIVE
    ended, facts = tick(live, at(32))
    assert ended.mode is SendMode.EXPLICIT
    assert facts == (ModeSet(SendMode.EXPLICIT, None, "idle"),)


@pytest.mark.parametrize("command", [SetPending(mei), Hold(mei), Snooze(mei, at(9)), SetMode(mei, SendMode.LIVE)])
def test_a_closed_ticket_rests(command: Command) -> None:
    with pytest.raises(Refused, match="closed"):
        do(do(asked(), Close(mei)), command)


def test_a_ticket_that_was_closed_without_an_answer_begins_a_next_reply_when_they_write_again() -> None:
    again = do(do(asked(), Close(mei), at(5)), wrote(101, at(6)), at(6))
    assert clock(again, ClockKind.NEXT_REPLY).due_at == at(36)
    assert do(a_ticket(), Close(mei)).clocks == ()
