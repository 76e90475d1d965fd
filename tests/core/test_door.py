"""The one door on both databases: what the rules cannot see alone - order, concurrency, crashes between two steps."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from core import events as e
from core.apply import Door
from core.clocks import ClockKind, ClockState
from core.commands import Claim, Close, Draft, ReleaseReply, Reopen, ReplaceReply, Reply, SetBlocked, UndoReply
from core.errors import Confirm, Duplicate, Overtaken, Refused
from core.ids import MessageId, TicketId
from core.jobs import Job, SendReply
from core.model import Identity, Ladder, Message, MessageKind, Status, Ticket
from core.policy import Policy
from core.ports import NewPerson
from core.say import PersonName
from core.settle import Settler
from storage import SqlStore, open_store
from tests.clock import StoryClock
from tests.core.house import LIU, MEI, NOON, POLICY, SHOP, SUPPORT, liu, mei

LEASE = timedelta(minutes=1)
PHONE = "491701234567"
SENDER = e.Sender((Identity("phone", "", PHONE),), PHONE, PHONE, "Anna")
SHORT: Policy = replace(POLICY, inboxes={SHOP: replace(POLICY.inboxes[SHOP], text_limit=12)})
THREE_PARTS = "first part. second part. third part."


@dataclass
class House:
    store: SqlStore
    clock: StoryClock
    policy: Policy = SHORT
    keys: int = 0

    @property
    def door(self) -> Door:
        return Door(self.store, self.clock, self.policy)

    @property
    def settler(self) -> Settler:
        return Settler(self.door)

    async def hears(self, *events: e.ChannelEvent) -> None:
        await self.door.receive([], events)

    async def ticket(self, number: int = 1) -> Ticket:
        found = await self.store.ticket(TicketId(number))
        assert found is not None
        return found

    async def do(self, command: object, number: int = 1) -> Ticket:
        self.keys += 1
        return await self.door.apply(TicketId(number), command, once=f"key-{self.keys}")  # type: ignore[arg-type]

    async def reply(self, text: str = "hello", *, force: bool = True) -> Message:
        """Mei's answer, held."""
        ticket = await self.ticket()
        await self.do(Reply(mei, Draft(text), ticket.last_customer, self.clock.now(), force=force))
        entries = await self.store.entries(TicketId(1))
        return await self.message(max(entry.message for entry in entries if entry.message))

    async def message(self, number: MessageId) -> Message:
        found = await self.store.message(number)
        assert found is not None
        return found

    async def send(self) -> Job | None:
        """What the outbox takes up for a customer after the hold."""
        await self.clock.forward("9s")
        jobs = await self.store.take_jobs(20, self.clock.now(), LEASE, [])
        return next((job for job in jobs if isinstance(job.work, SendReply)), None)

    async def customer_said(self) -> list[str]:
        entries = await self.store.entries(TicketId(1))
        found = await self.store.messages([entry.message for entry in entries if entry.message])
        return [m.text for m in found.values() if m.kind is MessageKind.CUSTOMER]


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    store = await open_store(database_url)
    try:
        for person in (MEI, LIU):
            made = await store.create_person(NewPerson(person.name, person.email, queues=frozenset({SUPPORT})), NOON)
            assert made.id == person.id
        yield House(store, StoryClock(NOON))
    finally:
        await store.close()


def said(text: str = "hi", external: str = "w1", minute: float = 0) -> e.CustomerMessage:
    return e.CustomerMessage(SHOP, external, NOON + timedelta(minutes=minute), SENDER, text)


def report(state: Ladder, external: str = "out-0", code: str = "") -> e.DeliveryReport:
    return e.DeliveryReport(SHOP, external, state, NOON, code)


async def test_three_deliveries_of_one_message_are_one_message(house: House) -> None:
    await house.hears(said(), said())
    await house.hears(said())
    assert await house.customer_said() == ["hi"]


async def test_a_burst_opens_one_ticket(house: House) -> None:
    await house.hears(*(said(str(n), f"w{n}") for n in range(5)))
    assert await house.customer_said() == ["0", "1", "2", "3", "4"]
    assert await house.store.ticket(TicketId(2)) is None


async def test_a_command_with_the_same_key_happens_once_and_a_refused_one_keeps_its_key_free(house: House) -> None:
    await house.hears(said())
    await house.door.apply(TicketId(1), Claim(mei), once="press")
    with pytest.raises(Duplicate):
        await house.door.apply(TicketId(1), Claim(liu, take_over=True), once="press")
    with pytest.raises(Refused, match="claim_taken"):
        await house.door.apply(TicketId(1), Claim(liu), once="other")
    after = await house.door.apply(TicketId(1), Claim(liu, take_over=True), once="other")
    assert after.assignee == liu


