"""Replies, from the agent's words to what became of them: the rules that protect the customer."""

from dataclasses import replace

import pytest

from core.clocks import ClockKind, ClockState
from core.commands import Claim, Close, Draft, Hold, RecordEcho, ReleaseReply, ReplaceReply, SetMode, UndoReply
from core.errors import Confirm, Refused
from core.facts import (
    AnsweredElsewhere,
    Claimed,
    DeliveryMoved,
    Opened,
    ReplyChanged,
    ReplyHeld,
    ReplyReleased,
    ReplyUndone,
)  # fmt: skip
from core.ids import MessageId
from core.messages import Ladder
from core.model import SendMode, Status
from tests.core.house import (
    NOON,
    POLICY,
    a_policy,
    a_reply,
    a_ticket,
    asked,
    at,
    clock,
    do,
    facts_of,
    liu,
    mei,
    minutes,
    moved,
    of_kind,
    tick,
    wrote,
)  # fmt: skip

R = MessageId(200)


def test_a_reply_is_held_for_the_undo_time() -> None:
    facts = facts_of(asked(assignee=mei), a_reply(), at(1))
    assert facts == (ReplyHeld(R, mei, until=at(1) + POLICY.undo),)


def test_replying_to_nobodys_ticket_claims_it() -> None:
    assert of_kind(facts_of(asked(), a_reply()), Claimed) == [Claimed(mei)]
    assert do(asked(), a_reply()).assignee == mei


def test_nothing_is_sent_that_has_nothing_in_it() -> None:
    with pytest.raises(Refused, match="reply_empty"):
        do(asked(), replace(a_reply(), draft=Draft(" \n")))


def test_a_closed_ticket_a_blocked_contact_and_a_lost_inbox_get_no_reply() -> None:
    with pytest.raises(Refused, match="reply_closed"):
        do(do(asked(), Close(mei)), a_reply())
    with pytest.raises(Refused, match="reply_blocked"):
        do(asked(), a_reply(blocked=True, force=True))
    with pytest.raises(Refused, match="inbox_gone"):
        do(asked(), a_reply(), policy=a_policy(inboxes={}))


def test_the_window_closes_to_the_second() -> None:
    last_moment = at(24 * 60)
    with pytest.raises(Refused, match="window_closed"):
        do(asked(), a_reply(force=True), last_moment)
    assert do(asked(), a_reply(), at(24 * 60 - 0.1)).in_flight == {R}
    with pytest.raises(Refused, match="window_closed"):
        do(a_ticket(), a_reply(seen=None))


def test_asks_first_when_the_ticket_is_anothers() -> None:
    with pytest.raises(Confirm, match="not_yours"):
        do(asked(assignee=liu), a_reply(mei))
    forced = do(asked(assignee=liu), a_reply(mei, force=True))
    assert forced.assignee == liu


def test_asks_first_when_the_customer_wrote_something_unseen() -> None:
    ticket = do(asked(), wrote(101, at(1)), at(1))
    with pytest.raises(Confirm, match="unseen_message"):
        do(ticket, a_reply(seen=100, when=at(2)), at(2))
    assert do(ticket, a_reply(seen=101, when=at(2)), at(2)).in_flight == {R}


def test_an_old_message_that_arrives_late_is_unseen_too() -> None:
    ticket = do(asked(at(5)), wrote(101, at(1)), at(6))
    assert ticket.last_customer_at == at(5), "the window counts from what they wrote last"
    with pytest.raises(Confirm, match="unseen_message"):
        do(ticket, a_reply(seen=100, when=at(7)), at(7))


def test_asks_first_when_a_colleague_answered_meanwhile() -> None:
    ticket = do(asked(), a_reply(liu, 201, force=True), at(2))
    ticket = replace(ticket, assignee=None)
    with pytest.raises(Confirm, match="answered_meanwhile"):
        do(ticket, a_reply(mei, when=at(1)), at(3))
    assert do(ticket, a_reply(mei, when=at(2.5)), at(3)).in_flight == {R, MessageId(201)}


