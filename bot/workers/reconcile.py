"""The reconciler: whether the desks hear the team, and what was typed while they did not.

Every minute it writes down that a desk listens. After a start, after the connection was lost and every ten minutes it
reads what people typed on the platform since it was last read, and has what never came handled like everything else
(docs/adr/0022). What a desk cannot read is told in words. One process does it; when that dies, the next goes on from
what is written down.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable

import structlog

from core import owed, troubles
from core.apply import Door
from core.errors import SendError
from core.ids import DeskName
from core.model import ThreadRef
from core.ports import Desk, Hearing, Reconciles, SaysHowItHears
from core.say import Word, say

LOOK = timedelta(minutes=1)
"""How often it is written down that a desk listens."""
EVERY = timedelta(minutes=10)
SOON = timedelta(minutes=2)
"""After a gap once more: the words of its last minute were left to their events."""
OVERLAP = timedelta(minutes=15)
"""What is read again: a platform shows what was written in no strict order, and to know it costs nothing."""
BURST, PACE = 20, timedelta(seconds=40)
"""Requests in a row, and then a pause: 30 a minute, of 50 that Slack allows (tier 3)."""
TURN = timedelta(minutes=3)
"""How long a process that reads may be silent until another does."""
DEAF_AFTER = timedelta(minutes=3)
"""How long a desk may be without its platform before the admins are told."""
SURELY_HEARD = timedelta(minutes=2)
"""Words so much newer than the connection should have come over it."""
CLOCK_OFF = timedelta(minutes=2)
HEARD, READ, DEAF = "heard:", "read:", "deaf:"
"""Settings: when a desk last listened; up to when a place was read; since when a platform has not delivered."""
UNHEARD, UNREAD = "unheard", "unread"
"""Troubles (`core.troubles`): a desk has no connection; a place may not be read."""
PLACE_FAILS = frozenset({"place_gone", "not_in_channel", "permission", "not_set_up", "token_expired"})
"""What somebody must mend. The place is read when they have, from where it was left."""

_log = structlog.get_logger()


class Found(Protocol):
    """`Acts.found`."""

    async def __call__(self, desk: DeskName, key: str, raw: bytes, /) -> bool: ...


@runtime_checkable
class Listener(Desk, SaysHowItHears, Protocol):
    """A desk that knows how it hears."""


@runtime_checkable
class Reader(Listener, Reconciles, Protocol):
    """One that can be read besides."""


@dataclass(slots=True)
class Reading:
    """One place, read from `since` to `until`; it can be put down after any request and taken up again."""

    place: str
    since: datetime
    until: datetime
    left: Sequence[ThreadRef]
    stirred: deque[ThreadRef] = field(default_factory=deque)
    page: str = ""
    asked: bool = False
    missed: list[datetime] = field(default_factory=list)
    """When what was never delivered was typed."""

    @property
    def done(self) -> bool:
        return not self.left and not self.stirred


class Reconcile:
    """`step` is a worker's. `found` has an event handled that was looked for; whether it was new. `our_turn`: whether
    it is this process that reads."""

    def __init__(
        self, door: Door, desks: Mapping[DeskName, Desk], found: Found, our_turn: Callable[[], Awaitable[bool]]
    ) -> None:
        self._door, self._store, self._clock = door, door.store, door.clock
        self._listeners = [desk for desk in desks.values() if isinstance(desk, Listener)]
        self._readers = [desk for desk in self._listeners if isinstance(desk, Reader)]
        self._found = found
        self._our_turn = our_turn
        self._began = self._next_at = now = self._clock.now()
        self._swept = False
        self._sessions: dict[DeskName, datetime | None] = {}
        self._deaf = {desk.name for desk in self._listeners}
        """Of which it may have been told that they do not hear; by another process too."""
        self._gap = {desk.name for desk in self._readers}
        self._due = dict.fromkeys(self._gap, now)
        self._readings: dict[DeskName, deque[Reading]] = {}
        self._pause: dict[DeskName, datetime] = {}

    async def step(self) -> datetime | None:
        """Look how the desks hear, and read on where something is to be read. Called more often than needed."""
        now = self._clock.now()
        if now < self._next_at:
            return self._next_at
        next_at = now + LOOK
        if not self._swept:
            await self._sweep()
        for desk in self._listeners:
            await self._listen(desk, desk.hearing, now)
        if self._readers and await self._our_turn():
            for reader in self._readers:
                next_at = min(next_at, await self._read(reader, now))
        self._next_at = next_at
        return next_at

    async def _sweep(self) -> None:
        """A place that the configuration names no more troubles nobody."""
        places = {owed.desk_bucket(desk.name, place) for desk in self._listeners for place in self._places(desk)}
        desks = {desk.name for desk in self._listeners}
        for trouble in await self._store.troubles():
            if trouble.where not in places and trouble.where.partition(":")[0] in desks and ":" in trouble.where:
                await self._store.atomic(lambda tx, it=trouble: tx.end_trouble(it.where, it.code))  # type: ignore[misc]
        self._swept = True

    # --- how a desk hears ---

    async def _listen(self, desk: Listener, hearing: Hearing, now: datetime) -> None:
        """A silence that was longer than the platform keeps things is told before it is forgotten."""
        if hearing.since is not None and hearing.since != self._sessions.get(desk.name):
            self._sessions[desk.name], self._due[desk.name] = hearing.since, now
            self._gap.add(desk.name)
        before = await self._instant(f"{HEARD}{desk.name}")
        if hearing.at is not None and (before is None or hearing.at > before):
            if before is not None and hearing.since is not None and hearing.since - before > desk.kept:
                await self._tell_gap(desk.name, before, hearing.since - desk.kept)
            await self._store.save_setting(f"{HEARD}{desk.name}", hearing.at.isoformat())
        since = max(filter(None, (before, hearing.at)), default=self._began)
        if hearing.why and now - max(since, self._began) > DEAF_AFTER:
            reason, where = Word(f"send_error.{hearing.why}"), _title(desk.name)
            words = say("tell.unheard.silent", desk=where, since=since, reason=reason)
            self._deaf.add(desk.name)
            await troubles.begun(self._door, desk.name, _trouble(desk, hearing.why), words)
        elif hearing.since is not None and desk.name in self._deaf:
            self._deaf.discard(desk.name)
            await troubles.ended(self._door, desk.name, dict.fromkeys([UNHEARD, _trouble(desk, troubles.WHOLE_DESK)]))

    async def _tell_gap(self, desk: DeskName, since: datetime, until: datetime) -> None:
        words = say("tell.unheard.gap", desk=_title(desk), since=since, until=until)
        await self._door.tell_team(words, f"gap|{desk}|{since.isoformat()}")

    # --- what was missed ---

    async def _read(self, desk: Reader, now: datetime) -> datetime:
        """At most a burst of requests; when there is more to do."""
        if (pause := self._pause.get(desk.name, now)) > now:
            return pause
        if not self._readings.get(desk.name):
            if self._due[desk.name] > now:
                return self._due[desk.name]
            self._due[desk.name] = now + (SOON if desk.name in self._gap else EVERY)
            self._gap.discard(desk.name)
            self._readings[desk.name] = deque([await self._reading(desk, place, now) for place in self._places(desk)])
        try:
            await self._read_on(desk, self._readings[desk.name])
        except SendError as error:
            _log.warning("reconcile.failed", desk=desk.name, code=error.code, detail=error.detail)
            self._pause[desk.name] = now + (error.after or LOOK)
            return self._pause[desk.name]
        if not self._readings[desk.name]:
            return self._due[desk.name]
        self._pause[desk.name] = now + PACE
        return self._pause[desk.name]

    async def _read_on(self, desk: Reader, readings: deque[Reading]) -> None:
        for _ in range(BURST):
            while readings and readings[0].done:
                await self._read_whole(desk, readings.popleft())
            if not readings:
                return
            try:
                await self._request(desk, readings[0])
            except SendError as error:
                if error.code not in PLACE_FAILS:
                    raise
                await self._cannot_read(desk.name, readings.popleft().place, error)

    async def _request(self, desk: Reader, reading: Reading) -> None:
        """One request: of the threads that stirred first, then which others did."""
        if not reading.stirred:
            looked = await desk.stirred(reading.left, reading.since)
            reading.asked = True
            reading.stirred.extend(looked.stirred)
            reading.left = looked.left
            await self._check_clock(desk.name, desk.clock_off)
            return

        async def sink(key: str, raw: bytes) -> None:
            if await self._found(desk.name, key, raw):
                reading.missed += [event.origin.at for event in desk.parse(raw)]

        reading.page = await desk.catch_up(reading.stirred[0], reading.since, sink, reading.page)
        if not reading.page:
            reading.stirred.popleft()

    async def _read_whole(self, desk: Reader, reading: Reading) -> None:
        """What stood in the way is gone: being read, the place shows it."""
        if reading.asked:
            bucket = owed.desk_bucket(desk.name, reading.place)
            await troubles.ended(self._door, bucket, [UNREAD, "not_in_channel"])
            await troubles.ended(self._door, desk.name, [troubles.WHOLE_DESK])
        await self._store.save_setting(_read_until(desk.name, reading.place), reading.until.isoformat())
        if not reading.missed:
            return
        _log.info("reconcile.found", desk=desk.name, place=reading.place, n=len(reading.missed))
        since, now = desk.hearing.since, self._clock.now()
        typed = [at - desk.clock_off for at in reading.missed]
        undelivered = [at for at in typed if since is not None and at > since + SURELY_HEARD]
        if undelivered:
            first = min(undelivered)
            await self._store.save_setting(f"{DEAF}{desk.name}", first.isoformat())
            if desk.hearing.why or abs(desk.clock_off) > CLOCK_OFF:
                return  # why it is so was told
            words = say("tell.unheard.undelivered", desk=_title(desk.name), since=first)
            await self._door.tell_admins(words, f"undelivered|{desk.name}|{now:%Y-%m-%d}")

    async def _cannot_read(self, desk: DeskName, place: str, error: SendError) -> None:
        """It is the same trouble as when the outbox cannot post there, told once whoever of us finds it first. What is
        only asked for to read is a trouble of its own."""
        _log.warning("reconcile.place_failed", desk=desk, place=place, code=error.code, detail=error.detail)
        bucket, reason = owed.desk_bucket(desk, place), Word(f"send_error.{error.code}")
        if error.code == "permission":
            words = say("tell.unheard.unread", desk=_title(desk), place=place, reason=reason)
            await troubles.begun(self._door, bucket, UNREAD, words)
        else:
            where = desk if error.code == troubles.WHOLE_DESK else bucket
            await troubles.begun(self._door, where, error.code, say("tell.stalled", where=where, reason=reason))

    async def _check_clock(self, desk: DeskName, off: timedelta) -> None:
        """A platform that signs its requests is refused when the clocks differ, by us and rightly."""
        if abs(off) > CLOCK_OFF:
            _log.error("reconcile.clock_off", desk=desk, minutes=round(off.total_seconds() / 60, 1))
            now = self._clock.now()
            await self._door.tell_admins(
                say("tell.unheard.clock", desk=_title(desk)), f"unheard|{desk}|clock|{now:%Y-%m-%d}"
            )

    async def _reading(self, desk: Reader, place: str, now: datetime) -> Reading:
        """From where it was left, as far back as makes sense; of a place that is new there is nothing to find."""
        read = await self._instant(_read_until(desk.name, place)) or await self._instant(f"{HEARD}{desk.name}") or now
        since = max(read - OVERLAP, now - desk.kept)
        queues = [queue.name for queue in self._door.policy.queues_at(desk.name, place)]
        return Reading(place, since, now, await self._store.open_threads(desk.name, place, queues))

    def _places(self, desk: Desk) -> Iterator[str]:
        places = (place for queue in self._door.policy.queues.values() for place in queue.places.get(desk.name, ()))
        yield from dict.fromkeys(places)

    async def _instant(self, setting: str) -> datetime | None:
        value = await self._store.setting(setting)
        return datetime.fromisoformat(value).astimezone(UTC) if value else None


def _trouble(desk: Listener, why: str) -> str:
    """A token that is all a desk has is the same trouble as when posts fail for it; Slack listens with another one."""
    return why if why == troubles.WHOLE_DESK and not isinstance(desk, Reader) else UNHEARD


def _read_until(desk: DeskName, place: str) -> str:
    return f"{READ}{desk}:{place}"


def _title(desk: DeskName) -> Word:
    return Word(f"doctor.section.{desk}")
