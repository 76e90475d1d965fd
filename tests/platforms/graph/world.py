"""The simulator on a port of its own, with faults and rate limits in front of it and a log of every call.

Fault names: `POST */messages`, `POST */media`, `GET */attachments/` and `GET /cdn/*` (downloads), `GET */debug_token`;
of deliveries `webhook messages.text`, `webhook statuses.delivered`, `webhook page.messages` and so on (`Update.name`).
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Self

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from bot.demo.graph import GraphSim, Update
from bot.demo.graph_errors import GraphError, answer, bad_token
from bot.demo.graph_model import Account
from bot.demo.messenger_model import Page
from tests.platforms.faults import Fault, Faults, Kind, Outgoing

from .limits import Limits
from .people import StoryCustomer, StoryPerson

VERSION = "v26.0"


@dataclass(slots=True, eq=False)
class Call:
    """One API call as it arrived. `status` is 0 while unanswered and when the connection was dropped."""

    name: str
    body: Any
    at: datetime
    token: str = ""
    status: int = 0
    over: bool = False


class GraphWorld(GraphSim):
    """`async with GraphWorld(clock.now) as graph:`. `limit_scale`: see Limits; None switches them off."""

    def __init__(self, now: Callable[[], datetime], *, limit_scale: float | None = None) -> None:
        self.faults = Faults()
        self.limits = Limits(now, limit_scale)
        self.calls: list[Call] = []
        self.base_url = ""
        self._outgoing: Outgoing[Update] = Outgoing(self.faults)
        self._runner: web.AppRunner | None = None
        self._answered = asyncio.Condition()
        super().__init__(now, middlewares=[self._at_the_gate], plan=self._outgoing.plan)

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self.app, shutdown_timeout=0.1)
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await self._site.start()
        self._host, self._port = self._runner.addresses[0][:2]
        self.base_url = self.messenger.cdn = f"http://{self._host}:{self._port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def goes_away(self) -> None:
        """Nobody takes connections; those that stood are closed. What we post still arrives: only the API is away."""
        assert self._runner is not None
        assert self._runner.server is not None
        await self._site.stop()
        await self._runner.server.shutdown(0.1)

    async def comes_back(self) -> None:
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, self._host, self._port)
        await self._site.start()

    @property
    def api(self) -> str:
        """The base address with the version, no slash at the end."""
        return f"{self.base_url}/{VERSION}"

    def customer(
        self, name: str, phone: str | None = None, user_id: str | None = None, username: str | None = None
    ) -> StoryCustomer:
        return self.add(StoryCustomer(self, name, phone, user_id, username))

    def page(self, name: str = "Dragoman Trading", **settings: Any) -> Page:
        return self.messenger.page(name, **settings)

    def person(self, name: str, **settings: Any) -> StoryPerson:
        return self.messenger.add(StoryPerson(self, name, **settings))

    async def called(self, pattern: str, times: int = 1, timeout: float = 10) -> list[Call]:
        """Wait until that many calls whose name fits have been answered or dropped; all of them so far."""

        def fitting() -> list[Call]:
            return [call for call in self.calls if call.over and fnmatchcase(call.name, pattern)]

        try:
            async with asyncio.timeout(timeout), self._answered:
                await self._answered.wait_for(lambda: len(fitting()) >= times)
        except TimeoutError:
            raise AssertionError("\n".join([f"{times} x {pattern} never came", *self.recent()])) from None
        return fitting()

    def sends(self) -> list[Any]:
        """The bodies of every accepted message, in order; not read receipts. None: an upload to a Page."""
        return [
            call.body
            for call in self.calls
            if call.status == 200 and call.name.endswith("/messages") and not _silent(call.body)
        ]

    def recent(self, count: int = 10) -> list[str]:
        """The last calls and what the webhook answered, for failure messages."""
        lines = [f"--- last calls of {len(self.calls)} ---"]
        lines += [f"{call.status or 'no answer'} {call.name} {call.body}" for call in self.calls[-count:]]
        statuses = [status or "no answer" for _, status in list(self.hooks.posts)[-count:]]
        return [*lines, f"--- webhook: {len(self.hooks.undelivered)} updates wait; last answers: {statuses} ---"]

    @web.middleware
    async def _at_the_gate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        name = f"{request.method} {request.path.removeprefix(f'/{VERSION}')}"
        call = Call(name, await _body(request), self.now(), _token(request))
        self.calls.append(call)

        async def apply() -> web.StreamResponse:
            code = self._over_the_limit(request, call)
            return answer(GraphError(code)) if code else await handler(request)

        async def refuse(fault: Fault) -> web.StreamResponse:
            return self._refuse(request, fault)

        try:
            response = await self.faults.around(name, request, apply, refuse)
            call.status = 0 if request.transport is None or request.transport.is_closing() else response.status
            return response
        finally:
            call.over = True
            async with self._answered:
                self._answered.notify_all()

    def _over_the_limit(self, request: web.Request, call: Call) -> int:
        if not call.name.endswith("/messages") or _silent(call.body):
            return 0
        node = request.path.split("/")[-2]
        if any(page.id == node for page in self.messenger.pages):
            return self.limits.refuses_page(node, heavy=call.body is None)
        if not isinstance(call.body, dict):
            return 0
        to = call.body.get("to") or call.body.get("recipient") or ""
        return self.limits.refuses(node, str(to).lstrip("+"))

    def _refuse(self, request: web.Request, fault: Fault) -> web.Response:
        accounts: list[Account] = [*self.numbers, *self.messenger.pages]
        if fault.kind is Kind.RATE_LIMITED:
            to_page = any(f"/{page.id}/" in request.path for page in self.messenger.pages)
            return answer(GraphError(613 if to_page else 130429, http=fault.status), fault.retry_after)
        if fault.kind is Kind.REVOKE:
            token = _token(request)
            for account in accounts:
                account.token_valid = account.token_valid and account.token != token
            return answer(bad_token())
        subcode, details = fault.fields.get("error_subcode", 0), fault.fields.get("details", "")
        assert isinstance(subcode, int)
        http = 0 if fault.status == 200 else fault.status
        return answer(GraphError(int(fault.code), str(details), subcode=subcode, http=http))


def _token(request: web.Request) -> str:
    return request.headers.get(hdrs.AUTHORIZATION, "").removeprefix("Bearer ")


def _silent(body: Any) -> bool:
    """A read receipt or "typing ...", which is no message."""
    return isinstance(body, dict) and ("status" in body or "sender_action" in body)


async def _body(request: web.Request) -> Any:
    """JSON as data; None for anything else (uploads stay a stream)."""
    if request.content_type != "application/json":
        return None
    try:
        return json.loads(await request.read())
    except ValueError:
        return None
