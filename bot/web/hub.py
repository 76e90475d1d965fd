"""Who listens, and passing on what changed: hints only (which ticket has a new version, or a customer who types), never
content.

A hint that is lost costs nothing: the page asks again when it reconnects, and now and then anyway.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from aiohttp import web

from bot.web.parts import Parts
from core.ids import PersonId, TicketId
from storage.commits import Commit
from storage.queries.watch import Mark

_log = structlog.get_logger()
POLL = timedelta(seconds=2)
"""How soon the commits of another process are seen."""


@dataclass(eq=False, slots=True)
class Socket:
    person: PersonId
    token: str
    ws: web.WebSocketResponse


@dataclass(eq=False, slots=True)
class Hub:
    """All sockets of this process. Fed by this process's commits at once, by those of others every two seconds."""

    parts: Parts
    sockets: set[Socket] = field(default_factory=set)
    _tickets: set[TicketId] = field(default_factory=set)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def committed(self, commit: Commit) -> None:
        """Called after a commit, inside the loop; returns at once."""
        self._tickets.update(ticket for ticket, _ in commit.tickets)
        self._woken.set()

    async def run(self) -> None:
        """Pass on what changed until cancelled. A fault costs hints, which the pages make up for, and not the hub."""
        store, clock = self.parts.store, self.parts.clock
        stop = store.on_commit(self.committed)
        try:
            mark = await store.changes_mark()
            while True:
                await clock.wait(self._woken.wait(), None if store.owns_file else clock.now() + POLL)
                self._woken.clear()
                try:
                    mark = await self._round(mark)
                except Exception:
                    _log.exception("hub.fault")
        finally:
            stop()

    async def _round(self, mark: Mark) -> Mark:
        here = self._taken()
        if not self.sockets:
            return await self.parts.store.changes_mark()
        mark, change = await self.parts.store.changes_since(mark)
        await self.tell(change.tickets | here, change.people)
        return mark

    def _taken(self) -> frozenset[TicketId]:
        taken = frozenset(self._tickets)
        self._tickets.clear()
        return taken

    async def tell(self, tickets: frozenset[TicketId], people: frozenset[PersonId]) -> None:
        """Send the hints to those whose business they are. Who left the team is shown the door."""
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
            told = socket.person in people
            if seen or told:
                await self._send(socket, {"tickets": seen, "notices": told})

    async def typing(self, ticket: TicketId) -> None:
        """The customer is writing: told to those who may look at the ticket, for the moment."""
        found = await self.parts.store.ticket(ticket) if self.sockets else None
        team = {person.id: person for person in (await self.parts.store.roster()).people} if found else {}
        for socket in tuple(self.sockets):
            person = team.get(socket.person)
            if found is not None and person is not None and person.sees(found.queue):
                await self._send(socket, {"tickets": [], "notices": False, "typing": ticket})

    async def leave(self, token: str) -> None:
        """The person signed out: their sockets close."""
        for socket in tuple(self.sockets):
            if socket.token == token:
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
