"""The check at the start: whether those who work here can keep what is promised. Nothing waits for it."""

from datetime import datetime, timedelta

import structlog

from core.apply import Door
from core.covering import gap_words, look
from core.say import Listed, say

EVERY = timedelta(days=1)
"""People, customers and holidays change while the program runs."""

_log = structlog.get_logger()


class Covering:
    def __init__(self, door: Door) -> None:
        self._door = door
        self._again = door.clock.now()

    async def step(self) -> datetime:
        """Called more often than needed; looks once a day."""
        now = self._door.clock.now()
        if now >= self._again:
            await self._look(now)
            self._again = now + EVERY
        return self._again

    async def _look(self, now: datetime) -> None:
        """What is not kept is in the log; admins are told once for what the house has decided, however often it
        starts. A queue where nobody works is none that promises: the doctor says so."""
        door = self._door
        report = await look(door.store, door.policy, now)
        gaps = [gap for gap in report.gaps if gap.queue not in report.unstaffed]
        if gaps:
            worst, where = gaps[0], gaps[0].region
            _log.warning(
                "coverage.gaps",
                gaps=len(gaps),
                checked=report.checked,
                row=worst.row + 1,
                kind=worst.kind.value,
                queue=worst.queue,
                region=where.country or where.zone,
                lost=round(worst.open_share, 2),
            )
            told = Listed((gap_words(worst, door.policy),))
            words = say("tell.coverage", n=len(gaps), checked=report.checked, worst=told)
            await door.tell_admins(words, f"coverage|{door.policy.staffing_hash}")
