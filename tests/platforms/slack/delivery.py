"""Events and interactions on their way to the app: Socket Mode or signed HTTP, acks and redelivery.

What the payloads say is in `events.py`. Time is the simulator's: nothing here sleeps; redelivery happens when the
test calls `retries()` after moving its clock.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.platforms.faults import Faults, Outgoing

Json = dict[str, Any]

ACK_WITHIN = 3.0
"""Seconds the app has to answer (https://docs.slack.dev/apis/events-api/)."""
RETRY_AFTER = (0.0, 60.0, 300.0)
"""Seconds after the failure of the first attempt at which an event is sent again: at once, 1 min, 5 min."""
MAX_CONNECTIONS = 10


class State(Enum):
    """QUEUED: never left the simulator, because a fault holds it or lost it."""

    QUEUED = auto()
    SENT = auto()
    ACKED = auto()
    FAILED = auto()
    LOST = auto()


@dataclass(slots=True, eq=False)
class Delivery:
    """One event or interaction. `response` is what came back with the ack."""

    kind: str
    name: str
    payload: Json
    state: State = State.QUEUED
    attempt: int = 0
    reason: str = ""
    sent_at: float = 0.0
    failed_at: float = 0.0
    response: Json | None = None
    connection: web.WebSocketResponse | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def acked(self) -> bool:
        return self.state is State.ACKED

    def ack(self, response: Json | None) -> None:
        """The first ack wins, of whatever attempt."""
        if not self.acked:
            self.state, self.response = State.ACKED, response
            self.answered.set()

    def fail(self, at: float, reason: str, attempt: int) -> None:
        """This attempt failed; it changes nothing once there is an ack or a newer attempt."""
        if self.acked or attempt != self.attempt:
            return
        self.state, self.reason = State.FAILED, reason
        self.failed_at = self.failed_at or at
        self.answered.set()


class Dispatcher:
    """Sends each delivery to one open connection, or to the request URL when one is set."""

    def __init__(self, now: Callable[[], float], faults: Faults, changed: Callable[[], None]) -> None:
        self.now = now
        self.stamp = now
        self.request_url: str | None = None
        self.signing_secret = "8f742231b10e8888abcd99yyyzzz85a5"
        self.log: list[Delivery] = []
        self._changed = changed
        self._outgoing: Outgoing[Delivery] = Outgoing(faults)
        self._connections: list[web.WebSocketResponse] = []
        self._turn = itertools.count()
        self._envelopes: dict[str, Delivery] = {}
        self._ids = itertools.count(1)
        self._queue: asyncio.Queue[Delivery] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        self._spawn(self._send_in_order())

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in list(self._connections):
            await connection.close()
        if self._http is not None:
            await self._http.close()

    @property
    def connections(self) -> int:
        return len(self._connections)

    def deliver(self, kind: str, name: str, payload: Json) -> Delivery:
        """Hand over one event (`events_api`) or interaction (`interactive`); returns at once."""
        delivery = Delivery(kind, name, payload)
        self.log.append(delivery)
        for each in self._outgoing.plan(name, delivery):
            self._put(each)
        return delivery

    def release(self) -> None:
        """Send what a `Fault.late()` still holds back."""
        for each in self._outgoing.flush():
            self._put(each)

    def _put(self, delivery: Delivery) -> None:
        if not delivery.acked:
            delivery.state, delivery.sent_at = State.SENT, self.now()
        self._queue.put_nowait(delivery)

    def retries(self) -> int:
        """Send again every event that was not acked in time and is due by the clock; returns how many."""
        due = [each for each in self.log if each.kind == "events_api" and self._due(each)]
        for delivery in due:
            delivery.attempt += 1
            delivery.answered.clear()
            self._put(delivery)
        return len(due)

    def _due(self, delivery: Delivery) -> bool:
        now = self.now()
        if delivery.state is State.SENT and now - delivery.sent_at >= ACK_WITHIN:
            delivery.fail(now, "http_timeout" if self.request_url else "timeout", delivery.attempt)
        if delivery.state is not State.FAILED:
            return False
        if delivery.attempt >= len(RETRY_AFTER):
            delivery.state = State.LOST
            return False
        return now - delivery.failed_at >= RETRY_AFTER[delivery.attempt]

    def pending(self) -> list[Delivery]:
        """What was sent and neither acked nor failed."""
        return [each for each in self.log if each.state is State.SENT]

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every Socket Mode client to reconnect, as Slack does every few hours."""
        for connection in list(self._connections):
            await connection.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-sim"}})

    async def hangs_up(self) -> None:
        """Close every Socket Mode connection without a word, as a network does that is gone."""
        for connection in list(self._connections):
            await connection.close()

    async def verifies_url(self) -> bool:
        """What Slack does when a request URL is entered: the endpoint must echo the challenge."""
        assert self._http is not None
        assert self.request_url is not None
        body = json.dumps(
            {"type": "url_verification", "token": "verification-token", "challenge": "3eZbrw1aB"}
        ).encode()
        headers = {"Content-Type": "application/json", **self.sign(body)}
        async with self._http.post(self.request_url, data=body, headers=headers) as answer:
            return answer.status == 200 and "3eZbrw1aB" in await answer.text()

    async def serve_socket(self, request: web.Request, app_id: str) -> web.StreamResponse:
        """One Socket Mode connection, from its handshake to its end."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        refusal = self._refusal()
        if refusal is not None:
            await socket.send_json({"type": "disconnect", "reason": refusal})
            await socket.close()
            return socket
        self._connections.append(socket)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._connections),
                "debug_info": {"host": "applink-sim", "build_number": 1, "approximate_connection_time": 18060},
                "connection_info": {"app_id": app_id},
            }
        )
        self._changed()
        try:
            async for frame in socket:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    self._acknowledge(json.loads(frame.data))
        finally:
            self._forget(socket)
        return socket

    def _refusal(self) -> str | None:
        if self.request_url is not None:
            return "link_disabled"
        return "too_many_websockets" if len(self._connections) >= MAX_CONNECTIONS else None

    def _acknowledge(self, frame: Json) -> None:
        delivery = self._envelopes.pop(frame.get("envelope_id", ""), None)
        if delivery is not None:
            delivery.ack(frame.get("payload"))
            self._changed()

    def _forget(self, socket: web.WebSocketResponse) -> None:
        self._connections.remove(socket)
        for delivery in self.pending():
            if delivery.connection is socket:
                delivery.fail(self.now(), "connection_failed", delivery.attempt)
        self._changed()

    async def _send_in_order(self) -> None:
        while True:
            delivery = await self._queue.get()
            if self.request_url is not None:
                self._spawn(self._send_http(delivery, self.request_url))
            elif self._connections:
                await self._send_socket(delivery, self._connections[next(self._turn) % len(self._connections)])
            else:
                delivery.fail(self.now(), "connection_failed", delivery.attempt)
                self._changed()

    async def _send_socket(self, delivery: Delivery, socket: web.WebSocketResponse) -> None:
        envelope_id = f"envelope-{next(self._ids)}"
        self._envelopes[envelope_id] = delivery
        delivery.connection = socket
        envelope: Json = {
            "envelope_id": envelope_id,
            "payload": delivery.payload,
            "type": delivery.kind,
            "accepts_response_payload": delivery.kind == "interactive",
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": delivery.attempt, "retry_reason": delivery.reason}
        try:
            await socket.send_json(envelope)
        except ConnectionError:
            delivery.fail(self.now(), "connection_failed", delivery.attempt)
            self._changed()

    async def _send_http(self, delivery: Delivery, url: str) -> None:
        assert self._http is not None
        attempt = delivery.attempt
        if delivery.kind == "events_api":
            body, content_type = json.dumps(delivery.payload).encode(), "application/json"
        else:
            body = urlencode({"payload": json.dumps(delivery.payload)}).encode()
            content_type = "application/x-www-form-urlencoded"
        headers = {"Content-Type": content_type, **self.sign(body)}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": delivery.reason}
        try:
            async with self._http.post(url, data=body, headers=headers) as answer:
                text = await answer.text()
                if answer.status < 300:
                    is_json = answer.content_type == "application/json" and text
                    delivery.ack(json.loads(text) if is_json else None)
                else:
                    delivery.fail(self.now(), "http_error", attempt)
                    if answer.headers.get("X-Slack-No-Retry") == "1":
                        delivery.state = State.LOST
        except (aiohttp.ClientError, TimeoutError):
            delivery.fail(self.now(), "http_error", attempt)
        self._changed()

    def sign(self, body: bytes) -> dict[str, str]:
        """The signature headers of one request (https://docs.slack.dev/authentication/verifying-requests-from-slack)."""
        stamp = str(int(self.stamp()))
        digest = hmac.new(self.signing_secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest.hexdigest()}"}

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
