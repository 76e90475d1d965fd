"""The house's own words on a real database: written with their reason, taken back with what makes them untrue."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core import events as e
from core.commands import Close, Draft, Reply, SetBlocked
from core.errors import Refused
from core.hours import Calendar
from core.ids import TicketId
from core.jobs import SendReply
from core.messages import Ladder, Message, MessageKind
from core.model import EntryKind
from core.policy import Policy, QueuePolicy
from core.targets import Target, Whose
from tests.core.door import LEASE, SENDER, House, report, said
from tests.core.house import NOON, POLICY, SHOP, SUPPORT, boss, mei

MORNINGS = Calendar.parse("Asia/Shanghai", {day: ["09:00-12:00"] for day in ("mon", "tue", "wed", "thu", "fri")})
"""Noon in UTC is 20:00 there."""
CLOSED: Policy = replace(
    POLICY,
    queues={SUPPORT: QueuePolicy(SUPPORT, "Support", MORNINGS, locale="zh-CN")},
    targets=(Target(timedelta(hours=2), timedelta(hours=2), whose=Whose.TEAM),),
)


@pytest.fixture
def closed(house: House) -> House:
    house.policy = CLOSED
    return house


async def ticks(house: House) -> list[Message]:
    """The clock worker, four seconds on; all that the house has said by itself."""
    await house.clock.forward("4s")
    await house.door.tick(list(await house.store.due_tickets(house.clock.now(), 10)))
    entries = await house.store.entries(TicketId(1))
    found = await house.store.messages([entry.message for entry in entries if entry.message])
    return [message for message in found.values() if message.kind is MessageKind.AUTO]


async def asked(house: House, **sender: object) -> Message:
    """The customer writes at night; what they are told."""
    sent_by = replace(SENDER, **sender)  # type: ignore[arg-type]
    await house.hears(e.CustomerMessage(SHOP, "w1", NOON, sent_by, "Where is it?"))
    [told] = await ticks(house)
    return told


async def waiting(house: House) -> list[SendReply]:
    jobs = await house.store.take_jobs(20, house.clock.now() + timedelta(days=2), LEASE, [])
    return [job.work for job in jobs if isinstance(job.work, SendReply)]


async def test_it_is_written_with_its_entry_and_its_job(closed: House) -> None:
    told = await asked(closed)
    assert told.ladder is Ladder.QUEUED
    assert (told.person, told.text.partition("，")[0]) == (None, "您好")
    [entry] = [one for one in await closed.store.entries(TicketId(1)) if one.message == told.id]
    assert (entry.kind, entry.by) == (EntryKind.REPLY, None)
    assert [work.message for work in await waiting(closed)] == [told.id]


async def test_once_whoever_ticks(closed: House) -> None:
    await asked(closed)
    assert len(await ticks(closed)) == 1


async def test_nothing_in_open_hours(house: House) -> None:
    house.policy = POLICY
    await house.hears(said())
    assert await ticks(house) == []


@pytest.mark.parametrize(
    ("of_ticket", "of_contact", "begins"),
    [("pt-BR", "de", "Agradecemos"), ("tlh", "de-AT", "Vielen Dank"), (None, "fr", "Nous vous"), (None, None, "您好")],
)
async def test_in_the_language_that_is_nearest_to_the_customer(
    closed: House, of_ticket: str | None, of_contact: str | None, begins: str
) -> None:
    await closed.hears(e.CustomerMessage(SHOP, "w1", NOON, replace(SENDER, language=of_ticket), "?"))
    ticket = await closed.ticket()
    contact = await closed.store.contact(ticket.contact)
    assert contact is not None

    async def moves_on(ledger: object) -> None:
        await ledger.tx.update_contact(contact, replace(contact, language=of_contact))  # type: ignore[attr-defined]

    await closed.door.write(moves_on)
    [told] = await ticks(closed)
    assert told.text.startswith(begins)


async def test_by_the_clock_on_the_customers_wall(closed: House) -> None:
    """The phone is a German one."""
    assert "柏林时间" in (await asked(closed)).text


async def test_an_answer_takes_it_back_at_once(closed: House) -> None:
    told = await asked(closed)
    answer = await closed.reply("On its way.")
    assert (await closed.message(told.id)).ladder is Ladder.UNDONE
    assert [work.message for work in await waiting(closed)] == [answer.id]


async def test_an_answer_that_is_refused_takes_nothing_back(closed: House) -> None:
    told = await asked(closed)
    with pytest.raises(Refused):
        await closed.do(Reply(mei, Draft("  "), None, closed.clock.now(), force=True))
    assert (await closed.message(told.id)).ladder is Ladder.QUEUED


async def test_a_colleagues_answer_in_the_channels_own_app_does_too(closed: House) -> None:
    told = await asked(closed)
    await closed.hears(e.ForeignEcho(SHOP, "app-1", closed.clock.now(), SENDER, "On its way."))
    assert (await closed.message(told.id)).ladder is Ladder.UNDONE
    assert await waiting(closed) == []


async def test_so_does_closing_the_ticket(closed: House) -> None:
    told = await asked(closed)
    await closed.do(Close(mei))
    assert (await closed.message(told.id)).ladder is Ladder.UNDONE


async def test_so_does_blocking_the_customer_who_is_told_no_more(closed: House) -> None:
    told = await asked(closed)
    await closed.do(SetBlocked(boss, blocked=True))
    assert (await closed.message(told.id)).ladder is Ladder.UNDONE
    assert len(await ticks(closed)) == 1


async def test_what_is_being_sent_is_left_alone(closed: House) -> None:
    told = await asked(closed)
    job = await closed.send()
    assert job is not None
    await closed.reply("On its way.")
    assert (await closed.message(told.id)).ladder is Ladder.QUEUED
    await closed.settler.part_sent(job, told.id, told.parts[0], "out-0")
    assert (await closed.message(told.id)).ladder is Ladder.SENT


async def test_its_reports_move_it_and_stop_no_clock(closed: House) -> None:
    told = await asked(closed)
    job = await closed.send()
    assert job is not None
    await closed.settler.part_sent(job, told.id, told.parts[0], "out-0")
    await closed.hears(report(Ladder.READ))
    assert (await closed.message(told.id)).ladder is Ladder.READ
    ticket = await closed.ticket()
    assert ticket.deadline is not None
    assert (ticket.last_reply_at, ticket.in_flight) == (None, frozenset())


async def test_what_is_no_longer_true_is_never_sent(closed: House) -> None:
    told = await asked(closed)
    job = await closed.send()
    assert job is not None
    await closed.settler.not_true(job, told.id)
    assert (await closed.message(told.id)).ladder is Ladder.UNDONE
    assert len(await ticks(closed)) == 2, "and the clock decides anew"
