"""Who left the site chat before they saw the team's last words: a raw delivery, once for each time they go."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.channels.livechat_parse import left
from core.ports import ChatLog, Clock

GONE = timedelta(seconds=30)
"""A page that is loaded anew, or a line that is lost for a moment, is no leaving."""


async def _nobody() -> None:
    return


class Leaving:
    """`renew`: called first, to say who is here, in a process that has sockets."""

    def __init__(self, log: ChatLog, clock: Clock, renew: Callable[[], Awaitable[None]] = _nobody) -> None:
        self._log = log
        self._clock = clock
        self._renew = renew

    async def step(self) -> datetime | None:
        await self._renew()
        now = self._clock.now()
        following = await self._log.tell_left(now - GONE, now, left)
        return following + GONE if following else None
