"""Asking a colleague or another queue inside, and their answer. Nothing of it reaches the customer.

One question at a time is open on a ticket: its clock can then be told from another's.
"""

from dataclasses import replace

from core import sla
from core.asked import asked_person, asked_queue, is_asked, to_person, to_queue
from core.clocks import ClockKind, TicketClock
from core.commands import AnswerConsult, Consult, EndConsult
from core.facts import ConsultAnswered, Consulted, ConsultEnded, ConsultLate, Noted
from core.ids import PersonId
from core.people import Person
from core.rules import audience
from core.rules.change import Change
from core.say import Button
from core.staffing import Staffing

OFF = "off"
"""What ends it without an answer."""


def consult(change: Change, command: Consult) -> None:
    """Once more to the same is a reminder: the time they have runs on."""
    ticket = change.ticket
    if not ticket.is_open:
        raise change.refuse("refused.closed")
    if not command.draft.text.strip() and not command.draft.files:
        raise change.refuse("refused.consult_empty")
    staffing = Staffing(change.policy, command.roster)
    whom, away = _present(change, command.whom, staffing)
    if whom == to_person(command.by):
        raise change.refuse("refused.consult_self")
    if ticket.consulted not in ("", whom):
        raise change.refuse("refused.consult_open", Button("consult", "button.consult_off", OFF))
    told = tuple(person.id for person in _asked(change, whom, staffing) if person.id != command.by)
    if not told:
        raise change.refuse("refused.consult_nobody")
    change.add(Noted(command.message, command.by, command.files, command.draft.desk))
    change.add(Consulted(command.message, command.by, whom, told, away))
    change.set(consulted=whom, consulted_by=command.by)
    if not change.runs(ClockKind.CONSULT):
        change.take(sla.start(change.ticket, ClockKind.CONSULT, change.now, change.policy))


def answer(change: Change, command: AnswerConsult) -> None:
    """By whoever is asked; who is not may leave a note."""
    ticket = change.ticket
    if not ticket.consulted:
        raise change.refuse("refused.nothing_consulted")
    person = command.roster.person(command.by)
    if person is None or not is_asked(ticket.consulted, person):
        raise change.refuse("refused.not_asked")
    if not command.draft.text.strip() and not command.draft.files:
        raise change.refuse("refused.answer_empty")
    clock = ticket.clock(ClockKind.CONSULT)
    took = sla.used(ticket, clock, change.now, change.policy) if clock else change.now - change.now
    change.add(Noted(command.message, command.by, command.files, command.draft.desk))
    seconds, asker = round(took.total_seconds()), ticket.consulted_by
    change.add(ConsultAnswered(command.message, command.by, ticket.consulted, seconds, asker))
    _over(change)


def end(change: Change, command: EndConsult) -> None:
    if not change.ticket.consulted:
        raise change.refuse("refused.nothing_consulted")
    change.add(ConsultEnded(command.by, change.ticket.consulted))
    _over(change)


def closed(change: Change) -> None:
    """With the ticket."""
    if change.ticket.consulted:
        change.add(ConsultEnded(None, change.ticket.consulted, "closed"))
        _over(change)


def due(change: Change, clock: TicketClock, staffing: Staffing) -> None:
    """Whoever is asked is reminded; when the time is over, the asker and the supervisors of those asked are told."""
    steps = sla.passed(change.ticket, clock, change.now, change.policy)
    fired = replace(clock, fired=clock.fired | frozenset(steps))
    change.ticket = sla.rearm(sla.put(change.ticket, fired), change.policy)
    if not steps:
        return
    ticket, late = change.ticket, sla.BREACH in steps
    told = audience.ids(_superiors(change, staffing) if late else _asked(change, ticket.consulted, staffing))
    change.add(ConsultLate(ticket.consulted, steps, clock.due_at or change.now, told, ticket.consulted_by))


def _over(change: Change) -> None:
    change.stop(ClockKind.CONSULT)
    change.set(consulted="", consulted_by=None)


def _present(change: Change, whom: str, staffing: Staffing) -> tuple[str, PersonId | None]:
    """Who is asked; in place of somebody who is away their substitute, else their queue."""
    person = staffing.roster.person(asked_person(whom))
    if person is None or not person.is_away(change.now):
        return whom, None
    stand_in = staffing.roster.person(person.substitute)
    if stand_in is not None and not stand_in.is_away(change.now):
        return to_person(stand_in.id), person.id
    queue = next((q for q in change.policy.queues if q in person.queues), change.ticket.queue)
    return to_queue(queue), person.id


def _asked(change: Change, whom: str, staffing: Staffing) -> tuple[Person, ...]:
    """The person; of a queue those on shift, else those who are not away."""
    person, queue = staffing.roster.person(asked_person(whom)), asked_queue(whom)
    if queue is None:
        return (person,) if person is not None else ()
    return staffing.on_shift(queue, change.now) or staffing.roster.members(queue, change.now)


def _superiors(change: Change, staffing: Staffing) -> tuple[Person, ...]:
    """The supervisors of the queue that is asked, or of the person's queues; the admins where that person left."""
    whom, roster = change.ticket.consulted, staffing.roster
    person, queue = roster.person(asked_person(whom)), asked_queue(whom)
    if person is None and queue is None:
        return roster.admins()
    queues = [queue] if queue is not None else sorted(person.queues) if person is not None else []
    return tuple(one for queue in queues for one in roster.supervisors(queue, change.now))
