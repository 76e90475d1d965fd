"""Asking a colleague or another queue inside, and their answer. Nothing of it reaches the customer."""

from core import sla
from core.clocks import ClockKind
from core.commands import AnswerConsult, Consult, EndConsult
from core.facts import ConsultAnswered, Consulted, ConsultEnded, Noted
from core.ids import PersonId, QueueName
from core.people import Roster
from core.rules.change import Change


def consult(change: Change, command: Consult) -> None:
    if not change.ticket.is_open:
        raise change.refuse("refused.closed")
    if not command.draft.text.strip() and not command.draft.files:
        raise change.refuse("refused.note_empty")
    change.add(Noted(command.message, command.by, command.files, command.draft.desk))
    change.set(consulted=command.whom, consulted_by=command.by)
    change.add(Consulted(command.message, command.by, command.whom, _told(change, command.whom, command.roster)))
    change.stop(ClockKind.CONSULT)
    change.take(sla.start(change.ticket, ClockKind.CONSULT, change.now, change.policy))


def answer(change: Change, command: AnswerConsult) -> None:
    ticket = change.ticket
    if not ticket.consulted:
        raise change.refuse("refused.nothing_consulted")
    clock = ticket.clock(ClockKind.CONSULT)
    took = sla.used(ticket, clock, change.now, change.policy) if clock else change.now - change.now
    change.add(Noted(command.message, command.by, command.files, command.draft.desk))
    change.add(
        ConsultAnswered(command.message, command.by, ticket.consulted, round(took.total_seconds()), ticket.consulted_by)
    )
    _over(change)


def end(change: Change, command: EndConsult) -> None:
    if not change.ticket.consulted:
        raise change.refuse("refused.nothing_consulted")
    change.add(ConsultEnded(command.by, change.ticket.consulted))
    _over(change)


def _over(change: Change) -> None:
    change.stop(ClockKind.CONSULT)
    change.set(consulted="", consulted_by=None)


def _told(change: Change, whom: str, roster: Roster) -> tuple[PersonId, ...]:
    kind, _, name = whom.partition(":")
    if kind == "queue":
        return tuple(person.id for person in roster.members(QueueName(name), change.now))
    return tuple(person.id for person in roster.people if str(person.id) == name)
