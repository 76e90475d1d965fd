"""What the customer did."""

from core.clocks import ClockKind
from core.commands import ReceiveMessage, RecordChange
from core.facts import CustomerChanged, CustomerWrote, Opened, ReplyStopped, Woke
from core.model import Status
from core.rules import alarm, waiting
from core.rules.change import Change


def receive(change: Change, command: ReceiveMessage) -> None:
    """They wrote: the ticket opens or comes back, a clock starts, and held replies wait for another look."""
    ticket = change.ticket
    if command.opens:
        change.add(Opened(ticket.previous))
    last, received = ticket.last_customer_at, ticket.last_received_at
    follows = received is not None and change.now - received < change.policy.burst
    change.add(CustomerWrote(command.message, command.files, follows))
    for message in command.stopped:
        change.add(ReplyStopped(message))
    change.landed(command.stopped)
    _come_back(change)
    # The newest is what came in last, as the thread has it: an old message that arrives late was not seen either.
    newest_at = command.at if last is None else max(command.at, last)
    change.set(last_customer=command.message, last_customer_at=newest_at, last_received_at=change.now)
    waiting.begin(change, command.at, opens=command.opens, closed=command.closed)
    if command.triggers:
        alarm.set_off(change, command.triggers, None, command.roster)


def changed(change: Change, command: RecordChange) -> None:
    change.add(CustomerChanged(command.message, command.what))


def _come_back(change: Change) -> None:
    """Any message ends pending and snooze, and reopens what was closed."""
    if change.ticket.status is Status.CLOSED:
        change.set(closed_at=None, close_code="")
        change.status(Status.OPEN, None)
    elif change.ticket.status is Status.PENDING:
        change.status(Status.OPEN, None)
    if change.ticket.snoozed_until is not None:
        change.set(snoozed_until=None)
        change.stop(ClockKind.SNOOZE)
        change.add(Woke("customer"))
