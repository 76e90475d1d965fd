"""The outbox: order within a lane, urgency between lanes, one waiting job a key, leases."""

import asyncio
from datetime import timedelta

import pytest

from core.errors import Overtaken
from core.ids import MessageId, TicketId
from core.jobs import Job, JobState, SendReply, SyncThread, Urgency
from storage import Commit, SqlStore
from tests.storage.house import LEASE, NOW, SLACK, WA, House, later, owed


def lanes(jobs: object) -> list[str]:
    return [job.lane for job in jobs]  # type: ignore[attr-defined]


async def test_a_lane_is_first_in_first_out(house: House) -> None:
    first, second = SyncThread(TicketId(1), SLACK), SyncThread(TicketId(2), SLACK)
    await house.enqueue(owed("a", work=first), owed("a", work=second, urgency=Urgency.CUSTOMER))
    [job] = await house.take()
    assert job.work == first
    assert not await house.take()  # the second waits for the first, however urgent it is
    await house.finish(job)
    assert [job.work for job in await house.take()] == [second]


@pytest.mark.parametrize(("kind", "payload"), [("tell_person", "{}"), ("dance", "{}"), ("edit_card", '{"step": 2}')])
async def test_a_job_nobody_can_read_is_parked_and_keeps_nobody_waiting(house: House, kind: str, payload: str) -> None:
    await house.enqueue(owed("a"), owed("a"), owed("b"))
    head, *_ = sorted(await house.take(), key=lambda job: job.lane)
    await house.finish(head, JobState.WAITING)
    await house.store.atomic(
        lambda tx: tx.session.run("UPDATE jobs SET kind = ?, payload = ? WHERE id = ?", kind, payload, head.id)
    )
    assert await house.take() == []
    assert lanes(await house.take()) == ["a"]
    assert [(row.kind, row.id, row.code) for row in await house.store.parked()] == [("job", head.id, "internal")]


async def test_a_dead_job_nobody_can_read_is_parked(house: House) -> None:
    await house.enqueue(owed("a"))
    [job] = await house.take()
    await house.store.atomic(lambda tx: tx.session.run("UPDATE jobs SET payload = '{}' WHERE id = ?", job.id))
    assert await house.store.expire_leases(later(hours=1)) == []
    assert [row.id for row in await house.store.parked()] == [job.id]


async def test_urgency_chooses_between_the_heads_of_lanes(house: House) -> None:
    await house.enqueue(
        owed("card", urgency=Urgency.COSMETIC),
        owed("reply", urgency=Urgency.CUSTOMER),
        owed("ping", urgency=Urgency.PING),
    )
    assert lanes(await house.take(2)) == ["reply", "ping"]


async def test_a_full_bucket_is_left_out(house: House) -> None:
    await house.enqueue(owed("a", bucket="slack:C1"), owed("b", bucket="slack:C2"))
    assert lanes(await house.take(full=["slack:C1"])) == ["b"]


async def test_a_job_waits_for_its_time_and_its_lane_with_it(house: House) -> None:
    await house.enqueue(owed("a", not_before=later(seconds=8)), owed("a"))
    assert not await house.take(at=later(seconds=7))
    assert await house.store.next_job_at(NOW) == later(seconds=8)
    assert len(await house.take(at=later(seconds=8))) == 1


async def test_a_retried_head_keeps_its_place(house: House) -> None:
    await house.enqueue(owed("a"), owed("a"))
    [head] = await house.take()
    await house.finish(head, JobState.WAITING, not_before=later(seconds=30))
    assert not await house.take(at=later(seconds=29))
    [again] = await house.take(at=later(seconds=30))
    assert (again.id, again.attempt) == (head.id, 2)


@pytest.mark.parametrize("state", [JobState.PARKED, JobState.UNCERTAIN, JobState.CANCELLED])
async def test_trouble_frees_the_lane(house: House, state: JobState) -> None:
    await house.enqueue(owed("a"), owed("a"))
    [head] = await house.take()
    await house.finish(head, state)
    [after] = await house.take()
    assert after.id != head.id


async def test_a_key_waits_once_and_the_earliest_wins(house: House) -> None:
    await house.enqueue(owed(key="card:1", not_before=later(seconds=20)))
    await house.enqueue(owed(key="card:1", not_before=later(seconds=10)))
    assert await house.store.next_job_at(NOW) == later(seconds=20)  # nobody was in a hurry
    await house.enqueue(owed(key="card:1", not_before=later(seconds=10), hurries=True))
    await house.enqueue(owed(key="card:1", not_before=later(seconds=15), hurries=True))
    assert await house.store.next_job_at(NOW) == later(seconds=10)
    assert len(await house.take(at=later(seconds=30))) == 1


