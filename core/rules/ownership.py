"""Whose ticket it is."""

from core import sla
from core.commands import Assign, Claim, HandOn, Move, Release
from core.facts import Assigned, Claimed, HandedOn, Moved, Released
from core.ids import PersonId, QueueName
from core.model import SendMode
from core.rules.change import Change
from core.say import Button, PersonName
from core.staffing import Staffing

TAKE_OVER = Button("claim", "button.take_over", "over", "danger")


def claim(change: Change, command: Claim) -> None:
    """Two simultaneous claims give one owner; the loser reads who and when, and may take over."""
    ticket = change.ticket
    if not ticket.is_open:
        raise change.refuse("refused.closed")
    if ticket.assignee == command.by:
        raise change.refuse("refused.claim_yours")
    if ticket.assignee is not None and not command.take_over:
        ago = change.now - (ticket.assigned_at or change.now)
        raise change.refuse("refused.claim_taken", TAKE_OVER, by=PersonName(ticket.assignee), ago=ago)
    change.add(Claimed(command.by, ticket.assignee))
    hand_to(change, command.by)


def release(change: Change, command: Release) -> None:
    owner = change.ticket.assignee
    if owner is None:
        raise change.refuse("refused.unassigned")
    if owner != command.by:
        raise change.refuse("refused.release_not_yours", TAKE_OVER, by=PersonName(owner))
    change.add(Released(command.by))
    hand_to(change, None)


def assign(change: Change, command: Assign) -> None:
    if not change.ticket.is_open:
        raise change.refuse("refused.closed")
    if change.ticket.assignee == command.to:
        raise change.refuse("refused.already_theirs", to=PersonName(command.to))
    change.add(Assigned(command.by, command.to))
    hand_to(change, command.to)


def hand_on(change: Change, command: HandOn) -> None:
    """The owner is not there. Nothing when the ticket is theirs no more."""
    if change.ticket.assignee != command.owner or not change.ticket.is_open:
        return
    change.add(HandedOn(command.owner, command.to, command.why))
    hand_to(change, command.to)


def relieve(change: Change, staffing: Staffing) -> None:
    """Nobody stays owner of a breaching ticket from a beach, whatever else becomes of what such people own."""
    owner = staffing.roster.person(change.ticket.assignee)
    if owner is not None and owner.is_away(change.now):
        to = staffing.stand_in(owner, change.ticket.queue, change.now)
        hand_on(change, HandOn(owner.id, to.id if to else None, "breach"))


def move(change: Change, command: Move) -> None:
    """To another queue: nobody's there yet, and its calendar counts from now on."""
    ticket = change.ticket
    if not ticket.is_open:
        raise change.refuse("refused.closed")
    if ticket.queue == command.queue:
        raise change.refuse("refused.already_in_queue", queue=change.policy.queue(ticket.queue).title)
    into(change, command.queue, command.by)


def into(change: Change, queue: QueueName, by: PersonId | None) -> None:
    change.add(Moved(by, change.ticket.queue, queue))
    hand_to(change, None)
    change.set(queue=queue)
    change.take(sla.retarget(change.ticket, change.now, change.policy))


def hand_to(change: Change, person: PersonId | None) -> None:
    """Give the ticket to somebody or nobody; the send mode starts again as the queue has it."""
    change.end_live("reassigned")
    change.set(assignee=person, assigned_at=change.now if person is not None else None)
    if person is not None and change.policy.queue(change.ticket.queue).mode is SendMode.LIVE:
        change.begin_live(person)
