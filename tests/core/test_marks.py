"""What is noted about a ticket or its customer."""

import pytest

from core.clocks import ClockKind
from core.commands import ChangeNote, Draft, MarkEdited, Note, SetBlocked, SetPriority, SetTags, SetTier, SetZone
from core.errors import Refused
from core.facts import (
    ClockMoved,
    ContactBlocked,
    EditedAfterSending,
    NoteChanged,
    Noted,
    PrioritySet,
    Tagged,
    TierSet,
    ZoneSet,
)
from core.ids import MessageId
from core.model import Priority
from core.people import Tier
from core.rules.marks import MAX_TAGS
from core.targets import Target
from tests.core.house import a_policy, a_ticket, asked, at, clock, do, facts_of, mei, minutes

N = MessageId(300)


def test_a_note_is_noted_and_moves_nothing() -> None:
    note = Note(mei, Draft("he sounds angry"), message=N)
    assert facts_of(asked(), note) == (Noted(N, mei),)
    assert do(asked(), note) == asked()
    with pytest.raises(Refused, match="note_empty"):
        do(asked(), Note(mei, Draft("  ")))


@pytest.mark.parametrize(("text", "what"), [("new words", "edited"), (None, "deleted")])
def test_a_note_follows_what_its_author_does(text: str | None, what: str) -> None:
    assert facts_of(asked(), ChangeNote(mei, N, text)) == (NoteChanged(N, what),)


def test_an_edit_after_sending_is_only_said() -> None:
    assert facts_of(asked(), MarkEdited(mei, N)) == (EditedAfterSending(N, mei),)


def test_a_higher_tier_moves_the_deadline_from_the_clocks_own_start() -> None:
    facts = facts_of(asked(), SetTier(mei, Tier.VIP), at(15))
    assert facts == (TierSet(Tier.STANDARD, Tier.VIP, mei), ClockMoved(ClockKind.FIRST_REPLY, 1, at(20)))
    with pytest.raises(Refused, match="already_tier"):
        do(asked(), SetTier(mei, Tier.STANDARD))


def test_a_priority_moves_it_where_a_target_says_so() -> None:
    policy = a_policy(
        targets=(Target(minutes(5), minutes(5), priority=Priority.URGENT), Target(minutes(60), minutes(30)))
    )
    facts = facts_of(asked(), SetPriority(mei, Priority.URGENT), at(1), policy)
    assert facts == (
        PrioritySet(Priority.NORMAL, Priority.URGENT, mei),
        ClockMoved(ClockKind.FIRST_REPLY, 1, at(5)),
    )
    assert facts_of(asked(), SetPriority(mei, Priority.HIGH)) == (PrioritySet(Priority.NORMAL, Priority.HIGH, mei),)
    with pytest.raises(Refused, match="already_priority"):
        do(asked(), SetPriority(mei, Priority.NORMAL))


def test_tags_come_and_go() -> None:
    ticket = do(a_ticket(), SetTags(mei, ("refund", "paypal")))
    assert ticket.tags == {"refund", "paypal"}
    assert facts_of(ticket, SetTags(mei, ("late",), ("paypal",))) == (Tagged(("late",), ("paypal",), mei),)
    with pytest.raises(Refused, match="tags_unchanged"):
        do(ticket, SetTags(mei, ("refund",), ("unknown",)))
    with pytest.raises(Refused, match="too_many_tags"):
        do(ticket, SetTags(mei, tuple(f"t{n}" for n in range(MAX_TAGS))))


def test_zone_and_block_are_the_contacts_and_stand_in_the_history() -> None:
    assert facts_of(asked(), SetZone(mei, "Asia/Tokyo")) == (ZoneSet(mei, "Asia/Tokyo"),)
    assert facts_of(asked(), SetBlocked(mei, True)) == (ContactBlocked(mei, True),)
    with pytest.raises(Refused, match="already_blocked"):
        do(asked(), SetBlocked(mei, True, was=True))
    with pytest.raises(Refused, match="not_blocked"):
        do(asked(), SetBlocked(mei, False, was=False))


def test_the_clock_keeps_its_start_whatever_is_noted() -> None:
    vip = do(asked(), SetTier(mei, Tier.VIP), at(15))
    assert clock(do(vip, SetTier(mei, Tier.STANDARD), at(16)), ClockKind.FIRST_REPLY).due_at == at(60)
