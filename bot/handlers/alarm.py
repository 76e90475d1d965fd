"""Raising the alarm and answering it, and the clocks that raise it of themselves."""

from bot.handlers.asking import REASON_LIMIT, Answer, Ask
from core import sla
from core.clocks import ClockState, TicketClock
from core.commands import Ack, Escalate
from core.say import Say, Word, say


async def esc(ask: Ask) -> Answer:
    """To the next level. The reason is kept as a note."""
    reason = ask.draft(ask.text, REASON_LIMIT)
    return await ask.do(Escalate(ask.me.id, reason if reason.text or reason.files else None))


async def ack(ask: Ask) -> Answer:
    return await ask.do(Ack(ask.me.id))


async def due(ask: Ask) -> Answer:
    """The clocks of the ticket, in the team's time."""
    clocks = [clock for clock in ask.here.clocks if clock.state is not ClockState.STOPPED]
    lines = tuple(_line(ask, clock) for clock in sorted(clocks, key=lambda c: (not c.kind.is_reply, c.kind)))
    if not lines:
        return ask.tell("due.none")
    told = say("due.title", lines=lines, zone=ask.team_zone)
    return Answer((told,), zone=ask.team_zone)


def _line(ask: Ask, clock: TicketClock) -> Say:
    now = ask.house.clock.now()
    kind = Word(f"clock.{clock.kind}")
    fired = ", ".join(sorted(clock.fired, key=lambda step: float(step.rstrip("%"))))
    lines = (say("due.fired", steps=fired),) if fired else ()
    if clock.due_at is None:
        used = sla.used(ask.here, clock, now, ask.house.policy)
        left = max(clock.target - used, clock.target * 0) if clock.target else used * 0
        return say("due.paused", lines=lines, kind=kind, left=left)
    if clock.due_at <= now:
        return say("due.late", lines=lines, kind=kind, at=clock.due_at, ago=now - clock.due_at)
    return say("due.running", lines=lines, kind=kind, at=clock.due_at, left=clock.due_at - now)
