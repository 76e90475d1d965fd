"""What follows from each fact: entries, notices, outside work. Nothing internal becomes a message to a customer."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import i18n
from core import facts as f
from core.clocks import ClockKind
from core.effects import Effect, Log, Tell, Touch
from core.ids import FileId, MessageId, TicketId
from core.jobs import CloseThread, EditCard, FetchFile, MarkRead, Owed, SendReply, SyncThread, Urgency
from core.messages import Ladder
from core.model import EntryKind, Priority, SendMode, Status
from core.people import Tier
from core.quiet import Alarm
from core.react import react
from core.say import PersonName, Say, TicketLabel
from tests.core.house import FINANCE, POLICY, SHOP, SLACK, SUPPORT, a_policy, a_ticket, at, boss, liu, mei

M, FILE = MessageId(200), FileId(9)
OURS = a_ticket(assignee=mei)
FIRST = ClockKind.FIRST_REPLY
TO_CUSTOMERS = (f.ReplyHeld, f.ReplyChanged, f.ReplyReleased, f.PromiseMade)

EVERY_FACT: list[f.Fact] = [
    f.Opened(),
    f.Opened(TicketId(3)),
    f.CustomerWrote(M, (FILE,), follows=True),
    *(f.CustomerChanged(M, what) for what in ("edited", "deleted", "reaction")),
    f.AnsweredElsewhere(M, (FILE,)),
    f.LeftUnseen(),
    f.DetailsGiven(),
    f.Unreached(mei, SLACK),
    f.Claimed(mei),
    f.Claimed(mei, over=liu),
    f.Released(mei),
    f.Assigned(mei, liu),
    f.Moved(mei, FINANCE, SUPPORT),
    f.Moved(None, FINANCE, SUPPORT),
    f.ReplyHeld(M, mei, at(1), (FILE,), SLACK),
    f.ReplyChanged(M, mei, at(1)),
    f.ReplyStopped(M),
    f.ReplyReleased(M, mei),
    f.ReplyUndone(M, mei),
    f.EditedAfterSending(M, mei),
    *(f.DeliveryMoved(M, state, code) for state in Ladder for code in ("", "undeliverable")),
    f.Noted(M, mei, (FILE,), SLACK),
    f.NoteChanged(M, "edited"),
    f.ModeSet(SendMode.LIVE, mei),
    f.ModeSet(SendMode.EXPLICIT, mei),
    *(f.ModeSet(SendMode.EXPLICIT, None, why) for why in ("idle", "reassigned", "closed")),
    *(f.StatusSet(old, Status.CLOSED, mei, code) for old in (Status.NEW, Status.HOLD) for code in ("", "solved")),
    f.StatusSet(Status.NEW, Status.OPEN, None),
    f.StatusSet(Status.OPEN, Status.HOLD, mei),
    f.StatusSet(Status.HOLD, Status.PENDING, mei),
    f.StatusSet(Status.PENDING, Status.OPEN, None),
    f.StatusSet(Status.CLOSED, Status.OPEN, None),
    f.StatusSet(Status.CLOSED, Status.OPEN, mei),
    f.Snoozed(mei, at(60)),
    f.Woke("time"),
    f.Woke("customer"),
    f.Escalated(1, mei, (boss,)),
    f.Escalated(1, None, (boss,), FIRST),
    f.Escalated(2, None, (boss,), ClockKind.BREACH),
    f.Escalated(1, None, (boss,), ClockKind.RESOLVE),
    f.Escalated(1, None, (boss,), kinds=("safety", "ours")),
    f.Reminded(1, (boss,)),
    f.EscalationSpent((boss,)),
    f.Acked(boss, 1),
    *(f.PrioritySet(Priority.NORMAL, priority, by) for priority in Priority for by in (mei, None)),
    f.Tagged(("late",), ("paid",), mei),
    *(f.TierSet(tier, Tier.STANDARD, mei) for tier in Tier),
    f.ZoneSet(mei, "Asia/Tokyo"),
    f.ContactBlocked(mei, True),
    f.ContactBlocked(mei, False),
    *(f.HandedOn(liu, to, why) for to in (mei, None) for why in ("away", "left", "breach", "escalated")),
    f.AnswerAwaited(mei, at(60)),
    f.Woke("silent"),
    f.Triggered(("chargeback", "lawyer", "safety", "public_review", "ours")),
    f.Consulted(MessageId(300), mei, "queue:finance", (boss,)),
    f.Consulted(MessageId(300), mei, "person:3", (boss,)),
    f.ConsultAnswered(MessageId(301), boss, "person:3", 60, mei),
    *(f.ConsultLate("queue:finance", (step,), at(60), (boss,), mei) for step in ("75%", "100%")),
    f.ConsultEnded(mei, "queue:finance"),
    f.ConsultEnded(None, "queue:finance", "closed"),
    f.PromiseMade(MessageId(302), at(60), "closed"),
    f.PromiseBroken(at(60), (mei,)),
    f.WindowClosed(at(60), (mei,)),
    f.ClockStarted(FIRST, 1, at(60)),
    f.ClockMoved(FIRST, 1, at(60)),
    f.ClockPaused(FIRST, 1),
    f.ClockResumed(FIRST, 1, at(60)),
    f.ClockStopped(FIRST, 1, 60, late=False),
    *(
        f.Warned(kind, 1, ("75%", "90%"), at(60), (mei,))
        for kind in ClockKind
        if kind.is_business or kind is ClockKind.WINDOW
    ),
    f.Breached(FIRST, 1, at(60)),
]


def after(*facts: f.Fact) -> tuple[Effect, ...]:
    return react(OURS, facts, POLICY)


def works(effects: tuple[Effect, ...]) -> list[object]:
    return [effect.work for effect in effects if isinstance(effect, Owed)]


def lines(effects: tuple[Effect, ...]) -> list[str]:
    return [log.say.key for log in of_effect(effects) if log.say is not None]


def of_effect(effects: tuple[Effect, ...]) -> list[Log]:
    return [effect for effect in effects if isinstance(effect, Log)]


def test_the_list_above_has_every_fact() -> None:
    assert {type(fact) for fact in EVERY_FACT} == set(get_args(f.Fact))


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
@pytest.mark.parametrize("fact", EVERY_FACT, ids=repr)
def test_whatever_is_said_has_words(fact: f.Fact, locale: str) -> None:
    """In strict mode a missing text, or a parameter that the text has no room for, is an error."""
    for effect in after(fact):
        words = effect.say if isinstance(effect, Log | Tell) else None
        quoted = {"text": "…"} if isinstance(effect, Tell) and effect.quote is not None else {}
        for each in (words, *words.lines) if words is not None else ():
            assert "?" not in i18n.render(locale, each.key, {**each.params, **quoted}, resolve=_named)


def _named(value: PersonName | TicketLabel) -> str:
    return "Mei" if isinstance(value, PersonName) else "T-12"


@given(st.lists(st.sampled_from(EVERY_FACT), max_size=6), st.sampled_from([mei, None]))
def test_only_what_was_given_as_a_reply_is_ever_sent(facts: list[f.Fact], owner: int | None) -> None:
    effects = react(a_ticket(assignee=owner), tuple(facts), POLICY)
    sent = [work.message for work in works(effects) if isinstance(work, SendReply)]
    assert sent == [fact.message for fact in facts if isinstance(fact, TO_CUSTOMERS)]


@given(st.lists(st.sampled_from(EVERY_FACT), max_size=6))
def test_a_note_pings_and_sends_nothing(facts: list[f.Fact]) -> None:
    for log in of_effect(react(OURS, tuple(facts), POLICY)):
        if log.kind is EntryKind.NOTE:
            assert (log.mention, log.say) == (None, None)


def test_a_customers_message_goes_up_at_once_and_pings_the_owner() -> None:
    effects = after(f.CustomerWrote(M))
    assert effects[0] == Log(EntryKind.CUSTOMER, M, mention=mei, alarm=Alarm.WARNING)
    sync, card = (e for e in effects if isinstance(e, Owed))
    assert (card.work, card.urgency) == (EditCard(OURS.id, SLACK), Urgency.COSMETIC)  # the window is open for longer
    assert (sync.work, sync.not_before, sync.urgency) == (SyncThread(OURS.id, SLACK), None, Urgency.THREAD)


def test_a_burst_waits_and_becomes_one_post() -> None:
    ticket = replace(OURS, last_received_at=at(5))
    sync, _ = (e for e in react(ticket, (f.CustomerWrote(M, follows=True),), POLICY) if isinstance(e, Owed))
    assert (sync.not_before, sync.hurries) == (at(5) + POLICY.burst, True)


def test_a_new_tickets_card_is_opened_not_edited() -> None:
    opened = works(after(f.Opened(), f.CustomerWrote(M), f.ClockStarted(FIRST, 1, at(60))))
    assert opened == [SyncThread(OURS.id, SLACK)]
    assert EditCard(OURS.id, SLACK) in works(after(f.Claimed(mei)))


def test_files_are_fetched_from_where_they_came() -> None:
    assert FetchFile(FILE, inbox=SHOP) in works(after(f.CustomerWrote(M, (FILE,))))
    assert FetchFile(FILE, desk=SLACK) in works(after(f.ReplyHeld(M, mei, at(1), (FILE,), SLACK)))
    assert FetchFile(FILE, desk=SLACK) in works(after(f.Noted(M, mei, (FILE,), SLACK)))


def test_a_reply_waits_out_its_hold_in_the_customers_lane() -> None:
    (send,) = (e for e in after(f.ReplyHeld(M, mei, at(1))) if isinstance(e, Owed) and isinstance(e.work, SendReply))
    assert (send.not_before, send.lane, send.key) == (at(1), "customer:5", "send:200")


def test_what_failed_pings_who_gave_it() -> None:
    ticket = replace(OURS, last_reply_by=liu)
    for state in (Ladder.FAILED, Ladder.UNCERTAIN):
        effects = react(ticket, (f.DeliveryMoved(M, state),), POLICY)
        assert Touch(M) in effects
        assert [(log.say.key, log.mention) for log in of_effect(effects) if log.say] == [(f"line.{state}", liu)]
    assert lines(react(ticket, (f.DeliveryMoved(M, Ladder.READ),), POLICY)) == []


def test_read_ticks_are_shown_where_the_inbox_wants_them_and_somebody_looks() -> None:
    ticks = a_policy(inboxes={SHOP: replace(POLICY.inboxes[SHOP], read_ticks=True)})
    tick = MarkRead(M, SHOP)
    assert tick in works(react(OURS, (f.CustomerWrote(M),), ticks))
    assert tick not in works(react(a_ticket(), (f.CustomerWrote(M),), ticks))
    assert tick in works(react(replace(OURS, last_customer=M), (f.Claimed(mei),), ticks))
    assert tick not in works(after(f.CustomerWrote(M)))


def test_an_answer_that_opens_a_new_ticket_needs_no_line_of_its_own() -> None:
    assert lines(after(f.StatusSet(Status.NEW, Status.OPEN, None))) == []
    assert lines(after(f.StatusSet(Status.PENDING, Status.OPEN, None))) == ["line.status_customer"]
    assert lines(after(f.StatusSet(Status.CLOSED, Status.OPEN, None))) == ["line.reopened_customer"]


def test_another_queue_leaves_a_pointer_behind() -> None:
    moved = replace(OURS, queue=FINANCE)
    effects = react(moved, (f.Moved(mei, SUPPORT, FINANCE),), POLICY)
    assert CloseThread(OURS.id, SLACK, "C1") in works(effects)
    assert [e.bucket for e in effects if isinstance(e, Owed) and isinstance(e.work, SyncThread)] == ["slack:C2"]


def test_queues_that_share_a_place_leave_no_pointer() -> None:
    queues = {name: replace(POLICY.queue(name), places={SLACK: ("C1",)}) for name in (SUPPORT, FINANCE)}
    effects = react(replace(OURS, queue=FINANCE), (f.Moved(mei, SUPPORT, FINANCE),), a_policy(queues=queues))
    assert of_kind_work(effects, CloseThread) == []


def of_kind_work(effects: tuple[Effect, ...], kind: type[object]) -> list[object]:
    return [work for work in works(effects) if isinstance(work, kind)]


def test_a_queue_without_a_desk_owes_no_desk_anything() -> None:
    queues = {SUPPORT: replace(POLICY.queue(SUPPORT), places={})}
    assert works(react(OURS, (f.Claimed(mei),), a_policy(queues=queues))) == []


@pytest.mark.parametrize(
    ("fact", "cause", "who"),
    [
        (f.Escalated(1, mei, (boss,)), "by", {"by": PersonName(mei)}),
        (f.Escalated(1, None, (boss,), FIRST), "breach", {}),
        (f.Escalated(2, None, (boss,), ClockKind.ESCALATION), "unacked", {}),
    ],
)
def test_an_escalation_says_why_and_can_be_acknowledged(
    fact: f.Escalated, cause: str, who: dict[str, PersonName]
) -> None:
    effects = after(fact)
    assert lines(effects) == [f"line.escalated_{cause}"]
    (told,) = (e for e in effects if isinstance(e, Tell))
    assert told.person == boss
    assert told.say == Say(
        f"tell.escalated_{cause}", {**who, "ticket": TicketLabel(OURS.id), "level": fact.level}, told.say.buttons
    )
    assert [button.action for button in told.say.buttons] == ["ack", "reassign"]


def test_who_gives_a_ticket_to_themselves_is_not_told() -> None:
    assert [e.person for e in after(f.Assigned(mei, liu)) if isinstance(e, Tell)] == [liu]
    assert [e for e in after(f.Assigned(mei, mei)) if isinstance(e, Tell)] == []


def test_log_lines_ping_nobody_but_for_alarms() -> None:
    quiet: list[f.Fact] = [
        f.Released(mei),
        f.Acked(boss, 1),
        f.Snoozed(mei, at(9)),
        f.Moved(mei, FINANCE, SUPPORT),
        f.Claimed(mei),
    ]
    assert {log.mention for log in of_effect(after(*quiet))} == {None}
    assert [log.mention for log in of_effect(after(f.Warned(FIRST, 1, ("75%",), at(60), (mei,))))] == [mei]
