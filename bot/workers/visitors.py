"""Who left the site chat before they saw the team's last words: a raw delivery, once for each time they go."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.channels.livechat_parse import left
from core.ports import ChatLog, Clock

GONE = timedelta(seconds=30)
"""A page that is loaded anew, or a line that is lost for a moment, is no leaving."""


class Visitors:
    def __init__(self, log: ChatLog, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self.renew: Callable[[], Awaitable[None]] = _nobody
        """Called first, to say who is here, in a process that has sockets."""

    async def step(self) -> datetime | None:
        await self.renew()
        now = self._clock.now()
        following = await self._log.tell_left(now - GONE, now, left)
        return following + GONE if following else None


async def _nobody() -> None:
    return
