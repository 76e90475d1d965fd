"""When what is due, and how it came about: `!due`. What a deadline is made of stands in `core.explain`."""

from collections.abc import Iterator
from datetime import datetime

from bot.handlers.asking import Answer, Ask, refused
from core import sla
from core.clocks import ClockKind, ClockState, TicketClock
from core.explain import Closed, Counted, Explanation, Paused, Reason, Row, Step, Why, explain
from core.facts import StatusSet
from core.model import Status
from core.policy import ALWAYS
from core.say import City, Listed, LocalSpan, LocalTime, Say, TicketLabel, Value, Word, WorkTime, say
from core.targets import CONDITIONS, Target, Whose, WorkDays
from core.words import one_line

WANTED = {
    "first": ClockKind.FIRST_REPLY,
    "next": ClockKind.NEXT_REPLY,
    "resolve": ClockKind.RESOLVE,
    "consult": ClockKind.CONSULT,
    "window": ClockKind.WINDOW,
}
_OTHER_NAMES = {
    "首次": "first",
    "首响": "first",
    "下次": "next",
    "解决": "resolve",
    "咨询": "consult",
    "窗口": "window",
}
HISTORY = 200
"""Facts that are looked through for why a clock stood still."""


async def due(ask: Ask) -> Answer:
    """Every clock in a line, then how the next deadline came about; or that of the clock that was asked for. A press of
    the button wants a glance only: the next of the lines."""
    if ask.text:
        word = ask.text.casefold()
        kind = WANTED.get(_OTHER_NAMES.get(word, word))
        if kind is None:
            raise refused("refused.due_which", text=one_line(ask.text, 40))
        return Answer((await _asked(ask, kind),))
    lines = [_line(ask, clock) for clock in sorted(ask.here.clocks, key=_first_the_nearest) if _is_told(clock)]
    if not ask.typed and lines:
        return Answer(tuple(lines[:1]))
    lines += _window(ask)
    if not lines:
        return ask.tell("due.none")
    nearest = ask.here.deadline or ask.here.clock(ClockKind.CONSULT)
    if nearest is not None and nearest.state is not ClockState.STOPPED:
        lines.append(await _explained(ask, nearest))
    return ask.tell("due.title", lines=tuple(lines), ticket=TicketLabel(ask.here.id))


async def _asked(ask: Ask, kind: ClockKind) -> Say:
    if kind is ClockKind.WINDOW:
        return next(iter(_window(ask)), say("due.no_window", channel=_channel(ask)))
    clock = ask.here.clock(kind)
    return await _explained(ask, clock) if clock is not None else say("due.no_clock", kind=Word(f"clock.{kind}"))


def _is_told(clock: TicketClock) -> bool:
    """Not what has stopped, nor a promise before there is one; the channel's window has a line of its own."""
    if clock.kind is ClockKind.PROMISE and clock.due_at is None:
        return False
    return clock.state is not ClockState.STOPPED and clock.kind is not ClockKind.WINDOW


def _line(ask: Ask, clock: TicketClock) -> Say:
    now, kind = ask.house.clock.now(), Word(f"clock.{clock.kind}")
    if clock.kind is ClockKind.PROMISE:
        return say("due.promised", at=_there(ask, clock.due_at or now))
    if clock.due_at is None:
        allowed = clock.target or now - now
        left = max(allowed - sla.used(ask.here, clock, now, ask.house.policy), now - now)
        return say("due.paused", kind=kind, status=Word(f"status.{ask.here.status}"), left=WorkTime(left))
    at = _there(ask, clock.due_at) if clock.kind.is_target else clock.due_at
    if clock.due_at <= now:
        return say("due.late", kind=kind, at=at, ago=now - clock.due_at)
    return say("due.running", kind=kind, at=at, left=clock.due_at - now)


def _window(ask: Ask) -> Iterator[Say]:
    """How the channel's window stands, where it has one and anybody would still write."""
    inbox, now = ask.house.policy.inboxes.get(ask.here.inbox), ask.house.clock.now()
    ends = ask.here.window_ends(inbox.words_window) if inbox else None
    if ends is None or not ask.here.is_open or ask.here.last_customer_at is None:
        return
    since: Value = LocalTime(ask.here.last_customer_at, _their_zone(ask))
    if ends > now:
        yield say("due.window_open", channel=_channel(ask), since=since, at=_there(ask, ends), left=ends - now)
    else:
        yield say("due.window_closed", channel=_channel(ask), since=since, at=_there(ask, ends))


async def _explained(ask: Ask, clock: TicketClock) -> Say:
    house, contact = ask.house, await ask.house.store.contact(ask.here.contact)
    history = [] if len(clock.spans) == 1 else await _statuses(ask)
    found = explain(ask.here, clock, house.policy, house.clock.now(), history)
    zone = ask.zone if found.calendar == ALWAYS else found.calendar.zone
    lines = [
        *_promised(found),
        *_hours(found, assumed=contact is not None and contact.zone_assumed),
        say("due.started", at=LocalTime(found.started_at, zone)),
        *(_step(step, zone) for step in found.steps),
        _result(ask, found),
        *_steps(found),
    ]
    if found.unconfirmed:
        years = ", ".join(str(year) for year in found.unconfirmed)
        lines.append(say("due.unconfirmed", region=found.calendar.holidays, years=years))
    return say("due.how", lines=tuple(lines), kind=Word(f"clock.{clock.kind}"), city=City(zone))


