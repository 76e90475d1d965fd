"""Warnings, breaches and escalation: what the clock does, and what a person may ask of it.

Whom the words of a step mean is said in `core.rules.audience`, at what hour they hear of it in `core.waking`.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import assert_never

from core import sla, waking
from core.chains import REPEATS, Deed, Hand, Level
from core.clocks import ClockKind, TicketClock
from core.commands import Ack, Escalate, HandOn, SetTags, Tick, Trigger
from core.facts import (
    Acked,
    Breached,
    Escalated,
    EscalationSpent,
    Noted,
    Reminded,
    Triggered,
    Warned,
    WindowClosed,
    Woke,
)
from core.ids import PersonId
from core.model import Priority
from core.people import Roster
from core.quiet import Alarm
from core.rules import audience, consulting, marks, ownership, promising, waiting
from core.rules.change import Change
from core.rules.waiting import WINDOW_STEPS
from core.say import PersonName
from core.staffing import Staffing

CHAINS = (ClockKind.ESCALATION, ClockKind.BREACH)
UNSOLVED = "resolve"
"""Stands in `fired` of a breach's clock that an answer does not end: the matter itself is late."""
AGAIN = "again"
"""Begins the steps of a chain's clock at which the same level was told again."""


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
    _raise_to(change, level, ClockKind.ESCALATION, Staffing(change.policy, command.roster), by=command.by)


def ack(change: Change, command: Ack) -> None:
    ticket = change.ticket
    if ticket.level == 0:
        raise change.refuse("refused.nothing_to_ack")
    if ticket.acked_by is not None:
        raise change.refuse("refused.already_acked", by=PersonName(ticket.acked_by))
    change.set(acked_by=command.by)
    change.stop(*CHAINS)
    change.add(Acked(command.by, ticket.level))


def answered(change: Change) -> None:
    """An answer ends what a broken reply target began, and the next begins at the first level again. What a person, a
    hard trigger or a late solution raised goes on until somebody acknowledges."""
    clock = change.ticket.running(ClockKind.BREACH)
    if clock is not None and UNSOLVED in clock.fired:
        return
    change.stop(ClockKind.BREACH)
    if not change.runs(ClockKind.ESCALATION):
        change.set(level=0, acked_by=None)


def trigger(change: Change, command: Trigger) -> None:
    set_off(change, command.kinds, command.by, command.roster)


def tagged(change: Change, command: SetTags) -> None:
    """A tag that means a hard trigger, as a customer's words do."""
    set_off(change, sorted(change.policy.triggers.in_tags(command.add)), command.by, command.roster)


def set_off(change: Change, kinds: Iterable[str], by: PersonId | None, roster: Roster) -> None:
    """A hard trigger raises the ticket to its level at once, once a kind."""
    new = tuple(kind for kind in dict.fromkeys(kinds) if kind not in change.ticket.triggers)
    if not new or not change.ticket.is_open:
        return
    change.set(triggers=change.ticket.triggers | frozenset(new))
    change.add(Triggered(new, by))
    highest = len(change.policy.chain(change.ticket).levels)
    level = max(change.ticket.level, min(change.policy.triggers.level(new), highest), 1)
    _raise_to(change, level, ClockKind.ESCALATION, Staffing(change.policy, roster), kinds=new)


def tick(change: Change, command: Tick) -> None:
    """Whatever is due. Steps that passed together, as after an outage, fire as one message."""
    staffing = Staffing(change.policy, command.roster)
    for kind in ClockKind:
        # Read anew for each kind: a breach replaces an escalation that is due at the same moment.
        clock = change.ticket.running(kind)
        if clock is not None and clock.next_at is not None and clock.next_at <= change.now:
            _due(change, clock, command, staffing)


def _due(change: Change, clock: TicketClock, command: Tick, staffing: Staffing) -> None:
    match clock.kind:
        case ClockKind.FIRST_REPLY | ClockKind.NEXT_REPLY | ClockKind.RESOLVE:
            _target_due(change, clock, staffing)
        case ClockKind.CONSULT:
            consulting.due(change, clock, staffing)
        case ClockKind.WINDOW:
            _window_due(change, clock, staffing)
        case ClockKind.PROMISE:
            promising.due(change, clock, command.promise, staffing)
        case ClockKind.ESCALATION | ClockKind.BREACH:
            _unacknowledged(change, clock, staffing)
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


def _window_due(change: Change, clock: TicketClock, staffing: Staffing) -> None:
    """The customer waits, and the channel will soon take our words no more, or does not any longer."""
    known = clock.due_at or change.now
    ends = waiting.window_ends(change) or known
    if ends > known and waiting.next_look(ends, change.now) > change.now:
        return waiting.watch_window(change)
    if ends <= change.now:
        change.stop(ClockKind.WINDOW)
        change.add(WindowClosed(ends, _whom(change, ("assignee", "supervisors"), staffing)))
        return
    passed = tuple(window_step(before) for before in WINDOW_STEPS if ends - before <= change.now)
    new = tuple(step for step in passed if step not in clock.fired)
    fired = replace(clock, fired=clock.fired | frozenset(new), next_at=waiting.next_look(ends, change.now))
    change.ticket = sla.put(change.ticket, fired)
    if new:
        change.add(Warned(ClockKind.WINDOW, clock.cycle, new, ends, _whom(change, ("assignee",), staffing)))


