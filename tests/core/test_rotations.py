"""Whose turn it is: at every instant exactly one person's, whatever the clock of the zone does."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from core.hours import Calendar
from core.ids import QueueName
from core.rotations import Rotation

SUPPORT = QueueName("support")
ANN, BO, CEM = "ann@x.org", "bo@x.org", "cem@x.org"
ZONES = ("UTC", "Europe/Berlin", "America/Havana", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia", "Asia/Amman")
"""With clocks set at midnight, half hours, and a day that never was (Apia, 30 December 2011)."""


def weekly(**more: object) -> Rotation:
    rotation = {"people": (ANN, BO, CEM), "start": date(2026, 11, 23), "days": 7, "zone": "Europe/Berlin", **more}
    return Rotation(SUPPORT, **rotation)  # type: ignore[arg-type]


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


def test_each_has_a_week_and_then_it_is_the_first_ones_turn_again() -> None:
    mondays = [berlin("2026-11-23 00:00") + timedelta(weeks=nth) for nth in range(4)]
    assert [weekly().turn(monday).person for monday in mondays] == [ANN, BO, CEM, ANN]
    turn = weekly().turn(berlin("2026-11-29 23:59"))
    assert (turn.person, turn.since, turn.until) == (ANN, mondays[0], mondays[1])


def test_the_turn_changes_at_the_hour_that_was_said() -> None:
    rotation = weekly(at=time(9))
    assert rotation.turn(berlin("2026-11-30 08:59")).person == ANN
    assert rotation.turn(berlin("2026-11-30 09:00")).person == BO


def test_the_order_goes_back_before_the_start() -> None:
    assert weekly().turn(berlin("2026-11-22 23:59")).person == CEM


def test_a_turn_over_the_change_of_the_clocks_is_an_hour_shorter_or_longer() -> None:
    daily = weekly(days=1)
    spring, autumn = (daily.turn(berlin(f"{day} 12:00")) for day in ("2026-03-29", "2026-10-25"))
    assert (spring.until - spring.since, autumn.until - autumn.since) == (timedelta(hours=23), timedelta(hours=25))


def test_an_hour_that_is_skipped_comes_as_much_later() -> None:
    turn = weekly(days=1, at=time(2, 30)).turn(berlin("2026-03-29 12:00"))
    assert turn.since == berlin("2026-03-29 03:30")


def test_nobody_is_on_call_outside_the_hours_of_a_rotation() -> None:
    nights = Calendar.parse("Europe/Berlin", {"mon": ["18:00-08:00"]})
    assert not weekly(calendar=nights).covers(berlin("2026-11-23 17:59"))
    assert weekly(calendar=nights).covers(berlin("2026-11-24 07:59"))
    assert weekly().covers(berlin("2026-11-23 17:59"))


def test_whose_day_never_was_has_no_turn() -> None:
    """Samoa went from Thursday 29 December 2011 to Saturday the 31st."""
    daily = weekly(start=date(2011, 12, 29), days=1, zone="Pacific/Apia")
    midnight = datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert daily.turn(midnight - timedelta(minutes=1)).person == ANN
    assert (daily.turn(midnight).person, daily.turn(midnight).since) == (CEM, midnight)


rotations = st.builds(
    Rotation,
    queue=st.just(SUPPORT),
    people=st.lists(st.sampled_from([ANN, BO, CEM, "dee@x.org", "eve@x.org"]), min_size=1, unique=True).map(tuple),
    start=st.dates(date(2005, 1, 1), date(2035, 1, 1)),
    days=st.integers(1, 40),
    zone=st.sampled_from(ZONES),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
EPOCH = datetime(2012, 1, 1, tzinfo=UTC)
instants = st.integers(0, 28 * 366 * 24 * 60).map(lambda minutes: EPOCH + timedelta(minutes=minutes))


@given(rotations, instants)
def test_every_instant_has_exactly_one_person(rotation: Rotation, at: datetime) -> None:
    turn = rotation.turn(at)
    assert turn.person in rotation.people
    assert turn.since <= at < turn.until
    assert rotation.turn(turn.since) == turn
    assert rotation.turn(turn.until - timedelta(microseconds=1)) == turn


@given(rotations, instants)
def test_turns_follow_each_other_without_a_gap_in_order(rotation: Rotation, at: datetime) -> None:
    turn = rotation.turn(at)
    after = rotation.turn(turn.until)
    assert after.since == turn.until
    number = rotation.people.index(turn.person)
    assert after.person == rotation.people[(number + 1) % len(rotation.people)]


@given(rotations)
def test_the_first_turn_begins_on_the_start(rotation: Rotation) -> None:
    noon = datetime.combine(rotation.start, rotation.at, tzinfo=ZoneInfo(rotation.zone)).astimezone(UTC)
    turn = rotation.turn(noon)
    assert (turn.person, turn.since) == (rotation.people[0], noon)