def test_what_was_typed_live_is_sent_only_while_it_is_live() -> None:
    ticket = do(asked(assignee=mei), SetMode(mei, SendMode.LIVE))
    assert do(ticket, a_reply(live=True)).in_flight == {R}
    with pytest.raises(Refused, match="live_over"):
        do(do(ticket, SetMode(mei, SendMode.EXPLICIT)), a_reply(live=True, force=True))
    with pytest.raises(Refused, match="live_over"):
        do(ticket, a_reply(liu, live=True, force=True))


def test_undo_and_edit_work_until_something_has_left() -> None:
    held = do(asked(), a_reply())
    assert facts_of(held, UndoReply(mei, R, withdrawn=True)) == (ReplyUndone(R, mei),)
    assert do(held, UndoReply(mei, R, withdrawn=True)).in_flight == frozenset()
    assert facts_of(held, ReplaceReply(mei, R, "better", withdrawn=True), at(1)) == (
        ReplyChanged(R, mei, at(1) + POLICY.undo),
    )
    with pytest.raises(Refused, match="too_late_to_undo"):
        do(held, UndoReply(mei, R))
    with pytest.raises(Refused, match="too_late_to_change"):
        do(held, ReplaceReply(mei, R, "better"))


@pytest.mark.parametrize("state", [Ladder.ASKED, Ladder.FAILED, Ladder.UNCERTAIN])
def test_a_stopped_or_failed_reply_goes_out_when_somebody_says_so(state: Ladder) -> None:
    after = do(asked(), ReleaseReply(liu, R, state))
    assert after.in_flight == {R}
    assert facts_of(asked(), ReleaseReply(liu, R, state)) == (ReplyReleased(R, liu),)
    with pytest.raises(Refused, match="reply_blocked"):
        do(asked(), ReleaseReply(liu, R, state, blocked=True))


@pytest.mark.parametrize("state", [Ladder.HELD, Ladder.QUEUED, Ladder.SENT, Ladder.READ, Ladder.UNDONE])
def test_what_has_left_or_was_undone_is_never_sent_again(state: Ladder) -> None:
    with pytest.raises(Refused, match="nothing_to_send_again"):
        do(asked(), ReleaseReply(mei, R, state))


def test_the_answer_opens_a_new_ticket_once_the_channel_took_it() -> None:
    held = do(asked(), a_reply())
    assert held.status is Status.NEW
    assert do(held, moved(Ladder.SENT)).status is Status.OPEN


def test_the_clock_stops_as_of_the_agents_command() -> None:
    held = do(asked(), a_reply(when=at(50)), at(50))
    sent = do(held, moved(Ladder.SENT, at(50)), at(95))
    stopped = clock(sent, ClockKind.FIRST_REPLY)
    assert stopped.state is ClockState.STOPPED
    assert stopped.spans[-1].end == at(50), "an outage of the channel is not the agent's delay"


def test_the_command_counts_even_when_the_ticket_was_put_on_hold_after_it() -> None:
    held = do(do(asked(), a_reply(when=at(50)), at(50)), Hold(mei), at(55))
    sent = do(held, moved(Ladder.SENT, at(50)), at(90))
    assert clock(sent, ClockKind.FIRST_REPLY).spans[-1].end == at(50)


def test_what_the_customer_wrote_after_the_command_still_waits() -> None:
    ticket = do(asked(), a_reply(when=at(10)), at(10))
    ticket = do(ticket, wrote(101, at(11)), at(11))
    assert ticket.clock(ClockKind.NEXT_REPLY) is None, "the first reply still counts"
    ticket = do(ticket, moved(Ladder.SENT, at(10)), at(12))
    assert clock(ticket, ClockKind.FIRST_REPLY).state is ClockState.STOPPED
    assert clock(ticket, ClockKind.NEXT_REPLY).due_at == at(11 + 30)


def test_a_second_answer_given_before_their_words_does_not_stop_their_clock() -> None:
    ticket = do(asked(), a_reply(n=200, when=at(10)), at(10))
    ticket = do(ticket, a_reply(n=201, when=at(10.1)), at(10.1))
    ticket = do(ticket, wrote(101, at(11)), at(11))
    ticket = do(ticket, moved(Ladder.SENT, at(10), 200), at(12))
    ticket = do(ticket, moved(Ladder.SENT, at(10.1), 201), at(12.1))
    assert (clock(ticket, ClockKind.NEXT_REPLY).cycle, clock(ticket, ClockKind.NEXT_REPLY).due_at) == (1, at(41))


