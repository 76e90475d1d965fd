"""Warnings, breaches, escalation: each step once, the next level when nobody acknowledges."""

from dataclasses import replace
from datetime import datetime

import pytest

from core.chains import Deed, EarlyWarning, Hand, Level
from core.clocks import ClockKind
from core.commands import Ack, Close, Draft, Escalate, ReceiveMessage, SetTags, SetTier, Tick, Trigger
from core.decide import decide
from core.errors import Refused
from core.facts import (
    Acked,
    Breached,
    ClockMoved,
    Escalated,
    EscalationSpent,
    HandedOn,
    Moved,
    Noted,
    PrioritySet,
    Reminded,
    Triggered,
    Warned,
    WindowClosed,
)
from core.hours import DAYS, Calendar
from core.ids import MessageId
from core.model import Priority, Ticket
from core.people import Roster, Tier
from core.quiet import Quiet
from core.rules.alarm import CHAINS
from core.targets import Target, Whose
from core.triggers import TriggerRule, Triggers
from tests.core.house import (
    BOSS,
    EVERYBODY,
    FINANCE,
    LIU,
    MEI,
    NOON,
    POLICY,
    SUPPORT,
    a_policy,
    a_ticket,
    answered,
    asked,
    at,
    boss,
    clock,
    do,
    facts_of,
    liu,
    mei,
    minutes,
    of_kind,
    root,
    tick,
    with_chain,
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
    assert of_kind(tick(asked(), at(60), with_chain(levels=()))[1], EscalationSpent) == [EscalationSpent((boss,))]


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
    return [clock.kind for clock in ticket.clocks if clock.running and clock.kind in CHAINS]


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
        do(asked(), ESC, policy=with_chain(levels=()))
    with pytest.raises(Refused, match="closed"):
        do(do(asked(), Close(mei)), ESC)


def test_the_highest_level_can_be_called_again_once_it_has_acknowledged() -> None:
    ticket = do(do(do(asked(), ESC), ESC, at(1)), Ack(boss), at(2))
    again, facts = decide(ticket, ESC, at(30), POLICY)
    assert facts == (Escalated(2, mei, (root,)),)
    assert again.acked_by is None


def test_a_level_that_names_nobody_present_still_tells_somebody() -> None:
    policy = with_chain(levels=(Level(("gone@example.com",), minutes(10)),))
    assert of_kind(decide(asked(), ESC, at(1), policy)[1], Escalated)[0].told == (boss,)


def test_a_person_may_be_named_by_mail_and_is_told_once() -> None:
    policy = with_chain(levels=(Level(("liu@example.com", "queue", "supervisors", "admins"), minutes(10)),))
    assert of_kind(decide(asked(), ESC, at(1), policy)[1], Escalated)[0].told == (liu, mei, boss, root)


def test_the_clock_starts_over_with_the_next_question() -> None:
    ticket = do(answered(breached(), at(65)), wrote(101, at(100)), at(100))
    assert of_kind(tick(ticket, at(122.5))[1], Warned) == [Warned(ClockKind.NEXT_REPLY, 1, ("75%",), at(130), (mei,))]


# What a step changes


def test_a_step_changes_the_ticket_before_anybody_is_told() -> None:
    deed = Deed(Priority.URGENT, queue=FINANCE)
    ticket, facts = tick(asked(assignee=mei), at(45), with_chain(warnings=(EarlyWarning(0.75, ("queue",), deed),)))
    assert [type(fact) for fact in facts] == [PrioritySet, Moved, Warned]
    assert (ticket.priority, ticket.queue, ticket.assignee) == (Priority.URGENT, FINANCE, None)
    assert of_kind(facts, Moved) == [Moved(None, SUPPORT, FINANCE)]
    assert of_kind(facts, Warned)[0].told == (boss,), "who has it now: finance"


def test_what_a_step_changes_moves_deadlines_as_a_persons_change_would() -> None:
    hurry = (Target(minutes(50), minutes(10), priority=Priority.URGENT), *POLICY.targets)
    deed = Deed(Priority.URGENT)
    policy = replace(with_chain(warnings=(EarlyWarning(0.75, ("assignee",), deed),)), targets=hurry)
    ticket, facts = tick(asked(assignee=mei), at(45), policy)
    assert ClockMoved(FIRST, 1, at(50)) in facts
    assert clock(ticket, FIRST).next_at == at(50)


def test_a_priority_is_never_lowered_and_a_queue_never_left_for_itself() -> None:
    deed = Deed(Priority.HIGH, queue=SUPPORT)
    policy = with_chain(warnings=(EarlyWarning(0.75, ("assignee",), deed),))
    facts = tick(asked(assignee=mei, priority=Priority.URGENT), at(45), policy)[1]
    assert [type(fact) for fact in facts] == [Warned]


def test_a_level_takes_the_ticket_from_an_owner_who_does_nothing() -> None:
    policy = with_chain(levels=(Level(("assignee",), minutes(10), Deed(assign=Hand.BACKUP)),))
    roster = Roster((replace(MEI, substitute=liu), LIU, BOSS))
    ticket, facts = decide(asked(assignee=mei), Tick(roster), at(60), policy)
    assert of_kind(facts, HandedOn) == [HandedOn(mei, liu, "escalated")]
    assert (ticket.assignee, of_kind(facts, Escalated)[0].told) == (liu, (liu,))
    alone, _ = decide(asked(assignee=mei), Tick(EVERYBODY), at(60), policy)
    assert alone.assignee is None, "without a substitute it is its queue's"


def test_steps_that_passed_during_an_outage_still_change_what_they_change() -> None:
    early, late = EarlyWarning(0.5, ("assignee",), Deed(Priority.HIGH)), EarlyWarning(0.9, ("admins",))
    ticket, facts = tick(asked(assignee=mei), at(55), with_chain(warnings=(early, late)))
    assert ticket.priority is Priority.HIGH
    assert of_kind(facts, Warned) == [Warned(FIRST, 1, ("50%", "90%"), at(60), (root,))]
    ticket, facts = tick(asked(assignee=mei), at(600), with_chain(warnings=(early, late)))
    assert (ticket.priority, of_kind(facts, Warned)) == (Priority.HIGH, [])


def test_at_a_breach_an_owner_on_a_beach_loses_the_ticket() -> None:
    roster = Roster((replace(MEI, away=True, substitute=liu), LIU, BOSS))
    ticket, facts = decide(asked(assignee=mei), Tick(roster), at(60), POLICY)
    assert of_kind(facts, HandedOn) == [HandedOn(mei, liu, "breach")]
    assert ticket.assignee == liu


# Until somebody acknowledges


AGAIN = with_chain(levels=(Level(("supervisors",), minutes(35), again=minutes(10)), Level(("admins",), minutes(20))))


def test_the_same_level_is_told_again_until_the_next_one_is() -> None:
    ticket, _ = tick(asked(assignee=mei), at(60), AGAIN)
    for nth in (1, 2, 3):
        ticket, facts = tick(ticket, at(60 + 10 * nth), AGAIN)
        assert facts == (Reminded(1, (boss,)),)
        assert tick(ticket, at(60 + 10 * nth), AGAIN)[1] == ()
    assert of_kind(tick(ticket, at(95), AGAIN)[1], Escalated) == [Escalated(2, None, (root,), ClockKind.BREACH)]


def test_told_again_once_after_an_outage_and_never_after_an_ack() -> None:
    ticket, _ = tick(asked(assignee=mei), at(60), AGAIN)
    late, facts = tick(ticket, at(88), AGAIN)
    assert facts == (Reminded(1, (boss,)),)
    assert clock(late, ClockKind.BREACH).next_at == at(95)
    assert tick(do(ticket, Ack(boss), at(61)), at(1000), AGAIN)[1] == ()


def test_the_last_level_is_told_again_six_times_and_then_it_is_said_that_nobody_came() -> None:
    policy = with_chain(levels=(Level(("supervisors",), minutes(1), again=minutes(10)),))
    ticket, _ = tick(asked(assignee=mei), at(60), policy)
    happened = []
    for minute in range(61, 300):
        ticket, facts = tick(ticket, at(minute), policy)
        happened += [(minute, type(fact)) for fact in facts]
    assert happened == [*((60 + 10 * nth, Reminded) for nth in range(1, 7)), (130, EscalationSpent)]


# Clocks beside the reply


def test_a_late_solution_goes_on_until_somebody_acknowledges() -> None:
    policy = a_policy(targets=(Target(minutes(60), minutes(30), minutes(100)),))
    ticket = answered(do(a_ticket(assignee=mei), replace(wrote(), opens=True), policy=policy), at(50))
    ticket, facts = tick(tick(ticket, at(90), policy)[0], at(100), policy)
    assert facts == (Breached(ClockKind.RESOLVE, 1, at(100)), Escalated(1, None, (boss,), ClockKind.RESOLVE))
    ticket = do(ticket, wrote(101, at(101)), at(101), policy)
    ticket = answered(ticket, at(102), n=201)
    assert ticket.level == 1, "an answer is no solution"
    assert of_kind(tick(ticket, at(110), policy)[1], Escalated) == [Escalated(2, None, (root,), ClockKind.BREACH)]


def test_an_answer_does_not_end_what_is_late_in_both_ways() -> None:
    policy = a_policy(targets=(Target(minutes(60), minutes(30), minutes(55)),))
    ticket = do(a_ticket(assignee=mei), replace(wrote(), opens=True), policy=policy)
    ticket = tick(tick(ticket, at(55), policy)[0], at(60), policy)[0]
    assert of_kind(tick(answered(ticket, at(61)), at(71), policy)[1], Escalated)


def test_the_window_warns_twice_and_says_that_it_has_closed() -> None:
    ticket, day = tick(asked(assignee=mei), at(60))[0], 24 * 60
    ticket = do(ticket, Ack(boss), at(60))
    ticket, facts = tick(ticket, at(20 * 60))
    assert facts == (Warned(ClockKind.WINDOW, 1, ("-4h",), at(day), (mei,)),)
    ticket, facts = tick(ticket, at(23 * 60))
    assert facts == (Warned(ClockKind.WINDOW, 1, ("-1h",), at(day), (mei,)),)
    ticket, facts = tick(ticket, at(day))
    assert facts == (WindowClosed(at(day), (mei, boss)),)
    assert tick(ticket, at(2 * day))[1] == ()


# Hard triggers


LOUD = a_policy(
    triggers=Triggers((TriggerRule("lawyer", ("lawyer",), frozenset({"law"})), TriggerRule("fire", ("fire",), level=2)))
)


def heard(*kinds: str, n: int = 100, when: datetime = NOON) -> ReceiveMessage:
    """The customer says something of these kinds."""
    return replace(wrote(n, when), triggers=kinds, roster=EVERYBODY)


def test_a_hard_trigger_raises_the_ticket_at_once_once_a_kind() -> None:
    ticket, facts = decide(a_ticket(assignee=mei), heard("lawyer"), NOON, LOUD)
    assert of_kind(facts, Triggered) == [Triggered(("lawyer",))]
    assert of_kind(facts, Escalated) == [Escalated(1, None, (boss,), kinds=("lawyer",))]
    assert (ticket.level, ticket.triggers) == (1, frozenset({"lawyer"}))
    again, facts = decide(ticket, heard("lawyer", n=101, when=at(1)), at(1), LOUD)
    assert of_kind(facts, Escalated) == []
    _, facts = decide(again, heard("fire", "lawyer", n=102, when=at(2)), at(2), LOUD)
    assert of_kind(facts, Escalated) == [Escalated(2, None, (root,), kinds=("fire",))]


def test_a_trigger_beyond_the_last_level_begins_at_the_last() -> None:
    policy = replace(LOUD, triggers=Triggers((TriggerRule("fire", level=9),)))
    assert of_kind(decide(a_ticket(), heard("fire"), NOON, policy)[1], Escalated)[0].level == 2


def test_a_trigger_goes_on_until_somebody_acknowledges_and_an_ack_ends_it() -> None:
    ticket = answered(do(a_ticket(assignee=mei), heard("lawyer"), policy=LOUD), at(2))
    assert of_kind(tick(ticket, at(10), LOUD)[1], Escalated) == [Escalated(2, None, (root,), ClockKind.ESCALATION)]
    acked = do(ticket, Ack(boss), at(3), LOUD)
    assert tick(acked, at(1000), LOUD)[1] == ()


def test_a_tag_means_a_trigger_too() -> None:
    ticket, facts = decide(asked(assignee=mei), SetTags(liu, ("law", "spare"), roster=EVERYBODY), at(1), LOUD)
    assert of_kind(facts, Triggered) == [Triggered(("lawyer",), liu)]
    assert of_kind(facts, Escalated) == [Escalated(1, None, (boss,), kinds=("lawyer",))]
    assert of_kind(decide(ticket, SetTags(liu, ("spice",), roster=EVERYBODY), at(2), LOUD)[1], Triggered) == []


def test_what_else_feels_danger_feeds_the_same_field() -> None:
    ticket, facts = decide(asked(assignee=mei), Trigger(("mood",), roster=EVERYBODY), at(1), LOUD)
    assert of_kind(facts, Escalated) == [Escalated(1, None, (boss,), kinds=("mood",))]
    assert facts_of(ticket, Trigger(("mood",), roster=EVERYBODY), at(2), LOUD) == ()
    assert facts_of(do(asked(), Close(mei)), Trigger(("mood",), roster=EVERYBODY), at(2), LOUD) == ()


# At night


def test_a_level_has_its_time_from_when_its_people_hear_of_it() -> None:
    """Else every level is spent by the morning, and nobody was ever told in time."""
    office = Calendar.parse("UTC", {day: ["09:00-17:00"] for day in DAYS})
    queues = {SUPPORT: replace(POLICY.queues[SUPPORT], calendar=office)}
    policy = replace(POLICY, quiet=Quiet(), queues=queues, targets=(replace(POLICY.targets[1], whose=Whose.ALWAYS),))
    night, morning = NOON.replace(hour=22), NOON.replace(day=26, hour=8, minute=30)
    ticket, facts = tick(do(a_ticket(), wrote(100, night), night, policy), night + minutes(60), policy)
    assert of_kind(facts, Escalated)[0].told == (boss,)
    assert clock(ticket, ClockKind.BREACH).next_at == morning + minutes(10)
