"""Which row counts for a ticket, in whose hours, and how long a working day is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.config.policy import policy_of
from bot.config.settings import Settings
from core.clocks import ClockKind, ClockState
from core.commands import (
    Close,
    FollowContact,
    Hold,
    Move,
    Recount,
    Reopen,
    SetPending,
    SetPriority,
    SetTags,
    SetTier,
    SetZone,
)
from core.facts import Warned, WindowClosed
from core.hours import Calendar
from core.ids import ChannelName, QueueName
from core.model import Priority, Ticket
from core.people import Tier
from core.policy import Policy, QueuePolicy
from core.targets import Target, Whose, WorkDays, worked
from tests.core.house import (
    FINANCE,
    POLICY,
    SUPPORT,
    a_policy,
    a_ticket,
    at,
    clock,
    do,
    mei,
    minutes,
    of_kind,
    tick,
    wrote,
)

HOUR = timedelta(hours=1)
SHENZHEN = Calendar.parse("Asia/Shanghai", {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")})


def shipped() -> Policy:
    """What a house has that says nothing but when it works."""
    weekly = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    queue = {"name": "support", "calendar": {"zone": "Asia/Shanghai", "weekly": weekly}}
    return policy_of(Settings.model_validate({"dragoman": {"organisation": "Lamps"}, "queues": [queue]}))


def due(kind: ClockKind, when: datetime, **fields: Any) -> datetime | None:
    """When this is due in the shipped house for a customer who writes at `when`."""
    command = replace(wrote(when=when), opens=True)
    return clock(do(a_ticket(queue=QueueName("support"), **fields), command, when, shipped()), kind).due_at


def in_(zone_hours: int, *parts: int) -> datetime:
    """A moment by a wall clock that is `zone_hours` ahead of UTC."""
    return datetime(*parts, tzinfo=UTC) - timedelta(hours=zone_hours)  # type: ignore[misc, arg-type]


def test_the_vip_of_the_mission() -> None:
    """A North American VIP has an answer within two hours of their working time; Thanksgiving is none of it."""
    asked = in_(-5, 2026, 11, 25, 17, 15)
    new_york = {"tier": Tier.VIP, "country": "US", "zone": "America/New_York"}
    assert (
        due(ClockKind.FIRST_REPLY, asked, **new_york) == in_(-5, 2026, 11, 27, 10, 15) == in_(8, 2026, 11, 27, 23, 15)
    )
    assert due(ClockKind.RESOLVE, asked, **new_york) == in_(-5, 2026, 12, 1, 17, 15)


def test_a_new_enquiry_is_answered_in_the_shift_or_early_in_the_next() -> None:
    known = {"country": "DE", "zone": "Europe/Berlin"}
    in_shift, at_night = in_(8, 2026, 11, 24, 10, 0), in_(8, 2026, 11, 24, 22, 0)
    assert due(ClockKind.FIRST_REPLY, in_shift, **known) == in_(8, 2026, 11, 24, 10, 30)
    assert due(ClockKind.FIRST_REPLY, at_night, **known) == in_(8, 2026, 11, 25, 10, 0)
    just_closing = in_(8, 2026, 11, 24, 17, 50)
    assert due(ClockKind.FIRST_REPLY, just_closing, **known) == in_(8, 2026, 11, 25, 9, 20)


def test_who_came_before_is_no_newcomer() -> None:
    berlin = {"country": "DE", "zone": "Europe/Berlin", "previous": 3}
    assert due(ClockKind.FIRST_REPLY, in_(1, 2026, 11, 24, 10, 0), **berlin) == in_(1, 2026, 11, 24, 18, 0)
    assert due(ClockKind.FIRST_REPLY, in_(1, 2026, 11, 24, 11, 0), **berlin) == in_(1, 2026, 11, 25, 10, 0)


def test_of_whom_nothing_is_known_the_queue_s_hours_count() -> None:
    assert due(ClockKind.FIRST_REPLY, in_(8, 2026, 11, 24, 17, 0), tier=Tier.VIP) == in_(8, 2026, 11, 25, 10, 0)


def test_urgent_counts_as_a_vip() -> None:
    urgent = {"priority": Priority.URGENT, "country": "DE", "zone": "Europe/Berlin"}
    assert due(ClockKind.FIRST_REPLY, in_(1, 2026, 11, 24, 10, 0), **urgent) == in_(1, 2026, 11, 24, 12, 0)


ROWS = {
    "tier": (Target(HOUR, HOUR, tier=Tier.A), {"tier": Tier.A}, {"tier": Tier.STANDARD}),
    "queue": (Target(HOUR, HOUR, queue=FINANCE), {"queue": FINANCE}, {}),
    "channel": (
        Target(HOUR, HOUR, channel=ChannelName("messenger")),
        {"channel": ChannelName("messenger")},
        {"channel": ChannelName("whatsapp")},
    ),
    "language": (Target(HOUR, HOUR, language="pt"), {"language": "pt-BR"}, {"language": "es"}),
    "no language": (Target(HOUR, HOUR, language="pt"), {"language": "pt"}, {"language": None}),
    "one variety": (Target(HOUR, HOUR, language="pt-BR"), {"language": "pt-BR"}, {"language": "pt"}),
    "country": (Target(HOUR, HOUR, country="US"), {"country": "US"}, {"country": None}),
    "tag": (Target(HOUR, HOUR, tag="rma"), {"tags": frozenset({"rma", "late"})}, {"tags": frozenset({"late"})}),
    "newcomer": (Target(HOUR, HOUR, newcomer=True), {"previous": None}, {"previous": 4}),
    "not new": (Target(HOUR, HOUR, newcomer=False), {"previous": 4}, {"previous": None}),
}


@pytest.mark.parametrize(("row", "fits", "does_not"), ROWS.values(), ids=ROWS.keys())
def test_what_a_row_names_must_fit(row: Target, fits: dict[str, Any], does_not: dict[str, Any]) -> None:
    policy = a_policy(targets=(row,))
    assert policy.target(a_ticket(**fits)) is row
    assert policy.target(a_ticket(**does_not)) is None


@pytest.mark.parametrize(
    ("tier", "counts_as"), [(Tier.STANDARD, Tier.A), (Tier.A, Tier.VIP), (Tier.VIP, Tier.VIP)], ids=str
)
def test_a_complaint_counts_one_tier_up(tier: Tier, counts_as: Tier) -> None:
    ticket = a_ticket(tier=tier, tags=frozenset({"complaint"}))
    assert POLICY.tier(ticket) is counts_as
    assert POLICY.tier(replace(ticket, tags=frozenset({"praise"}))) is tier
    assert a_policy(raising_tags=("rma",)).tier(ticket) is tier


def test_working_days_are_those_of_whoever_s_hours_count() -> None:
    assert worked(WorkDays(3), SHENZHEN) == timedelta(hours=27)
    assert worked(WorkDays(3), Calendar.always()) == timedelta(days=3)
    assert worked(timedelta(hours=5), SHENZHEN) == timedelta(hours=5)


# Clocks towards the settling of the matter.

FAST = a_policy(targets=(Target(minutes(60), minutes(30), WorkDays(1)),))
RESOLVE = ClockKind.RESOLVE


def opened(**changes: Any) -> Ticket:
    return do(a_ticket(**changes), replace(wrote(), opens=True), policy=FAST)


def test_resolution_stands_still_while_others_are_to_act() -> None:
    ticket = opened()
    assert clock(ticket, RESOLVE).due_at == at(24 * 60)
    for still in (SetPending(mei), Hold(mei)):
        waiting = do(ticket, still, at(60), FAST)
        assert clock(waiting, RESOLVE).state is ClockState.PAUSED
        again = do(waiting, wrote(101, at(180)), at(180), FAST)
        if isinstance(still, SetPending):  # whatever they write ends it; a hold goes on
            assert clock(again, RESOLVE).due_at == at(26 * 60)


def test_reopening_resumes_the_same_cycle() -> None:
    closed = do(opened(), Close(mei), at(60), FAST)
    assert clock(closed, RESOLVE).state is ClockState.STOPPED
    for ticket in (do(closed, Reopen(mei), at(600), FAST), do(closed, wrote(101, at(600)), at(600), FAST)):
        assert (clock(ticket, RESOLVE).cycle, clock(ticket, RESOLVE).due_at) == (1, at(600 + 23 * 60))


def test_what_changed_while_it_was_settled_counts_when_it_is_not() -> None:
    sooner = replace(FAST, targets=(replace(FAST.targets[0], resolve=timedelta(hours=2)),))
    closed = do(opened(), Close(mei), at(60), FAST)
    again = do(closed, Reopen(mei), at(600), sooner)
    assert clock(again, RESOLVE).due_at == at(600 + 60)


def test_an_answer_does_not_settle_the_matter() -> None:
    assert clock(do(opened(), wrote(101, at(5)), at(5), FAST), RESOLVE).running


# What is known later moves the deadlines, from each clock's own start.

BY_TIER = (
    Target(minutes(30), minutes(30), tier=Tier.VIP, whose=Whose.CUSTOMER),
    Target(minutes(45), minutes(45), tag="complaint"),
    Target(minutes(60), minutes(60)),
)


@pytest.mark.parametrize(
    ("command", "minute"),
    [
        (SetTags(mei, ("complaint",)), 45),
        (FollowContact(Tier.VIP, None, None), 30),
        (SetZone(mei, "America/New_York"), 60),
        (SetPriority(mei, Priority.HIGH), 60),
    ],
    ids=lambda command: type(command).__name__,
)
def test_live_deadlines_move(command: Any, minute: int) -> None:
    policy = a_policy(targets=BY_TIER)
    ticket = do(do(a_ticket(), wrote(), policy=policy), command, at(10), policy)
    assert clock(ticket, ClockKind.FIRST_REPLY).due_at == at(minute)


def test_a_corrected_zone_moves_a_vip_into_their_own_hours() -> None:
    policy = a_policy(targets=BY_TIER)
    ticket = do(a_ticket(tier=Tier.VIP, zone="Europe/London", country="GB"), wrote(), policy=policy)
    assert clock(ticket, ClockKind.FIRST_REPLY).due_at == at(30)  # noon in London
    moved = do(ticket, SetZone(mei, "America/New_York"), at(1), policy)
    assert moved.country == "US"
    assert clock(moved, ClockKind.FIRST_REPLY).due_at == at(2 * 60 + 30)  # seven in the morning in New York


def test_another_queue_has_other_hours() -> None:
    queues = {SUPPORT: POLICY.queue(SUPPORT), FINANCE: QueuePolicy(FINANCE, "Finance", SHENZHEN)}
    policy = a_policy(queues=queues)
    moved = do(do(a_ticket(), wrote(), policy=policy), Move(mei, FINANCE), at(1), policy)
    assert clock(moved, ClockKind.FIRST_REPLY).due_at == in_(8, 2026, 11, 26, 10, 0)


def test_what_is_promised_only_now_counts_from_now() -> None:
    """A customer who becomes a VIP is owed a solution from then on: nobody is late by surprise."""
    policy = a_policy(targets=(Target(minutes(30), minutes(30), WorkDays(1), tier=Tier.VIP), Target(HOUR, HOUR)))
    ticket = do(a_ticket(), replace(wrote(), opens=True), policy=policy)
    assert ticket.clock(RESOLVE) is None
    vip = do(ticket, SetTier(mei, Tier.VIP), at(90), policy)
    assert clock(vip, RESOLVE).due_at == at(90 + 24 * 60)
    held = do(do(ticket, Hold(mei), at(30), policy), SetTier(mei, Tier.VIP), at(90), policy)
    assert clock(held, RESOLVE).state is ClockState.PAUSED
    assert do(ticket, Recount(), at(90), policy).clock(RESOLVE) is None, "nor because the file was changed"


def test_each_of_their_messages_opens_the_channel_s_window_anew() -> None:
    """Though the clock is not written with each: it looks when it comes round."""
    ticket = do(do(a_ticket(), wrote()), wrote(101, at(10 * 60)), at(10 * 60))
    early, nothing = tick(ticket, at(20 * 60 + 1))
    assert all(fact.kind is not ClockKind.WINDOW for fact in of_kind(nothing, Warned))
    late, facts = tick(early, at(30 * 60 + 1))
    assert [(fact.kind, fact.steps, fact.due_at) for fact in of_kind(facts, Warned)] == [
        (ClockKind.WINDOW, ("-4h",), at(34 * 60))
    ]
    assert of_kind(tick(late, at(34 * 60))[1], WindowClosed)
