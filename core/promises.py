"""What a waiting customer may be told, and when: that we have their words, and until when a person will answer.

Pure. A promise is a time by which somebody who can answer has worked long enough to do it. When it is looked into and
what becomes of it is in `core.rules.promising`; the sentences are the catalogue's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core import sla
from core.clocks import ClockKind, TicketClock
from core.hours import Why
from core.ids import MessageId, QueueName
from core.messages import Message
from core.model import Ticket
from core.openings import BREAK
from core.opentime import Hours
from core.policy import Policy
from core.say import Say, Value
from core.staffing import Staffing

FORESEEABLE = timedelta(days=14)
"""Who works later than that is not known: there is no promise then."""
LEAST = timedelta(minutes=15)
"""Staffed time that a promise leaves for the answer."""

SPOKEN, BEFORE, MESSAGE, TOLD = "spoken:", "before:", "message:", "told"
"""What a promise's clock notes of the last message to the customer: when it was written, and in which waiting; which it
was, and that the channel took it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A message to write now. `until`: what it promises, None when nothing can be. `why`: closed or late."""

    words: Say
    until: datetime | None
    why: str


def plan(ticket: Ticket, now: datetime, policy: Policy, staffing: Staffing) -> Plan | None:
    """What the customer is told now, by themselves waiting and nobody's answer being on its way; mostly nothing.

    One message a closed period, and one between two of them when we are late. Of a blocked contact the caller knows.
    """
    clock = ticket.running(ClockKind.PROMISE)
    if clock is None or ticket.in_flight or not _reaches(ticket, now, policy):
        return None
    wanted, hours = policy.promising(ticket), staffing.hours(ticket.queue, ticket.language)
    known = hours or policy.queue(ticket.queue).calendar
    closed = _is_closed(known, now)
    if _spoke(clock, known, now, closed=closed):
        return None
    if wanted.soothe and _is_late(ticket, clock, now):
        return _said("broken" if is_broken(clock, now) else "late", "late", until(ticket, now, policy, hours), now)
    if wanted.acknowledge and closed and not _is_late(ticket, clock, now):
        kind = "received_holiday" if _is_holiday(ticket.queue, now, policy) else "received"
        return _said(kind, "closed", until(ticket, now, policy, hours), now)
    return None


def until(ticket: Ticket, now: datetime, policy: Policy, hours: Hours | None) -> datetime | None:
    """By when a person answers: at the deadline, if somebody has worked for a while by then and works at that moment;
    else at the end of the last shift before it; else once somebody has worked as long as a first answer may take. What
    was promised before and can be kept stays. None when nothing is promised to such customers, or nobody is known to
    work."""
    due, row = sla.reply_due(ticket), policy.target(ticket)
    if hours is None or due is None or row is None or _opens(hours, now) is None:
        return None
    clock = ticket.clock(ClockKind.PROMISE)
    for wanted in (clock.due_at if clock else None, due):
        latest = hours.last_open(wanted) if wanted is not None and wanted > now else None
        if latest is not None and latest > now and hours.between(now, latest) >= LEAST:
            return latest
    allowed = row.allowed(ClockKind.FIRST_REPLY, policy.calendar(ticket, row), now) or LEAST
    return hours.add(now, max(allowed, LEAST))


def is_closed(queue: QueueName, language: str | None, now: datetime, policy: Policy, staffing: Staffing) -> bool:
    """Whether a customer who writes now writes out of hours: nobody who can answer works, and it is no mere break."""
    return _is_closed(staffing.hours(queue, language) or policy.queue(queue).calendar, now)


def is_broken(clock: TicketClock, now: datetime) -> bool:
    """Whether the customer was told of a time that has passed."""
    return clock.due_at is not None and clock.due_at <= now and TOLD in clock.fired


def is_told(ticket: Ticket) -> bool:
    """Whether the last words that a waiting customer had of us are the house's own."""
    clock = ticket.running(ClockKind.PROMISE)
    return clock is not None and TOLD in clock.fired


def promised(ticket: Ticket) -> datetime | None:
    """Until when a waiting customer was told that a person answers."""
    clock = ticket.running(ClockKind.PROMISE)
    return clock.due_at if clock is not None else None


def holds(ticket: Ticket, message: Message, now: datetime, staffing: Staffing) -> bool:
    """Whether an automatic message that waits to be sent is still true, and the last word. What was written while
    nobody worked is not true any more once somebody does: it says that we are closed."""
    clock, policy = ticket.running(ClockKind.PROMISE), staffing.policy
    if clock is None or ticket.in_flight or last_message(clock) != message.id:
        return False
    then, today = (is_closed(ticket.queue, ticket.language, at, policy, staffing) for at in (message.at, now))
    opened = then and not today
    return not opened and _reaches(ticket, now, policy) and (clock.due_at is None or clock.due_at > now)


def last_message(clock: TicketClock) -> MessageId | None:
    """The one that made the clock's promise."""
    return next((MessageId(int(note.removeprefix(MESSAGE))) for note in clock.fired if note.startswith(MESSAGE)), None)


def _reaches(ticket: Ticket, now: datetime, policy: Policy) -> bool:
    """Whether the channel takes what is not a person's own words."""
    inbox = policy.inboxes.get(ticket.inbox)
    ends = ticket.window_ends(inbox.window) if inbox else None
    return inbox is not None and ticket.is_open and (inbox.window is None or (ends is not None and ends > now))


def _is_late(ticket: Ticket, clock: TicketClock, now: datetime) -> bool:
    """Whether the time has passed that we gave them, or had given ourselves."""
    if clock.due_at is not None and TOLD in clock.fired:
        return clock.due_at <= now
    due = sla.reply_due(ticket)
    return due is not None and due <= now


def _spoke(clock: TicketClock, hours: Hours, now: datetime, *, closed: bool) -> bool:
    """Whether they had a message in this closed period; when we work, since we do, in this waiting of theirs."""
    for note in clock.fired:
        if closed and note.startswith((SPOKEN, BEFORE)):
            if not hours.between(_said_at(note), now):
                return True
        elif note.startswith(SPOKEN):
            said = _said_at(note)
            if now - said - hours.between(said, now) < BREAK:
                return True
    return False


def _said_at(note: str) -> datetime:
    return datetime.fromisoformat(note.partition(":")[2])


def _is_closed(hours: Hours, now: datetime) -> bool:
    if hours.is_open(now):
        return False
    opens, closed = _opens(hours, now), hours.last_open(now)
    return opens is None or closed is None or opens - closed >= BREAK


def _opens(hours: Hours, now: datetime) -> datetime | None:
    opens = hours.next_open(now)
    return opens if opens <= now + FORESEEABLE else None


def _is_holiday(queue: QueueName, now: datetime, policy: Policy) -> bool:
    calendar = policy.queue(queue).calendar
    return calendar.on(calendar.date_at(now)).why is Why.HOLIDAY


def _said(kind: str, why: str, promised: datetime | None, now: datetime) -> Plan:
    if promised is None:
        return Plan(Say(f"auto.{'received' if why == 'closed' else kind}_untimed"), None, why)
    params: dict[str, Value] = {"until": promised, "span": promised - now}
    return Plan(Say(f"auto.{kind}", params), promised, why)
