"""Quiet hours: by whose clock, who is woken all the same, and when the others hear of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hours import DAYS, Calendar
from core.model import Ticket
from core.people import Person, Roster, Stand, Tier
from core.quiet import Alarm, Quiet
from core.staffing import Staffing
from core.waking import first_heard, heard_at
from tests.core.house import BOSS, FINANCE, LIU, MEI, POLICY, ROOT, SUPPORT, a_policy, a_ticket, boss, liu, mei

OFFICE = {day: ["09:00-18:00"] for day in DAYS[:5]}
BERLIN = Calendar.parse("Europe/Berlin", OFFICE)
QUIET = Quiet()
HOUSE = a_policy(quiet=QUIET)
HOUSE = replace(HOUSE, queues={SUPPORT: replace(HOUSE.queues[SUPPORT], calendar=BERLIN)})


def local(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def heard(
    when: datetime,
    person: Person = MEI,
    alarm: Alarm = Alarm.BREACH,
    ticket: Ticket | None = None,
    roster: Roster | None = None,
) -> datetime | None:
    staffing = Staffing(HOUSE, roster or Roster((person, BOSS)))
    return heard_at(person, ticket or a_ticket(), alarm, when, staffing)


@pytest.mark.parametrize(
    ("when", "then"),
    [
        ("2026-11-25 12:00", None),  # at work
        ("2026-11-25 18:30", None),  # at home, and not asleep
        ("2026-11-25 19:59", None),
        ("2026-11-25 20:00", "2026-11-26 08:30"),
        ("2026-11-26 02:00", "2026-11-26 08:30"),
        ("2026-11-26 07:59", "2026-11-26 08:30"),
        ("2026-11-26 08:00", None),
        ("2026-11-27 21:00", "2026-11-30 08:30"),  # Friday night: Saturday is theirs
        ("2026-11-28 12:00", "2026-11-30 08:30"),
    ],
)
def test_an_alarm_at_night_and_on_days_off_waits_for_the_morning(when: str, then: str | None) -> None:
    assert heard(local(when)) == (local(then) if then else None)


def test_it_is_the_persons_own_clock() -> None:
    evening = local("2026-11-25 21:00")
    assert heard(evening, replace(MEI, zone="America/New_York")) is None
    assert heard(evening, replace(MEI, zone="Asia/Shanghai")) == local("2026-11-26 08:30", "Asia/Shanghai")


def test_who_works_at_night_hears_everything() -> None:
    shifts = {"night": Calendar.parse("Europe/Berlin", {day: ["22:00-06:00"] for day in DAYS})}
    staffing = Staffing(replace(HOUSE, shifts=shifts), Roster((MEI,)))
    owl = replace(MEI, shifts=("night",))
    assert heard_at(owl, a_ticket(), Alarm.WARNING, local("2026-11-25 23:00"), staffing) is None
    assert heard_at(replace(owl, away=True), a_ticket(), Alarm.WARNING, local("2026-11-25 23:00"), staffing) is not None


def test_a_queue_that_never_closes_never_sleeps() -> None:
    staffing = Staffing(a_policy(quiet=QUIET), Roster((MEI,)))
    assert heard_at(MEI, a_ticket(), Alarm.WARNING, local("2026-11-28 03:00"), staffing) is None


def test_hours_of_other_queues_do_not_keep_anybody_awake() -> None:
    """Boss is in a queue that never closes, too; Root, an admin, in none."""
    house = replace(HOUSE, queues={**HOUSE.queues, FINANCE: POLICY.queues[FINANCE]})
    chief, admin = replace(BOSS, zone="Europe/Berlin"), replace(ROOT, zone="Europe/Berlin")
    staffing, night = Staffing(house, Roster((chief, admin))), local("2026-11-25 23:00")
    assert heard_at(chief, a_ticket(), Alarm.BREACH, night, staffing) == local("2026-11-26 08:30")
    assert heard_at(admin, a_ticket(), Alarm.BREACH, night, staffing) == local("2026-11-26 08:30")
    assert heard_at(chief, a_ticket(queue=FINANCE), Alarm.BREACH, night, staffing) is None
    assert heard_at(MEI, a_ticket(queue=FINANCE), Alarm.BREACH, night, staffing) is not None


def test_vips_and_hard_triggers_wake_people() -> None:
    night = local("2026-11-25 23:00")
    assert heard(night, alarm=Alarm.WARNING, ticket=a_ticket(tier=Tier.VIP)) is None
    assert heard(night, alarm=Alarm.WARNING, ticket=a_ticket(triggers=frozenset({"safety"}))) is None
    assert heard(night, alarm=Alarm.WARNING, ticket=a_ticket(tier=Tier.A)) is not None


def test_a_colleague_who_calls_is_heard() -> None:
    assert heard(local("2026-11-25 23:00"), alarm=Alarm.CALL) is None


def test_who_is_on_call_is_woken_for_what_is_broken_and_not_by_warnings() -> None:
    night = local("2026-11-25 23:00")
    roster = Roster((MEI, LIU), (Stand(SUPPORT, mei, night - timedelta(hours=1), night + timedelta(hours=9)),))
    assert heard(night, roster=roster) is None
    assert heard(night, alarm=Alarm.WARNING, roster=roster) is not None
    assert heard(night, LIU, roster=roster) is not None


def test_weekends_may_be_like_other_days() -> None:
    staffing = Staffing(replace(HOUSE, quiet=Quiet(weekends=False)), Roster((MEI,)))
    assert heard_at(MEI, a_ticket(), Alarm.BREACH, local("2026-11-28 12:00"), staffing) is None
    saturday = local("2026-11-28 08:30")
    assert heard_at(MEI, a_ticket(), Alarm.BREACH, local("2026-11-27 21:00"), staffing) == saturday


def test_a_holiday_is_a_day_off() -> None:
    german = Calendar.parse("Europe/Berlin", OFFICE, "DE")
    policy = replace(HOUSE, queues={SUPPORT: replace(HOUSE.queues[SUPPORT], calendar=german)})
    staffing = Staffing(policy, Roster((MEI,)))
    christmas, monday = local("2026-12-25 11:00"), local("2026-12-28 08:30")
    assert heard_at(MEI, a_ticket(), Alarm.BREACH, christmas, staffing) == monday


def test_a_house_without_quiet_hours_tells_everything_at_once() -> None:
    staffing = Staffing(replace(HOUSE, quiet=None), Roster((MEI,)))
    assert heard_at(MEI, a_ticket(), Alarm.WARNING, local("2026-11-28 03:00"), staffing) is None


def test_the_first_who_hears_it_counts() -> None:
    night = local("2026-11-25 23:00")
    away_west = replace(LIU, zone="America/New_York")
    staffing = Staffing(HOUSE, Roster((MEI, away_west, BOSS)))
    assert first_heard((mei, boss), a_ticket(), Alarm.BREACH, night, staffing) == local("2026-11-26 08:30")
    assert first_heard((mei, liu), a_ticket(), Alarm.BREACH, night, staffing) == night
    assert first_heard((), a_ticket(), Alarm.BREACH, night, staffing) == night


def test_quiet_hours_within_a_day() -> None:
    siesta = Quiet(time(13), time(15), weekends=False, digest=time(15))
    assert [siesta.rests(local(f"2026-11-25 {hour}:00"), "Europe/Berlin", BERLIN) for hour in (12, 13, 14, 15)] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("zone", "digest", "after", "then"),
    [
        # 02:30 does not exist on 29 March 2026 in Berlin: it is 03:30 then.
        ("Europe/Berlin", "02:30", "2026-03-28T20:00+00:00", "2026-03-29T01:30+00:00"),
        # 02:30 exists twice on 25 October: the first counts, and only once.
        ("Europe/Berlin", "02:30", "2026-10-24T20:00+00:00", "2026-10-25T00:30+00:00"),
        ("Europe/Berlin", "02:30", "2026-10-25T00:30+00:00", "2026-10-26T01:30+00:00"),
        ("Europe/Berlin", "02:30", "2026-10-25T01:00+00:00", "2026-10-26T01:30+00:00"),
        # The clocks go forward in the night: 08:30 comes an hour earlier.
        ("America/New_York", "08:30", "2026-03-08T02:00+00:00", "2026-03-08T12:30+00:00"),
        # Half an hour: Lord Howe.
        ("Australia/Lord_Howe", "02:15", "2026-10-03T10:00+00:00", "2026-10-03T15:45+00:00"),
        # A day that was left out: Samoa, 30 December 2011.
        ("Pacific/Apia", "08:30", "2011-12-30T00:00+00:00", "2011-12-30T18:30+00:00"),
        ("Asia/Kathmandu", "08:30", "2026-11-25T12:00+00:00", "2026-11-26T02:45+00:00"),
    ],
)
def test_the_digest_on_days_on_which_clocks_change(zone: str, digest: str, after: str, then: str) -> None:
    quiet = Quiet(digest=time.fromisoformat(digest), weekends=False)
    found = quiet.digest_after(datetime.fromisoformat(after), zone, Calendar.always())
    assert found == datetime.fromisoformat(then)


SUNDAYS = {day: ["09:00-18:00"] for day in ("sun", "mon", "tue", "wed", "thu")}
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Riyadh", "Pacific/Apia", "Asia/Kathmandu")


@given(
    st.integers(0, 20 * 365 * 24 * 60).map(lambda n: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(minutes=n)),
    st.sampled_from(ZONES),
    st.times(),
    st.sampled_from([OFFICE, SUNDAYS, {"wed": ["10:00-11:00"]}]),
)
def test_the_digest_comes_within_days_and_on_a_working_day(
    at: datetime, zone: str, digest: time, week: dict[str, list[str]]
) -> None:
    hours = Calendar.parse(zone, week)
    found = Quiet(digest=digest).digest_after(at, zone, hours)
    assert at < found <= at + timedelta(days=9)
    day = found.astimezone(ZoneInfo(zone)).date()
    begins, ends = (datetime.combine(day + timedelta(days=n), time(), tzinfo=ZoneInfo(zone)) for n in (0, 1))
    assert hours.between(begins.astimezone(UTC), ends.astimezone(UTC)) > timedelta()


def test_who_never_works_reads_it_at_last() -> None:
    mondays = [date(2026, 11, 30), date(2026, 12, 7), date(2026, 12, 14)]
    never_soon = Calendar.parse("UTC", {"mon": ["09:00-10:00"]}, dates=dict.fromkeys(mondays, "closed"))
    found = QUIET.digest_after(local("2026-11-25 21:00", "UTC"), "UTC", never_soon)
    assert found == local("2026-12-08 08:30", "UTC")
