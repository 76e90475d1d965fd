"""Where platforms deliver: GET and POST /hooks/{inbox}. Verify, store the raw bytes durably, answer 200; no more.

The payload is read by the intake worker. What was not stored is answered so that the platform delivers it again.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from aiohttp import web

from bot.web.reading import body_of
from bot.web.refusals import Refusals
from core.errors import Unauthorized
from core.ids import InboxName
from core.ports import FROM_CHANNEL, Channel, Clock, Hook

KEPT_HEADERS = ("content-type", "user-agent")
"""Stored with the body; signatures and cookies are not."""
NOTED_AGAIN = timedelta(minutes=1)

_log = structlog.get_logger()


class PutsRaw(Protocol):
    """The part of the store that hooks need; see `core.ports.Store.put_raw`."""

    async def put_raw(
        self, source: str, key: str, body: bytes, headers: Mapping[str, str], at: datetime
    ) -> int | None: ...


def add_hooks(
    app: web.Application, channels: Mapping[InboxName, Channel], store: PutsRaw, clock: Clock, *, refusals: Refusals
) -> None:
    """Add the routes."""
    hooks = _Hooks(channels, store, clock, refusals)
    resource = app.router.add_resource("/hooks/{inbox}", name="hook")
    resource.add_route("GET", hooks.handshake)
    resource.add_route("POST", hooks.delivery)


class _Hooks:
    def __init__(self, channels: Mapping[InboxName, Channel], store: PutsRaw, clock: Clock, refusals: Refusals) -> None:
        self._channels = channels
        self._store = store
        self._clock = clock
        self._refusals = refusals
        self._noted: dict[str, datetime] = {}

    async def handshake(self, request: web.Request) -> web.Response:
        """The platform checks the address. Nothing is stored."""
        try:
            answer = self._channel(request).verify(self._hook(request, b""))
        except Unauthorized:
            return web.Response(status=403, text="wrong verify token")
        if answer is None:
            return web.Response(status=400, text="not a handshake")
        # The challenge is the caller's own text: it must never be taken for a page.
        return web.Response(text=answer, headers={"X-Content-Type-Options": "nosniff"})

    async def delivery(self, request: web.Request) -> web.Response:
        """200 only once the body is durable; 401 stores nothing; 503 makes the platform deliver again."""
        channel = self._channel(request)
        hook = self._hook(request, await body_of(request))
        try:
            answer = channel.verify(hook)
        except Unauthorized:
            self._note(request.match_info["inbox"])
            await self._refusals.refused(InboxName(request.match_info["inbox"]))
            return web.Response(status=401, text="the signature does not hold")
        if answer is not None:
            return web.Response(text=answer, headers={"X-Content-Type-Options": "nosniff"})
        return await self._store_it(request.match_info["inbox"], hook)

    async def _store_it(self, inbox: str, hook: Hook) -> web.Response:
        kept = {name: hook.headers[name] for name in KEPT_HEADERS if name in hook.headers}
        key = hashlib.sha256(hook.body).hexdigest()
        try:
            await self._store.put_raw(FROM_CHANNEL + inbox, key, hook.body, kept, hook.at or self._clock.now())
        except Exception as error:
            # Whatever is wrong with the database, the platform must keep the delivery.
            _log.error("hook.not_stored", inbox=inbox, error=type(error).__name__)
            return web.Response(status=503, text="not stored, deliver again", headers={"Retry-After": "5"})
        await self._refusals.accepted(InboxName(inbox))
        return web.Response(text="ok")

    def _note(self, inbox: str) -> None:
        """Now and then: anybody can knock as often as they like, and must not fill the disk with it."""
        now = self._clock.now()
        if inbox not in self._noted or now - self._noted[inbox] >= NOTED_AGAIN:
            self._noted[inbox] = now
            _log.warning("hook.unauthorized", inbox=inbox)

    def _channel(self, request: web.Request) -> Channel:
        channel = self._channels.get(InboxName(request.match_info["inbox"]))
        if channel is None:
            raise web.HTTPNotFound(text="no such inbox")
        return channel

    def _hook(self, request: web.Request, body: bytes) -> Hook:
        return Hook(body, request.headers, request.query, self._clock.now())  # headers know their names in any case
