"""Tickets with their clocks, tags and history; what is due; lists and search."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from core.clocks import ClockKind, ClockState, Span, TicketClock
from core.facts import Claimed, CustomerWrote, Opened
from core.ids import MessageId, PersonId, QueueName, TicketId
from core.model import Priority, SendMode, Status, Ticket
from core.people import Identity, Tier
from core.ports import SavedFact
from storage import SqlStore
from storage.queries.tickets import TicketReads
from storage.session import Session
from tests.storage.house import NOW, SALES, House, later

SHANGHAI = timezone(timedelta(hours=8))
HONOLULU = timezone(timedelta(hours=-10))


WARNING = later(minutes=45)


def reply_clock(next_at: datetime | None = WARNING, *, fired: str = "") -> TicketClock:
    return TicketClock(
        ClockKind.FIRST_REPLY,
        1,
        ClockState.RUNNING,
        (Span(NOW),),
        timedelta(hours=1),
        due_at=later(hours=1),
        fired=frozenset([fired] if fired else []),
        next_at=next_at,
    )


async def save(house: House, ticket: Ticket, **changes: object) -> Ticket:
    new = replace(ticket, version=ticket.version + 1, **changes)  # type: ignore[arg-type]
    await house.store.atomic(lambda tx: tx.save_tickets([(ticket, new)]))
    return new


class Interrupted(Session):
    """Something else is committed right after the first statement."""

    def __init__(self, session: Session, meanwhile: Callable[[], Awaitable[object]]) -> None:
        super().__init__(session.client, session.dialect)
        self.meanwhile: Callable[[], Awaitable[object]] | None = meanwhile

    async def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        found = await super().rows(sql, *values)
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        return found


async def test_old_clocks_never_come_under_a_new_version(house: House) -> None:
    """Or the compare-and-set would pass, and a step that another worker has just fired would fire again."""
    ticket = await house.ticket(clocks=(reply_clock(),))
    reads = TicketReads()
    fired = (reply_clock(fired="75%"),)
    reads.session = Interrupted(house.store.session, lambda: save(house, ticket, clocks=fired))
    seen = await reads.ticket(ticket.id)
    assert seen is not None
    assert seen.version == ticket.version


async def test_a_ticket_is_kept_whole(house: House) -> None:
    ann = await house.person()
    ticket = await house.ticket(tags=frozenset({"a", "b"}), clocks=(reply_clock(),))
    assert await house.store.ticket(ticket.id) == ticket
    paused = TicketClock(
        ClockKind.NEXT_REPLY, 2, ClockState.PAUSED, (Span(NOW, later(minutes=5)), Span(later(hours=1)))
    )
    ticket = await save(
        house,
        ticket,
        status=Status.HOLD,
        priority=Priority.URGENT,
        tier=Tier.VIP,
        language="de",
        country="DE",
        assignee=ann,
        assigned_at=NOW,
        tags=frozenset({"b", "c"}),
        mode=SendMode.LIVE,
        level=2,
        acked_by=ann,
        closed_at=later(hours=2),
        close_code="solved",
        snoozed_until=later(days=1),
        previous=TicketId(77),
        entries=4,
        last_customer=MessageId(5),
        last_customer_at=NOW,
        last_reply_at=NOW,
        last_reply_by=ann,
        in_flight=frozenset({MessageId(6), MessageId(8)}),
        clocks=(paused, reply_clock(fired="75%")),
    )
    assert await house.store.ticket(ticket.id) == ticket


async def test_many_are_asked_for_at_once(house: House) -> None:
    one, two = await house.ticket("1"), await house.ticket("2")
    assert await house.store.tickets([two.id, TicketId(99), one.id]) == {two.id: two, one.id: one}


async def test_numbers_are_never_given_twice(store: SqlStore, other: SqlStore) -> None:
    blocks = await asyncio.gather(
        *(each.atomic(lambda tx: tx.new_ids("messages", 7)) for each in (store, other) for _ in range(10))
    )
    numbers = [number for block in blocks for number in block]
    assert len(set(numbers)) == 140
    with pytest.raises(ValueError):
        await store.atomic(lambda tx: tx.new_ids("people", 1))


async def test_a_clock_is_due_at_the_same_instant_in_every_zone(house: House) -> None:
    """As text, 17:00 in Shanghai is after 09:00 in London; as instants they are one."""
    ticket = await house.ticket(clocks=(reply_clock(NOW.astimezone(SHANGHAI)),))
    assert await house.store.next_clock_at() == NOW
    assert await house.store.due_tickets(later(seconds=-1).astimezone(SHANGHAI), 10) == []
    assert await house.store.due_tickets(NOW.astimezone(HONOLULU), 10) == [ticket.id]


async def test_the_soonest_clocks_come_first_and_a_stopped_one_never(house: House) -> None:
    late = await house.ticket("1", clocks=(reply_clock(later(minutes=2)),))
    soon = await house.ticket("2", clocks=(reply_clock(later(minutes=1)),))
    await house.ticket("3", clocks=(reply_clock(None),))
    assert await house.store.due_tickets(later(hours=1), 10) == [soon.id, late.id]
    await save(house, soon, clocks=(reply_clock(None),))
    assert await house.store.next_clock_at() == later(minutes=2)


async def test_history_is_newest_first(house: House) -> None:
    ticket = await house.ticket()
    await house.store.atomic(lambda tx: tx.insert_facts([(ticket, [Opened(), CustomerWrote(MessageId(1))])], NOW))
    await house.store.atomic(lambda tx: tx.insert_facts([(ticket, [Claimed(PersonId(1))])], later(minutes=1)))
    newest, *_ = await house.store.history(ticket.id, 2)
    assert newest == SavedFact(ticket.id, 1, later(minutes=1), Claimed(PersonId(1)))
    assert len(await house.store.history(ticket.id, 2)) == 2


async def test_earlier_tickets_of_the_same_customer(house: House) -> None:
    first, second = await house.ticket("1"), await house.ticket("1")
    await house.ticket("2")
    third = await house.ticket("1")
    assert await house.store.earlier_tickets(first.contact, third.id, 5) == [second.id, first.id]


async def numbers(house: House, view: str, person: PersonId | None = None) -> list[int]:
    return [ticket.id for ticket in (await house.store.listed([SALES], view, person)).tickets]


async def test_the_views(house: House) -> None:
    ann = await house.person()
    quiet = (await house.ticket("1", last_customer_at=NOW)).id
    due = (await house.ticket("2", clocks=(reply_clock(),), assignee=ann)).id
    warned = (await house.ticket("3", clocks=(replace(reply_clock(fired="75%"), due_at=later(minutes=9)),))).id
    newer = (await house.ticket("4", last_customer_at=later(minutes=1))).id
    closed = (await house.ticket("5", status=Status.CLOSED, closed_at=NOW)).id
    await house.ticket("6", queue=QueueName("repair"))

    assert await numbers(house, "open") == [warned, due, newer, quiet]
    assert await numbers(house, "mine", ann) == [due]
    assert await numbers(house, "mine") == []
    assert await numbers(house, "unassigned") == [warned, newer, quiet]
    assert await numbers(house, "breaching") == [warned]
    assert await numbers(house, "closed") == [closed]
    assert len(await numbers(house, "all")) == 5
    page = await house.store.listed([SALES], "all", limit=2, offset=4)
    assert (len(page.tickets), page.total) == (1, 5)
    assert (await house.store.listed([], "all")).total == 0


async def test_search(house: House) -> None:
    bo = await house.ticket("+4930123", "Bo Jansen", tags=frozenset({"refund"}))
    chen = await house.ticket("+8613", "陈伟")
    hidden = await house.ticket("+4977", "Bo Hidden", queue=QueueName("repair"))
    await house.message(bo, "Where is 50% of my order?")
    await house.message(chen, "退款 please, my_order")

    async def found(words: str) -> list[TicketId]:
        return list(await house.store.search(words, [SALES], 10))

    for words in (f"T-{bo.id}", str(bo.id), "bo jan", "+4930123", "+49 30 123", "refund", "#refund", "WHERE is", "50%"):
        assert await found(words) == [bo.id], words
    assert await found("陈") == [chen.id]
    assert await found("退款") == [chen.id]
    assert await found("order") == [chen.id, bo.id]
    assert await found("my_ord") == [chen.id]  # and not any letter
    assert await found("Bo Hidden") == await found(f"T-{hidden.id}") == await found("  ") == []
    assert await house.store.search("Bo", [], 10) == []


async def test_identities_are_found_even_after_a_merge(house: House) -> None:
    ticket = await house.ticket("4930", "Bo")
    await house.store.atomic(
        lambda tx: tx.move_identity([Identity("phone", "", "4930")], [Identity("phone", "", "4999")])
    )
    assert await house.store.search("4999", [SALES], 5) == [ticket.id]
