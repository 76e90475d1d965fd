"""The one door on both databases: what the rules cannot see alone - order, concurrency, what came before."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from core import events as e
from core.clocks import ClockKind, ClockState
from core.commands import Claim, Close, Draft, ReleaseReply, Reopen, Reply, SetBlocked
from core.errors import Confirm, Duplicate, Refused
from core.ids import TicketId
from core.messages import Ladder
from core.model import Status, Ticket
from core.people import Identity, Tier
from core.say import PersonName
from tests.core.door import SENDER, SHORT, House, said
from tests.core.house import NOON, SHOP, liu, mei


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


async def test_a_reopened_ticket_has_what_was_learnt_of_its_customer_meanwhile(house: House) -> None:
    await house.hears(said())
    closed = await house.do(Close(mei))
    before = await house.store.contact(closed.contact)
    assert before is not None
    after = replace(before, tier=Tier.VIP, zone="America/New_York", country="US")
    await house.store.atomic(lambda tx: tx.update_contact(before, after))
    await house.hears(said(external="w2", minute=5))
    again = await house.ticket()
    assert (again.is_open, again.tier, again.zone, again.country) == (True, Tier.VIP, "America/New_York", "US")


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
    await house.door.tick([TicketId(1)])
    assert list(await house.store.due_tickets(house.clock.now(), 10)) == []
    assert (await house.ticket()).level == 1
    clock = (await house.ticket()).clock(ClockKind.BREACH)
    assert clock is not None
    assert clock.state is ClockState.RUNNING


async def test_words_from_the_old_number_in_the_batch_of_the_change_lead_nobody_back_to_it(house: House) -> None:
    new = e.Sender((Identity("phone", "", "4915"),), "4915", "4915", "Anna")
    changed = e.IdentityChanged(SHOP, "c1", NOON, SENDER.identities, new)
    await house.hears(said("from the old"), changed, e.CustomerMessage(SHOP, "w2", NOON, new, "from the new"))
    conversation = await house.store.conversation((await house.ticket()).conversation)
    assert conversation is not None
    assert conversation.address == "4915"
    assert await house.customer_said() == ["from the old", "from the new"]
