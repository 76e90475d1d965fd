"""Hearing from Slack through the real Bolt, in Socket Mode or over HTTP: everything is durable before its ack.

Bolt verifies signatures, answers Slack's handshakes and keeps the socket; our one global middleware stores the raw
payload and acks it. An exception there means no ack, and Slack delivers again. What a payload means, `parse` says.
"""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.desks.slack.api import SDK_LOG
from bot.desks.slack.payload import delivery_key, envelope, is_ours
from core.ports import Clock, Sink

_BOLTS_OWN = frozenset({"url_verification", "ssl_check"})
_PING_SECONDS = 10.0


class Listener:
    """One Bolt app. It listens over a socket or answers requests; either way `sink` is where everything goes."""

    def __init__(self, client: AsyncWebClient, clock: Clock, signing_secret: str = "") -> None:
        self._clock = clock
        self._sink: Sink | None = None
        self._signed = bool(signing_secret)
        # Before Bolt's own authorisation: that asks Slack on the first event, and acks what it could not authorise.
        self._app = AsyncApp(
            name="dragoman",
            client=client,
            signing_secret=signing_secret,
            before_authorize=self._store_and_ack,
            logger=SDK_LOG,
        )

    async def socket(self, sink: Sink, app_token: str, proxy: str | None) -> None:
        """Listen in Socket Mode until cancelled."""
        self._sink = sink
        handler = AsyncSocketModeHandler(self._app, app_token, proxy=proxy, ping_interval=_PING_SECONDS)
        try:
            await handler.connect_async()  # type: ignore[no-untyped-call]
            await asyncio.Event().wait()
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]

    def http(self, sink: Sink) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Answers the Events API and interactions; 401 when the signature does not hold.

        Without a signing secret anybody could sign: nothing is answered at all.
        """
        self._sink = self._sink or sink

        async def answer(request: web.Request) -> web.Response:
            if not self._signed:
                raise web.HTTPNotFound
            return await to_aiohttp_response(await self._app.async_dispatch(await to_bolt_request(request)))

        return answer

    async def _store_and_ack(self, req: AsyncBoltRequest, next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
        payload = req.body
        if payload.get("type") in _BOLTS_OWN or "ssl_check" in payload:
            return await next()
        if not is_ours(payload):
            if self._sink is None:
                raise RuntimeError("nobody stores what Slack sends yet")
            retry = _header(req, "x-slack-retry-num")
            await self._sink(delivery_key(payload), envelope(payload, self._clock.now(), retry))
        return BoltResponse(status=200, body="")


def _header(req: AsyncBoltRequest, name: str) -> str:
    return next(iter(req.headers.get(name) or ()), "")
