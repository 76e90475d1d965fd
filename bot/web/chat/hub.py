"""Who is in a site chat: the connections of this process, how many there may be, and who is said to be there.

Content is never passed on here: a connection that is told of a change reads the visitor's log itself, so nothing can be
lost between two processes, a restart or a slow line.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from aiohttp import web

from bot.web.chat.pace import Pace, Turns
from bot.web.chat.site import Site, Team
from bot.web.parts import Parts
from core.errors import Unavailable
from core.ids import InboxName
from core.ports import ChatLog, Visitor, VisitorKey
from storage import Commit

BEAT = timedelta(seconds=20)
"""How often those who are there are written down as such, and the team's hours looked at."""
LEASE = timedelta(seconds=45)
"""How long they count as there when this process says no more."""
LOOK, LOOK_UNTOLD = timedelta(seconds=5), timedelta(seconds=1)
"""How often what other processes wrote is looked for: while they tell of it, and while they cannot be heard."""
OF_VISITOR, OF_ADDRESS, OF_ALL = 8, 40, 5000
"""Connections at once."""
OF_FILES = 6
"""Files at once, to and from an address: as many as a browser asks for."""
OF_A_DAY = 200
"""Files from an address."""

_log = structlog.get_logger()


class Listener(Protocol):
    """A connection, as the hub knows it."""

    @property
    def site(self) -> Site: ...
    @property
    def key(self) -> VisitorKey: ...
    def changed(self) -> None:
        """The visitor's log or marks may have changed. Returns at once."""
        ...

    def behind(self, visitor: Visitor) -> bool:
        """Whether the visitor's row says something that was not passed on yet."""
        ...

    def push(self, frame: Mapping[str, Any]) -> None:
        """Something of the moment. Returns at once."""
        ...

    def meet(self, team: Team) -> None: ...
    async def close(self, code: int, reason: bytes) -> None: ...


@dataclass(eq=False, slots=True)
class ChatHub:
    parts: Parts
    log: ChatLog
    sites: Mapping[InboxName, Site]
    typing: Callable[[VisitorKey], Awaitable[None]]
    """Tells the team's pages that a visitor types."""
    patience: float = 10.0
    """Real seconds until a page must have said hello."""
    said: Pace = field(default_factory=lambda: Pace(10, timedelta(seconds=10)))
    """By visitor."""
    hellos: Pace = field(default_factory=lambda: Pace(240, timedelta(minutes=1)))
    """By address: each costs the database something."""
    begun: Pace = field(default_factory=lambda: Pace(60, timedelta(minutes=10)))
    """New visitors, by address."""
    uploads: Pace = field(default_factory=lambda: Pace(20, timedelta(minutes=10)))
    """By visitor."""
    uploads_from: Pace = field(default_factory=lambda: Pace(60, timedelta(minutes=10)))
    """By address."""
    uploads_of_a_day: Pace = field(default_factory=lambda: Pace(OF_A_DAY, timedelta(days=1)))
    """By address: what is stored stays, and one visitor must not fill the disk of all."""
    transfers: Turns = field(default_factory=lambda: Turns(OF_FILES))
    """By address: each is in memory for as long as it travels."""
    _rooms: defaultdict[VisitorKey, set[Listener]] = field(default_factory=lambda: defaultdict(set))
    _addresses: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _teams: dict[InboxName, Team] = field(default_factory=dict)

    # --- coming and going -------------------------------------------------------------------------------------------

    def enter(self, address: str) -> str | None:
        """Count a connection, or say why it is one too many. What was counted must `go`."""
        if sum(self._addresses.values()) >= OF_ALL:
            return "busy"
        if self._addresses[address] >= OF_ADDRESS:
            return "too_many"
        self._addresses[address] += 1
        return None

    def go(self, address: str) -> None:
        self._addresses[address] -= 1
        if self._addresses[address] <= 0:
            del self._addresses[address]

    def room_for(self, key: VisitorKey) -> bool:
        return len(self._rooms.get(key, ())) < OF_VISITOR

    async def join(self, one: Listener) -> None:
        self._rooms[one.key].add(one)
        self._woken.set()
        await self._present([one.key])

    async def leave(self, one: Listener) -> None:
        room = self._rooms[one.key]
        room.discard(one)
        if not room:
            del self._rooms[one.key]
            await self.log.gone([one.key], self.parts.clock.now())

    async def close(self) -> None:
        """Before the server waits for its connections: the pages come back to whoever serves then."""
        everybody = [one for room in self._rooms.values() for one in room]
        await asyncio.gather(*(one.close(1012, b"restart") for one in everybody))

    # --- passing on -------------------------------------------------------------------------------------------------

    def committed(self, commit: Commit) -> None:
        """Called after a commit, inside the loop; returns at once."""
        for key in self._rooms if commit.more else commit.visitors:
            for one in self._rooms.get(key, ()):
                one.changed()

    def push(self, key: VisitorKey, frame: Mapping[str, Any]) -> None:
        """To all of a visitor's pages here."""
        for one in self._rooms.get(key, ()):
            one.push(frame)

    async def team(self, site: Site) -> Team:
        """As it is now; those who are there already are told when it is news."""
        team = await site.team(self.parts)
        if self._teams.get(site.name) != team:
            self._teams[site.name] = team
            for key, room in self._rooms.items():
                for one in room if key[0] == site.name else ():
                    one.meet(team)
        return team

    async def renew(self) -> None:
        """Say who is here. Called besides before anybody is said to be gone: after a leap of the clock those who are
        here still are."""
        if self._rooms:
            await self._present(list(self._rooms))

    async def _present(self, keys: Sequence[VisitorKey]) -> None:
        now = self.parts.clock.now()
        await self.log.present(keys, now, now + LEASE)

    async def run(self) -> None:
        """Say who is there, and look what other processes wrote, until cancelled."""
        clock = self.parts.clock
        stop, beat = self.parts.store.on_commit(self.committed), clock.now()
        try:
            while True:
                await clock.wait(self._woken.wait(), self._next_look(beat))
                self._woken.clear()
                try:
                    beat = await self._round(beat)
                except Unavailable as outage:
                    _log.warning("chat.waiting", reason=outage.reason)
                except Exception:
                    _log.exception("chat.fault")
        finally:
            stop()

    def _next_look(self, beat: datetime) -> datetime | None:
        """None while nobody is there."""
        if not self._rooms:
            return None
        store = self.parts.store
        if store.owns_file:
            return beat
        return min(beat, self.parts.clock.now() + (LOOK if store.company.listening else LOOK_UNTOLD))

    async def _round(self, beat: datetime) -> datetime:
        """When the next beat is due."""
        now = self.parts.clock.now()
        if not self.parts.store.owns_file and self._rooms:
            for key, visitor in (await self.log.visitors(list(self._rooms))).items():
                for one in tuple(self._rooms.get(key, ())):
                    if one.behind(visitor):
                        one.changed()
        if now < beat:
            return beat
        await self.renew()
        for name in {key[0] for key in self._rooms}:
            await self.team(self.sites[name])
        return now + BEAT


CHAT = web.AppKey("chat", ChatHub)
