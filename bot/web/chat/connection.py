"""One page of a visitor: says hello, does what it asks, and tails the visitor's log into it.

A reader takes its frames in order; a writer sends, and alone sends. The log itself is the queue: a slow page is behind
in it, and only what is of the moment (answers, typing) waits here, in a queue that is short.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, assert_never

import structlog
from aiohttp import WSMsgType, web

from bot import i18n
from bot.web.chat import frames as f
from bot.web.chat.arriving import Guest, arrive
from bot.web.chat.doing import Doer
from bot.web.chat.hub import ChatHub
from bot.web.chat.pace import Pace
from bot.web.chat.shown import entry_json, limits_json
from bot.web.chat.site import Site, Team
from core.errors import Unavailable
from core.ports import Visitor, VisitorKey

HISTORY = 200
"""Entries that a fresh page gets."""
PAGE = 50
QUEUE = 100
"""Frames of the moment that may wait for a slow page."""
GOODBYE = 5.0
"""Seconds that a page has to take its leave."""
SLOW = 20.0
"""Seconds that one frame may take to leave."""
FRAMES = 120, timedelta(seconds=20)
"""How many frames of whatever kind a page may send."""
AGAIN = timedelta(seconds=5)
"""How soon the log is read again when our database was away."""
FAULTS = 10
"""Frames nobody can read, until the page is given up."""
BROKEN, NO_HELLO, SLOW_OR_FLOOD, TOO_MANY, FAULT = 4000, 4001, 4008, 4013, 1011

_log = structlog.get_logger()


class Connection:
    """`bot.web.chat.hub.Listener`."""

    def __init__(
        self,
        hub: ChatHub,
        site: Site,
        ws: web.WebSocketResponse,
        address: str,
        transport: asyncio.Transport | None = None,
    ) -> None:
        self.site = site
        self._hub = hub
        self._ws = ws
        self._address = address
        self._transport = transport
        self._guest: Guest | None = None
        self._team: Team | None = None
        self._locale = i18n.DEFAULT
        self._frames: deque[Mapping[str, Any]] = deque()
        self._woken, self._stale = asyncio.Event(), True
        self._cursor, self._seen, self._read = 0, 0, 0
        self._pace, self._faults = Pace(*FRAMES), 0
        self._closing: asyncio.Task[object] | None = None

    @property
    def guest(self) -> Guest:
        assert self._guest is not None
        return self._guest

    @property
    def key(self) -> VisitorKey:
        return self.guest.key

    async def run(self) -> None:
        """Until the page or we go."""
        hello = await self._hello()
        if hello is None:
            return
        guest = await self._arrive(hello)
        if guest is None:
            return
        self._guest = guest
        try:
            await self._hub.join(self)
            await self._welcome(hello)
            writer = asyncio.create_task(self._write(), name="chat writer")
            try:
                await self._listen()
            finally:
                writer.cancel()
                await asyncio.gather(writer, return_exceptions=True)
        finally:
            await self._hub.leave(self)
            if self._closing is not None:
                await self._closing

    # --- what the hub says ------------------------------------------------------------------------------------------

    def changed(self) -> None:
        self._stale = True
        self._woken.set()

    def behind(self, visitor: Visitor) -> bool:
        return (visitor.last_seq, visitor.seen, visitor.team_read) != (self._cursor, self._seen, self._read)

    def push(self, frame: Mapping[str, Any]) -> None:
        if len(self._frames) >= QUEUE:
            self._give_up(SLOW_OR_FLOOD, b"slow")
            return
        self._frames.append(frame)
        self._woken.set()

    def meet(self, team: Team) -> None:
        if self._team is not None:
            self._team = team
            self.push({"type": "team", **team.json(known=self.guest.known)})

    async def close(self, code: int, reason: bytes) -> None:
        """A page that takes nothing any more is let go without a word."""
        try:
            async with asyncio.timeout(GOODBYE):
                await self._ws.close(code=code, message=reason)
        except TimeoutError:
            if self._transport is not None:
                self._transport.abort()

    # --- hello ------------------------------------------------------------------------------------------------------

    async def _hello(self) -> f.Hello | None:
        """The first frame. Who does not say it in time is not waited for."""
        try:
            async with asyncio.timeout(self._hub.patience):
                message = await self._ws.receive()
        except TimeoutError:
            await self.close(NO_HELLO, b"no hello")
            return None
        if message.type is not WSMsgType.TEXT:
            return None
        try:
            frame = f.read(message.data)
            if not isinstance(frame, f.Hello):
                raise f.Refusal("hello_first")
        except f.Refusal as refusal:
            await self.turn_away(refusal.code, BROKEN)
            return None
        return frame

    async def _arrive(self, hello: f.Hello) -> Guest | None:
        self._locale = i18n.nearest_locale(hello.locale or i18n.DEFAULT)
        guest = await arrive(self._hub, self.site, hello, self._address)
        if guest is not None and self._hub.room_for(guest.key):
            return guest
        await self.turn_away("busy" if guest is None else "too_many", TOO_MANY)
        return None

    async def turn_away(self, code: str, close: int) -> None:
        await self._ws.send_json(self._refused(f.Refusal(code)))
        await self.close(close, code.encode())

    async def _welcome(self, hello: f.Hello) -> None:
        guest, visitor = self.guest, self.guest.visitor
        self._locale = i18n.nearest_locale(visitor.language or self._locale)
        # What was long ago may have been thrown away; the place in the log stays, so that no seq comes twice.
        newest = visitor.last_seq if await self._hub.log.entry(*self.key, visitor.last_seq) else 0
        after = 0 if guest.fresh else min(hello.after, newest)
        self._cursor = (after or max(0, newest - HISTORY)) if newest else visitor.last_seq
        self._seen, self._read = visitor.seen, visitor.team_read
        self._team = await self._hub.team(self.site)
        await self._ws.send_json(
            {
                "type": "welcome",
                "token": self.site.signer.token(visitor.id),
                "fresh": guest.fresh,
                "seq": newest,
                "seen": visitor.seen,
                "read": visitor.team_read,
                "locale": visitor.language,
                "team": self._team.json(known=guest.known),
                "limits": limits_json(self.site),
            }
        )
        if guest.unproven:
            self.push(self._refused(f.Refusal("bad_user")))

    # --- reading ----------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        doer = Doer(self._hub, self.site, self.guest)
        async for message in self._ws:
            if message.type is not WSMsgType.TEXT:
                self._give_up(BROKEN, b"not text")
                return
            if not self._pace.allows("", self._hub.parts.clock.now()):
                self._give_up(SLOW_OR_FLOOD, b"flood")
                return
            if not await self._take(doer, message.data):
                return

    async def _take(self, doer: Doer, text: str) -> bool:
        """False when the page is given up."""
        try:
            answer = await self._do(doer, f.read(text))
        except f.Refusal as refusal:
            self.push(self._refused(refusal))
            self._faults += refusal.code == "bad_frame"
            if self._faults > FAULTS:
                self._give_up(BROKEN, b"not understood")
                return False
            return True
        except Exception:
            _log.exception("chat.not_done", inbox=self.site.name)
            self._give_up(FAULT, b"fault")
            return False
        if answer is not None:
            self.push(answer)
        return True

    async def _do(self, doer: Doer, frame: f.Frame) -> Mapping[str, Any] | None:
        """The answer to the page that asked. Raises Refusal."""
        match frame:
            case f.Say():
                return {"type": "taken", "id": frame.id, "seq": await doer.say(frame)}
            case f.Ack():
                await doer.ack(frame)
            case f.Typing(on):
                if on:
                    await doer.typing()
            case f.Details():
                await doer.details(frame)
                if self._team is not None:
                    self.meet(self._team)
                return {"type": "noted"}
            case f.Language(locale):
                await doer.language(locale)
                self._locale = i18n.nearest_locale(locale)
            case f.Ping():
                return {"type": "pong"}
            case f.Hello():
                raise f.Refusal("bad_frame")
            case _:
                assert_never(frame)
        return None

    def _refused(self, refusal: f.Refusal) -> Mapping[str, Any]:
        words = i18n.render(self._locale, f"chat.refused.{refusal.code}", refusal.params)
        return {"type": "refused", "id": refusal.id, "code": refusal.code, "words": words}

    # --- writing ----------------------------------------------------------------------------------------------------

    async def _write(self) -> None:
        """Until cancelled, or the page takes too long."""
        try:
            while True:
                self._woken.clear()
                while self._frames:
                    await self._send(self._frames.popleft())
                if self._stale:
                    await self._catch_up()
                else:
                    await self._woken.wait()
        except ConnectionError:
            return
        except TimeoutError:
            self._give_up(SLOW_OR_FLOOD, b"slow")
        except Exception:
            # The page comes back and reads the log from where it was.
            _log.exception("chat.not_written", inbox=self.site.name)
            self._give_up(FAULT, b"fault")

    async def _catch_up(self) -> None:
        """While the log cannot be read the page stays: all of them coming back at once would help nobody."""
        self._stale, clock = False, self._hub.parts.clock
        try:
            await self._tail()
        except Unavailable:
            self._stale = True
            await clock.wait(self._woken.wait(), clock.now() + AGAIN)

    async def _tail(self) -> None:
        """What the log has above the cursor, and how far either side has read."""
        log, (inbox, id) = self._hub.log, self.key
        visitor = await log.visitor(inbox, id)
        if visitor is None:
            self._give_up(SLOW_OR_FLOOD, b"gone")
            return
        while self._cursor < visitor.last_seq:
            entries = await log.entries(inbox, id, self._cursor, PAGE)
            for entry in entries:
                await self._send(entry_json(self.site, id, entry, self._hub.parts.clock.now()))
            self._cursor = entries[-1].seq if entries else visitor.last_seq
        if visitor.team_read > self._read:
            self._read = visitor.team_read
            await self._send({"type": "read", "seq": self._read})
        if visitor.seen > self._seen:
            self._seen = visitor.seen
            await self._send({"type": "seen", "seq": self._seen})

    async def _send(self, frame: Mapping[str, Any]) -> None:
        async with asyncio.timeout(SLOW):
            await self._ws.send_json(frame)

    def _give_up(self, code: int, reason: bytes) -> None:
        """Close without waiting for it; whoever listens ends by it."""
        if self._closing is None:
            self._closing = asyncio.create_task(self.close(code, reason), name="chat closing")