async def _statuses(ask: Ask) -> list[tuple[datetime, Status]]:
    saved = await ask.house.store.history(ask.here.id, HISTORY)
    return [(each.at, each.fact.new) for each in saved if isinstance(each.fact, StatusSet)]


def _promised(found: Explanation) -> Iterator[Say]:
    """Which row says so, and how long it gives."""
    allowed = WorkTime(found.allowed)
    if found.row is None:
        yield say("due.target", allowed=allowed)
        return
    conditions = ", ".join(_conditions(found.row))
    days = _days(found.row.target, found.kind)
    said = say("due.days", n=days, allowed=allowed) if days else say("due.time", allowed=allowed)
    row, given = found.row.number + 1, Listed((said,))
    if conditions:
        yield say("due.row", row=row, conditions=conditions, allowed=given)
    else:
        yield say("due.row_any", row=row, allowed=given)
    if found.row.counts_as is not None:
        yield say("due.raised", tier=Word(f"tier.{found.row.counts_as}"))


def _conditions(row: Row) -> Iterator[str]:
    """As they stand in the configuration."""
    for name in CONDITIONS:
        wanted = getattr(row.target, name)
        if wanted is not None:
            yield f"{name} = {str(wanted).lower() if isinstance(wanted, bool) else wanted}"


def _days(row: Target, kind: ClockKind) -> int:
    amount = row.amount(kind)
    return amount.days if isinstance(amount, WorkDays) else 0


def _hours(found: Explanation, *, assumed: bool) -> Iterator[Say]:
    """In whose hours it is counted."""
    if found.whose is Whose.ALWAYS:
        yield say("due.hours_always")
        return
    holidays: Value = found.calendar.holidays or Word("due.no_holidays")
    yield say(f"due.hours_{found.whose}", city=City(found.calendar.zone), holidays=holidays)
    if found.whose is Whose.CUSTOMER and assumed:
        yield say("due.assumed")


def _step(step: Step, zone: str) -> Say:
    match step:
        case Counted(start, end, time, skipped):
            span = LocalSpan(start, end, zone)
            if not skipped:
                return say("due.counted", span=span, time=WorkTime(time))
            without = Listed(tuple(say(f"due.without.{why}", n=count) for why, count in skipped))
            return say("due.counted_over", span=span, time=WorkTime(time), without=without)
        case Closed(start, end, reasons):
            why = Listed(tuple(_reason(reason) for reason in reasons))
            return say("due.closed", span=LocalSpan(start, end, zone), why=why)
        case Paused(start, end, status):
            word = Word(f"status.{status}" if status else "due.stood_still")
            if end is None:
                return say("due.paused_since", at=LocalTime(start, zone), status=word)
            return say("due.paused_then", span=LocalSpan(start, end, zone), status=word)


def _reason(reason: Reason) -> Say:
    if reason.why not in (Why.HOLIDAY, Why.EXCEPTION):
        return say(f"due.why.{reason.why}")
    name: Value = one_line(reason.name, 80) or Word(f"due.why.{reason.why}")
    if reason.days > 1:
        return say("due.why.named_days", name=name, n=reason.days)
    return say("due.why.named", name=name)


def _result(ask: Ask, found: Explanation) -> Say:
    if found.state is ClockState.STOPPED:
        key = "due.stopped_late" if found.counted > found.allowed else "due.stopped"
        return say(key, time=WorkTime(found.counted), allowed=WorkTime(found.allowed))
    if found.due_at is None:
        return say("due.left", left=WorkTime(found.left))
    return say("due.result", at=_there(ask, found.due_at), left=WorkTime(found.left))


def _steps(found: Explanation) -> Iterator[Say]:
    """Who was told already is in the thread; here, that they were."""
    if found.fired:
        yield say("due.fired", steps=", ".join(found.fired))
    if found.coming:
        yield say("due.coming", steps=Listed(tuple(say("due.step", step=step, at=at) for step, at in found.coming)))


def _there(ask: Ask, at: datetime) -> LocalTime:
    """By the customer's clock, and by the asker's."""
    return LocalTime(at, _their_zone(ask))


def _their_zone(ask: Ask) -> str:
    return ask.here.zone or ask.team_zone


def _channel(ask: Ask) -> Word:
    return Word(f"channel.{ask.here.channel}")


def _first_the_nearest(clock: TicketClock) -> tuple[bool, bool, str]:
    """Deadlines, the nearest first; then the rest."""
    return not clock.kind.is_target, clock.due_at is None, clock.due_at.isoformat() if clock.due_at else clock.kind