def window_step(before: timedelta) -> str:
    return f"-{before // timedelta(hours=1)}h"


def _target_due(change: Change, clock: TicketClock, staffing: Staffing) -> None:
    steps = sla.passed(change.ticket, clock, change.now, change.policy)
    warnings = [warning for warning in change.policy.chain(change.ticket).warnings if warning.id in steps]
    fired = replace(clock, fired=clock.fired | frozenset(steps))
    change.ticket = sla.rearm(sla.put(change.ticket, fired), change.policy)
    due = clock.due_at or change.now
    if sla.BREACH in steps:
        change.add(Breached(clock.kind, clock.cycle, due))
        ownership.relieve(change, staffing)
    for warning in warnings:
        _do(change, warning.deed, staffing)
    if sla.BREACH in steps:
        # What a person escalated goes on until somebody acknowledges, even if the customer is answered.
        chain = ClockKind.ESCALATION if change.runs(ClockKind.ESCALATION) else ClockKind.BREACH
        _raise_to(change, max(change.ticket.level, 1), chain, staffing, cause=clock.kind)
    elif warnings:
        told = _whom(change, max(warnings, key=lambda warning: warning.share).tell, staffing)
        change.add(Warned(clock.kind, clock.cycle, steps, due, told))


def _unacknowledged(change: Change, clock: TicketClock, staffing: Staffing) -> None:
    """The level's time is over: on to the next, or say that none is left. Before that they are told again."""
    levels = change.policy.chain(change.ticket).levels
    if clock.due_at is not None and change.now < clock.due_at:
        return _remind(change, clock, levels, staffing)
    change.stop(clock.kind)
    if change.ticket.level < len(levels):
        _raise_to(change, change.ticket.level + 1, clock.kind, staffing, cause=clock.kind)
    else:
        told = (*staffing.roster.supervisors(change.ticket.queue, change.now), *staffing.roster.admins())
        change.add(EscalationSpent(audience.ids(told)))


def _remind(change: Change, clock: TicketClock, levels: tuple[Level, ...], staffing: Staffing) -> None:
    """Once, however often it should have been by now."""
    step = levels[change.ticket.level - 1] if change.ticket.level <= len(levels) else None
    count = 1 + sum(name.startswith(AGAIN) for name in clock.fired)
    due = clock.due_at or change.now
    look = change.now + step.again if step is not None and step.again is not None and count < REPEATS else due
    fired = clock.fired | {f"{AGAIN} {count}"}
    change.ticket = sla.put(change.ticket, replace(clock, fired=fired, next_at=min(look, due)))
    if step is not None:
        change.add(Reminded(change.ticket.level, _whom(change, step.tell, staffing)))


def _raise_to(
    change: Change,
    level: int,
    chain: ClockKind,
    staffing: Staffing,
    *,
    by: PersonId | None = None,
    cause: ClockKind | None = None,
    kinds: tuple[str, ...] = (),
) -> None:
    """Do what the level says, tell its people, and give them their time to acknowledge from when they hear of it."""
    of = change.policy.chain(change.ticket)
    if level > len(of.levels):
        change.add(EscalationSpent(audience.ids(staffing.roster.supervisors(change.ticket.queue, change.now))))
        return
    step = of.levels[level - 1]
    _do(change, step.deed, staffing)
    told = _whom(change, step.tell, staffing)
    change.set(level=level, acked_by=None)
    change.add(Escalated(level, by, told, cause, kinds))
    unsolved = cause is ClockKind.RESOLVE or _is_unsolved(change)
    change.stop(*(other for other in CHAINS if other is not chain))
    heard = waking.first_heard(told, change.ticket, Alarm.of_level(by), change.now, staffing)
    due = heard + of.time_to_ack(level)
    look = min(heard + step.again, due) if step.again is not None else due
    change.ticket = sla.start_timer(change.ticket, chain, change.now, due, look)
    clock = change.ticket.clock(chain)
    if unsolved and clock is not None:
        change.ticket = sla.put(change.ticket, replace(clock, fired=frozenset({UNSOLVED})))


def _is_unsolved(change: Change) -> bool:
    """Whether what runs already was begun by a late solution."""
    clocks = (change.ticket.running(kind) for kind in CHAINS)
    return any(clock is not None and UNSOLVED in clock.fired for clock in clocks)


def _do(change: Change, deed: Deed, staffing: Staffing) -> None:
    """What a step changes: each moves clocks as a person's change would. Done before anybody is told, so that they are
    told who have it now."""
    if deed.priority is not None and _above(deed.priority, change.ticket.priority):
        marks.set_priority(change, deed.priority, None)
    if deed.queue is not None and deed.queue != change.ticket.queue:
        ownership.into(change, deed.queue, None)
    owner = staffing.roster.person(change.ticket.assignee)
    if deed.assign is not None and owner is not None:
        backup = staffing.stand_in(owner, change.ticket.queue, change.now) if deed.assign is Hand.BACKUP else None
        ownership.hand_on(change, HandOn(owner.id, backup.id if backup else None, "escalated"))


def _above(one: Priority, other: Priority) -> bool:
    order = list(Priority)
    return order.index(one) > order.index(other)


def _whom(change: Change, words: tuple[str, ...], staffing: Staffing) -> tuple[PersonId, ...]:
    return audience.whom(words, change.ticket, staffing, change.now)
