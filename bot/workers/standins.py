"""Hands on what waits for people who are not there. It looks at who is away and what they own, not at how that came to
be: a restart, a second process or a word that was missed costs a look and nothing else."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.workers.recounting import together
from core.apply import Door
from core.ids import TicketId
from core.relief import relieve
from core.rotations import OwnerAway
from core.staffing import Staffing

TURN = timedelta(seconds=30)
"""How long a process that hands on may be silent until another does."""
BATCH = 100
"""Tickets in one transaction; and of one person, in one look."""
STEP_ASIDE = timedelta(seconds=30)
LOOK = timedelta(minutes=1)
"""What comes back to somebody who is away, such as a ticket that is reopened, stays theirs no longer than this."""


class StandIns:
    def __init__(self, door: Door, our_turn: Callable[[], Awaitable[bool]]) -> None:
        """`our_turn`: whether to do it for all processes."""
        self._door = door
        self._our_turn = our_turn
        self._aside: dict[TicketId, datetime] = {}
        """Tickets that cannot be handed on, and until when nobody tries."""

    async def step(self) -> datetime | None:
        """When to look next, if nobody changes the roster."""
        now = self._door.clock.now()
        if not await self._our_turn():
            return now + TURN
        self._aside = {ticket: until for ticket, until in self._aside.items() if until > now}
        staffing = Staffing(self._door.policy, await self._door.store.roster())
        stranded = [ticket for ticket in await self._stranded(staffing, now) if ticket not in self._aside]
        for start in range(0, len(stranded), BATCH):
            await self._hand_on(stranded[start : start + BATCH], now)
        return now if stranded else self._next(staffing, now)

    async def _stranded(self, staffing: Staffing, now: datetime) -> Sequence[TicketId]:
        store, limit = self._door.store, BATCH + len(self._aside)
        found = list(await store.left_behind(limit))
        for person in staffing.roster.people:
            if person.is_away(now):
                found += await store.overdue(person.id, now, limit)
                if staffing.policy.owner_away is OwnerAway.HAND_ON and staffing.absent(person, now):
                    found += await store.stranded(person.id, limit)
        return list(dict.fromkeys(found))

    async def _hand_on(self, tickets: Sequence[TicketId], now: datetime) -> None:
        async def work(some: Sequence[TicketId]) -> None:
            await self._door.write(lambda ledger: relieve(ledger, some))

        self._aside |= dict.fromkeys(await together(work, tickets, "standins.failed"), now + STEP_ASIDE)

    def _next(self, staffing: Staffing, now: datetime) -> datetime | None:
        """When an absence has become long; and as long as somebody is away, now and then."""
        away = [person for person in staffing.roster.people if person.is_away(now)]
        if not away:
            return min(self._aside.values(), default=None)
        later = [at for person in away if (at := staffing.absent_from(person)) > now]
        return min([now + LOOK, *later])
