"""The lists' order and ends: over several queues, from page to page, and when there are more than anybody counts."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.clocks import ClockKind, ClockState, Span, TicketClock
from core.ids import PersonId, QueueName, TicketId
from core.model import Status, Ticket
from storage.queries import lists
from tests.storage.house import NOW, SALES, House, later

REPAIR = QueueName("repair")
BOTH = (SALES, REPAIR)


def clock(due: datetime, *fired: str) -> TicketClock:
    hour = timedelta(hours=1)
    ran = (Span(due - hour),)
    return TicketClock(ClockKind.FIRST_REPLY, 0, ClockState.RUNNING, ran, hour, due, frozenset(fired), due)


async def listed(house: House, view: str, *queues: QueueName, person: PersonId | None = None, **page: int) -> list[int]:
    return [ticket.id for ticket in (await house.store.listed(queues or BOTH, view, person, **page)).tickets]


async def several(house: House, *, closed: bool = False) -> list[TicketId]:
    """Twelve tickets of two queues, as their list has them: due ones first, then the newest written to."""
    made: list[Ticket] = []
    for n in range(12):
        state: dict[str, Any] = {"status": Status.CLOSED, "closed_at": later(hours=n)} if closed else {}
        clocks = (clock(later(hours=n)),) if n < 6 and not closed else ()
        queue = BOTH[n % 2]
        made.append(await house.ticket(str(n), queue=queue, clocks=clocks, last_customer_at=later(minutes=n), **state))
    due, rest = ([], made) if closed else (made[:6], made[6:])
    return [ticket.id for ticket in (*due, *reversed(rest))]


@pytest.mark.parametrize("view", ["open", "unassigned", "closed", "all"])
async def test_pages_of_several_queues_are_one_list(house: House, view: str) -> None:
    order = await several(house, closed=view == "closed")
    if view == "all":
        order += await several(house, closed=True)
    pages = [await listed(house, view, limit=5, offset=offset) for offset in range(0, len(order) + 5, 5)]
    assert [ticket for page in pages for ticket in page] == order
    assert (await house.store.listed(BOTH, view, limit=1)).total == len(order)
    assert await listed(house, view, limit=0) == []
    assert await listed(house, view, REPAIR) == [t for t in order if t % 2 == 0]


async def test_a_list_goes_by_whose_the_tickets_are(house: House) -> None:
    ann, bo = await house.person(), await house.person("Bo")
    order = await several(house)
    tickets = await house.store.tickets(order)
    for ticket, whose in zip(order, (ann, ann, bo, None) * 3, strict=True):
        await saved(house, tickets[ticket], replace(tickets[ticket], assignee=whose, version=2))
    assert await listed(house, "mine", person=ann) == [ticket for n, ticket in enumerate(order) if n % 4 < 2]
    assert await listed(house, "mine", REPAIR, person=bo) == [t for t in order[2::4] if t % 2 == 0]
    assert await listed(house, "unassigned") == order[3::4]


async def saved(house: House, before: Ticket, after: Ticket) -> None:
    await house.store.atomic(lambda tx: tx.save_tickets([(before, after)]))


async def test_what_has_warned_is_breaching_until_its_clock_stands(house: House) -> None:
    ticket = await house.ticket("1", clocks=(clock(later(hours=1), "75%"),))
    assert await listed(house, "breaching") == [ticket.id]
    stopped = replace(ticket.clocks[0], state=ClockState.STOPPED, due_at=None, next_at=None)
    answered = replace(ticket, clocks=(stopped,), version=2)
    await saved(house, ticket, answered)
    assert await listed(house, "breaching") == []
    due_again = replace(answered, clocks=(stopped, replace(clock(later(hours=2)), cycle=1)), version=3)
    await saved(house, answered, due_again)
    assert await listed(house, "breaching") == []


async def test_many_are_not_counted_to_the_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await several(house)
    monkeypatch.setattr(lists, "COUNTED", 4)
    found = await house.store.listed(BOTH, "open", limit=3)
    assert (len(found.tickets), found.total) == (3, 5)  # 5: there are more than 4
    assert (await house.store.listed([SALES], "open", limit=3)).total == 5
    assert (await house.store.listed([SALES], "mine", PersonId(1))).total == 0


async def test_nobody_pages_to_the_end_of_the_world(house: House) -> None:
    await house.ticket("1", opened_at=NOW)
    assert await listed(house, "open", offset=lists.FARTHEST + 1) == []
