"""The outbox: takes jobs whose time has come, does each once, and settles how it ended. The only place that retries."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.workers import patience
from bot.workers.buckets import Buckets
from bot.workers.deeds import Deeds
from bot.workers.doubt import InDoubt
from bot.workers.hands import Hands
from bot.workers.loop import finished
from core.errors import Overtaken, SendError, Unavailable
from core.jobs import Job, SendReply
from core.settle import Settler

TAKEN = 256
"""Jobs begun in one step, when they end as fast as they begin."""
LEASE = timedelta(seconds=90)
"""Longer than any request may take, so that a live worker's lease never dies."""
PAUSE = timedelta(seconds=10)
"""Before a job is taken up again that our own database or disk kept from being done."""
FINISHING = 20.0
"""Seconds the jobs in hand are given when we stop."""

_log = structlog.get_logger()


class Outbox:
    def __init__(self, settler: Settler, deeds: Deeds, buckets: Buckets) -> None:
        self._settler = settler
        self._store, self._clock = settler.door.store, settler.door.clock
        self._deeds = deeds
        self._buckets = buckets
        self._hands = Hands()
        self._in_doubt = InDoubt(lambda until: self._store.give_back_jobs(until, self._hands.jobs))
        self._began = False
        self.freed: Callable[[], None] = lambda: None
        """Called when a job ended: its lane may have another."""

    async def recover(self) -> None:
        """Jobs whose worker died in the middle. A reply may have arrived: it is shown, and never repeated by itself,
        but where repeating does no harm."""
        # One in our own hands is not dead, only slow: or somebody moved the clock, as the demo does.
        for job in await self._store.expire_leases(self._clock.now(), self._hands.jobs):
            if isinstance(job.work, SendReply) and job.id not in self._hands.jobs:
                await self._recovered(job, job.work)

    async def step(self) -> datetime | None:
        """Start whatever may start; when to look again."""
        if not self._began:
            await self._settler.try_again()
            self._began = True
        await self._in_doubt.give_back()
        await self.recover()
        now = self._clock.now()
        for _ in range(TAKEN):
            if self._hands.are_full(now) or not await finished(self._take(now)):
                return await self._look_again(now)
            now = self._clock.now()
        return now

    async def _take(self, now: datetime) -> bool:
        """Whether a job could be taken. What is taken is begun: left lying, it would look as if it may be done."""
        full, low = self._buckets.full(now), self._buckets.full(now, cosmetic=True)
        with self._in_doubt.taking(now + LEASE):
            jobs = await self._store.take_jobs(1, now, LEASE, full, low, self._hands.shut(now))
        for job in jobs:
            self._buckets.draw(job.bucket, now)
            self._start(job, now)
        return bool(jobs)

    async def idle(self) -> None:
        """Wait for the jobs in hand."""
        while self._hands:
            await asyncio.wait(self._hands.tasks)

    async def stop(self) -> None:
        """Let the jobs in hand end; what does not is left to its lease."""
        if self._hands:
            await asyncio.wait(self._hands.tasks, timeout=FINISHING)
        left = self._hands.tasks
        for hand in left:
            hand.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _start(self, job: Job, now: datetime) -> None:
        hand = asyncio.create_task(self._hand(job), name=f"job-{job.id}")
        self._hands.take(hand, job, now)
        hand.add_done_callback(self._ended)

    def _ended(self, hand: asyncio.Task[None]) -> None:
        self._hands.drop(hand)
        self.freed()

    async def _look_again(self, now: datetime) -> datetime | None:
        """The next job's time, or when a full bucket has room; while all hands are full, when one of them hangs. When
        one ends we are woken.

        `now`: the moment of the last look. What has become due since then counts as to come.
        """
        if self._hands.are_full(now):
            return self._hands.next_slot(now)
        instants = [await self._store.next_job_at(now), self._buckets.next_ready(now)]
        later = [at for at in instants if at is not None and at > now]
        return min(later, default=None)

    async def _hand(self, job: Job) -> None:
        try:
            await self._do(job)
        except Unavailable as fault:
            # Ours alone: nobody outside was asked for anything yet.
            _log.warning("outbox.waiting", job=job.id, reason=fault.reason)
            await self._settler.back(job, self._clock.now() + PAUSE)

    async def _do(self, job: Job) -> None:
        try:
            await self._deeds.do(job)
        except Overtaken:
            _log.warning("outbox.overtaken", job=job.id)
        except SendError as error:
            await self._failed(job, error)
        except Unavailable:
            raise
        except Exception:
            _log.exception("outbox.fault", job=job.id, kind=type(job.work).__name__)
            # It may have come after the request, as a database that fails while the answer is written down.
            await self._failed(job, SendError("internal", retry=True, certain=False))
        else:
            if job.failures:
                await self._mended(job)

    async def _failed(self, job: Job, error: SendError) -> None:
        """Repeat later, give up, or show that it is uncertain: by what the error says, never by guessing."""
        log = _log.bind(job=job.id, kind=type(job.work).__name__, code=error.code, detail=error.detail)
        failures = job.failures + 1
        log.warning("outbox.failed", certain=error.certain, retry=error.retry, failures=failures)
        try:
            if error.after is not None:
                self._buckets.halt(job.bucket, self._clock.now() + error.after)
            if isinstance(job.work, SendReply) and not error.certain and not self._deeds.repeatable(job.work):
                await self._uncertain(job, job.work)
            elif patience.stalls(job, error):
                await self._settler.stalled(job, error.code, self._clock.now() + patience.LONGEST_WAIT)
            elif patience.repeats(job, error):
                at = self._clock.now() + patience.wait(failures, error)
                await self._settler.retry(job, error.code, at, uncertain=not error.certain)
            else:
                await self._deeds.give_up(job, error.code)
        except Overtaken:
            log.warning("outbox.overtaken")
        except Unavailable:
            if error.certain:
                raise
            # It may have arrived, and waiting again would forget that: left to its lease, it is found to be in doubt.
            log.warning("outbox.left")

    async def _mended(self, job: Job) -> None:
        """It had failed and is done: what failed for the same reason need not wait, and the admins learn of it."""
        try:
            await self._settler.mended(job, patience.ended_by(job))
        except Exception:
            _log.exception("outbox.not_mended", job=job.id)

    async def _recovered(self, job: Job, work: SendReply) -> None:
        """One that cannot be settled must not stop all others."""
        try:
            if self._deeds.repeatable(work):
                await self._settler.back(job, self._clock.now())
            else:
                await self._uncertain(job, work)
        except Exception:
            _log.exception("outbox.not_recovered", job=job.id)

    async def _uncertain(self, job: Job, work: SendReply) -> None:
        part = await self._deeds.next_part(work)
        if part is None:
            await self._settler.done(job)
        else:
            await self._settler.part_uncertain(job, work.message, part)
