"""Open tickets of people who are not there, to whoever stands in. Inside a transaction, which decides by what is true
there: asked for twice, or by several processes, it is done once."""

from collections.abc import Sequence
from datetime import datetime

from core.commands import HandOn
from core.ids import TicketId
from core.ledger import Ledger
from core.model import Status, Ticket
from core.people import Person
from core.rotations import OwnerAway
from core.staffing import Staffing


async def relieve(ledger: Ledger, tickets: Sequence[TicketId]) -> None:
    """Nothing becomes of a ticket whose owner is there, or that does not wait for them."""
    await ledger.load(*sorted(tickets))
    for number in sorted(tickets):
        ticket, staffing = ledger.tickets[number], await ledger.staffing()
        owner = await _absentee(ledger, ticket, staffing)
        if owner is not None:
            to = staffing.stand_in(owner, ticket.queue, ledger.now)
            ledger.change(number, HandOn(owner.id, to.id if to else None, _why(ticket, owner, ledger.now)))


def waits_for(ticket: Ticket, owner: Person) -> bool:
    """Whether the next step is the owner's, who has been away since before they had it: not while the customer is to
    answer, or before the moment it was put off to; and what somebody took or was given on the beach they keep."""
    asleep = ticket.status is Status.PENDING or ticket.snoozed_until is not None
    return ticket.is_open and not asleep and not _given(ticket, owner)


def is_late(ticket: Ticket, owner: Person, now: datetime) -> bool:
    """Whether a deadline had passed already, or has since, and nobody's answer is on its way: that waits for nobody who
    is away, in any house."""
    clock = ticket.deadline
    late = clock is not None and clock.due_at is not None and clock.due_at <= now
    return late and not ticket.in_flight and not _given(ticket, owner)


def _given(ticket: Ticket, owner: Person) -> bool:
    return ticket.assigned_at is not None and owner.away_since is not None and ticket.assigned_at >= owner.away_since


def _why(ticket: Ticket, owner: Person, now: datetime) -> str:
    if not owner.active:
        return "left"
    return "breach" if is_late(ticket, owner, now) else "away"


async def _absentee(ledger: Ledger, ticket: Ticket, staffing: Staffing) -> Person | None:
    """The owner whom the ticket must not wait for."""
    if ticket.assignee is None or not ticket.is_open:
        return None
    owner = staffing.roster.person(ticket.assignee) or await ledger.tx.person(ticket.assignee)
    if owner is None or not owner.active:
        return owner
    by_policy = staffing.policy.owner_away is OwnerAway.HAND_ON and staffing.absent(owner, ledger.now)
    late = owner.is_away(ledger.now) and is_late(ticket, owner, ledger.now)
    return owner if late or (by_policy and waits_for(ticket, owner)) else None
