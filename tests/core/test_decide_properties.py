"""Whatever people, customers, platforms and clocks do, and in whatever order: what must always hold of a ticket."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import get_args, get_type_hints

from hypothesis import given, settings
from hypothesis import strategies as st

from core import commands as c
from core import facts as f
from core import sla
from core.clocks import ClockKind, ClockState
from core.decide import decide
from core.errors import Refused
from core.ids import DeskName, MessageId, PersonId
from core.messages import Ladder
from core.model import Priority, SendMode, Ticket
from core.people import Tier
from core.react import react
from tests.core.house import EVERYBODY, FINANCE, NOON, POLICY, SUPPORT, a_policy, a_ticket, boss, liu, mei

WHO = st.sampled_from([mei, liu, boss])
MESSAGES = st.integers(200, 205).map(MessageId)
REPORTS = st.sampled_from([Ladder.QUEUED, Ladder.SENT, Ladder.DELIVERED, Ladder.READ, Ladder.FAILED, Ladder.UNCERTAIN])
DRAFT = c.Draft("words")
YES_NO = st.booleans()


def replies(by: PersonId, message: MessageId, force: bool) -> c.Reply:
    return c.Reply(by, DRAFT, MessageId(100), NOON, force=force, message=message)


# One line a command; what the door would fill in is drawn freely, so that the rules hold whatever it finds.
COMMANDS: dict[type[c.Command], st.SearchStrategy[c.Command]] = {
    c.ReceiveMessage: st.builds(
        c.ReceiveMessage, st.just(MessageId(100)), st.just(NOON), stopped=st.lists(MESSAGES, max_size=2).map(tuple)
    ),
    c.RecordChange: st.builds(c.RecordChange, MESSAGES, st.just("edited")),
    c.RecordEcho: st.builds(c.RecordEcho, MESSAGES, st.just(NOON)),
    c.RecordLeft: st.just(c.RecordLeft()),
    c.RecordDetails: st.just(c.RecordDetails()),
    c.RecordUnreached: st.builds(c.RecordUnreached, WHO, st.just(DeskName("telegram"))),
    c.Reply: st.builds(replies, WHO, MESSAGES, YES_NO),
    c.ReplaceReply: st.builds(c.ReplaceReply, WHO, MESSAGES, st.just("better"), YES_NO),
    c.UndoReply: st.builds(c.UndoReply, WHO, MESSAGES, YES_NO),
    c.ReleaseReply: st.builds(c.ReleaseReply, WHO, MESSAGES, st.sampled_from(Ladder)),
    c.MoveDelivery: st.builds(c.MoveDelivery, MESSAGES, REPORTS, st.just(NOON), WHO, was=st.sampled_from(Ladder)),
    c.MarkEdited: st.builds(c.MarkEdited, WHO, MESSAGES),
    c.Claim: st.builds(c.Claim, WHO, YES_NO),
    c.Release: st.builds(c.Release, WHO),
    c.Assign: st.builds(c.Assign, WHO, WHO),
    c.Move: st.builds(c.Move, WHO, st.sampled_from([SUPPORT, FINANCE])),
    c.HandOn: st.builds(c.HandOn, WHO, st.one_of(st.none(), WHO)),
    c.SetMode: st.builds(c.SetMode, WHO, st.sampled_from(SendMode)),
    c.SetPending: st.builds(c.SetPending, WHO),
    c.Hold: st.builds(c.Hold, WHO),
    c.Close: st.builds(c.Close, WHO, take_over=YES_NO),
    c.Reopen: st.builds(c.Reopen, WHO),
    c.Snooze: st.builds(c.Snooze, WHO, st.just(NOON)),
    c.Note: st.builds(c.Note, WHO, st.just(DRAFT), MESSAGES),
    c.ChangeNote: st.builds(c.ChangeNote, WHO, MESSAGES, st.none()),
    c.SetPriority: st.builds(c.SetPriority, WHO, st.sampled_from(Priority)),
    c.SetTags: st.builds(c.SetTags, WHO, st.just(("late",))),
    c.SetTier: st.builds(c.SetTier, WHO, st.sampled_from(Tier)),
    c.SetZone: st.builds(c.SetZone, WHO, st.just("Asia/Tokyo")),
    c.FollowContact: st.builds(c.FollowContact, st.sampled_from(Tier), st.just("Asia/Tokyo"), st.just("JP")),
    c.Trigger: st.builds(c.Trigger, st.just(("lawyer",)), roster=st.just(EVERYBODY)),
    c.Consult: st.builds(c.Consult, WHO, st.just("queue:finance"), st.just(DRAFT), MESSAGES, roster=st.just(EVERYBODY)),
    c.AnswerConsult: st.builds(c.AnswerConsult, WHO, st.just(DRAFT), MESSAGES),
    c.EndConsult: st.builds(c.EndConsult, WHO),
    c.SetBlocked: st.builds(c.SetBlocked, WHO, YES_NO, YES_NO),
    c.Escalate: st.builds(c.Escalate, WHO, roster=st.just(EVERYBODY)),
    c.Ack: st.builds(c.Ack, WHO),
    c.Tick: st.just(c.Tick(EVERYBODY)),
    c.Recount: st.just(c.Recount()),
}
PAUSES = st.sampled_from([timedelta(), timedelta(seconds=5), timedelta(minutes=12), timedelta(minutes=50)])
OFTEN = (COMMANDS[kind] for kind in (c.ReceiveMessage, c.Reply, c.MoveDelivery, c.Escalate, c.Tick))
STEPS = st.tuples(st.one_of(*OFTEN, st.one_of(*COMMANDS.values())), PAUSES)
STORIES = st.lists(STEPS, min_size=8, max_size=30)
Told = list[tuple[Ticket, Ticket, c.Command, tuple[f.Fact, ...]]]


def told(story: list[tuple[c.Command, timedelta]]) -> Told:
    """Every step that was not refused: the ticket before and after it, the command and its facts."""
    live = replace(POLICY.queue(FINANCE), mode=SendMode.LIVE)
    policy = a_policy(queues={SUPPORT: POLICY.queue(SUPPORT), FINANCE: live})
    ticket, now, steps = a_ticket(), NOON, Told()
    for command, later in story:
        now += later
        match command:
            case c.ReceiveMessage() | c.RecordEcho() | c.MoveDelivery():
                command = replace(command, at=now - later)  # platforms tell late
            case c.Snooze():
                command = replace(command, until=now + timedelta(minutes=15))
            case c.Reply():
                command = replace(command, seen_at=now)
        try:
            after, facts = decide(ticket, command, now, policy)
        except Refused:
            continue
        react(after, facts, policy)  # whatever happened, it can be said
        steps.append((ticket, after, command, facts))
        ticket = after
    return steps


def test_every_command_is_in_the_stories() -> None:
    assert COMMANDS.keys() == set(get_args(c.Command))


@settings(max_examples=300)
@given(STORIES)
def test_what_must_always_hold(story: list[tuple[c.Command, timedelta]]) -> None:
    for _, ticket, _, _ in told(story):
        states = {clock.kind: clock.state for clock in ticket.clocks}
        assert len(states) == len(ticket.clocks), "one clock of a kind"
        running = {kind for kind, state in states.items() if state is not ClockState.STOPPED}
        assert ticket.is_open or not running, "a closed ticket has no clocks"
        assert not {ClockKind.ESCALATION, ClockKind.BREACH} <= running, "one chain at most"
        assert not {ClockKind.FIRST_REPLY, ClockKind.NEXT_REPLY} <= running, "one question at a time"
        assert (ticket.mode is SendMode.LIVE) == (ClockKind.LIVE in running), "live mode ends of itself"
        assert ticket.mode is SendMode.EXPLICIT or ticket.assignee is not None, "live mode is somebody's"
        assert (ticket.snoozed_until is not None) == (ClockKind.SNOOZE in running), "who sleeps wakes"
        assert (ticket.closed_at is None) == ticket.is_open
        for clock in ticket.clocks:
            assert clock.next_at is None or clock.running, "the worker looks at what runs"
            if clock.kind.is_business:
                still = ticket.status in sla.PAUSED_BY[clock.kind]
                assert clock.state is not (ClockState.RUNNING if still else ClockState.PAUSED)
            if clock.kind.is_reply and ticket.in_flight:
                assert clock.next_at is None, "a reply on its way silences warnings"


@settings(max_examples=300)
@given(STORIES)
def test_in_flight_is_what_was_given_and_has_not_landed(story: list[tuple[c.Command, timedelta]]) -> None:
    flying: set[MessageId] = set()
    for _, ticket, _, facts in told(story):
        for fact in facts:
            match fact:
                case f.ReplyHeld(message=message) | f.ReplyReleased(message=message):
                    flying.add(message)
                case f.ReplyUndone(message=message) | f.ReplyStopped(message=message):
                    flying.discard(message)
                case f.DeliveryMoved(message=message, state=state) if state not in (Ladder.HELD, Ladder.QUEUED):
                    flying.discard(message)
        assert ticket.in_flight == flying


@settings(max_examples=300)
@given(STORIES)
def test_a_step_fires_once_in_a_cycle(story: list[tuple[c.Command, timedelta]]) -> None:
    fired: set[tuple[ClockKind, int, str]] = set()
    for _, _, _, facts in told(story):
        for fact in facts:
            match fact:
                case f.Warned(kind, cycle, steps):
                    now = {(kind, cycle, step) for step in steps}
                case f.Breached(kind, cycle):
                    now = {(kind, cycle, "100%")}
                case _:
                    continue
            assert not now & fired
            fired |= now


@settings(max_examples=100)
@given(STORIES)
def test_what_is_due_is_done_with_after_one_look(story: list[tuple[c.Command, timedelta]]) -> None:
    """Else the clock worker would come back to the ticket for ever."""
    ticket = steps[-1][1] if (steps := told(story)) else a_ticket()
    for hours in (0, 1, 2, 48):
        now = NOON + timedelta(hours=20 + hours)
        ticket, _ = decide(ticket, c.Tick(EVERYBODY), now, POLICY)
        assert all(clock.next_at > now for clock in ticket.clocks if clock.next_at is not None)


@settings(max_examples=100)
@given(STORIES)
def test_whoever_has_the_ticket_the_history_says_so(story: list[tuple[c.Command, timedelta]]) -> None:
    for before, after, command, facts in told(story):
        if before.assignee != after.assignee and not isinstance(command, c.Close):
            assert any(isinstance(fact, f.Claimed | f.Released | f.Assigned | f.HandedOn | f.Moved) for fact in facts)


def test_facts_have_no_room_for_a_customers_words() -> None:
    """Ids, codes and numbers: a person can be erased though the history stays."""
    texts = {
        (fact.__name__, name.name)
        for fact in get_args(f.Fact)
        for name in fields(fact)
        if get_type_hints(fact)[name.name] is str
    }
    assert texts == {
        ("ConsultAnswered", "whom"),
        ("ConsultEnded", "whom"),
        ("ConsultEnded", "why"),
        ("ConsultLate", "whom"),
        ("Consulted", "whom"),
        ("CustomerChanged", "what"),
        ("DeliveryMoved", "code"),
        ("HandedOn", "why"),
        ("ModeSet", "why"),
        ("NoteChanged", "what"),
        ("PromiseMade", "why"),
        ("StatusSet", "code"),
        ("Woke", "why"),
        ("ZoneSet", "zone"),
    }