async def test_a_key_that_is_being_sent_may_wait_again(house: House) -> None:
    await house.enqueue(owed(key="card:1"))
    [sending] = await house.take()
    await house.enqueue(owed(key="card:1"))
    await house.finish(sending)
    assert len(await house.take()) == 1


async def test_who_comes_back_takes_in_who_waits_for_the_same(house: House) -> None:
    await house.enqueue(owed("a", key="card:1"))
    [sending] = await house.take()
    await house.enqueue(owed("a", key="card:1"))
    await house.finish(sending, JobState.WAITING, uncertain=True)
    [again] = await house.take()
    assert (again.id, again.uncertain) == (sending.id, True)
    await house.finish(again)
    assert not await house.take()


async def test_only_failures_in_a_row_are_counted(house: House) -> None:
    await house.enqueue(owed("a"))
    for failures, code in enumerate(["rate_limited", "timeout", "", ""]):
        [job] = await house.take()
        assert job.failures == (failures if failures < 3 else 0)
        await house.finish(job, JobState.WAITING, code=code)


async def test_an_edit_that_settles_lets_words_pass_but_not_two_at_once(house: House) -> None:
    edit = owed("a", key="card:1", urgency=Urgency.COSMETIC, delay=timedelta(seconds=20))
    await house.enqueue(edit, owed("a", key="sync:1"))
    [words] = await house.take()
    assert words.work == SyncThread(TicketId(1), SLACK)
    assert not await house.take(at=later(seconds=20))  # the words are on their way
    await house.finish(words)
    assert len(await house.take(at=later(seconds=20))) == 1


async def test_an_edit_waits_for_the_words_before_it(house: House) -> None:
    await house.enqueue(owed("a", not_before=later(seconds=3)), owed("a", urgency=Urgency.COSMETIC))
    assert not await house.take()


async def test_an_edit_waits_for_the_quiet_lines_before_it(house: House) -> None:
    lines, card = (owed("a", key=key, urgency=Urgency.COSMETIC) for key in ("sync:1", "card:1"))
    await house.enqueue(lines, card)
    assert len(await house.take()) == 1
    assert not await house.take()


async def test_an_edit_that_failed_holds_its_lane(house: House) -> None:
    """Its desk is out of order: what comes after it keeps its order too."""
    await house.enqueue(owed("a", urgency=Urgency.COSMETIC))
    [edit] = await house.take()
    await house.finish(edit, JobState.WAITING, code="not_set_up", not_before=later(minutes=10))
    await house.enqueue(owed("a"))
    assert not await house.take()


async def test_what_is_cosmetic_leaves_the_rest_of_a_budget_to_words(house: House) -> None:
    await house.enqueue(owed("a", urgency=Urgency.COSMETIC), owed("a"), owed("b", urgency=Urgency.COSMETIC))
    [words] = await house.take(low=["slack"])
    assert words.lane == "a"
    assert not await house.take(low=["slack"])
    await house.finish(words)
    assert sorted(lanes(await house.take())) == ["a", "b"]


async def test_what_waits_already_takes_the_higher_urgency(house: House) -> None:
    quiet = owed("quiet", key="sync:1", urgency=Urgency.COSMETIC, delay=timedelta(seconds=20), hurries=True)
    await house.enqueue(quiet, owed("other"))
    await house.enqueue(owed("quiet", key="sync:1", urgency=Urgency.PING, hurries=True))
    assert lanes(await house.take()) == ["quiet", "other"]


async def test_a_quiet_one_lowers_nothing(house: House) -> None:
    await house.enqueue(owed("a", key="sync:1"))
    await house.enqueue(owed("a", key="sync:1", urgency=Urgency.COSMETIC, delay=timedelta(seconds=20), hurries=True))
    assert lanes(await house.take(low=["slack"])) == ["a"]


async def test_who_comes_back_takes_over_the_urgency_of_who_waited(house: House) -> None:
    """Quiet lines are being posted while the customer writes: their words must not wait like quiet lines."""
    await house.enqueue(owed("a", key="sync:1", urgency=Urgency.COSMETIC))
    [quiet] = await house.take()
    await house.enqueue(owed("a", key="sync:1"))
    await house.finish(quiet, JobState.WAITING)
    [words] = await house.take(low=["slack"])
    assert words.id == quiet.id


async def test_a_job_draws_from_where_its_ticket_has_gone(house: House) -> None:
    settles = timedelta(seconds=20)
    await house.enqueue(owed(key="sync:1", bucket="telegram:east", delay=settles, hurries=True))
    await house.enqueue(owed(key="sync:1", bucket="telegram:west", hurries=True))
    [job] = await house.take(full=["telegram:east"])
    await house.enqueue(owed(key="sync:1", bucket="telegram:money"))
    await house.finish(job, JobState.WAITING)
    [again] = await house.take()
    assert (job.bucket, again.bucket) == ("telegram:west", "telegram:money")


