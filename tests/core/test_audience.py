"""Whom the words in `tell` mean: somebody who is there, and always somebody."""

from dataclasses import replace

import pytest

from core.hours import DAYS, Calendar
from core.ids import PersonId
from core.model import Ticket
from core.people import Person, Role, Roster, Stand
from core.rules.audience import responsible, whom
from core.staffing import Staffing
from tests.core.house import BOSS, LIU, MEI, NOON, POLICY, ROOT, SUPPORT, a_ticket, boss, liu, mei, minutes, root

AWAY_MEI = replace(MEI, away=True, substitute=liu)
DAY = Calendar.parse("UTC", {day: ["08:00-16:00"] for day in DAYS})
NIGHT = Calendar.parse("UTC", {day: ["16:00-08:00"] for day in DAYS})
SHIFTS = replace(POLICY, shifts={"day": DAY, "night": NIGHT})
ASLEEP = tuple(replace(person, shifts=("night",)) for person in (MEI, LIU, BOSS))
"""At noon, that is."""
MINE = a_ticket(assignee=mei)


def told(
    *words: str,
    people: tuple[Person, ...] = (MEI, LIU, BOSS, ROOT),
    ticket: Ticket = MINE,
    oncall: tuple[Stand, ...] = (),
) -> tuple[PersonId, ...]:
    return whom(words, ticket, Staffing(SHIFTS, Roster(people, oncall)), NOON)


def test_the_assignee_at_work() -> None:
    assert told("assignee") == (mei,)


@pytest.mark.parametrize("owner", [AWAY_MEI, replace(MEI, shifts=("night",))], ids=["away", "off shift"])
def test_those_on_shift_in_place_of_an_owner_who_is_not_there(owner: Person) -> None:
    assert told("assignee", people=(owner, LIU, BOSS)) == (liu, boss)


def test_nobodys_ticket_is_its_queues() -> None:
    assert told("assignee", ticket=a_ticket()) == told("queue") == (mei, liu, boss)


def test_with_nobody_on_shift_who_is_on_call() -> None:
    stand = Stand(SUPPORT, liu, NOON - minutes(60), NOON + minutes(60))
    assert told("assignee", people=ASLEEP, oncall=(stand,)) == told("queue", people=ASLEEP, oncall=(stand,)) == (liu,)


def test_an_owner_who_only_sleeps_reads_it_in_the_morning() -> None:
    assert told("assignee", people=ASLEEP) == (mei,)


def test_the_backup_is_who_stands_in() -> None:
    assert told("backup", people=(AWAY_MEI, LIU, BOSS)) == (liu,)
    assert told("backup", people=(replace(AWAY_MEI, substitute=None), LIU, BOSS)) == (boss,)
    assert told("backup", ticket=a_ticket()) == (boss,)


def test_on_call_and_else_those_on_shift() -> None:
    stand = Stand(SUPPORT, liu, NOON - minutes(60), NOON + minutes(60))
    assert told("oncall", oncall=(stand,)) == (liu,)
    assert told("oncall") == (mei, liu, boss)


def test_a_broken_promise_is_its_owners_even_in_the_night_else_of_who_is_on_call_or_there() -> None:
    def told(ticket: Ticket, *people: Person, oncall: tuple[Stand, ...] = ()) -> tuple[PersonId, ...]:
        return responsible(ticket, Staffing(SHIFTS, Roster(people, oncall)), NOON)

    stand = Stand(SUPPORT, boss, NOON - minutes(60), NOON + minutes(60))
    assert told(MINE, *ASLEEP) == (mei,)
    assert told(MINE, AWAY_MEI, LIU, BOSS, oncall=(stand,)) == (boss,)
    assert told(a_ticket(), ASLEEP[0], LIU, BOSS) == (liu, boss)
    assert told(a_ticket(), *ASLEEP) == (mei, liu, boss)


def test_somebody_by_mail_and_nobody_twice() -> None:
    assert told("Liu@Example.com", "queue", "admins") == (liu, mei, boss, root)


def test_where_nobody_is_there_the_supervisors_and_where_there_is_none_the_admins() -> None:
    assert told("gone@example.com") == (boss,)
    assert told("gone@example.com", people=(MEI, replace(BOSS, away=True), ROOT)) == (root,)
    assert told("queue", people=(*ASLEEP[:2], BOSS, ROOT)) == (boss,)
    assert told("queue", people=(AWAY_MEI, replace(ROOT, role=Role.ADMIN))) == (root,)
