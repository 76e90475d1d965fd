"""Warnings, breaches and escalation: what the clock does, and what a person may ask of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import assert_never

from core import sla
from core.clocks import ClockKind, TicketClock
from core.commands import Ack, Escalate, Tick, Trigger
from core.facts import Acked, Breached, Escalated, EscalationSpent, Noted, Triggered, Warned, WindowClosed, Woke
from core.ids import PersonId
from core.people import Person, Roster
from core.rules import consulting, promising
from core.rules.change import Change
from core.rules.waiting import WINDOW_STEPS
from core.say import PersonName

CHAINS = (ClockKind.ESCALATION, ClockKind.BREACH)


def escalate(change: Change, command: Escalate) -> None:
    """To the next level, by a person; the highest is told again when what it acknowledged is not over yet."""
    ticket = change.ticket
    if not ticket.is_open:
        raise change.refuse("refused.closed")
    highest = len(change.policy.chain(ticket).levels)
    if not highest:
        raise change.refuse("refused.no_levels")
    if ticket.level >= highest and ticket.acked_by is None:
        raise change.refuse("refused.highest_level")
    if command.draft is not None:
        change.add(Noted(command.message, command.by, command.files, command.draft.desk))
    level = min(ticket.level + 1, highest)
    _raise_to(change, level, ClockKind.ESCALATION, command.roster, by=command.by)


def ack(change: Change, command: Ack) -> None:
    ticket = change.ticket
    if ticket.level == 0:
        raise change.refuse("refused.nothing_to_ack")
    if ticket.acked_by is not None:
        raise change.refuse("refused.already_acked", by=PersonName(ticket.acked_by))
    change.set(acked_by=command.by)
    change.stop(*CHAINS)
    change.add(Acked(command.by, ticket.level))


def trigger(change: Change, command: Trigger) -> None:
    set_off(change, command.kinds, command.by, command.roster)


def set_off(change: Change, kinds: Iterable[str], by: PersonId | None, roster: Roster) -> None:
    """A hard trigger raises the ticket to its level at once, once a kind."""
    new = tuple(kind for kind in dict.fromkeys(kinds) if kind not in change.ticket.triggers)
    if not new or not change.ticket.is_open:
        return
    change.set(triggers=change.ticket.triggers | frozenset(new))
    change.add(Triggered(new, by))
    _raise_to(change, max(change.ticket.level, 1), ClockKind.ESCALATION, roster, by=by)


def tick(change: Change, command: Tick) -> None:
    """Whatever is due. Steps that passed together, as after an outage, fire as one message."""
    for kind in ClockKind:
        # Read anew for each kind: a breach replaces an escalation that is due at the same moment.
        clock = change.ticket.clock(kind)
        if clock is not None and clock.running and clock.next_at is not None and clock.next_at <= change.now:
            _due(change, clock, command)


def _due(change: Change, clock: TicketClock, command: Tick) -> None:
    match clock.kind:
        case ClockKind.FIRST_REPLY | ClockKind.NEXT_REPLY | ClockKind.RESOLVE:
            _target_due(change, clock, command.roster)
        case ClockKind.CONSULT:
            consulting.due(change, clock, command.roster)
        case ClockKind.WINDOW:
            _window_due(change, clock, command.roster)
        case ClockKind.PROMISE:
            promising.due(change, clock, command.promise, command.roster)
        case ClockKind.ESCALATION | ClockKind.BREACH:
            _unacknowledged(change, clock, command.roster)
        case ClockKind.SNOOZE:
            # Else the customer was silent for as long as they were given.
            asleep = change.ticket.snoozed_until is not None
            change.stop(ClockKind.SNOOZE)
            change.set(snoozed_until=None)
            change.add(Woke("time" if asleep else "silent"))
        case ClockKind.LIVE:
            change.end_live("idle")
        case _:
            assert_never(clock.kind)


def _window_due(change: Change, clock: TicketClock, roster: Roster) -> None:
    """The customer waits, and the channel will soon take our words no more, or does not any longer."""
    ends = clock.due_at or change.now
    if ends <= change.now:
        change.stop(ClockKind.WINDOW)
        change.add(WindowClosed(ends))
        return
    passed = [window_step(before) for before in WINDOW_STEPS if ends - before <= change.now]
    steps = tuple(step for step in passed if step not in clock.fired)
    looks = (ends - before for before in WINDOW_STEPS if ends - before > change.now)
    fired = clock.fired | frozenset(steps)
    change.ticket = sla.put(change.ticket, replace(clock, fired=fired, next_at=min(looks, default=ends)))
    told = _resolve(("assignee",), change, roster)
    change.add(Warned(ClockKind.WINDOW, clock.cycle, steps, ends, told))


def window_step(before: timedelta) -> str:
    return f"-{before // timedelta(hours=1)}h"


def _target_due(change: Change, clock: TicketClock, roster: Roster) -> None:
    steps = sla.passed(change.ticket, clock, change.now, change.policy)
    fired = replace(clock, fired=clock.fired | frozenset(steps))
    change.ticket = sla.rearm(sla.put(change.ticket, fired), change.policy)
    due = clock.due_at or change.now
    if sla.BREACH in steps:
        change.add(Breached(clock.kind, clock.cycle, due))
        # What a person escalated goes on until somebody acknowledges, even if the customer is answered.
        chain = ClockKind.ESCALATION if change.runs(ClockKind.ESCALATION) else ClockKind.BREACH
        _raise_to(change, max(change.ticket.level, 1), chain, roster, cause=clock.kind)
    elif steps:
        words = next(w.tell for w in change.policy.chain(change.ticket).warnings if w.id == steps[-1])
        change.add(Warned(clock.kind, clock.cycle, steps, due, _resolve(words, change, roster)))


def _unacknowledged(change: Change, clock: TicketClock, roster: Roster) -> None:
    """The level's time is over: on to the next, or say that none is left."""
    change.stop(clock.kind)
    if change.ticket.level < len(change.policy.chain(change.ticket).levels):
        _raise_to(change, change.ticket.level + 1, clock.kind, roster, cause=clock.kind)
    else:
        told = (*roster.supervisors(change.ticket.queue, change.now), *roster.admins())
        change.add(EscalationSpent(_ids(told)))


