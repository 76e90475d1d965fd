"""What follows from warnings, breaches and escalation: lines of the thread, and whom it is told. Part of `core.react`;
and how several alarms to one person become one notice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from core import facts as f
from core.clocks import ClockKind
from core.effects import Effect, Log, Tell
from core.ids import PersonId, TicketId, ticket_label
from core.model import EntryKind, Ticket
from core.quiet import Alarm
from core.say import Button, PersonName, Say, TicketLabel, Value, Word, say
from core.triggers import SHIPPED

Alarming = (
    f.Warned
    | f.Breached
    | f.Escalated
    | f.Reminded
    | f.EscalationSpent
    | f.Acked
    | f.Triggered
    | f.WindowClosed
    | f.PromiseBroken
)
SHOWN = 10
"""Tickets that one notice about many names."""
WROTE = "tell.wrote"
HANDED = ("tell.handed_up", "tell.handed_on")
CONSULTS = ("tell.consult_late", "tell.consult_soon", "tell.consulted")
"""Of a question inside: it is open or not, whatever becomes of the customer's."""
URGENCY = (
    "tell.escalated_trigger",
    "tell.escalation_spent",
    "tell.escalated_by",
    "tell.reminded",
    "tell.escalated_unacked",
    "tell.escalated_breach",
    "tell.escalated_unsolved",
    "tell.promise_broken",
    "tell.window_closed",
    "tell.warned_window",
    "tell.warned",
    *CONSULTS,
    *HANDED,
    WROTE,
)
"""What stands first in a notice about many."""
WHILE_THEY_WAIT = (WROTE, "tell.promise_broken", "tell.window_closed", "tell.warned_window")
"""Over when the customer is answered, and not before: whoever acknowledged has not answered."""

Told = tuple[TicketId | None, Say]
"""What a person is told, and of which ticket."""


def alarm(ticket: Ticket, fact: Alarming) -> Iterator[Effect]:
    match fact:
        case f.Warned() | f.WindowClosed():
            yield from _warned(ticket, fact)
        case f.Breached(kind, _, due):
            yield _line("line.breached", ticket.assignee, clock=Word(f"clock.{kind}"), due=due)
        case f.Triggered(kinds, _):
            yield from (_line("line.triggered", kind=kind_name(kind)) for kind in kinds)
        case f.PromiseBroken(until, told):
            yield _line("line.promise_broken", ticket.assignee, until=until)
            yield from _tell(told, _of(ticket, "tell.promise_broken", until=until), Alarm.BREACH)
        case f.Escalated() | f.Reminded() | f.EscalationSpent() | f.Acked():
            yield from _escalated(ticket, fact)
        case _:
            assert_never(fact)


def kind_name(kind: str) -> Value:
    """A hard trigger as people read it; one of the house's own has no words but its name."""
    return Word(f"trigger.{kind}") if kind in SHIPPED else kind


def buttons(ticket: Ticket) -> tuple[Button, ...]:
    """What an alarm offers. They name the ticket: a private message stands in no thread."""
    label = ticket_label(ticket.id)
    return Button("ack", "button.ack", label, "primary"), Button("reassign", "button.reassign", label)


def together(told: Sequence[Told]) -> Told:
    """Several alarms to one person as one notice: of one ticket the loudest first, of many a line each. It is of the
    loudest ticket: there they are pinged where they cannot be written to."""
    loudest = _loudest(told)
    (ticket, first), n = loudest[0], _tickets(loudest)
    if n > 1:
        return ticket, Say("tell.alarms", {"n": n}, lines=_listed(loudest))
    others = tuple(_bare(words) for _, words in told if words != first)
    return ticket, replace(first, buttons=_pressed(loudest), lines=(*first.lines, *others))


def morning(told: Sequence[Told], settled: int) -> Told:
    """What waited for a person's morning. `settled`: tickets of which nothing is left to do."""
    loudest = _loudest(told)
    lines = _listed(loudest)
    if settled:
        lines = (*lines, say("tell.digest_settled", n=settled))
    n = _tickets(loudest)
    return loudest[0][0], Say("tell.digest", {"n": n}, _pressed(loudest) if n == 1 else (), lines)


def still(ticket: Ticket, words: Say) -> bool:
    """Whether an alarm of some hours ago is one yet: nobody has answered, acknowledged or closed."""
    waits = any(clock.kind.is_reply and clock.running for clock in ticket.clocks)
    if words.key in CONSULTS:
        return bool(ticket.consulted)
    if not ticket.is_open or words.key in HANDED:
        return ticket.is_open
    if words.key in WHILE_THEY_WAIT:
        return waits
    if ticket.level:
        return ticket.acked_by is None
    return any(clock.kind.is_business and clock.running and clock.fired for clock in ticket.clocks)


