"""The demo's clock: starts at the real time, can run faster and jump ahead, and never goes back."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

STEP = 0.02
"""Seconds of real time below which nobody is woken again: at x600 two seconds are over in no time."""


class DemoClock:
    """core.ports.Clock, moved by the console's speed control.

    `ticks`: seconds that only go forward; a test hands in its own.
    """

    def __init__(
        self, start: datetime | None = None, speed: float = 1, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._ticks = ticks
        self._base = start or datetime.now(UTC)
        self._since = ticks()
        self._speed = speed
        self._moved = asyncio.Event()

    @property
    def speed(self) -> float:
        """Demo seconds in a real second."""
        return self._speed

    def now(self) -> datetime:
        return self._base + timedelta(seconds=(self._ticks() - self._since) * self._speed)

    def set_speed(self, speed: float) -> None:
        """From now on. Raises ValueError unless it goes forward."""
        if speed <= 0:
            raise ValueError("time goes forward")
        self._move(self.now(), speed)

    def jump(self, seconds: float) -> None:
        """Ahead at once. Raises ValueError for a jump back."""
        if seconds < 0:
            raise ValueError("time goes forward")
        self._move(self.now() + timedelta(seconds=seconds), self._speed)

    async def wait(self, wake: Awaitable[object], until: datetime | None) -> None:
        """Everybody who waits looks again when the clock is moved."""
        waker = asyncio.ensure_future(wake)
        try:
            while not waker.done() and (until is None or self.now() < until):
                moved = asyncio.ensure_future(self._moved.wait())
                left = None if until is None else (until - self.now()).total_seconds() / self._speed
                await asyncio.wait(
                    [waker, moved],
                    timeout=None if left is None else max(left, STEP),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                moved.cancel()
        finally:
            waker.cancel()

    def _move(self, base: datetime, speed: float) -> None:
        self._base, self._since, self._speed = base, self._ticks(), speed
        # Whoever waits holds the old event; whoever waits next gets the new one.
        self._moved.set()
        self._moved = asyncio.Event()
