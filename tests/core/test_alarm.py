"""Warnings, breaches, escalation: each step once, the next level when nobody acknowledges."""

from dataclasses import replace

import pytest

from core.chains import Chain, Deed, Hand, Level
from core.clocks import ClockKind
from core.commands import Ack, Close, Draft, Escalate, SetTier, Tick
from core.decide import decide
from core.errors import Refused
from core.facts import Acked, Breached, Escalated, EscalationSpent, Noted, Warned
from core.ids import MessageId
from core.model import Ticket
from core.people import Roster, Tier
from tests.core.house import (
    BOSS,
    EVERYBODY,
    LIU,
    MEI,
    POLICY,
    a_policy,
    answered,
    asked,
    at,
    boss,
    clock,
    do,
    liu,
    mei,
    minutes,
    of_kind,
    root,
    tick,
    wrote,
)

FIRST = ClockKind.FIRST_REPLY
ESC = Escalate(mei, roster=EVERYBODY)


def breached() -> Ticket:
    return tick(asked(assignee=mei), at(60))[0]


def test_the_owner_is_warned_at_75_and_at_90_percent() -> None:
    ticket = asked(assignee=mei)
    assert tick(ticket, at(44.9))[1] == ()
    ticket, facts = tick(ticket, at(45))
    assert facts == (Warned(FIRST, 1, ("75%",), at(60), (mei,)),)
    assert clock(ticket, FIRST).next_at == at(54)
    ticket, facts = tick(ticket, at(54))
    assert facts == (Warned(FIRST, 1, ("90%",), at(60), (mei,)),)
    assert clock(ticket, FIRST).next_at == at(60)


def test_nobodys_ticket_warns_its_queue_and_so_does_one_whose_owner_is_away() -> None:
    assert of_kind(tick(asked(), at(45))[1], Warned)[0].told == (mei, liu, boss)
    away = Roster((replace(MEI, away=True), LIU, BOSS))
    _, facts = decide(asked(assignee=mei), Tick(away), at(45), POLICY)
    assert of_kind(facts, Warned)[0].told == (liu, boss)


def test_the_breach_goes_to_the_supervisors() -> None:
    ticket, facts = tick(tick(asked(assignee=mei), at(54))[0], at(60))
    assert facts == (Breached(FIRST, 1, at(60)), Escalated(1, None, (boss,), FIRST))
    assert (ticket.level, clock(ticket, ClockKind.BREACH).due_at) == (1, at(70))


def test_steps_that_passed_during_an_outage_are_one_message() -> None:
    assert of_kind(tick(asked(assignee=mei), at(56))[1], Warned) == [Warned(FIRST, 1, ("75%", "90%"), at(60), (mei,))]
    late, facts = tick(asked(assignee=mei), at(600))
    assert facts == (Breached(FIRST, 1, at(60)), Escalated(1, None, (boss,), FIRST))
    assert clock(late, FIRST).fired == {"75%", "90%", "100%"}
    assert clock(late, FIRST).next_at is None


def test_no_step_fires_twice_in_a_cycle_even_when_the_deadline_moves_away_and_back() -> None:
    ticket = do(tick(asked(assignee=mei), at(46))[0], SetTier(mei, Tier.VIP), at(46))
    ticket, facts = tick(ticket, at(46))
    assert [type(fact) for fact in facts] == [Breached, Escalated]
    ticket = do(ticket, SetTier(mei, Tier.STANDARD), at(47))
    assert of_kind(tick(ticket, at(61))[1], Breached) == []


def test_the_next_level_follows_when_nobody_acknowledged() -> None:
    ticket, facts = tick(breached(), at(70))
    assert facts == (Escalated(2, None, (root,), ClockKind.BREACH),)
    assert clock(ticket, ClockKind.BREACH).due_at == at(90)


def test_no_level_left_is_said_once() -> None:
    ticket = tick(breached(), at(70))[0]
    ticket, facts = tick(ticket, at(90))
    assert facts == (EscalationSpent((boss, root)),)
    assert tick(ticket, at(1000))[1] == ()


def test_a_house_without_levels_says_so_at_the_breach() -> None:
    assert of_kind(tick(asked(), at(60), a_policy(levels=()))[1], EscalationSpent) == [EscalationSpent((boss,))]


