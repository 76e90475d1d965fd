"""What bulletins read of open tickets: each view in its order, and only what belongs to it."""

from dataclasses import replace
from datetime import datetime, timedelta

from core.clocks import ClockKind, ClockState, Span, TicketClock
from core.ids import PersonId, QueueName
from core.model import Status, Ticket
from tests.storage.house import NOW, SALES, House, later

REPAIR = QueueName("repair")
HOUR = timedelta(hours=1)


def reply_clock(since: datetime, state: ClockState = ClockState.RUNNING) -> TicketClock:
    due = since + HOUR if state is ClockState.RUNNING else None
    return TicketClock(ClockKind.FIRST_REPLY, 1, state, (Span(since),), HOUR, due, next_at=due)


def promise(until: datetime | None, state: ClockState = ClockState.RUNNING) -> TicketClock:
    return TicketClock(ClockKind.PROMISE, 1, state, (Span(NOW),), None, until, next_at=until)


async def ids(house: House, view: str, *queues: QueueName, limit: int = 50) -> list[int]:
    return [outline.id for outline in await house.store.outlines(queues or (SALES, REPAIR), view, limit)]


async def test_who_waits_longest_comes_first(house: House) -> None:
    young = await house.ticket("1", clocks=(reply_clock(later(hours=2)),))
    old = await house.ticket("2", clocks=(reply_clock(NOW),))
    held = await house.ticket("3", status=Status.HOLD, clocks=(reply_clock(later(hours=1), ClockState.PAUSED),))
    await house.ticket("4", clocks=(reply_clock(NOW, ClockState.STOPPED),))
    await house.ticket("5")
    other = await house.ticket("6", queue=REPAIR, clocks=(reply_clock(NOW),))
    assert await ids(house, "waiting") == [old.id, held.id, young.id, other.id]
    assert await ids(house, "waiting", SALES, limit=1) == [old.id]
    assert await ids(house, "waiting", REPAIR) == [other.id]


async def test_what_was_promised_soonest_first(house: House) -> None:
    late = await house.ticket("1", clocks=(promise(later(hours=5)),))
    soon = await house.ticket("2", clocks=(promise(later(hours=1)),))
    await house.ticket("3", clocks=(promise(None),))
    await house.ticket("4", clocks=(promise(later(hours=1), ClockState.STOPPED),))
    assert await ids(house, "promised") == [soon.id, late.id]


async def test_what_is_due_and_what_is_nobodys(house: House) -> None:
    person = await house.person()
    later_on = await house.ticket("1", clocks=(reply_clock(later(hours=3)),), assignee=person)
    at_once = await house.ticket("2", clocks=(reply_clock(NOW),))
    quiet = await house.ticket("3", last_customer_at=NOW)
    await house.ticket("4", status=Status.CLOSED, closed_at=NOW)
    assert await ids(house, "due") == [at_once.id, later_on.id, quiet.id]
    assert await ids(house, "unassigned") == [at_once.id, quiet.id]


async def test_who_is_asked_inside(house: House) -> None:
    asked = await house.ticket("1", consulted="queue:finance", consulted_by=1)
    whom = await house.ticket("2", consulted="person:3", consulted_by=1)
    await house.ticket("3")
    assert await ids(house, "consulted") == [whom.id, asked.id]


async def test_an_outline_follows_its_ticket(house: House) -> None:
    person = await house.person()
    ticket = await house.ticket("1", country="US", clocks=(reply_clock(NOW), promise(later(hours=9))))
    [outline] = await house.store.outlines([SALES], "waiting", 5)
    assert (outline.country, outline.waiting_since, outline.due_at) == ("US", NOW, NOW + HOUR)
    assert (outline.promised_at, outline.assignee, outline.answered) == (later(hours=9), None, False)
    await saved(house, ticket, person)
    assert await ids(house, "waiting") == []
    [outline] = await house.store.outlines([SALES], "due", 5)
    assert (outline.waiting_since, outline.promised_at) == (None, None)
    assert (outline.assignee, outline.answered) == (person, True)


async def saved(house: House, ticket: Ticket, person: PersonId) -> None:
    """Somebody answered it."""
    stopped = tuple(replace(clock, state=ClockState.STOPPED, next_at=None) for clock in ticket.clocks)
    after = replace(ticket, version=2, clocks=stopped, assignee=person, last_reply_at=later(hours=1))
    await house.store.atomic(lambda tx: tx.save_tickets([(ticket, after)]))
