"""Whether we were away for longer than the platforms keep what customers wrote. What they throw away comes from
nowhere: all that can be done is to say so, and where to look. What the team typed meanwhile is the reconciler's
affair."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from core.apply import Door
from core.ids import InboxName
from core.ports import Channel
from core.say import say

EVERY = timedelta(minutes=10)
HERE = "here"
"""Setting: when one of our processes last wrote down that it runs."""


class Absence:
    """`step` is a worker's."""

    def __init__(self, door: Door, channels: Mapping[InboxName, Channel]) -> None:
        self._door = door
        self._kept = {name: kept for name, each in channels.items() if (kept := each.caps.kept) is not None}
        self._next_at: datetime | None = None

    async def step(self) -> datetime | None:
        """Called more often than needed."""
        now = self._door.clock.now()
        if self._next_at is not None and now < self._next_at:
            return self._next_at
        before = await self._door.store.setting(HERE)
        if before is not None:
            await self._tell(datetime.fromisoformat(before), now)
        await self._door.store.save_setting(HERE, now.isoformat())
        self._next_at = now + EVERY
        return self._next_at

    async def _tell(self, since: datetime, now: datetime) -> None:
        """Before it is forgotten."""
        for inbox, kept in self._kept.items():
            if now - since > kept:
                words = say("tell.unheard.customers", inbox=inbox, since=since, until=now - kept)
                await self._door.tell_admins(words, f"absence|{inbox}|{since.isoformat()}")
