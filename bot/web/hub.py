"""Who listens, and passing on what changed: hints only (which ticket has a new version, or a customer who types), never
content.

A hint that is lost costs nothing: the page asks again when it reconnects, and now and then anyway.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from aiohttp import web

from bot.web.parts import Parts
from core.errors import Unavailable
from core.ids import PersonId, TicketId
from storage import Change, Commit, Mark

_log = structlog.get_logger()
POLL, POLL_UNTOLD = timedelta(seconds=5), timedelta(seconds=2)
"""How often the commits of other processes are looked for: while those tell of them, and while they cannot be heard."""
SLOW = 5.0
"""Seconds a page may take to read a hint, or to take its leave: then it is let go, and comes back when it can."""
SIGNED_OUT, RESTART = (4401, b"signed out"), (1012, b"restart")
"""Why a socket is closed; after the second the page comes back."""


@dataclass(eq=False, slots=True)
class Socket:
    person: PersonId
    token: str
    ws: web.WebSocketResponse
    transport: asyncio.Transport | None = None


@dataclass(eq=False, slots=True)
class Hub:
    """All sockets of this process. Fed by this process's commits and others' hints at once; now and then it looks."""

    parts: Parts
    sockets: set[Socket] = field(default_factory=set)
    patience: float = SLOW
    _tickets: set[TicketId] = field(default_factory=set)
    _people: set[PersonId] = field(default_factory=set)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def committed(self, commit: Commit) -> None:
        """Called after a commit, inside the loop; returns at once."""
        if self.sockets and (commit.tickets or commit.people or commit.more):
            self._tickets.update(ticket for ticket, _ in commit.tickets)
            self._people |= commit.people
            self._woken.set()

    async def run(self) -> None:
        """Pass on what changed until cancelled. A fault costs hints, which the pages make up for, and not the hub."""
        stop, mark = self.parts.store.on_commit(self.committed), None
        try:
            while True:
                await self.parts.clock.wait(self._woken.wait(), self._next_look())
                self._woken.clear()
                try:
                    mark = await self._round(mark)
                except Unavailable as outage:
                    _log.warning("hub.waiting", reason=outage.reason)
                except Exception:
                    _log.exception("hub.fault")
        finally:
            stop()

    def _next_look(self) -> datetime | None:
        store = self.parts.store
        if store.owns_file:
            return None
        return self.parts.clock.now() + (POLL if store.company.listening else POLL_UNTOLD)

    async def _round(self, mark: Mark | None) -> Mark | None:
        """From where to look next; None while nobody is there to be told."""
        tickets, people, change = frozenset(self._tickets), frozenset(self._people), Change()
        self._tickets.clear()
        self._people.clear()
        if not self.sockets:
            return None
        if mark is None:
            mark = await self.parts.store.changes_mark()
        else:
            mark, change = await self.parts.store.changes_since(mark)
        await self.tell(change.tickets | tickets, change.people | people)
        return mark

    async def tell(self, tickets: frozenset[TicketId], people: frozenset[PersonId]) -> None:
        """Send the hints to those whose business they are. Who left the team is shown the door."""
        if not self.sockets or not (tickets or people):
            return
        known = await self.parts.store.tickets(list(tickets))
        team = {person.id: person for person in (await self.parts.store.roster()).people}
        sends: list[Coroutine[None, None, None]] = []
        for socket in tuple(self.sockets):
            person = team.get(socket.person)
            if person is None:
                sends.append(self._drop(socket, *SIGNED_OUT))
                continue
            seen = [[ticket.id, ticket.version] for ticket in known.values() if person.sees(ticket.queue)]
            told = socket.person in people
            if seen or told:
                sends.append(self._send(socket, {"tickets": seen, "notices": told}))
        await asyncio.gather(*sends)

    async def typing(self, ticket: TicketId) -> None:
        """The customer is writing: told to those who may look at the ticket, for the moment."""
        found = await self.parts.store.ticket(ticket) if self.sockets else None
        team = {person.id: person for person in (await self.parts.store.roster()).people} if found else {}
        hint = {"tickets": [], "notices": False, "typing": ticket}
        sends: list[Coroutine[None, None, None]] = []
        for socket in tuple(self.sockets):
            person = team.get(socket.person)
            if found is not None and person is not None and person.sees(found.queue):
                sends.append(self._send(socket, hint))
        await asyncio.gather(*sends)

    async def leave(self, token: str) -> None:
        """The person signed out: their sockets close."""
        leaving = [socket for socket in self.sockets if socket.token == token]
        await asyncio.gather(*(self._drop(socket, *SIGNED_OUT) for socket in leaving))

    async def close(self) -> None:
        """Before the server ends: the pages come back to whoever serves then."""
        await asyncio.gather(*(self._drop(socket, *RESTART) for socket in tuple(self.sockets)))

    async def _send(self, socket: Socket, hint: object) -> None:
        """Nobody waits long for a page that does not read."""
        try:
            async with asyncio.timeout(self.patience):
                await socket.ws.send_json(hint)
        except (ConnectionError, RuntimeError):
            self.sockets.discard(socket)
        except TimeoutError:
            self._cut(socket)

    async def _drop(self, socket: Socket, code: int, reason: bytes) -> None:
        self.sockets.discard(socket)
        try:
            async with asyncio.timeout(self.patience):
                await socket.ws.close(code=code, message=reason)
        except TimeoutError:
            self._cut(socket)

    def _cut(self, socket: Socket) -> None:
        self.sockets.discard(socket)
        if socket.transport is not None:
            socket.transport.abort()


HUB = web.AppKey("hub", Hub)
