"""Raw channel deliveries into tickets, a batch a transaction. A poisoned row is parked and holds nobody up."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.workers.doubt import InDoubt
from bot.workers.loop import finished
from core.apply import Door
from core.errors import Unavailable, Unreadable
from core.events import FOREIGN, ChannelEvent, InboxTrouble
from core.ids import InboxName
from core.ports import FROM_CHANNEL, Channel, Hook, Raw
from core.say import say

BATCH = 32
ROUNDS = 100
"""Batches in one step: a worker has to say now and then that it lives."""
LEASE = timedelta(seconds=60)
TRIES = 3
"""A row that fails this often is parked and an admin told."""

_log = structlog.get_logger()


class Intake:
    def __init__(self, door: Door, channels: Mapping[InboxName, Channel]) -> None:
        self._door = door
        self._channels = channels
        self._in_hand: Sequence[Raw] = ()
        """Taken, and not yet known to stand."""
        self._in_doubt = InDoubt(partial(door.store.give_back_raws, FROM_CHANNEL))

    async def step(self) -> datetime | None:
        """Take in everything that waits. Raises `Unavailable`: what was in hand then goes on first when the database is
        back, so that nothing newer passes it."""
        for _ in range(ROUNDS):
            if not await finished(self._batch()):
                return None
        return self._door.clock.now()

    async def _batch(self) -> bool:
        """Whether anything waited."""
        if not self._in_hand:
            self._in_hand = await self._taken()
        if not self._in_hand:
            return False
        if not await self._together():
            while self._in_hand:
                await self._alone(self._in_hand[0])
                self._in_hand = self._in_hand[1:]
        self._in_hand = ()
        return True

    async def _taken(self) -> Sequence[Raw]:
        now = self._door.clock.now()
        await self._in_doubt.give_back()
        with self._in_doubt.taking(now + LEASE):
            return await self._door.store.take_raw(FROM_CHANNEL, BATCH, now, LEASE)

    async def _together(self) -> bool:
        """All in one transaction, or nothing."""
        try:
            await self._take_in(self._in_hand)
        except Unavailable:
            raise
        except Exception:
            _log.warning("intake.batch_failed", rows=len(self._in_hand), exc_info=True)
            return False
        return True

    async def _alone(self, row: Raw) -> None:
        """Tried again at once, before anything newer of its sender: then it is parked and an admin told."""
        for attempt in range(1, TRIES + 1):
            try:
                return await self._take_in([row])
            except Unavailable:
                raise
            except Exception as fault:
                _log.exception("intake.row_failed", row=row.id, source=row.source, attempt=attempt)
                if attempt == TRIES or isinstance(fault, Unreadable):
                    return await self._park(row, fault)

    async def _take_in(self, rows: Sequence[Raw]) -> None:
        events = [event for row in rows for event in self._parse(row)]
        await self._door.receive([row.id for row in rows], events)

    async def _park(self, row: Raw, fault: Exception) -> None:
        if await self._door.store.raw_failed(row.id, type(fault).__name__, limit=1):
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
