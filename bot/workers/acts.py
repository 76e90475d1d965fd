"""What people do on the desks: a stored event is parsed, dispatched and answered, at once when it came, else later.

Events of one thread are handled in the order they came. An event whose handling died is handled again; its command's
once-key keeps the effect single. While our own database is away an event waits in its turn: that counts as no failure.
"""

import asyncio
import weakref
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog

from bot.handlers.answering import answer
from bot.handlers.asking import Answer
from bot.handlers.dispatch import Dispatcher
from bot.workers.doubt import InDoubt
from core import owed
from core.errors import SendError, Unavailable, Unreadable
from core.events import DeskEvent
from core.ids import DeskName
from core.ports import FROM_DESK, Clock, Desk, Raw, Store
from core.say import say

BATCH = 16
LEASE = timedelta(seconds=60)
TRIES = 3
ANSWER_TRIES = 3
"""How often an answer is offered to a platform that asks for patience. Who hears nothing takes a question for a yes."""
HANDS = 500
"""Events in hand at a time. Who brings more waits, and the platform with them: it delivers again what is not acked."""
ROUNDS = 20
"""Batches of what was left over in one step: a worker has to say now and then that it lives."""
AGAIN = timedelta(seconds=2)
"""How soon the database is asked again when it was away."""
ANSWERING = 10.0
"""Seconds that whoever asked in place waits for the answer."""
FINISHING = 20.0
"""Seconds the events in hand are given when we stop."""

T = TypeVar("T")
_log = structlog.get_logger()


