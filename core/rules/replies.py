"""Replies to the customer, from the agent's words to what became of them. The rules that protect the customer."""

import math
from collections.abc import Sequence

from core import sla
from core.clocks import ClockKind
from core.commands import MarkEdited, MoveDelivery, RecordEcho, ReleaseReply, ReplaceReply, Reply, UndoReply
from core.errors import Confirm
from core.events import FileNote
from core.facts import (
    AnsweredElsewhere,
    Claimed,
    DeliveryMoved,
    EditedAfterSending,
    Opened,
    ReplyChanged,
    ReplyHeld,
    ReplyReleased,
    ReplyUndone,
)
from core.ids import MessageId
from core.messages import TAKEN, Ladder
from core.model import SendMode, Status
from core.rules import alarm, promising, waiting
from core.rules.change import Change
from core.rules.ownership import hand_to
from core.say import PersonName, Word, say

_MB = 1024 * 1024


def reply(change: Change, command: Reply) -> None:
    """Hold the words for the undo time, unless they may not go out or somebody should look again first."""
    ticket = change.ticket
    if command.live and (ticket.mode is not SendMode.LIVE or ticket.assignee != command.by):
        raise change.refuse("refused.live_over")
    _check_sendable(change, blocked=command.blocked)
    if not command.draft.text.strip() and not command.draft.files:
        raise change.refuse("refused.reply_empty")
    _check_files(change, command.draft.files)
    if not command.force:
        _check_fresh(change, command)
    if ticket.assignee is None:
        change.add(Claimed(command.by))
        hand_to(change, command.by)
    until = change.now + change.policy.undo
    change.add(ReplyHeld(command.message, command.by, until, command.files, command.draft.desk))
    _fly(change, command.message)
    change.set(last_reply_at=change.now, last_reply_by=command.by)
    if change.ticket.assignee == command.by:
        change.refresh_live()


def replace(change: Change, command: ReplaceReply) -> None:
    """The edited text waits out a hold of its own."""
    if not command.withdrawn:
        raise change.refuse("refused.too_late_to_change")
    if not command.text.strip():
        raise change.refuse("refused.reply_empty")
    change.add(ReplyChanged(command.message, command.by, change.now + change.policy.undo))


def undo(change: Change, command: UndoReply) -> None:
    if not command.withdrawn:
        raise change.refuse("refused.too_late_to_undo")
    change.add(ReplyUndone(command.message, command.by))
    change.landed([command.message])


def release(change: Change, command: ReleaseReply) -> None:
    """Somebody looked and says: send it."""
    if command.state not in (Ladder.ASKED, Ladder.FAILED, Ladder.UNCERTAIN):
        raise change.refuse("refused.nothing_to_send_again", state=Word(f"ladder.{command.state}"))
    _check_sendable(change, blocked=command.blocked)
    change.add(ReplyReleased(command.message, command.by))
    _fly(change, command.message)


def mark_edited(change: Change, command: MarkEdited) -> None:
    change.add(EditedAfterSending(command.message, command.by))


def moved(change: Change, command: MoveDelivery) -> None:
    """The channel took it, or could not. Taken: the clocks stop as of the moment the agent gave the reply.

    Most platforms say only afterwards that they could not deliver; then the customer waits on, and the clock with them.
    """
    change.add(DeliveryMoved(command.message, command.state, command.code, command.automatic))
    if command.automatic:
        promising.moved(change, command)
        return
    if command.state in TAKEN and command.was not in TAKEN:
        _answered(change, command)
    elif command.state is Ladder.FAILED and command.was in TAKEN and change.ticket.is_open:
        _failed_after_all(change, command)
        change.follow_status()
    if command.state not in (Ladder.HELD, Ladder.QUEUED):
        change.landed([command.message])


def _failed_after_all(change: Change, command: MoveDelivery) -> None:
    """Then the customer waits as if it had never been given, unless they have another answer."""
    if command.answered_at is not None:
        change.ticket = sla.date_stop(change.ticket, command.at, command.answered_at)
        return
    before = change.ticket
    change.take(sla.unstop(change.ticket, command.at, change.policy))
    if change.ticket != before:
        waiting.again(change)


def echo(change: Change, command: RecordEcho) -> None:
    """A colleague answered in the channel's own app: a human reply like any other."""
    if command.opens:
        change.add(Opened(change.ticket.previous))
        change.take(sla.start(change.ticket, ClockKind.RESOLVE, command.at, change.policy))
    change.add(AnsweredElsewhere(command.message, command.files))
    change.set(last_reply_at=max(command.at, change.ticket.last_reply_at or command.at), last_reply_by=None)
    _answered(change, command)


def _fly(change: Change, message: MessageId) -> None:
    change.set(in_flight=change.ticket.in_flight | {message})
    change.ticket = sla.rearm(change.ticket, change.policy)


def _answered(change: Change, command: MoveDelivery | RecordEcho) -> None:
    """A person's words reached the channel. What the customer wrote after them still waits for an answer."""
    ticket = change.ticket
    clocks = [clock for kind in sla.REPLY_KINDS if (clock := ticket.clock(kind)) is not None]
    change.stop(*(clock.kind for clock in clocks if clock.started_at <= command.at), at=command.at)
    if ticket.status is Status.NEW:
        change.status(Status.OPEN, command.by if isinstance(command, MoveDelivery) else None)
    if change.ticket.waiting_since is not None:
        return
    alarm.answered(change)
    waiting.over(change)
    since = ticket.last_customer_at
    if change.ticket.is_open and since is not None and since > command.at:
        waiting.begin(change, since)


def _check_sendable(change: Change, *, blocked: bool) -> None:
    ticket = change.ticket
    if not ticket.is_open:
        raise change.refuse("refused.reply_closed")
    if blocked:
        raise change.refuse("refused.reply_blocked")
    inbox = change.policy.inboxes.get(ticket.inbox)
    if inbox is None:
        raise change.refuse("refused.inbox_gone", inbox=ticket.inbox)
    ends = ticket.window_ends(inbox.words_window)
    if inbox.words_window is not None and (ends is None or ends <= change.now):
        raise change.refuse("refused.window_closed", channel=Word(f"channel.{ticket.channel}"))


def _check_files(change: Change, files: Sequence[FileNote]) -> None:
    """What the channel would refuse is said before anything leaves: words without their file are seldom meant."""
    inbox = change.policy.inboxes[change.ticket.inbox]
    for file in files:
        limit = inbox.file_limit(file.mime)
        if file.size is not None and file.size > limit:
            raise change.refuse(
                "refused.file_too_large",
                name=file.name,
                size=math.ceil(file.size / _MB),
                limit=limit // _MB,
                channel=Word(f"channel.{inbox.channel}"),
            )


def _check_fresh(change: Change, command: Reply) -> None:
    """Ask first when the agent could not have seen everything, or the ticket is not theirs."""
    ticket = change.ticket
    if ticket.assignee not in (None, command.by):
        assert ticket.assignee is not None
        raise Confirm(say("confirm.not_yours", by=PersonName(ticket.assignee)))
    if ticket.last_customer is not None and ticket.last_customer != command.seen:
        raise Confirm(say("confirm.unseen_message"))
    answered = ticket.last_reply_at is not None and ticket.last_reply_at > command.seen_at
    if answered and ticket.last_reply_by != command.by:
        raise Confirm(say("confirm.answered_meanwhile"))
