"""(ticket, command, now, policy) -> (ticket, facts): the whole of what may happen to a ticket, without any I/O."""

from datetime import datetime
from typing import assert_never

from core import commands as c
from core import sla
from core.facts import DetailsGiven, Fact, LeftUnseen, Unreached
from core.model import Ticket
from core.policy import Policy
from core.rules import alarm, consulting, customer, marks, ownership, replies, status
from core.rules.change import Change


def decide(ticket: Ticket, command: c.Command, now: datetime, policy: Policy) -> tuple[Ticket, tuple[Fact, ...]]:
    """Raises `Refused`, or its kind `Confirm`, when it may not or not yet be done."""
    change = Change(ticket, now, policy)
    _rule(change, command)
    return change.ticket, tuple(change.facts)


def _rule(change: Change, command: c.Command) -> None:
    match command:
        case c.ReceiveMessage():
            customer.receive(change, command)
        case c.RecordChange():
            customer.changed(change, command)
        case c.RecordEcho():
            replies.echo(change, command)
        case c.RecordLeft():
            change.add(LeftUnseen())
        case c.RecordDetails():
            change.add(DetailsGiven())
        case c.RecordUnreached(person, desk):
            change.add(Unreached(person, desk))
        case c.Reply():
            replies.reply(change, command)
        case c.ReplaceReply():
            replies.replace(change, command)
        case c.UndoReply():
            replies.undo(change, command)
        case c.ReleaseReply():
            replies.release(change, command)
        case c.MoveDelivery():
            replies.moved(change, command)
        case c.MarkEdited():
            replies.mark_edited(change, command)
        case c.Claim():
            ownership.claim(change, command)
        case c.Release():
            ownership.release(change, command)
        case c.Assign():
            ownership.assign(change, command)
        case c.HandOn():
            ownership.hand_on(change, command)
        case c.Move():
            ownership.move(change, command)
        case c.SetMode():
            status.mode(change, command)
        case c.SetPending():
            status.pending(change, command)
        case c.Hold():
            status.hold(change, command)
        case c.Close():
            status.close(change, command)
        case c.Reopen():
            status.reopen(change, command)
        case c.Snooze():
            status.snooze(change, command)
        case c.Note():
            marks.note(change, command)
        case c.ChangeNote():
            marks.change_note(change, command)
        case c.SetPriority():
            marks.priority(change, command)
        case c.SetTags():
            marks.tags(change, command)
            alarm.tagged(change, command)
        case c.SetTier():
            marks.tier(change, command)
        case c.SetZone():
            marks.zone(change, command)
        case c.FollowContact():
            marks.follow_contact(change, command)
        case c.SetBlocked():
            marks.block(change, command)
        case c.Escalate():
            alarm.escalate(change, command)
        case c.Trigger():
            alarm.trigger(change, command)
        case c.Consult():
            consulting.consult(change, command)
        case c.AnswerConsult():
            consulting.answer(change, command)
        case c.EndConsult():
            consulting.end(change, command)
        case c.Ack():
            alarm.ack(change, command)
        case c.Tick():
            alarm.tick(change, command)
        case c.Recount():
            change.take(sla.recount(change.ticket, change.policy))
        case _:
            assert_never(command)
