"""Questions inside, as rules: whose hours count, who is told, and that nothing of it can leave the house."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import commands as c
from core import facts as f
from core.asked import is_asked
from core.clocks import ClockKind
from core.commands import Command, Draft
from core.decide import decide
from core.effects import Log, Tell
from core.errors import Refused
from core.hours import Calendar
from core.ids import MessageId, PersonId
from core.jobs import Owed, SendReply
from core.model import EntryKind, Ticket
from core.people import Person, Roster
from core.policy import Policy
from core.react import react
from core.targets import WorkDays
from tests.core.house import (
    BOSS,
    EVERYBODY,
    FINANCE,
    NOON,
    POLICY,
    a_policy,
    a_ticket,
    at,
    boss,
    do,
    facts_of,
    liu,
    mei,
    minutes,
    of_kind,
)

FAY = Person(PersonId(9), "Fay", queues=frozenset({FINANCE}))
fay = FAY.id
TEAM = replace(EVERYBODY, people=(*EVERYBODY.people, FAY))
ASKED = Draft("Is it paid?")


def asks(whom: str = "queue:finance", by: PersonId = mei, roster: Roster = TEAM) -> c.Consult:
    return c.Consult(by, whom, ASKED, MessageId(7), roster=roster)


def answers(by: PersonId = fay, roster: Roster = TEAM) -> c.AnswerConsult:
    return c.AnswerConsult(by, Draft("Yes."), MessageId(8), roster=roster)


def due(ticket: Ticket) -> object:
    clock = ticket.clock(ClockKind.CONSULT)
    return clock.due_at if clock and clock.running else None


def test_the_hours_of_the_queue_that_is_asked_count() -> None:
    mornings = Calendar.parse("UTC", {"wed": ["09:00-13:00"], "thu": ["09:00-13:00"]})
    policy = a_policy(queues={**POLICY.queues, FINANCE: replace(POLICY.queues[FINANCE], calendar=mornings)})
    ticket = do(a_ticket(), asks(), policy=policy)
    assert due(ticket) == at(22 * 60)  # an hour today, and one tomorrow from nine
    assert due(do(a_ticket(), asks(f"person:{fay}"), policy=policy)) == at(120)
    [answered] = of_kind(facts_of(ticket, answers(), at(21.5 * 60), policy), f.ConsultAnswered)
    assert answered.seconds == 90 * 60


def test_a_day_is_a_working_day_of_those_who_are_asked() -> None:
    mornings = Calendar.parse("UTC", {"wed": ["09:00-13:00"], "thu": ["09:00-13:00"]})
    queues = {**POLICY.queues, FINANCE: replace(POLICY.queues[FINANCE], calendar=mornings)}
    ticket = do(a_ticket(), asks(), policy=a_policy(queues=queues, consult=WorkDays(1)))
    assert due(ticket) == at(24 * 60)  # an hour today, and three tomorrow from nine


def test_those_on_shift_are_told_else_who_is_there() -> None:
    day, night = Calendar.parse("UTC", {"wed": ["09:00-18:00"]}), Calendar.parse("UTC", {"wed": ["20:00-23:00"]})
    policy = a_policy(shifts={"day": day, "night": night})
    early, late = replace(FAY, shifts=("day",)), replace(FAY, id=PersonId(10), shifts=("night",))
    team = replace(EVERYBODY, people=(early, late))
    assert told(asks(roster=team), policy) == (early.id,)
    assert told(asks(roster=replace(team, people=(late,))), policy) == (late.id,)
    away = replace(early, away=True)
    assert told(asks(roster=replace(team, people=(away, late))), policy) == (late.id,)


def told(command: c.Consult, policy: Policy = POLICY) -> tuple[PersonId, ...]:
    [fact] = of_kind(facts_of(a_ticket(), command, policy=policy), f.Consulted)
    return fact.told


def test_the_asker_is_not_told_of_their_own_question() -> None:
    assert told(asks("queue:finance", by=boss)) == (fay,)
    assert told(asks("queue:support")) == (liu, boss)


@pytest.mark.parametrize("whom", [f"person:{mei}", "queue:nobody", "person:77", "nonsense", ""])
def test_nobody_to_ask(whom: str) -> None:
    with pytest.raises(Refused):
        do(a_ticket(), asks(whom))


def test_reminders_before_it_is_late_and_then_word_to_those_above() -> None:
    ticket = do(a_ticket(), asks())
    soon = facts_of(ticket, c.Tick(roster=TEAM), at(91))
    [early] = of_kind(soon, f.ConsultLate)
    assert (early.over, early.told) == (False, (boss, fay))
    ticket = do(ticket, c.Tick(roster=TEAM), at(91))
    [late] = of_kind(facts_of(ticket, c.Tick(roster=TEAM), at(500)), f.ConsultLate)
    assert (late.over, late.told, late.asker) == (True, (boss,), mei)
    ticket = do(ticket, c.Tick(roster=TEAM), at(500))
    assert facts_of(ticket, c.Tick(roster=TEAM), at(5_000)) == ()
    assert ticket.level == 0


def test_who_is_asked() -> None:
    assert is_asked("queue:finance", FAY)
    assert is_asked("queue:finance", BOSS)
    assert is_asked(f"person:{fay}", FAY)
    assert not is_asked(f"person:{fay}", BOSS)
    assert not is_asked("", FAY)
    assert not is_asked("queue:", FAY)
    assert not is_asked("person:", FAY)


INSIDE: st.SearchStrategy[Command] = st.one_of(
    st.builds(asks, st.sampled_from(["queue:finance", "queue:support", f"person:{fay}", f"person:{liu}"])),
    st.builds(answers, st.sampled_from([fay, liu, mei, boss])),
    st.just(c.EndConsult(mei)),
    st.just(c.Close(mei, take_over=True)),
    st.just(c.Reopen(mei)),
    st.just(c.Tick(roster=TEAM)),
)


@given(st.lists(st.tuples(INSIDE, st.integers(0, 200)), max_size=20))
def test_nothing_of_it_leaves_the_house(steps: list[tuple[Command, int]]) -> None:
    ticket, now = a_ticket(), NOON
    for command, wait in steps:
        now += minutes(wait)
        try:
            ticket, facts = decide(ticket, command, now, POLICY)
        except Refused:
            continue
        for effect in react(ticket, facts, POLICY):
            match effect:
                case Owed(work):
                    assert not isinstance(work, SendReply)
                case Log(kind):
                    assert kind in (EntryKind.NOTE, EntryKind.LINE)
                case Tell(person):
                    assert person in {one.id for one in TEAM.people}
                case _:
                    pass
        clock = ticket.clock(ClockKind.CONSULT)
        assert bool(ticket.consulted) == (clock is not None and clock.running) == (ticket.consulted_by is not None)
        assert ticket.last_reply_at is None


def test_it_costs_the_customers_clocks_nothing() -> None:
    waiting = do(a_ticket(), c.ReceiveMessage(MessageId(1), NOON, opens=True, roster=TEAM))
    asked = do(waiting, asks(), at(10))
    answered = do(asked, answers(), at(20))
    for kind in (ClockKind.FIRST_REPLY, ClockKind.RESOLVE):
        assert answered.clock(kind) == waiting.clock(kind)