async def test_a_reply_of_which_a_part_has_left_is_neither_undone_nor_changed_nor_stopped(house: House) -> None:
    await house.hears(said())
    reply = await house.reply(THREE_PARTS)
    assert len(reply.parts) > 1
    job = await house.send()
    assert job is not None
    await house.settler.part_sent(job, reply.id, reply.parts[0], "out-0")
    with pytest.raises(Refused, match="too_late_to_undo"):
        await house.do(UndoReply(mei, reply.id))
    with pytest.raises(Refused, match="too_late_to_change"):
        await house.do(ReplaceReply(mei, reply.id, "other words"))
    await house.hears(said("wait!", "w2"))
    states = [part.state for part in (await house.message(reply.id)).parts]
    assert states == [Ladder.SENT, *[Ladder.HELD] * (len(states) - 1)], "the rest of it goes on"


async def test_a_failed_part_is_sent_again_with_what_follows_it_and_nothing_that_has_left(house: House) -> None:
    await house.hears(said())
    reply = await house.reply(THREE_PARTS)
    job = await house.send()
    assert job is not None
    await house.settler.part_sent(job, reply.id, reply.parts[0], "out-0")
    job = await house.send()
    assert job is not None
    await house.settler.part_failed(job, reply.id, reply.parts[1], "server_error")
    await house.do(ReleaseReply(mei, reply.id))
    again = await house.message(reply.id)
    assert [part.state for part in again.parts] == [Ladder.SENT, *[Ladder.QUEUED] * (len(again.parts) - 1)]


async def test_writing_during_the_hold_stops_the_reply_until_somebody_says_so(house: House) -> None:
    await house.hears(said())
    reply = await house.reply()
    await house.hears(said("forget it", "w2"))
    assert (await house.message(reply.id)).ladder is Ladder.ASKED
    assert await house.send() is None
    await house.do(ReleaseReply(liu, reply.id))
    assert await house.send() is not None


async def test_undo_while_it_is_being_sent_is_too_late_and_before_it_is_final(house: House) -> None:
    await house.hears(said())
    reply = await house.reply()
    assert await house.send() is not None
    with pytest.raises(Refused, match="too_late_to_undo"):
        await house.do(UndoReply(mei, reply.id))
    second = await house.reply("second")
    await house.do(UndoReply(mei, second.id))
    with pytest.raises(Refused, match="nothing_to_send_again"):
        await house.do(ReleaseReply(mei, second.id))
    assert (await house.message(second.id)).ladder is Ladder.UNDONE


async def test_a_report_that_overtakes_the_answer_to_the_send_counts(house: House) -> None:
    await house.hears(said())
    reply = await house.reply()
    job = await house.send()
    assert job is not None
    await house.hears(report(Ladder.READ), report(Ladder.DELIVERED))
    await house.settler.part_sent(job, reply.id, reply.parts[0], "out-0")
    ticket = await house.ticket()
    assert (await house.message(reply.id)).ladder is Ladder.READ
    assert (ticket.status, ticket.in_flight) == (Status.OPEN, frozenset())


async def test_a_report_and_the_answer_to_the_send_never_miss_each_other(house: House) -> None:
    await house.hears(said())
    for n in range(8):
        reply = await house.reply()
        job = await house.send()
        assert job is not None
        answer = house.settler.part_sent(job, reply.id, reply.parts[0], f"out-{n}")
        await asyncio.gather(answer, house.hears(report(Ladder.DELIVERED, f"out-{n}")))
        assert (await house.message(reply.id)).ladder is Ladder.DELIVERED


async def test_two_who_claim_at_once_give_one_owner(house: House) -> None:
    await house.hears(said())
    claims = [house.door.apply(TicketId(1), Claim(who), once=f"claim-{who}") for who in (mei, liu)]
    ended = await asyncio.gather(*claims, return_exceptions=True)
    (won,) = [end for end in ended if isinstance(end, Ticket)]
    (lost,) = [end for end in ended if isinstance(end, Refused)]
    assert won.assignee is not None
    assert lost.say.params["by"] == PersonName(won.assignee)


async def test_a_reply_and_a_customers_message_at_once_leave_no_reply_unasked(house: House) -> None:
    """Whichever is first: the agent is asked, or the held reply is stopped."""
    await house.hears(said())
    seen = (await house.ticket()).last_customer
    answer = Reply(mei, Draft("hello"), seen, house.clock.now())
    ended, _ = await asyncio.gather(
        house.door.apply(TicketId(1), answer, once="r"), house.hears(said("wait", "w2")), return_exceptions=True
    )
    assert isinstance(ended, Confirm) or (await house.ticket()).in_flight == frozenset()
    assert await house.send() is None


async def test_a_failure_told_afterwards_brings_the_clock_back_to_its_start(house: House) -> None:
    await house.hears(said())
    before = await house.ticket()
    reply = await house.reply()
    job = await house.send()
    assert job is not None
    await house.settler.part_sent(job, reply.id, reply.parts[0], "out-0")
    await house.hears(report(Ladder.FAILED, code="undeliverable"))
    after = await house.ticket()
    assert after.deadline is not None
    assert before.deadline is not None
    assert after.deadline.due_at == before.deadline.due_at


