"""What a worker may have taken without being told: the database went away before it could say so."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from core.errors import Unavailable


class InDoubt:
    """Knows the leases of what was taken in doubt. `give_back`: what we leased until then waits again."""

    def __init__(self, give_back: Callable[[datetime], Awaitable[None]]) -> None:
        self._give_back = give_back
        self._leases: set[datetime] = set()

    @contextmanager
    def taking(self, until: datetime) -> Iterator[None]:
        """Around taking something under a lease until then."""
        try:
            yield
        except Unavailable as fault:
            if fault.in_doubt:
                self._leases.add(until)
            raise

    async def give_back(self) -> None:
        """Before anything newer is taken. Nobody has begun it: left lying it would be passed by what came later, and a
        reply would look as if it may have been sent. Raises `Unavailable`: then it is given back the next time."""
        for until in sorted(self._leases):
            await self._give_back(until)
            self._leases.discard(until)
