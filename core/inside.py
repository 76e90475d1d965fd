"""What follows from a question that is asked inside: lines of the thread, and whom it is told. Part of `core.react`."""

from collections.abc import Iterator
from datetime import timedelta
from typing import assert_never

from core import facts as f
from core.asked import asked_person, asked_queue
from core.effects import Effect, Log, Tell
from core.ids import PersonId, QueueName, ticket_label
from core.model import EntryKind, Ticket
from core.policy import Policy
from core.quiet import Alarm
from core.say import Button, PersonName, Say, TicketLabel, Value

Asking = f.Consulted | f.ConsultAnswered | f.ConsultLate | f.ConsultEnded


def asked_name(whom: str, policy: Policy | None = None) -> Value:
    """Who is asked, as people read it; a queue by its title where somebody knows it."""
    if (person := asked_person(whom)) is not None:
        return PersonName(person)
    queue = asked_queue(whom) or QueueName("")
    return policy.queue(queue).title if policy else queue


def consult(ticket: Ticket, fact: Asking, policy: Policy) -> Iterator[Effect]:
    label, whom = TicketLabel(ticket.id), asked_name(fact.whom, policy)
    match fact:
        case f.Consulted(message, by, _, told, away):
            key, absent = ("consulted", {}) if away is None else ("consulted_instead", {"away": PersonName(away)})
            yield _line(f"line.{key}", None, {"by": PersonName(by), "whom": whom, **absent})
            words = Say("tell.consulted", {"ticket": label, "by": PersonName(by)}, _answer(ticket))
            yield from (Tell(person, words, message, Alarm.WARNING) for person in told)
        case f.ConsultAnswered(message, by, _, seconds, asker):
            took = timedelta(seconds=seconds)
            yield _line("line.consult_answered", asker, {"by": PersonName(by), "took": took})
            if asker is not None and asker != by:
                yield Tell(asker, Say("tell.consult_answered", {"ticket": label, "by": PersonName(by)}), message)
        case f.ConsultLate(over=True):
            yield _line("line.consult_late", fact.asker, {"whom": whom, "due": fact.due_at})
            for person in dict.fromkeys((*fact.told, *(() if fact.asker is None else (fact.asker,)))):
                words = Say("tell.consult_late", {"ticket": label, "whom": whom, "due": fact.due_at})
                yield Tell(person, words, alarm=Alarm.WARNING)
        case f.ConsultLate():
            words = Say("tell.consult_soon", {"ticket": label, "due": fact.due_at}, _answer(ticket))
            yield from (Tell(person, words, alarm=Alarm.WARNING) for person in fact.told)
        case f.ConsultEnded(by, _, why):
            yield _line(
                f"line.consult_ended_{why}", None, {"whom": whom, **({} if by is None else {"by": PersonName(by)})}
            )
        case _:
            assert_never(fact)


def _answer(ticket: Ticket) -> tuple[Button, ...]:
    return (Button("answer", "button.answer", ticket_label(ticket.id), "primary"),)


def _line(key: str, mention: PersonId | None, params: dict[str, Value]) -> Log:
    return Log(EntryKind.LINE, say=Say(key, params), mention=mention)