async def test_a_worker_whose_lease_was_taken_over_settles_nothing(house: House) -> None:
    await house.hears(said())
    reply = await house.reply()
    job = await house.send()
    assert job is not None
    with pytest.raises(Overtaken):
        await house.settler.part_sent(replace(job, attempt=job.attempt + 1), reply.id, reply.parts[0], "out-0")
    assert (await house.message(reply.id)).ladder is Ladder.HELD
    assert (await house.ticket()).in_flight == {reply.id}


async def test_a_blocked_contact_is_not_heard_and_gets_nothing(house: House) -> None:
    await house.hears(said())
    reply = await house.reply()
    await house.hears(said("and", "w2"))
    await house.do(SetBlocked(mei, True))
    await house.hears(said("hello?", "w3"))
    assert await house.customer_said() == ["hi", "and"]
    with pytest.raises(Refused, match="reply_blocked"):
        await house.do(ReleaseReply(mei, reply.id))
    assert (await house.message(reply.id)).ladder is Ladder.ASKED, "a refusal takes everything back"


async def test_an_edit_of_a_message_we_never_had_is_a_message(house: House) -> None:
    await house.hears(e.CustomerEdit(SHOP, "edit-1", "w0", NOON, SENDER, "what I meant"))
    assert await house.customer_said() == ["what I meant"]
    assert (await house.ticket()).clock(ClockKind.FIRST_REPLY) is not None


async def test_reactions_and_deletions_of_what_we_never_had_are_let_go(house: House) -> None:
    await house.hears(e.CustomerReaction(SHOP, "r1", "w0", NOON, SENDER, "👍"))
    await house.hears(e.CustomerDelete(SHOP, "d1", "w0", NOON, SENDER))
    assert await house.store.ticket(TicketId(1)) is None


async def test_an_edit_in_the_same_batch_finds_its_message(house: House) -> None:
    await house.hears(e.CustomerEdit(SHOP, "edit-1", "w1", NOON, SENDER, "right"), said("wrong"))
    assert await house.customer_said() == ["right"]


async def test_later_than_the_reopening_days_a_new_ticket_is_linked_to_the_old(house: House) -> None:
    await house.hears(said())
    await house.do(Close(mei))
    await house.clock.forward(timedelta(days=8))
    await house.hears(said("me again", "w2", 8 * 24 * 60))
    again = await house.ticket(2)
    assert (again.previous, again.status) == (1, Status.NEW)


async def test_a_reopened_ticket_gets_what_the_customer_writes_next(house: House) -> None:
    await house.hears(said())
    await house.do(Close(mei))
    await house.clock.forward(timedelta(days=8))
    await house.hears(said("me again", "w2", 8 * 24 * 60))
    await house.do(Reopen(mei))
    await house.hears(said("to the new one, for it is open", "w3", 8 * 24 * 60))
    assert await house.customer_said() == ["hi"]
    await house.do(Close(mei), 2)
    await house.do(Close(mei))
    await house.do(Reopen(mei))
    await house.hears(said("back here", "w4", 8 * 24 * 60))
    assert await house.customer_said() == ["hi", "back here"]


async def test_a_colleague_who_writes_first_in_the_channels_app_opens_a_ticket(house: House) -> None:
    await house.hears(e.ForeignEcho(SHOP, "echo-1", NOON, SENDER, "We have news"))
    opened = await house.ticket()
    kinds = [type(saved.fact).__name__ for saved in await house.store.history(opened.id, 10)]
    assert kinds == ["StatusSet", "AnsweredElsewhere", "Opened"]
    assert opened.clocks == ()


async def test_an_unseen_message_asks_first_and_nothing_of_the_draft_stays(house: House) -> None:
    await house.hears(said())
    before = await house.ticket()
    with pytest.raises(Confirm, match="unseen"):
        await house.do(Reply(mei, Draft("stale"), None, house.clock.now()))
    assert await house.ticket() == before
    assert await house.send() is None


async def test_an_inbox_that_left_the_configuration_still_shows_its_tickets_and_sends_nothing(house: House) -> None:
    await house.hears(said())
    house.policy = replace(SHORT, inboxes={})
    await house.hears(said("more", "w2"))
    assert await house.customer_said() == ["hi", "more"]
    with pytest.raises(Refused, match="inbox_gone"):
        await house.reply()


async def test_the_worker_finds_what_is_due_and_is_done_with_it(house: House) -> None:
    await house.hears(said())
    await house.clock.forward(timedelta(minutes=60))
    assert list(await house.store.due_tickets(house.clock.now(), 10)) == [1]
    await house.door.tick(TicketId(1))
    assert list(await house.store.due_tickets(house.clock.now(), 10)) == []
    assert (await house.ticket()).level == 1
    clock = (await house.ticket()).clock(ClockKind.BREACH)
    assert clock is not None
    assert clock.state is ClockState.RUNNING