def _loudest(told: Sequence[Told]) -> Sequence[Told]:
    """One a ticket, the latest of its loudest, and beside it what its reader is asked; the loudest tickets first."""
    kept: dict[tuple[TicketId | None, bool], Say] = {}
    for ticket, words in told:
        about = ticket, words.key in CONSULTS
        if about not in kept or _rank(words) <= _rank(kept[about]):
            kept[about] = words
    found = ((ticket, words) for (ticket, _), words in kept.items())
    return sorted(found, key=lambda one: (_rank(one[1]), one[0] or 0))


def _pressed(told: Sequence[Told]) -> tuple[Button, ...]:
    return tuple(dict.fromkeys(button for _, words in told for button in words.buttons))


def _tickets(told: Sequence[Told]) -> int:
    return len({ticket for ticket, _ in told})


def _rank(words: Say) -> int:
    return URGENCY.index(words.key) if words.key in URGENCY else len(URGENCY)


def _listed(loudest: Sequence[Told]) -> tuple[Say, ...]:
    lines = tuple(_bare(words) for _, words in loudest[:SHOWN])
    more = len(loudest) - SHOWN
    return (*lines, say("tell.alarms_more", n=more)) if more > 0 else lines


def _bare(words: Say) -> Say:
    return Say(words.key, words.params)


def _warned(ticket: Ticket, fact: f.Warned | f.WindowClosed) -> Iterator[Effect]:
    match fact:
        case f.Warned(ClockKind.WINDOW, _, _, due, told):
            yield _line("line.warned_window", ticket.assignee, due=due)
            yield from _tell(told, _of(ticket, "tell.warned_window", due=due), Alarm.WARNING)
        case f.Warned(kind, _, steps, due, told):
            words: Mapping[str, Value] = {"clock": Word(f"clock.{kind}"), "due": due, "step": steps[-1]}
            yield _line("line.warned", ticket.assignee, **words)
            yield from _tell(told, _of(ticket, "tell.warned", **words), Alarm.WARNING)
        case f.WindowClosed(at, told):
            yield _line("line.window_closed", ticket.assignee, at=at)
            yield from _tell(told, _of(ticket, "tell.window_closed", at=at), Alarm.BREACH)
        case _:
            assert_never(fact)


def _escalated(ticket: Ticket, fact: f.Escalated | f.Reminded | f.EscalationSpent | f.Acked) -> Iterator[Effect]:
    pressed = buttons(ticket)
    match fact:
        case f.Escalated(level, by, told):
            cause, who = _cause(fact), {} if by is None else {"by": PersonName(by)}
            yield Log(EntryKind.LINE, say=Say(f"line.escalated_{cause}", {**who, "level": level}, pressed[:1]))
            kinds = [kind_name(kind) for kind in fact.kinds]
            named = {"kind": kinds[0]} if cause == "trigger" else {}
            words = _of(ticket, f"tell.escalated_{cause}", level=level, **who, **named)
            more = tuple(say("tell.trigger_also", kind=kind) for kind in kinds[1:])
            yield from _tell(told, replace(words, buttons=pressed, lines=more), Alarm.of_level(by))
        case f.Reminded(level, told):
            words = _of(ticket, "tell.reminded", level=level)
            yield from _tell(told, replace(words, buttons=pressed), Alarm.BREACH)
        case f.EscalationSpent(told):
            yield Log(EntryKind.LINE, say=say("line.escalation_spent", buttons=pressed[:1]))
            words = _of(ticket, "tell.escalation_spent")
            yield from _tell(told, replace(words, buttons=pressed), Alarm.BREACH)
        case f.Acked(by, level):
            yield _line("line.acked", by=PersonName(by), level=level)
        case _:
            assert_never(fact)


def _cause(fact: f.Escalated) -> str:
    """By a person; by a hard trigger; by a broken target; or because the level before did not acknowledge."""
    if fact.by is not None:
        return "by"
    if fact.kinds:
        return "trigger"
    if fact.clock is ClockKind.RESOLVE:
        return "unsolved"
    return "breach" if fact.clock is not None and fact.clock.is_reply else "unacked"


def _of(ticket: Ticket, key: str, **params: Value) -> Say:
    return Say(key, {"ticket": TicketLabel(ticket.id), **params})


def _tell(told: Iterable[PersonId], words: Say, alarm: Alarm) -> Iterator[Tell]:
    for person in told:
        yield Tell(person, words, alarm=alarm)


def _line(key: str, mention: PersonId | None = None, **params: Value) -> Log:
    alarm = Alarm.WARNING if mention is not None else None
    return Log(EntryKind.LINE, say=Say(key, params), mention=mention, alarm=alarm)