def test_a_reply_on_its_way_silences_warnings_and_a_failure_lets_them_speak() -> None:
    held = do(asked(), a_reply(when=at(44)), at(44))
    assert clock(held, ClockKind.FIRST_REPLY).next_at is None
    assert tick(held, at(46))[1] == ()
    failed = do(held, moved(Ladder.FAILED, at(44), was=Ladder.QUEUED), at(47))
    assert clock(failed, ClockKind.FIRST_REPLY).next_at == at(45), "what passed meanwhile fires at once"


def test_undone_leaves_the_clock_as_it_was() -> None:
    held = do(asked(), a_reply(when=at(1)), at(1))
    assert do(held, UndoReply(mei, R, withdrawn=True), at(2)).clocks == asked().clocks


def test_a_failure_reported_afterwards_lets_the_clock_run_on() -> None:
    """WhatsApp takes nearly everything and says later what it could not deliver."""
    sent = do(do(asked(), a_reply(when=at(10)), at(10)), moved(Ladder.SENT, at(10)), at(11))
    failed = do(sent, moved(Ladder.FAILED, at(10), code="undeliverable", was=Ladder.SENT), at(12))
    again = clock(failed, ClockKind.FIRST_REPLY)
    assert (again.state, again.due_at, again.cycle) == (ClockState.RUNNING, at(60), 2)
    retried = do(failed, moved(Ladder.DELIVERED, at(10), was=Ladder.FAILED), at(13))
    assert clock(retried, ClockKind.FIRST_REPLY).state is ClockState.STOPPED


def test_a_failed_follow_up_does_not_bring_an_old_clock_back() -> None:
    ticket = do(do(asked(), a_reply(when=at(10)), at(10)), moved(Ladder.SENT, at(10)), at(11))
    ticket = do(ticket, a_reply(n=201, when=at(100)), at(100))
    ticket = do(ticket, moved(Ladder.SENT, at(100), 201), at(101))
    ticket = do(ticket, moved(Ladder.FAILED, at(100), 201, was=Ladder.SENT), at(102))
    assert ticket.deadline is None


def test_a_failure_after_closing_starts_nothing() -> None:
    closed = do(do(do(asked(), a_reply()), moved(Ladder.SENT)), Close(mei), at(1))
    after = do(closed, moved(Ladder.FAILED, was=Ladder.SENT), at(2))
    assert not any(c.running for c in after.clocks)
    assert facts_of(closed, moved(Ladder.FAILED, was=Ladder.SENT)) == (DeliveryMoved(R, Ladder.FAILED),)


def test_a_reply_given_and_closed_at_once_still_arrives() -> None:
    closed = do(do(asked(), a_reply()), Close(mei))
    after = do(closed, moved(Ladder.SENT), at(1))
    assert (after.status, after.in_flight) == (Status.CLOSED, frozenset())


def test_a_colleagues_answer_in_the_channels_own_app_counts() -> None:
    after = do(asked(), RecordEcho(R, at(5)), at(6))
    assert (after.status, after.last_reply_at, after.last_reply_by) == (Status.OPEN, at(5), None)
    assert clock(after, ClockKind.FIRST_REPLY).state is ClockState.STOPPED


def test_an_echo_from_before_the_customer_wrote_answers_nothing() -> None:
    after = do(asked(at(10)), RecordEcho(R, at(5)), at(11))
    assert clock(after, ClockKind.FIRST_REPLY).due_at == at(70)
    assert after.clock(ClockKind.NEXT_REPLY) is None


def test_a_colleague_may_begin_the_conversation() -> None:
    facts = facts_of(a_ticket(), RecordEcho(R, NOON, opens=True))
    assert facts[:2] == (Opened(), AnsweredElsewhere(R))


def test_live_mode_lasts_as_long_as_it_is_used() -> None:
    ticket = do(do(asked(), Claim(mei)), SetMode(mei, SendMode.LIVE))
    used = do(ticket, a_reply(live=True, when=at(20)), at(20))
    assert clock(used, ClockKind.LIVE).due_at == at(20) + minutes(30)
