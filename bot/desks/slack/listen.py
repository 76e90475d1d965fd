"""Hearing from Slack through the real Bolt, in Socket Mode or over HTTP: everything is durable before its ack.

Bolt verifies signatures, answers Slack's handshakes and keeps the socket; our one global middleware stores the raw
payload and acks it. An exception there means no ack, and Slack delivers again. What a payload means, `parse` says; what
never came is found by `reconcile`.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.desks.slack.api import SDK_LOG
from bot.desks.slack.errors import send_error
from bot.desks.slack.payload import delivery_key, envelope, is_ours
from core.ports import Clock, Hearing, Sink

_BOLTS_OWN = frozenset({"url_verification", "ssl_check"})
_PING_SECONDS = 10.0
REFUSALS = 3
"""Requests refused in a row before somebody is told: Slack sends each event so often. Strangers knock now and then."""
NOTE = "refused:"
"""How the keys of our notes begin that we refused what came in Slack's name."""

_log = structlog.get_logger()


class _Socket(SocketModeClient):
    """Remembers since when it has its connection, or why Slack gave it none."""

    clock: Clock
    since: datetime
    why = ""

    async def connect(self) -> None:
        await super().connect()  # type: ignore[no-untyped-call]
        self.since = self.clock.now()

    async def issue_new_wss_url(self) -> str:
        try:
            url = await super().issue_new_wss_url()
        except Exception as error:
            self.why = send_error(error).code
            raise
        self.why = ""
        return str(url)


class _Handler(AsyncSocketModeHandler):
    """Bolt's own, with our client."""

    def __init__(self, app: AsyncApp, app_token: str, proxy: str | None, clock: Clock) -> None:
        self.app, self.app_token = app, app_token
        self.client = self.socket = _Socket(
            app_token=app_token, logger=app.logger, web_client=app.client, proxy=proxy, ping_interval=_PING_SECONDS
        )
        self.socket.clock, self.socket.since = clock, clock.now()
        self.client.socket_mode_request_listeners.append(self.handle)  # type: ignore[arg-type]


class Listener:
    """One Bolt app. It listens over a socket or answers requests; either way `sink` is where everything goes."""

    def __init__(
        self, client: AsyncWebClient, clock: Clock, signing_secret: str = "", *, by_socket: bool = False
    ) -> None:
        self._clock = clock
        self._sink: Sink | None = None
        self._signed = SignatureVerifier(signing_secret) if signing_secret else None
        self._refused = 0
        self._noted = ""
        self._socket: _Socket | None = None
        self._by_socket = by_socket
        self._began = clock.now()
        self._heard_at: datetime | None = None
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
        handler = _Handler(self._app, app_token, proxy, self._clock)
        self._socket = handler.socket
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
            if self._signed is None:
                raise web.HTTPNotFound
            # Before Bolt reads anything of it: Bolt parses first and asks then, and lets a "check" pass unsigned.
            body, stamp = await request.read(), request.headers.get("X-Slack-Request-Timestamp", "")
            signature = request.headers.get("X-Slack-Signature", "")
            if not _holds(self._signed, body, stamp, signature):
                await self._refuse(_expected(self._signed, body, stamp), stamp, signature)
                raise web.HTTPUnauthorized
            self._refused = 0
            return await to_aiohttp_response(await self._app.async_dispatch(await to_bolt_request(request)))

        return answer

    @property
    def hearing(self) -> Hearing:
        """Over HTTP Slack calls, and whether it could reach us nobody here knows."""
        now = self._clock.now()
        if not self._by_socket:
            return Hearing(self._began, now, "unheard" if self._refused >= REFUSALS else "")
        socket = self._socket
        session = socket.current_session if socket is not None else None
        if socket is None or session is None or session.closed or socket.closed or socket.stale:
            return Hearing(None, self._heard_at, (socket.why if socket is not None else "") or "no_connection")
        self._heard_at = now
        return Hearing(socket.since, now)

    async def _refuse(self, expected: str, stamp: str, signature: str) -> None:
        """Requests in Slack's name that are refused, one after the other, with none between that holds: our clock is
        wrong, or the secret is another. Whoever has neither timestamp nor signature is not Slack."""
        if not stamp or not signature:
            return
        self._refused += 1
        why, now = "clock" if _same(expected, signature) else "signature", self._clock.now()
        note = f"{NOTE}{why}:{now:%Y-%m-%d}"
        if self._refused >= REFUSALS and self._sink is not None and note != self._noted:
            _log.warning("slack.refused", why=why, in_a_row=self._refused)
            await self._sink(note, envelope({"type": "refused", "why": why}, now))
            self._noted = note

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


def _holds(signed: SignatureVerifier, body: bytes, stamp: str, signature: str) -> bool:
    """Whether Slack signed exactly this, in the last five minutes. What cannot be read is not signed."""
    try:
        return signed.is_valid(body, stamp, signature)
    except (ValueError, TypeError):
        return False


def _expected(signed: SignatureVerifier, body: bytes, stamp: str) -> str:
    """What Slack would have signed it with, whenever it did; empty when nobody can say."""
    try:
        return signed.generate_signature(timestamp=stamp, body=body) or ""
    except ValueError:
        return ""


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode(errors="surrogateescape"))


def _header(req: AsyncBoltRequest, name: str) -> str:
    return next(iter(req.headers.get(name) or ()), "")
