"""Who listens, and passing on what changed: hints only (which ticket has a new version), never content.

A hint that is lost costs nothing: the page asks again when it reconnects, and now and then anyway.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web

from bot.web.parts import Change, Parts
from core.ids import PersonId, TicketId

POLL = timedelta(seconds=2)
"""How soon the commits of another process are seen."""


@dataclass(eq=False, slots=True)
class Socket:
    person: PersonId
    session: str
    ws: web.WebSocketResponse


@dataclass(eq=False, slots=True)
class Hub:
    """All sockets of this process. Fed by this process's commits at once, by those of others every two seconds."""

    parts: Parts
    sockets: set[Socket] = field(default_factory=set)
    _tickets: set[TicketId] = field(default_factory=set)
    _people: set[PersonId] = field(default_factory=set)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def changed(self, change: Change) -> None:
        """Called after a commit, inside the loop; returns at once."""
        self._tickets |= change.tickets
        self._people |= change.people
        self._woken.set()

    async def run(self) -> None:
        """Pass on what changed until cancelled."""
        changes = self.parts.changes
        stop = changes.listen(self.changed)
        try:
            mark = await changes.mark()
            while True:
                several = self.parts.settings.several_processes
                await self.parts.clock.wait(self._woken.wait(), self.parts.clock.now() + POLL if several else None)
                self._woken.clear()
                if several:
                    mark, elsewhere = await changes.since(mark)
                    self._tickets |= elsewhere.tickets
                    self._people |= elsewhere.people
                await self.flush()
        finally:
            stop()

    async def flush(self) -> None:
        """Send the hints that wait, to those whose business they are."""
        tickets, people = frozenset(self._tickets), frozenset(self._people)
        self._tickets.clear()
        self._people.clear()
        if not self.sockets or not (tickets or people):
            return
        known = await self.parts.store.tickets(list(tickets))
        team = {person.id: person for person in (await self.parts.store.roster()).people}
        for socket in tuple(self.sockets):
            person = team.get(socket.person)
            if person is None:
                await self._drop(socket)
                continue
            seen = [[ticket.id, ticket.version] for ticket in known.values() if person.sees(ticket.queue)]
            hint = {"tickets": seen, "notices": socket.person in people}
            if seen or hint["notices"]:
                await self._send(socket, hint)

    async def leave(self, session: str) -> None:
        """The person signed out: their sockets close."""
        for socket in tuple(self.sockets):
            if socket.session == session:
                await self._drop(socket)

    async def close(self) -> None:
        for socket in tuple(self.sockets):
            await self._drop(socket)

    async def _send(self, socket: Socket, hint: object) -> None:
        try:
            await socket.ws.send_json(hint)
        except (ConnectionError, RuntimeError):
            self.sockets.discard(socket)

    async def _drop(self, socket: Socket) -> None:
        self.sockets.discard(socket)
        await socket.ws.close(code=4401, message=b"signed out")


HUB = web.AppKey("hub", Hub)
