"""What would be due if a message came: every row tried by the functions that count real clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import sla
from core.clocks import ClockKind
from core.coverage import Region
from core.explain import Why
from core.forecast import Outcome, closed_because, outcomes
from core.hours import Calendar
from core.ids import ChannelName, ContactId, ConversationId, InboxName, PersonId, QueueName, TicketId
from core.model import Priority, Ticket
from core.openings import closes
from core.people import Person, Roster, Tier
from core.policy import InboxPolicy, Policy, QueuePolicy
from core.staffing import Staffing
from core.targets import Target, Whose, WorkDays

SALES, WHATSAPP = QueueName("sales"), InboxName("whatsapp")
WEEK = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
SHENZHEN = Calendar.parse("Asia/Shanghai", WEEK, "CN")
NEW_YORK = Region("US", "America/New_York")
EVE = datetime(2026, 11, 25, 17, 15, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)
VIP = Target(timedelta(hours=2), timedelta(hours=4), WorkDays(3), tier=Tier.VIP, whose=Whose.CUSTOMER)
ALL = Target(timedelta(hours=8), timedelta(hours=12))


def staffing(*rows: Target, shifts: tuple[str, ...] = ()) -> Staffing:
    policy = Policy(
        queues={SALES: QueuePolicy(SALES, "Sales", SHENZHEN)},
        inboxes={WHATSAPP: InboxPolicy(WHATSAPP, ChannelName("whatsapp"), SALES, 4096, timedelta(hours=24))},
        targets=rows,
        chains={},
        shifts={"late": Calendar.parse("Asia/Shanghai", {day: ["21:00-06:00"] for day in WEEK})},
    )
    mei = Person(PersonId(1), "Mei", queues=frozenset({SALES}), shifts=shifts)
    return Staffing(policy, Roster((mei,)))


def found(*rows: Target, at: datetime = EVE, shifts: tuple[str, ...] = ()) -> list[Outcome]:
    return list(outcomes(SALES, NEW_YORK, at, staffing(*rows, shifts=shifts)))


def due(outcome: Outcome, kind: ClockKind = ClockKind.FIRST_REPLY) -> datetime:
    return next(due.at for due in outcome.dues if due.kind is kind)


def test_a_vip_before_thanksgiving_is_due_on_friday() -> None:
    (vip, _) = found(VIP, ALL)
    assert due(vip).astimezone(ZoneInfo("America/New_York")).isoformat() == "2026-11-27T10:15:00-05:00"
    assert due(vip).astimezone(ZoneInfo("Asia/Shanghai")).isoformat() == "2026-11-27T23:15:00+08:00"


def test_somebody_who_works_at_that_hour_is_named_and_otherwise_what_was_worked_before_counts() -> None:
    (in_day, _), (at_night, _) = found(VIP, ALL), found(VIP, ALL, shifts=("late",))
    assert not in_day.dues[0].there
    assert in_day.dues[0].worked == timedelta(hours=18), "Thursday and Friday in Shenzhen: it can be kept"
    assert not in_day.dues[0].nobody
    assert [person.name for person in at_night.dues[0].there] == ["Mei"]


def test_where_nobody_works_before_it_is_due_it_is_said() -> None:
    monday = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 10:00 in New York, 23:00 in Shenzhen
    (vip, _) = found(VIP, ALL, at=monday)
    assert [due.nobody for due in vip.dues] == [True, True, False], "nobody is asked whether it is solved"


def test_a_deadline_at_closing_time_has_who_worked_until_then() -> None:
    (row,) = found(ALL, at=datetime(2026, 11, 25, 2, 0, tzinfo=UTC))  # 10:00 in Shenzhen: due at 18:00
    assert due(row) == datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
    assert [person.name for person in row.dues[0].there] == ["Mei"]


def test_out_of_hours_the_customer_is_told_and_in_hours_they_are_answered() -> None:
    (closed,), (open_,) = found(ALL), found(ALL, at=datetime(2026, 11, 25, 2, 0, tzinfo=UTC))
    assert closed.told is not None
    assert closed.told.until == due(closed)
    assert open_.told is None


def test_a_row_behind_one_that_takes_all_it_would_never_counts() -> None:
    (first, second) = found(ALL, VIP)
    assert first.dues
    assert not second.dues
    assert second.taken_by == (0,)


def test_a_row_that_contradicts_itself_never_counts_and_nobody_is_blamed() -> None:
    """A complaint counts as one tier higher, so that none is of the lowest."""
    (row, _) = found(Target(timedelta(hours=1), timedelta(hours=1), tag="complaint", tier=Tier.STANDARD), ALL)
    assert not row.dues
    assert row.taken_by == ()


def test_rows_of_other_countries_and_queues_are_none_of_these_customers() -> None:
    hours = timedelta(hours=1)
    rows = Target(hours, hours, country="BR"), Target(hours, hours, queue=QueueName("repair")), ALL
    assert [outcome.number for outcome in found(*rows)] == [2]


@pytest.mark.parametrize(
    ("local", "why", "name"),
    [
        ("2026-11-25T17:15", None, ""),
        ("2026-11-25T03:00", Why.NIGHT, ""),
        ("2026-11-25T12:45", Why.BREAK, ""),
        ("2026-11-26T10:00", Why.HOLIDAY, "Thanksgiving Day"),
        ("2026-11-28T10:00", Why.WEEKEND, ""),
        ("2026-12-24T10:00", Why.EXCEPTION, ""),
    ],
)
def test_why_it_is_closed(local: str, why: Why | None, name: str) -> None:
    hours = {day: ["09:00-12:30", "13:30-18:00"] for day in WEEK}
    dates = {date(2026, 12, 24): "closed"}
    calendar = Calendar.parse("America/New_York", hours, "US", dates)
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(calendar.zone)).astimezone(UTC)
    reason = closed_because(calendar, at)
    assert (reason and (reason.why, reason.name)) == (why and (why, name))


def test_when_it_closes() -> None:
    morning, evening = datetime(2026, 11, 25, 2, tzinfo=UTC), datetime(2026, 11, 25, 10, tzinfo=UTC)
    assert closes(SHENZHEN, morning, morning + timedelta(days=7)) == evening
    assert closes(SHENZHEN, morning, evening) is None
    assert closes(Calendar.always(), EVE, EVE + timedelta(days=7)) is None


ROWS = (
    VIP,
    Target(timedelta(hours=1), timedelta(hours=2), priority=Priority.URGENT),
    Target(timedelta(minutes=30), timedelta(hours=2), newcomer=True, closed_first_reply=timedelta(hours=1)),
    Target(timedelta(hours=4), timedelta(hours=8), WorkDays(5), language="pt", whose=Whose.ALWAYS),
    ALL,
)


@given(
    hours=st.integers(0, 24 * 400),
    tier=st.sampled_from(Tier),
    priority=st.sampled_from(Priority),
    language=st.sampled_from([None, "pt", "pt-BR"]),
    new=st.booleans(),
)
def test_a_real_ticket_is_due_when_its_row_said(
    hours: int, tier: Tier, priority: Priority, language: str | None, new: bool
) -> None:
    """Whatever comes, the page said before when it would be due."""
    at, here = EVE + timedelta(hours=hours), staffing(*ROWS)
    ticket = Ticket(
        id=TicketId(7),
        version=1,
        queue=SALES,
        inbox=WHATSAPP,
        channel=ChannelName("whatsapp"),
        conversation=ConversationId(1),
        contact=ContactId(1),
        opened_at=at,
        tier=tier,
        priority=priority,
        language=language,
        country=NEW_YORK.country,
        zone=NEW_YORK.zone,
        previous=None if new else TicketId(1),
    )
    row = here.policy.target(ticket)
    said = next(outcome for outcome in outcomes(SALES, NEW_YORK, at, here) if outcome.target is row)
    for promised in said.dues:
        clock = sla.start(ticket, promised.kind, at, here.policy)[0].clock(promised.kind)
        assert clock is not None
        assert clock.due_at == promised.at