class Acts:
    """`head_start`: how long an event is left to the process that heard it, which alone can answer in place."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        desks: Mapping[DeskName, Desk],
        dispatcher: Dispatcher,
        head_start: timedelta = timedelta(),
    ) -> None:
        self._store, self._clock = store, clock
        self._head_start = head_start
        self._desks = desks
        self._dispatcher = dispatcher
        self._lanes: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._hands: set[asyncio.Task[Answer]] = set()
        self._room = asyncio.Semaphore(HANDS)
        self._door = asyncio.Lock()
        self._in_doubt = InDoubt(partial(store.give_back_raws, FROM_DESK))
        self._back = asyncio.Event()
        """Set when the database proves to be there."""
        self._later: set[asyncio.Task[None]] = set()
        self.left: Callable[[], None] = lambda: None
        """Called when an event could not be handled now and waits for the next round."""

    async def take(self, desk: DeskName, key: str, raw: bytes) -> None:
        """A desk heard something: durable when this returns, handled right after. Raises `Unavailable`."""
        await self._room.acquire()
        hand = None
        try:
            row = await self._store.put_raw(FROM_DESK + desk, key, raw, {}, self._clock.now())
            self._back.set()
            if row is not None:
                hand = self._begin(row)
            else:
                self.left()  # told before, and perhaps nobody knew that it was stored
        finally:
            if hand is None:
                self._room.release()
            else:
                hand.add_done_callback(lambda _: self._room.release())

    async def found(self, desk: DeskName, key: str, raw: bytes) -> bool:
        """What was looked for: durable and handled when this returns, so that the next comes after it. False when it
        was heard already."""
        row = await self._store.put_raw(FROM_DESK + desk, key, raw, {}, self._clock.now())
        if row is not None:
            await self.act(row)
        return row is not None

    async def act(self, raw: int) -> Answer:
        """Handle one stored event now; what only its author is told, for a desk that answers in place.

        Raises `Unavailable` when that takes too long: it goes on all the same."""
        hand = self._begin(raw)
        await asyncio.wait({hand}, timeout=ANSWERING)
        if not hand.done():
            raise Unavailable("slow")
        return hand.result()

    async def step(self) -> datetime | None:
        """What was left over: by a crash, by a fault, by a process that died."""
        for _ in range(ROUNDS):
            batch = await self._taken()
            if not batch:
                return None
            for raw in batch:
                await self._handle(raw)
        return self._clock.now()

    async def _taken(self) -> Sequence[Raw]:
        now = self._clock.now()
        await self._in_doubt.give_back()
        with self._in_doubt.taking(now + LEASE):
            return await self._store.take_raw(FROM_DESK, BATCH, now, LEASE, older=self._head_start)

    async def _taken_by_id(self, row: int) -> Raw | None:
        now = self._clock.now()
        await self._in_doubt.give_back()
        with self._in_doubt.taking(now + LEASE):
            return await self._store.take_raw_by_id(row, now, LEASE)

    async def idle(self) -> None:
        """Wait for the events in hand; answers that still have to wait are let go, and so is what the database keeps
        waiting: it is found in the inbox."""
        if self._hands:
            await asyncio.wait(set(self._hands), timeout=FINISHING)
        waiting = [*self._hands, *self._later]
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    def _begin(self, row: int) -> asyncio.Task[Answer]:
        hand = asyncio.create_task(self._act(row), name=f"act-{row}")
        self._hands.add(hand)
        hand.add_done_callback(self._ended)
        return hand

    async def _act(self, row: int) -> Answer:
        """Taken one after the other, so that those of one thread come to its lane in their order."""
        async with self._door:
            found = await self._patiently(partial(self._taken_by_id, row))
        return await self._handle(found) if found is not None else Answer()

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await ask()
            except Unavailable as fault:
                _log.warning("acts.waiting", reason=fault.reason)
                self._back.clear()
                await self._clock.wait(self._back.wait(), self._clock.now() + AGAIN)

    def _ended(self, hand: asyncio.Task[Answer]) -> None:
        self._hands.discard(hand)
        if not hand.cancelled() and hand.exception() is not None:
            _log.error("acts.fault", exc_info=hand.exception())

    async def _handle(self, raw: Raw) -> Answer:
        desk = self._desks.get(DeskName(raw.source.removeprefix(FROM_DESK)))
        events: tuple[DeskEvent, ...] = ()
        try:
            if desk is None:
                raise Unreadable("the desk left the configuration")
            events = tuple(desk.parse(raw.body))
            answers = [await self._one(desk, event) for event in events]
        except Exception as fault:
            _log.exception("acts.failed", row=raw.id, source=raw.source, attempt=raw.attempts + 1)
            tries = 1 if isinstance(fault, Unreadable) else TRIES
            await self._patiently(partial(self._failed, raw, type(fault).__name__, tries))
            self.left()
            if desk is not None and raw.attempts == 0:
                await self._apologise(desk, events)
            return Answer((say("answer.broken"),))
        await self._patiently(lambda: self._store.atomic(lambda tx: tx.raw_done([raw.id], self._clock.now())))
        return answers[-1] if answers else Answer()

    async def _failed(self, raw: Raw, fault: str, tries: int) -> None:
        if await self._store.raw_failed(raw.id, fault, tries):
            await self._dispatcher.parked(raw.id, raw.source)

    async def _apologise(self, desk: Desk, events: Sequence[DeskEvent]) -> None:
        """Whoever typed a reply must not take silence for a hold. What is broken may break this too."""
        for event in events:
            try:
                await self._tell(desk, event, await self._dispatcher.broken(event))
            except Exception:
                _log.exception("acts.not_told", desk=desk.name)

    async def _one(self, desk: Desk, event: DeskEvent) -> Answer:
        lane = self._lane(event)
        async with lane:
            reply = await self._patiently(lambda: self._dispatcher.handle(event))
        await self._answer(desk, event, reply, ANSWER_TRIES)
        return reply

    async def _answer(self, desk: Desk, event: DeskEvent, reply: Answer, tries: int) -> None:
        """The deed is done. Repeating the event would not make the way for its answer better, but waiting may."""
        try:
            await self._tell(desk, event, reply)
        except SendError as error:
            _log.warning("acts.unanswered", desk=desk.name, code=error.code, detail=error.detail)
            if error.after is not None and tries > 1:
                later = self._answer_later(error.after, desk, event, reply, tries - 1)
                task = asyncio.create_task(later, name=f"act-{event.origin.key}")
                self._later.add(task)
                task.add_done_callback(self._later.discard)

    async def _answer_later(self, wait: timedelta, desk: Desk, event: DeskEvent, reply: Answer, tries: int) -> None:
        await self._clock.wait(asyncio.Event().wait(), self._clock.now() + wait)
        await self._answer(desk, event, reply, tries)

    async def _tell(self, desk: Desk, event: DeskEvent, reply: Answer) -> None:
        """What others can see of it is taken away after a while."""
        seen = await answer(desk, event, reply)
        if seen:
            posts = [owed.withdraw(post) for post in seen]
            await self._patiently(lambda: self._store.atomic(lambda tx: tx.enqueue(posts, self._clock.now())))

    def _lane(self, event: DeskEvent) -> asyncio.Lock:
        """One at a time in a thread; outside of threads one at a time a person."""
        origin = event.origin
        key = f"{origin.desk}|{origin.place}|{origin.root or origin.who.value}"
        lock = self._lanes.get(key)
        if lock is None:
            lock = self._lanes[key] = asyncio.Lock()
        return lock
