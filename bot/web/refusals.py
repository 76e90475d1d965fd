"""Deliveries whose signature does not hold: when they mean that the app secret was changed, admins are told.

Anybody may post to a webhook's address, so that one refusal, or any number of them at once, says nothing. It does when
they go on while not one delivery is good. What is known lives in memory, a few words an inbox, whatever a stranger
sends; each process looks for itself and the database says who has told already.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from core.ids import InboxName
from core.ports import Clock

ENOUGH = 5
"""Refusals."""
LASTING = timedelta(minutes=10)
"""Between the first and the last of them, with no good delivery since the first."""
PAUSE = timedelta(days=1)
"""Before one process tells of an inbox again: a changed secret is mended by a restart, so that whoever makes this one
well and ill in turn is a stranger, and must neither page anybody nor keep the database busy."""

_log = structlog.get_logger()


@dataclass(slots=True)
class _Seen:
    """Of an inbox. `since`: the first refusal after the last good delivery; `well`: the admins know of no trouble."""

    since: datetime | None = None
    count: int = 0
    told_at: datetime | None = None
    well: bool = False


class Refusals:
    """`begin(inbox, since)` and `end(inbox)` tell the admins; either may be called when it was said before."""

    def __init__(
        self,
        clock: Clock,
        begin: Callable[[InboxName, datetime], Awaitable[None]],
        end: Callable[[InboxName], Awaitable[None]],
    ) -> None:
        self._clock = clock
        self._begin, self._end = begin, end
        self._seen: dict[InboxName, _Seen] = {}

    async def refused(self, inbox: InboxName) -> None:
        """Never raises."""
        now, seen = self._clock.now(), self._seen.setdefault(inbox, _Seen())
        seen.since = seen.since or now
        seen.count += 1
        if seen.count < ENOUGH or now - seen.since < LASTING:
            return
        if seen.told_at is None or now - seen.told_at >= PAUSE:
            seen.told_at, seen.well = now, False
            await self._say(self._begin(inbox, seen.since))

    async def accepted(self, inbox: InboxName) -> None:
        """Never raises. Asks the database after the first good delivery of this process, and after what was told."""
        seen = self._seen.setdefault(inbox, _Seen())
        seen.since, seen.count = None, 0
        if not seen.well:
            seen.well = True
            await self._say(self._end(inbox))

    async def _say(self, words: Awaitable[None]) -> None:
        """The delivery is answered whether or not anybody could be told."""
        try:
            await words
        except Exception:
            _log.exception("refusals.not_told")
