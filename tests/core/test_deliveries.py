"""Replies on their way, on both databases: held, undone, stopped, sent in parts, reported late."""

import asyncio
from dataclasses import replace

import pytest

from core.commands import ReleaseReply, ReplaceReply, UndoReply
from core.errors import Overtaken, Refused
from core.messages import Ladder
from core.model import Status
from tests.core.door import LEASE, THREE_PARTS, House, report, said
from tests.core.house import liu, mei


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


async def test_a_failure_told_afterwards_matters_to_no_clock_when_another_answer_has_arrived(house: House) -> None:
    await house.hears(said())
    for n in range(2):
        reply = await house.reply(f"answer {n}")
        job = await house.send()
        assert job is not None
        await house.settler.part_sent(job, reply.id, reply.parts[0], f"out-{n}")
    await house.hears(report(Ladder.FAILED, "out-0"))
    assert (await house.ticket()).deadline is None
    await house.hears(report(Ladder.FAILED, "out-1"))
    assert (await house.ticket()).deadline is not None, "now the customer has none"


async def test_a_worker_whose_lease_was_taken_over_settles_nothing(house: House) -> None:
    await house.hears(said())
    reply = await house.reply()
    job = await house.send()
    assert job is not None
    with pytest.raises(Overtaken):
        await house.settler.part_sent(replace(job, attempt=job.attempt + 1), reply.id, reply.parts[0], "out-0")
    assert (await house.message(reply.id)).ladder is Ladder.HELD
    assert (await house.ticket()).in_flight == {reply.id}


async def test_sending_again_never_takes_back_what_leaves_meanwhile(house: House) -> None:
    """Part 0 failed afterwards while part 1 was with the channel: only part 0 goes out again."""
    await house.hears(said())
    for n in range(8):
        reply = await house.reply(THREE_PARTS)
        job = await house.send()
        assert job is not None
        await house.settler.part_sent(job, reply.id, reply.parts[0], f"out-{n}")
        job = await house.send()
        assert job is not None
        await house.hears(report(Ladder.FAILED, f"out-{n}"))
        await asyncio.gather(
            house.do(ReleaseReply(mei, reply.id)), house.settler.part_sent(job, reply.id, reply.parts[1], f"two-{n}")
        )
        states = [part.state for part in (await house.message(reply.id)).parts]
        assert states[:2] == [Ladder.QUEUED, Ladder.SENT]
        for job in await house.store.take_jobs(20, house.clock.now(), LEASE, []):
            await house.settler.done(job)


async def test_a_report_of_a_reply_in_doubt_settles_it_and_the_rest_follows(house: House) -> None:
    await house.hears(said())
    reply = await house.reply(THREE_PARTS)
    job = await house.send()
    assert job is not None
    await house.settler.part_uncertain(job, reply.id, reply.parts[0])
    assert await house.send() is None
    assert [parked.uncertain for parked in await house.store.parked()] == [True]
    await house.hears(replace(report(Ladder.DELIVERED), ref=reply.ref(0)))
    assert await house.store.parked() == []
    after = await house.message(reply.id)
    assert [part.state for part in after.parts] == [Ladder.DELIVERED, *[Ladder.QUEUED] * (len(after.parts) - 1)]
    job = await house.send()
    assert job is not None
    await house.settler.part_sent(job, reply.id, after.parts[1], "out-1")
    await house.hears(report(Ladder.READ))
    assert (await house.message(reply.id)).parts[0].state is Ladder.READ


async def test_a_report_that_comes_before_the_doubt_leaves_none(house: House) -> None:
    await house.hears(said())
    reply = await house.reply(THREE_PARTS)
    job = await house.send()
    assert job is not None
    await house.hears(replace(report(Ladder.SENT), ref=reply.ref(0)))
    await house.settler.part_uncertain(job, reply.id, reply.parts[0])
    states = [part.state for part in (await house.message(reply.id)).parts]
    assert states == [Ladder.SENT, *[Ladder.HELD] * (len(states) - 1)]
    assert await house.send() is not None


async def test_a_report_that_names_no_part_waits_for_one_that_does(house: House) -> None:
    """A receipt overtakes the echo by which a reply in doubt is known again."""
    await house.hears(said())
    reply = await house.reply()
    job = await house.send()
    assert job is not None
    await house.settler.part_uncertain(job, reply.id, reply.parts[0])
    await house.hears(report(Ladder.DELIVERED))
    assert (await house.message(reply.id)).ladder is Ladder.UNCERTAIN
    await house.hears(replace(report(Ladder.SENT), ref=reply.ref(0)))
    assert (await house.message(reply.id)).ladder is Ladder.DELIVERED


async def test_a_report_that_names_the_part_and_overtakes_the_answer_counts_once(house: House) -> None:
    await house.hears(said())
    reply = await house.reply()
    job = await house.send()
    assert job is not None
    await house.hears(replace(report(Ladder.DELIVERED), ref=reply.ref(0)))
    await house.settler.part_sent(job, reply.id, reply.parts[0], "out-0")
    assert (await house.message(reply.id)).ladder is Ladder.DELIVERED
    assert await house.send() is None


@pytest.mark.parametrize("ref", ["1.0.99.000000", "x", "1.7", "999999.0.1.0", ""])
async def test_a_report_of_somebody_elses_send_settles_nothing(house: House, ref: str) -> None:
    await house.hears(said())
    reply = await house.reply()
    job = await house.send()
    assert job is not None
    await house.settler.part_uncertain(job, reply.id, reply.parts[0])
    await house.hears(replace(report(Ladder.DELIVERED), ref=ref))
    assert (await house.message(reply.id)).ladder is Ladder.UNCERTAIN


async def test_who_sends_again_takes_the_doubt_from_the_admins_list(house: House) -> None:
    await house.hears(said())
    reply = await house.reply()
    job = await house.send()
    assert job is not None
    await house.settler.part_uncertain(job, reply.id, reply.parts[0])
    await house.do(ReleaseReply(mei, reply.id))
    assert await house.store.parked() == []
