"""Whose ticket it is: claim, release, assign, move."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from core.commands import Assign, Claim, Close, HandOn, Move, Release, SetMode
from core.errors import Refused
from core.facts import Assigned, Claimed, HandedOn, ModeSet, Moved, Released
from core.ids import QueueName
from core.model import SendMode, Ticket
from core.people import Person, Roster
from core.policy import QueuePolicy
from core.rules.change import Change
from core.rules.ownership import relieve
from core.say import PersonName
from core.staffing import Staffing
from tests.core.house import (
    FINANCE,
    LIU,
    MEI,
    NOON,
    POLICY,
    SUPPORT,
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
)  # fmt: skip


def live_queue() -> Mapping[QueueName, QueuePolicy]:
    queues = dict(POLICY.queues)
    queues[SUPPORT] = replace(queues[SUPPORT], mode=SendMode.LIVE)
    return queues


def test_who_claims_first_has_it() -> None:
    ticket = do(a_ticket(), Claim(mei))
    assert (ticket.assignee, ticket.assigned_at) == (mei, NOON)


def test_who_claims_second_reads_who_was_first_and_when_and_may_take_over() -> None:
    ticket = do(a_ticket(), Claim(mei))
    with pytest.raises(Refused) as refusal:
        do(ticket, Claim(liu), at(3))
    assert refusal.value.say.key == "refused.claim_taken"
    assert refusal.value.say.params == {"by": PersonName(mei), "ago": minutes(3)}
    assert [(b.action, b.value) for b in refusal.value.say.buttons] == [("claim", "over")]


def test_taking_over_says_from_whom() -> None:
    ticket = do(a_ticket(), Claim(mei))
    assert facts_of(ticket, Claim(liu, take_over=True)) == (Claimed(liu, over=mei),)


def test_claiming_what_is_yours_changes_nothing() -> None:
    ticket = do(a_ticket(), Claim(mei))
    with pytest.raises(Refused, match="claim_yours"):
        do(ticket, Claim(mei, take_over=True))


def test_only_the_owner_gives_a_ticket_back() -> None:
    ticket = do(a_ticket(), Claim(mei))
    with pytest.raises(Refused, match="release_not_yours"):
        do(ticket, Release(liu))
    with pytest.raises(Refused, match="unassigned"):
        do(a_ticket(), Release(mei))
    assert facts_of(ticket, Release(mei)) == (Released(mei),)
    assert do(ticket, Release(mei)).assignee is None


def test_a_ticket_is_given_to_somebody_once() -> None:
    ticket = do(a_ticket(), Assign(mei, liu))
    assert ticket.assignee == liu
    assert facts_of(a_ticket(), Assign(mei, liu)) == (Assigned(mei, liu),)
    with pytest.raises(Refused, match="already_theirs"):
        do(ticket, Assign(mei, liu))


def test_another_queue_begins_with_nobody() -> None:
    ticket = do(a_ticket(), Claim(mei))
    after = do(ticket, Move(mei, FINANCE))
    assert (after.queue, after.assignee) == (FINANCE, None)
    assert of_kind(facts_of(ticket, Move(mei, FINANCE)), Moved) == [Moved(mei, SUPPORT, FINANCE)]
    with pytest.raises(Refused, match="already_in_queue"):
        do(ticket, Move(mei, SUPPORT))


def test_live_mode_ends_with_its_owner() -> None:
    ticket = do(do(a_ticket(), Claim(mei)), SetMode(mei, SendMode.LIVE))
    for handed in (Claim(liu, take_over=True), Release(mei), Assign(mei, liu), Move(mei, FINANCE)):
        assert do(ticket, handed).mode is SendMode.EXPLICIT
        assert ModeSet(SendMode.EXPLICIT, None, "reassigned") in facts_of(ticket, handed)


def test_a_live_queue_makes_each_new_owner_live() -> None:
    policy = a_policy(queues=live_queue())
    ticket = do(a_ticket(), Claim(mei), policy=policy)
    assert ticket.mode is SendMode.LIVE
    over = facts_of(ticket, Claim(liu, take_over=True), policy=policy)
    assert [(fact.mode, fact.by) for fact in of_kind(over, ModeSet)] == [
        (SendMode.EXPLICIT, None),
        (SendMode.LIVE, liu),
    ]


@pytest.mark.parametrize("command", [Claim(liu), Claim(liu, take_over=True), Assign(mei, liu), Move(mei, FINANCE)])
def test_a_closed_ticket_changes_no_hands(command: Claim | Assign | Move) -> None:
    closed = do(do(a_ticket(), Claim(mei)), Close(mei))
    with pytest.raises(Refused, match="closed"):
        do(closed, command)


def relieved(ticket: Ticket, *people: Person) -> tuple[Ticket, list[HandedOn]]:
    change = Change(ticket, NOON, POLICY)
    relieve(change, Staffing(POLICY, Roster(people)))
    return change.ticket, of_kind(change.facts, HandedOn)


def test_what_is_handed_on_goes_to_the_one_named_or_to_nobody() -> None:
    ticket = do(a_ticket(), Claim(mei))
    assert do(ticket, HandOn(mei, liu)).assignee == liu
    assert do(ticket, HandOn(mei, None)).assignee is None
    assert facts_of(ticket, HandOn(mei, liu)) == (HandedOn(mei, liu, "away"),)


def test_what_is_in_other_hands_by_now_is_left_there() -> None:
    for ticket in (a_ticket(), do(a_ticket(), Claim(liu)), do(do(a_ticket(), Claim(mei)), Close(mei))):
        assert facts_of(ticket, HandOn(mei, boss)) == ()


def test_nobody_stays_owner_of_a_breaching_ticket_from_a_beach() -> None:
    ticket = do(a_ticket(), Claim(mei))
    gone = replace(MEI, away=True, substitute=liu)
    assert relieved(ticket, gone, LIU) == (do(ticket, HandOn(mei, liu)), [HandedOn(mei, liu, "breach")])
    assert relieved(ticket, gone, replace(LIU, away=True))[1] == [HandedOn(mei, None, "breach")]


def test_who_is_there_keeps_a_breaching_ticket() -> None:
    ticket = do(a_ticket(), Claim(mei))
    back = replace(MEI, away=True, away_until=NOON, substitute=liu)
    for owner in (replace(MEI, substitute=liu), back):
        assert relieved(ticket, owner, LIU) == (ticket, [])
    assert relieved(a_ticket(), MEI) == (a_ticket(), [])
