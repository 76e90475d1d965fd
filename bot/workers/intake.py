"""Raw channel deliveries into tickets, a batch a transaction. A poisoned row is parked and holds nobody up."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.workers.loop import finished
from core.apply import Door
from core.errors import Unreadable
from core.events import FOREIGN, ChannelEvent, InboxTrouble
from core.ids import InboxName
from core.ports import FROM_CHANNEL, Channel, Hook, Raw
from core.say import say

BATCH = 32
LEASE = timedelta(seconds=60)
TRIES = 3
"""A row that fails this often is parked and an admin told."""

_log = structlog.get_logger()


class Intake:
    def __init__(self, door: Door, channels: Mapping[InboxName, Channel]) -> None:
        self._door = door
        self._channels = channels

    async def step(self) -> datetime | None:
        """Take in everything that waits."""
        while await finished(self._batch()):
            pass
        return None

    async def _batch(self) -> bool:
        """Whether anything waited."""
        batch = await self._door.store.take_raw(FROM_CHANNEL, BATCH, self._door.clock.now(), LEASE)
        if batch and not await self._take_in(batch):
            for row in batch:
                await self._alone(row)
        return bool(batch)

    async def _take_in(self, rows: Sequence[Raw]) -> bool:
        """All in one transaction, or nothing."""
        try:
            events = [event for row in rows for event in self._parse(row)]
            await self._door.receive([row.id for row in rows], events)
        except Exception:
            if len(rows) == 1:
                raise
            _log.warning("intake.batch_failed", rows=len(rows), exc_info=True)
            return False
        return True

    async def _alone(self, row: Raw) -> None:
        try:
            await self._take_in([row])
        except Exception as fault:
            _log.exception("intake.row_failed", row=row.id, source=row.source, attempt=row.attempts + 1)
            await self._failed(row, fault)

    async def _failed(self, row: Raw, fault: Exception) -> None:
        tries = 1 if isinstance(fault, Unreadable) else TRIES
        if await self._door.store.raw_failed(row.id, type(fault).__name__, tries):
            await self._door.tell_admins(say("tell.raw_parked", row=row.id, where=row.source), f"raw|{row.id}")

    def _parse(self, row: Raw) -> Sequence[ChannelEvent]:
        channel = self._channels.get(InboxName(row.source.removeprefix(FROM_CHANNEL)))
        if channel is None:
            raise Unreadable("the inbox left the configuration")
        hook = Hook(row.body, row.headers, at=row.at)
        events = channel.parse(hook)
        if any(_is_foreign(event) for event in events):
            return self._with_siblings(channel, events, hook)
        return events

    def _with_siblings(self, channel: Channel, events: Sequence[ChannelEvent], hook: Hook) -> Sequence[ChannelEvent]:
        """Meta delivers all numbers of an app to one address: what is not this inbox's may be another's of ours."""
        siblings = [other for other in self._channels.values() if type(other) is type(channel) and other is not channel]
        heard = [other.parse(hook) for other in siblings]
        nobodys = {event.external for event in events if _is_foreign(event)}
        for one in heard:
            nobodys &= {event.external for event in one if _is_foreign(event)}
        ours = [event for event in events if not _is_foreign(event) or event.external in nobodys]
        return [*ours, *(event for one in heard for event in one if not isinstance(event, InboxTrouble))]


def _is_foreign(event: ChannelEvent) -> bool:
    return isinstance(event, InboxTrouble) and event.code == FOREIGN
