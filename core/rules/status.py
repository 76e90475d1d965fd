"""new -> open -> pending / hold -> closed, and sleep."""

from core import sla
from core.clocks import ClockKind
from core.commands import Close, Hold, Reopen, SetMode, SetPending, Snooze
from core.facts import AnswerAwaited, Noted, Snoozed
from core.model import SendMode, Status
from core.rules import consulting
from core.rules.change import Change
from core.say import Button, PersonName, Word

CLOSE_ANYWAY = Button("close", "button.take_over_close", "over", "danger")


def pending(change: Change, command: SetPending) -> None:
    """The customer's turn; if they are silent until then, somebody looks again. Once more moves only the time."""
    if command.until is None or change.ticket.status is not Status.PENDING:
        _check_new_status(change, Status.PENDING)
        change.status(Status.PENDING, command.by)
    if command.until is not None:
        # A ticket has one alarm clock: what was said last is when it rings.
        change.set(snoozed_until=None)
        change.ticket = sla.start_timer(change.ticket, ClockKind.SNOOZE, change.now, command.until)
        change.add(AnswerAwaited(command.by, command.until))


def hold(change: Change, command: Hold) -> None:
    """A third party's turn: reply clocks keep their remaining time."""
    _check_new_status(change, Status.HOLD)
    if command.draft is not None:
        change.add(Noted(command.message, command.by, command.files, command.draft.desk))
    change.status(Status.HOLD, command.by)


def close(change: Change, command: Close) -> None:
    ticket = change.ticket
    if not ticket.is_open:
        raise change.refuse("refused.already_closed")
    if ticket.assignee not in (None, command.by) and not command.take_over:
        assert ticket.assignee is not None
        raise change.refuse("refused.close_not_yours", CLOSE_ANYWAY, by=PersonName(ticket.assignee))
    change.end_live("closed")
    consulting.closed(change)
    change.stop(*ClockKind)
    change.set(closed_at=change.now, close_code=command.code, snoozed_until=None, level=0, acked_by=None)
    if ticket.assignee is None:
        change.set(assignee=command.by, assigned_at=change.now)
    change.status(Status.CLOSED, command.by, code=command.code)


def reopen(change: Change, command: Reopen) -> None:
    if change.ticket.is_open:
        raise change.refuse("refused.not_closed")
    change.set(closed_at=None, close_code="")
    change.status(Status.OPEN, command.by)


def snooze(change: Change, command: Snooze) -> None:
    """Out of sight until then. The clocks run on: a promise to the customer does not sleep."""
    if not change.ticket.is_open:
        raise change.refuse("refused.closed")
    change.set(snoozed_until=command.until)
    change.ticket = sla.start_timer(change.ticket, ClockKind.SNOOZE, change.now, command.until)
    change.add(Snoozed(command.by, command.until))


def mode(change: Change, command: SetMode) -> None:
    """Live mode is the assignee's alone."""
    if not change.ticket.is_open:
        raise change.refuse("refused.closed")
    if change.ticket.assignee != command.by:
        raise change.refuse("refused.live_not_yours", Button("claim", "button.claim"))
    if change.ticket.mode is command.mode:
        raise change.refuse(f"refused.mode_{command.mode}")
    if command.mode is SendMode.LIVE:
        change.begin_live(command.by)
    else:
        change.end_live("asked", command.by)


def _check_new_status(change: Change, new: Status) -> None:
    if not change.ticket.is_open:
        raise change.refuse("refused.closed")
    if change.ticket.status is new:
        raise change.refuse("refused.already_status", status=Word(f"status.{new}"))