def test_acknowledging_ends_the_chain_and_is_done_once() -> None:
    acked, facts = decide(breached(), Ack(boss), at(65), POLICY)
    assert facts == (Acked(boss, 1),)
    assert tick(acked, at(1000))[1] == ()
    with pytest.raises(Refused, match="already_acked"):
        do(acked, Ack(mei))
    with pytest.raises(Refused, match="nothing_to_ack"):
        do(asked(), Ack(mei))


def test_an_answer_ends_what_the_breach_began() -> None:
    ticket = answered(breached(), at(65))
    assert tick(ticket, at(1000))[1] == ()


def test_after_an_answer_the_next_breach_begins_with_the_supervisors_again() -> None:
    second = tick(breached(), at(70))[0]
    for left in (second, do(second, Ack(root), at(71)), tick(second, at(1000))[0], do(breached(), Ack(boss), at(65))):
        ticket = answered(left, at(1001))
        assert (ticket.level, ticket.acked_by) == (0, None)


def test_what_a_person_escalated_goes_on_until_somebody_acknowledges() -> None:
    ticket, facts = decide(asked(assignee=mei), ESC, at(1), POLICY)
    assert facts == (Escalated(1, mei, (boss,)),)
    ticket = answered(ticket, at(2))
    assert tick(ticket, at(11))[1] == (Escalated(2, None, (root,), ClockKind.ESCALATION),)


def test_a_breach_does_not_turn_a_persons_escalation_into_its_own() -> None:
    ticket = do(asked(assignee=mei), ESC, at(55))
    ticket = tick(ticket, at(60))[0]
    ticket = answered(ticket, at(62))
    assert of_kind(tick(ticket, at(70))[1], Escalated), "nobody has acknowledged what Mei asked for"


def test_a_persons_escalation_takes_the_place_of_the_breach() -> None:
    ticket = do(breached(), ESC, at(61))
    assert (ticket.level, of_running(ticket)) == (2, [ClockKind.ESCALATION])


def of_running(ticket: Ticket) -> list[ClockKind]:
    return [clock.kind for clock in ticket.clocks if clock.running and not clock.kind.is_reply]


def test_a_breach_and_an_escalation_due_together_raise_one_level() -> None:
    """After an outage both are due; the second must not count what the first has just begun."""
    for wait in (5, 10):
        ticket = do(asked(assignee=mei), ESC, at(60 - wait))
        ticket, facts = tick(ticket, at(90))
        assert len(of_kind(facts, Escalated)) == 1
        assert ticket.level == 1
        assert of_running(ticket) == [ClockKind.ESCALATION]


def test_a_person_escalates_one_level_at_a_time_with_a_reason() -> None:
    ticket = do(asked(), ESC)
    words = Escalate(liu, Draft("lawyer"), MessageId(300), roster=EVERYBODY)
    ticket, facts = decide(ticket, words, at(1), POLICY)
    assert facts == (Noted(MessageId(300), liu), Escalated(2, liu, (root,)))
    with pytest.raises(Refused, match="highest_level"):
        do(ticket, ESC)
    with pytest.raises(Refused, match="no_levels"):
        do(asked(), ESC, policy=a_policy(levels=()))
    with pytest.raises(Refused, match="closed"):
        do(do(asked(), Close(mei)), ESC)


def test_the_highest_level_can_be_called_again_once_it_has_acknowledged() -> None:
    ticket = do(do(do(asked(), ESC), ESC, at(1)), Ack(boss), at(2))
    again, facts = decide(ticket, ESC, at(30), POLICY)
    assert facts == (Escalated(2, mei, (root,)),)
    assert again.acked_by is None


def test_a_level_that_names_nobody_present_still_tells_somebody() -> None:
    policy = a_policy(levels=(Level(("gone@example.com",), minutes(10)),))
    assert of_kind(decide(asked(), ESC, at(1), policy)[1], Escalated)[0].told == (boss,)


def test_a_person_may_be_named_by_mail_and_is_told_once() -> None:
    policy = a_policy(levels=(Level(("liu@example.com", "queue", "supervisors", "admins"), minutes(10)),))
    assert of_kind(decide(asked(), ESC, at(1), policy)[1], Escalated)[0].told == (liu, mei, boss, root)


def test_the_clock_starts_over_with_the_next_question() -> None:
    ticket = do(answered(breached(), at(65)), wrote(101, at(100)), at(100))
    assert of_kind(tick(ticket, at(122.5))[1], Warned) == [Warned(ClockKind.NEXT_REPLY, 1, ("75%",), at(130), (mei,))]
