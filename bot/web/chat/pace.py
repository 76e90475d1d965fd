"""How often anybody may do something: so many times within any span, so many at once. In memory, for this process."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

FORGET_AT = 10_000
"""Names kept until those that have rested are forgotten; when too few have, those that were longest seen no more."""


class Pace:
    def __init__(self, most: int, span: timedelta) -> None:
        self._most = most
        self._span = span
        self._done: dict[str, deque[datetime]] = {}

    def allows(self, name: str, now: datetime) -> bool:
        """Counts what it allows."""
        if len(self._done) >= FORGET_AT:
            self._forget(now)
        done = self._done.setdefault(name, deque())
        while done and now - done[0] >= self._span:
            done.popleft()
        if len(done) >= self._most:
            return False
        done.append(now)
        return True

    def _forget(self, now: datetime) -> None:
        kept = {name: done for name, done in self._done.items() if done and now - done[-1] < self._span}
        newest = sorted(kept, key=lambda name: kept[name][-1])[-FORGET_AT // 2 :]
        self._done = {name: kept[name] for name in newest}


class Turns:
    """So many at once of each name; who comes later waits."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        turns = self._turns.get(name)
        if turns is None:
            turns = self._turns[name] = asyncio.Semaphore(self._most)
        async with turns:
            yield