async def test_what_is_due_and_has_no_room_hides_nothing_that_is_to_come(house: House) -> None:
    await house.enqueue(owed("a", urgency=Urgency.COSMETIC), owed("b", not_before=later(seconds=8)))
    assert not await house.take(low=["slack"])
    assert await house.store.next_job_at(NOW) == later(seconds=8)


async def test_a_bucket_is_hurried_and_no_other(house: House) -> None:
    away = later(minutes=10)
    await house.enqueue(owed("a", bucket="telegram:sales", not_before=away), owed("b", not_before=away))
    await house.enqueue(owed("c", bucket="telegram:sales"))
    await house.store.atomic(lambda tx: tx.hurry("telegram:sales", later(seconds=10)))
    assert lanes(await house.take()) == ["c"]  # what is earlier stays so
    assert lanes(await house.take(at=later(seconds=10))) == ["a"]


async def test_jobs_without_a_key_are_all_done(house: House) -> None:
    await house.enqueue(owed("a"), owed("b"), owed("c"))
    assert len(await house.take()) == 3


async def test_a_waiting_job_can_be_withdrawn_a_sent_one_cannot(house: House) -> None:
    await house.enqueue(owed("a", key="send:1"), owed("b", key="send:2"))
    [first, _] = await house.take(2)
    await house.enqueue(owed("c", key="send:3"))
    gone = await house.store.atomic(lambda tx: tx.withdraw(["send:3", "send:1", "send:9"]))
    assert gone == [True, False, False]
    await house.finish(first)
    assert not await house.take()


async def test_finishing_twice_or_under_an_old_attempt_is_refused(house: House) -> None:
    await house.enqueue(owed())
    [job] = await house.take()
    await house.store.expire_leases(NOW + LEASE * 2)
    [again] = await house.take(at=NOW + LEASE * 2)
    assert again.attempt == 2
    with pytest.raises(Overtaken):
        await house.finish(job)
    await house.finish(again)
    with pytest.raises(Overtaken):
        await house.finish(again)


async def test_a_dead_lease_makes_a_post_wait_again_and_leaves_a_reply_to_its_settler(house: House) -> None:
    reply = SendReply(MessageId(1), WA)
    await house.enqueue(owed("thread"), owed("customer", work=reply))
    taken = {job.lane: job for job in await house.take()}
    assert not await house.store.expire_leases(NOW + LEASE - timedelta(microseconds=1))  # not dead yet
    dead = await house.store.expire_leases(NOW + LEASE * 2)
    assert sorted(lanes(dead)) == ["customer", "thread"]
    assert not await house.store.expire_leases(NOW + LEASE * 2)  # one settler, not two

    [thread] = await house.take(at=NOW + LEASE * 2)
    assert (thread.lane, thread.uncertain, thread.attempt) == ("thread", True, 2)
    await house.finish(taken["customer"], JobState.UNCERTAIN)
    assert [parked.uncertain for parked in await house.store.parked()] == [True]


async def test_workers_never_take_the_same_job(house: House, other: SqlStore) -> None:
    await house.enqueue(*(owed(f"lane {n % 10}") for n in range(30)))
    taken: list[Job] = []
    for _ in range(3):
        rounds = await asyncio.gather(
            *(store.take_jobs(3, NOW, LEASE, []) for store in (house.store, other) for _ in range(5))
        )
        round_of_jobs = [job for jobs in rounds for job in jobs]
        assert len({job.lane for job in round_of_jobs}) == len(round_of_jobs)
        for job in round_of_jobs:
            await house.finish(job)
        taken += round_of_jobs
    assert len({job.id for job in taken}) == len(taken)


async def test_the_process_is_woken_by_what_it_enqueues(house: House) -> None:
    heard: list[Commit] = []
    stop = house.store.on_commit(heard.append)
    await house.enqueue(owed())
    assert [commit.jobs for commit in heard] == [True]
    stop()
    await house.enqueue(owed())
    assert len(heard) == 1


async def test_each_bucket_gives_its_first_and_what_waits_behind_is_not_looked_at(house: House) -> None:
    await house.enqueue(*(owed(f"l{number}", bucket=f"b{number % 3}") for number in range(30)))
    jobs = await house.store.take_jobs(10, NOW, LEASE, ["b1"])
    assert [(job.bucket, job.id) for job in jobs] == [("b0", 1), ("b2", 3)]
