"""How a deadline came about: every stretch that counted, every one that did not, and why."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import sla
from core.clocks import ClockKind, ClockState
from core.countries import customer_hours
from core.explain import Closed, Counted, Explanation, Paused, Reason, Why, explain, told
from core.hours import Calendar
from core.model import Status, Ticket
from core.people import Tier
from core.policy import Policy, QueuePolicy
from core.targets import Amount, Target, Whose, WorkDays
from tests.core.house import SUPPORT, a_policy, a_ticket, clock, minutes

NEW_YORK, RIYADH, SHANGHAI = "America/New_York", "Asia/Riyadh", "Asia/Shanghai"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
LUNCH = {day: ["09:00-12:00", "13:00-18:00"] for day in WEEKDAYS}
FIRST = ClockKind.FIRST_REPLY


def hours(n: float) -> timedelta:
    return timedelta(hours=n)


def local(text: str, zone: str = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def a_house(amount: Amount, *, whose: Whose = Whose.CUSTOMER, calendar: Calendar | None = None) -> Policy:
    team = calendar or Calendar.parse(SHANGHAI, LUNCH, "CN")
    rows = (Target(hours(1), hours(2), tier=Tier.VIP), Target(amount, amount, amount, whose=whose))
    return a_policy(queues={SUPPORT: QueuePolicy(SUPPORT, "Support", team)}, targets=rows)


def began(at: datetime, policy: Policy, zone: str | None = NEW_YORK, country: str | None = "US") -> Ticket:
    return sla.start(a_ticket(zone=zone, country=country), FIRST, at, policy)[0]


def explained(ticket: Ticket, policy: Policy, now: datetime, kind: ClockKind = FIRST) -> Explanation:
    return explain(ticket, clock(ticket, kind), policy, now)


def counted(start: str, end: str, zone: str = NEW_YORK) -> Counted:
    since, until = local(start, zone), local(end, zone)
    return Counted(since, until, until.astimezone(UTC) - since.astimezone(UTC))


def test_a_vip_on_the_eve_of_thanksgiving() -> None:
    policy, at = a_house(hours(2)), local("2026-11-25T17:15")
    said = explained(began(at, policy), policy, at)
    assert said.due_at == local("2026-11-27T10:15") == local("2026-11-27T23:15", SHANGHAI)
    assert said.steps == (
        counted("2026-11-25T17:15", "2026-11-25T18:00"),
        Closed(local("2026-11-25T18:00"), local("2026-11-27T09:00"), (Reason(Why.HOLIDAY, said_name(said)),)),
        counted("2026-11-27T09:00", "2026-11-27T10:15"),
    )
    assert "Thanksgiving" in said_name(said)
    assert (said.row and said.row.number, said.whose, said.calendar.zone) == (1, Whose.CUSTOMER, NEW_YORK)
    assert (said.left, said.fired) == (hours(2), ())
    assert [step for step, _ in said.coming] == ["75%", "90%", "100%"]
    assert said.coming[-1][1] == said.due_at


def said_name(said: Explanation) -> str:
    (closed,) = [step for step in said.steps if isinstance(step, Closed)]
    return closed.reasons[0].name


def test_a_weekend_in_which_the_clocks_change() -> None:
    policy, at = a_house(hours(2)), local("2026-03-06T17:30")
    said = explained(began(at, policy), policy, at)
    assert said.due_at == local("2026-03-09T10:30")
    assert said.steps == (
        counted("2026-03-06T17:30", "2026-03-06T18:00"),
        Closed(local("2026-03-06T18:00"), local("2026-03-09T09:00"), (Reason(Why.WEEKEND, days=2),)),
        counted("2026-03-09T09:00", "2026-03-09T10:30"),
    )


def test_the_weekend_of_riyadh() -> None:
    policy, at = a_house(hours(2)), local("2026-11-26T17:00", RIYADH)
    said = explained(began(at, policy, RIYADH, "SA"), policy, at)
    assert said.due_at == local("2026-11-29T10:00", RIYADH)
    assert said.steps[1] == Closed(
        local("2026-11-26T18:00", RIYADH), local("2026-11-29T09:00", RIYADH), (Reason(Why.WEEKEND, days=2),)
    )


def test_a_make_up_saturday_counts_for_the_team() -> None:
    policy, at = a_house(hours(10), whose=Whose.TEAM), local("2026-02-13T15:00", SHANGHAI)
    said = explained(began(at, policy), policy, at)
    assert said.due_at == local("2026-02-14T17:00", SHANGHAI)  # a Saturday before the Spring Festival
    assert [step.reasons for step in said.steps if isinstance(step, Closed)] == [
        (Reason(Why.NIGHT),),
        (Reason(Why.BREAK),),
    ]


def test_a_half_day_and_a_day_with_a_name() -> None:
    dates = {date(2026, 12, 24): ["09:00-13:00"], date(2026, 12, 28): "closed"}
    calendar = Calendar.parse("Europe/Berlin", {day: ["09:00-18:00"] for day in WEEKDAYS}, "DE", dates)
    policy, at = a_house(hours(10), whose=Whose.TEAM, calendar=calendar), local("2026-12-23T16:00", "Europe/Berlin")
    said = explained(began(at, policy), policy, at)
    night, feast = [step.reasons for step in said.steps if isinstance(step, Closed)]
    assert night == (Reason(Why.NIGHT),)
    # Thursday's afternoon, Christmas on a Friday, its second day on a Saturday as any other, and Monday.
    assert [(reason.why, reason.days) for reason in feast] == [
        (Why.EXCEPTION, 2),
        (Why.HOLIDAY, 1),
        (Why.WEEKEND, 2),
    ]


def test_a_message_in_the_night_waits_for_the_morning() -> None:
    policy, at = a_house(hours(2)), local("2026-11-24T05:00")
    said = explained(began(at, policy), policy, at)
    assert said.steps[0] == Closed(at, local("2026-11-24T09:00"), (Reason(Why.NIGHT),))


def test_three_days_are_readable() -> None:
    calendar = Calendar.parse(SHANGHAI, LUNCH)
    policy, at = a_house(WorkDays(3), whose=Whose.TEAM, calendar=calendar), local("2026-11-26T10:30", SHANGHAI)
    said = explained(began(at, policy), policy, at)
    assert said.allowed == hours(24)
    thursday, weekend, monday = said.steps
    assert thursday == Counted(at, local("2026-11-27T18:00", SHANGHAI), hours(14.5), ((Why.BREAK, 2), (Why.NIGHT, 1)))
    assert isinstance(weekend, Closed)
    assert isinstance(monday, Counted)
    assert said.counted == hours(24)


def test_a_year_is_readable_too() -> None:
    policy, at = a_house(WorkDays(200), whose=Whose.TEAM), local("2026-11-26T10:30", SHANGHAI)
    said = explained(began(at, policy), policy, at)
    assert len(said.steps) <= 7
    assert said.counted == said.allowed
    assert 2027 in said.unconfirmed  # the state has not said which Saturdays are worked


def test_a_hold_is_a_pause_and_one_that_lasts_has_no_deadline() -> None:
    policy, at = a_house(hours(4), whose=Whose.ALWAYS), local("2026-11-24T10:00")
    ticket = began(at, policy)
    held = sla.follow_status(replace(ticket, status=Status.HOLD), at + minutes(30), policy)[0]
    said = explained(held, policy, at + minutes(90))
    assert said.steps == (
        Counted(at, at + minutes(30), minutes(30)),
        Paused(at + minutes(30), None, Status.HOLD),
    )
    assert (said.state, said.due_at, said.left, said.coming) == (ClockState.PAUSED, None, hours(3.5), ())
    again = sla.follow_status(replace(held, status=Status.OPEN), at + hours(3), policy)[0]
    said = explained(again, policy, at + hours(3))
    assert said.steps[1] == Paused(at + minutes(30), at + hours(3), Status.HOLD)
    assert said.due_at == at + hours(6.5)
    assert said.counted == hours(4)


def test_the_reasons_of_pauses_are_in_the_history() -> None:
    policy, at = a_house(hours(40), whose=Whose.ALWAYS), local("2026-11-24T10:00")
    ticket = sla.start(a_ticket(), ClockKind.RESOLVE, at, policy)[0]
    for n, status in enumerate((Status.PENDING, Status.OPEN, Status.HOLD, Status.OPEN), start=1):
        ticket = sla.follow_status(replace(ticket, status=status), at + hours(n), policy)[0]
    history = [(at + hours(1), Status.PENDING), (at + hours(3), Status.HOLD)]
    said = explain(ticket, clock(ticket, ClockKind.RESOLVE), policy, at + hours(5), history)
    assert [step.status for step in said.steps if isinstance(step, Paused)] == [Status.PENDING, Status.HOLD]
    unknown = explained(ticket, policy, at + hours(5), ClockKind.RESOLVE)
    assert [step.status for step in unknown.steps if isinstance(step, Paused)] == [None, None]


def test_what_was_told_is_told_in_its_order() -> None:
    policy, at = a_house(hours(2)), local("2026-11-24T10:00")
    ticket = began(at, policy)
    ticket = sla.put(ticket, replace(clock(ticket, FIRST), fired=frozenset({"90%", "75%"})))
    said = explained(ticket, policy, at + hours(5))
    assert said.fired == ("75%", "90%")
    assert [step for step, _ in said.coming] == ["100%"]
    assert said.left == timedelta()


def test_a_complaint_counts_as_more_and_a_customer_of_whom_nothing_is_known_has_our_hours() -> None:
    policy, at = a_house(hours(2)), local("2026-11-24T10:00")
    ticket = sla.start(a_ticket(tags=frozenset({"complaint"}), tier=Tier.A), FIRST, at, policy)[0]
    said = explained(ticket, policy, at)
    assert said.row is not None
    assert (said.row.number, said.row.counts_as) == (0, Tier.VIP)
    nobody = explained(began(at, policy, None, None), policy, at)
    assert (nobody.whose, nobody.calendar.zone) == (Whose.TEAM, SHANGHAI)


def test_a_question_inside_has_no_row() -> None:
    policy, at = a_house(hours(2)), local("2026-11-24T10:00", SHANGHAI)
    ticket = sla.start(a_ticket(consulted="queue:support"), ClockKind.CONSULT, at, policy)[0]
    said = explained(ticket, policy, at, ClockKind.CONSULT)
    assert (said.row, said.whose, said.due_at) == (None, Whose.TEAM, at + hours(2))


@pytest.mark.parametrize("lines", [1, 3, 7])
def test_pauses_are_told_together_at_last(lines: int) -> None:
    at = local("2026-11-24T10:00")
    steps: list[Counted | Closed | Paused] = []
    for n in range(20):
        steps.append(Counted(at + hours(2 * n), at + hours(2 * n + 1), hours(1)))
        steps.append(Paused(at + hours(2 * n + 1), at + hours(2 * n + 2), Status.HOLD))
    assert told(steps[:-1], lines) == (Counted(at, at + hours(39), hours(20), ((Why.PAUSE, 19),)),)


INSTANTS = st.integers(0, 400 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + minutes(n))
PLACES = st.sampled_from(
    [
        (NEW_YORK, "US"),
        (RIYADH, "SA"),
        (SHANGHAI, "CN"),
        ("Europe/London", "GB"),
        ("Asia/Kathmandu", "NP"),
        (None, None),
    ]
)
AMOUNTS: st.SearchStrategy[Amount] = st.one_of(st.integers(1, 4000).map(minutes), st.integers(1, 12).map(WorkDays))


@settings(max_examples=150, deadline=None)
@given(INSTANTS, PLACES, AMOUNTS, st.sampled_from(Whose), st.lists(st.integers(1, 5000), max_size=6))
def test_what_counted_is_the_target_and_ends_when_it_is_due(
    at: datetime, place: tuple[str | None, str | None], amount: Amount, whose: Whose, pauses: list[int]
) -> None:
    policy = a_house(amount, whose=whose)
    zone, country = place
    ticket, here, spent = began(at, policy, zone, country), at, False
    for n, length in enumerate(pauses):
        here = here + minutes(length)
        running = clock(ticket, FIRST)
        spent = spent or (running.due_at is not None and here >= running.due_at)
        status = Status.OPEN if n % 2 else Status.HOLD
        ticket = sla.follow_status(replace(ticket, status=status), here, policy)[0]
    said = explained(ticket, policy, here)
    assert len(said.steps) <= 10
    assert all(a.end == b.start for a, b in pairwise(said.steps))
    assert said.steps[0].start == at
    if spent and pauses:
        assert said.counted >= said.allowed  # late, and then it stood still
        assert said.left == timedelta()
    elif said.due_at is None:
        assert said.counted + said.left == said.allowed
    else:
        assert said.counted == said.allowed
        assert said.steps[-1].end == said.due_at
        assert isinstance(said.steps[-1], Counted)
    if zone is not None and whose is Whose.CUSTOMER:
        assert said.calendar == customer_hours(country, zone, {})