def _raise_to(
    change: Change,
    level: int,
    chain: ClockKind,
    roster: Roster,
    *,
    by: PersonId | None = None,
    cause: ClockKind | None = None,
) -> None:
    """Tell a level and give it its time to acknowledge."""
    levels = change.policy.chain(change.ticket).levels
    if level > len(levels):
        change.add(EscalationSpent(_ids(roster.supervisors(change.ticket.queue, change.now))))
        return
    step = levels[level - 1]
    told = _resolve(step.tell, change, roster) or _ids(roster.supervisors(change.ticket.queue, change.now))
    change.set(level=level, acked_by=None)
    change.add(Escalated(level, by, told, cause))
    for other in CHAINS:
        if other is not chain:
            change.stop(other)
    change.ticket = sla.start_timer(change.ticket, chain, change.now, change.now + step.wait)


def _resolve(words: tuple[str, ...], change: Change, roster: Roster) -> tuple[PersonId, ...]:
    """Whom `tell` names: assignee (none, or away: their queue), queue, supervisors, admins, or a person's e-mail."""
    ticket, now = change.ticket, change.now
    told: list[Person] = []
    for word in words:
        match word:
            case "assignee":
                here = [p for p in roster.people if p.id == ticket.assignee and not p.is_away(now)]
                told += here or roster.members(ticket.queue, now)
            case "queue":
                told += roster.members(ticket.queue, now)
            case "supervisors":
                told += roster.supervisors(ticket.queue, now)
            case "admins":
                told += roster.admins()
            case email:
                told += [p for p in roster.people if p.email == email]
    return _ids(told)


def _ids(people: Iterable[Person]) -> tuple[PersonId, ...]:
    return tuple(dict.fromkeys(person.id for person in people))
