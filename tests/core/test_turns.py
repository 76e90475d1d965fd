"""When a region's digest is due and whom it is told, and when one shift hands over to another."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.digests import Digest
from core.hours import Calendar
from core.ids import PersonId, QueueName
from core.people import Person, Role, Roster
from core.policy import Policy, QueuePolicy
from core.quiet import Quiet
from core.staffing import Staffing
from core.turns import HANDOVER_LATE, digest_due, handovers, next_turn, readers, shift_ends

SALES, REPAIR = QueueName("sales"), QueueName("repair")
BERLIN = ZoneInfo("Europe/Berlin")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
DAY = Calendar.parse("Europe/Berlin", {day: ["09:00-12:00", "13:00-18:00"] for day in WEEKDAYS})
EARLY = Calendar.parse("Europe/Berlin", {day: ["06:00-14:00"] for day in WEEKDAYS})
LATE = Calendar.parse("Europe/Berlin", {day: ["14:00-22:00"] for day in WEEKDAYS})
MIDDLE = Calendar.parse("Europe/Berlin", {day: ["10:00-19:00"] for day in WEEKDAYS})
POLICY = Policy(
    queues={name: QueuePolicy(name, name.title(), DAY) for name in (SALES, REPAIR)},
    inboxes={},
    targets=(),
    chains={},
    shifts={"early": EARLY, "late": LATE, "middle": MIDDLE, "always": Calendar.always()},
)
DIGEST = Digest("Europe", (SALES, REPAIR), "Europe/Berlin", (time(9), time(17)))


def person(number: int, *shifts: str, queue: QueueName = SALES, **more: object) -> Person:
    made = Person(PersonId(number), f"P{number}", queues=frozenset({queue}), shifts=shifts)
    return replace(made, **more)  # type: ignore[arg-type]


def staffing(*people: Person) -> Staffing:
    return Staffing(POLICY, Roster(people))


def berlin(text: str) -> datetime:
    """In the week of Monday, 23 November 2026."""
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=BERLIN).astimezone(UTC)


def told(people: Staffing, at: str) -> list[int]:
    return sorted(handover.person.id for handover in handovers(people, berlin(at)))


def test_a_digest_comes_at_its_times_of_day() -> None:
    assert DIGEST.latest(berlin("24 09:00")) == berlin("24 09:00")
    assert DIGEST.latest(berlin("24 08:59")) == berlin("23 17:00")
    assert DIGEST.following(berlin("24 09:00")) == berlin("24 17:00")
    assert DIGEST.before(berlin("24 09:00")) == berlin("23 17:00")
    assert DIGEST.day_ends(berlin("24 09:00")) == berlin("25 00:00")


def test_a_digest_that_was_missed_comes_once_more_but_not_for_ever() -> None:
    assert digest_due(DIGEST, berlin("24 11:59")) == berlin("24 09:00")
    assert digest_due(DIGEST, berlin("24 12:01")) is None


@given(st.integers(0, 400 * 24 * 60), st.sampled_from(["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"]))
def test_its_instants_follow_each_other_through_the_year(minutes: int, zone: str) -> None:
    digest = Digest("Region", (SALES,), zone, (time(2, 30), time(17)))
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    last, following = digest.latest(now), digest.following(now)
    assert last <= now < following
    assert digest.before(following) == last
    assert following - last < timedelta(hours=17)


def readers_of(*people: Person, at: str) -> list[int]:
    return [one.id for one, _ in readers(DIGEST, staffing(*people), berlin(at))]


def test_a_digest_is_told_to_those_on_shift() -> None:
    early, late, usual, other = (
        person(1, "early"),
        person(2, "late"),
        person(3),
        person(4, queue=QueueName("elsewhere")),
    )
    assert readers_of(early, late, usual, other, at="24 09:00") == [1, 3]
    assert readers_of(early, late, usual, other, at="24 17:00") == [2, 3]
    assert readers_of(person(5, away=True), at="24 09:00") == []
    assert readers_of(early, late, usual, at="28 09:00") == []


def test_who_goes_at_that_moment_reads_it_too() -> None:
    evening = replace(DIGEST, at=(time(18),))
    assert [one.id for one, _ in readers(evening, staffing(person(1)), berlin("24 18:00"))] == [1]


def test_supervisors_read_it_on_the_teams_working_days() -> None:
    lead = person(1, "late", role=Role.SUPERVISOR)
    assert readers_of(lead, at="24 09:00") == [1]
    assert readers_of(lead, at="28 09:00") == []  # a Saturday
    assert readers_of(person(2, "late"), at="24 09:00") == []


def test_a_supervisor_who_sleeps_far_away_is_not_woken_by_it() -> None:
    """Half past one in Berlin is half past eight in the evening in Shanghai."""
    quiet = replace(POLICY, quiet=Quiet())
    lead = person(1, "late", role=Role.SUPERVISOR, zone="Asia/Shanghai")
    for at, told in (("24 09:00", [1]), ("24 13:30", []), ("24 17:00", [1])):
        found = readers(DIGEST, Staffing(quiet, Roster((lead,))), berlin(at))
        assert [one.id for one, _ in found] == told, "who works then reads it, whatever their clock says"


def test_everybody_reads_of_their_own_queues() -> None:
    both = replace(person(1), queues=frozenset({SALES, REPAIR, QueueName("other")}))
    [(_, queues)] = readers(DIGEST, staffing(both), berlin("24 09:00"))
    assert queues == (SALES, REPAIR)


def test_a_shift_hands_over_to_the_one_that_begins() -> None:
    people = staffing(person(1, "early"), person(2, "late"))
    assert told(people, "24 13:59") == []
    assert told(people, "24 14:00") == [2]
    assert [handover.at for handover in handovers(people, berlin("24 15:30"))] == [berlin("24 14:00")]
    assert told(people, "24 16:01") == []


def test_who_stays_takes_over_from_who_goes() -> None:
    people = staffing(person(1, "early"), person(2, "middle"))
    assert told(people, "24 14:00") == [2]
    assert told(people, "24 19:00") == []  # nobody is left to take over
    assert told(people, "25 06:00") == [1]
    assert told(people, "25 10:00") == []  # who comes while others are at work finds them there


def test_a_night_is_handed_over_in_the_morning() -> None:
    people = staffing(person(1), person(2))
    assert told(people, "24 18:00") == []
    assert told(people, "24 23:00") == []
    assert told(people, "25 09:00") == [1, 2]
    assert told(people, "30 09:00") == [1, 2]  # after the weekend


def test_a_lunch_break_ends_no_shift() -> None:
    assert told(staffing(person(1), person(2)), "24 12:30") == []
    assert told(staffing(person(1), person(2)), "24 13:00") == []


def test_nobody_hands_over_where_somebody_is_always_there() -> None:
    assert told(staffing(person(1, "always")), "24 09:00") == []
    assert told(staffing(person(1, "early"), person(2, "always")), "24 14:00") == [2]


def test_who_is_away_neither_goes_nor_comes() -> None:
    assert told(staffing(person(1, "early"), person(2, "late", away=True)), "24 14:00") == []
    assert told(staffing(person(1, "early", away=True), person(2, "late")), "24 14:00") == [
        2
    ]  # since yesterday evening


def test_what_was_handed_over_has_one_key() -> None:
    people = staffing(person(1, "early"), person(2, "late"))
    keys = {one.key for minutes in range(0, 120, 7) for one in handovers(people, berlin("24 14:00") + minutes * MINUTE)}
    assert keys == {f"handover|sales|{berlin('24 14:00').isoformat()}|2"}


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("calendar", "at", "ends"),
    [
        (DAY, "24 09:00", "24 18:00"),
        (DAY, "24 12:30", "24 18:00"),
        (DAY, "24 17:59", "24 18:00"),
        (DAY, "24 18:00", "25 18:00"),
        (EARLY, "24 03:00", "24 14:00"),
        (Calendar.always(), "24 09:00", "25 01:00"),
    ],
)
def test_the_end_of_a_shift(calendar: Calendar, at: str, ends: str) -> None:
    assert shift_ends(calendar, berlin(at)) == berlin(ends)


@given(st.integers(0, 14 * 24 * 60))
def test_a_handover_is_told_within_its_time_and_to_people_at_work(minutes: int) -> None:
    now = berlin("16 00:00") + minutes * MINUTE
    people = staffing(person(1, "early"), person(2, "late"), person(3), person(4, "middle"))
    for handover in handovers(people, now):
        assert handover.at <= now < handover.at + HANDOVER_LATE
        assert people.hours_of(handover.person, SALES).is_open(handover.at)


def test_the_next_who_comes_or_goes() -> None:
    people = staffing(person(1, "early"), person(2, "late"), person(3, queue=QueueName("elsewhere")))
    assert next_turn(people, berlin("24 03:00")) == berlin("24 06:00")
    assert next_turn(people, berlin("24 06:00")) == berlin("24 14:00")
    assert next_turn(people, berlin("24 14:00")) == berlin("24 22:00")
    assert next_turn(staffing(), berlin("24 03:00")) is None


@given(st.integers(0, 14 * 24 * 60))
def test_a_handover_begins_when_somebody_comes_or_goes(minutes: int) -> None:
    """Who looks at every turn misses none."""
    now = berlin("16 00:00") + minutes * MINUTE
    people = staffing(person(1, "early"), person(2, "late"), person(3), person(4, "middle"))
    turn = next_turn(people, now)
    assert turn is not None
    assert turn > now
    before = {handover.key for handover in handovers(people, turn - timedelta(seconds=1))}
    assert before <= {handover.key for handover in handovers(people, now)}
