"""The real clock."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime


class SystemClock:
    """core.ports.Clock on the machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def wait(self, wake: Awaitable[object], until: datetime | None) -> None:
        waiting = asyncio.ensure_future(wake)
        timeout = None if until is None else max((until - self.now()).total_seconds(), 0)
        try:
            await asyncio.wait([waiting], timeout=timeout)
        finally:
            waiting.cancel()
