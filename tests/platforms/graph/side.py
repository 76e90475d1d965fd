"""The other side of a simulated account, in the simulator's own tests: its token calls, its webhook listens."""

import json
from typing import Any, Self

import aiohttp
from aiohttp import web

from bot.demo.graph_model import Number
from bot.demo.messenger_model import Page

from .world import GraphWorld


class Side:
    """Calls the API and keeps what the webhook got. `status` is what the webhook answers, `trusts` whose handshake."""

    def __init__(self, graph: GraphWorld, account: Number | Page) -> None:
        self.graph = graph
        self.account = account
        self.status = 200
        self.trusts = account.verify_token
        self.raw: list[bytes] = []
        self.signatures: list[str] = []

    async def __aenter__(self) -> Self:
        self.http = aiohttp.ClientSession()
        app = web.Application()
        app.router.add_route("*", "/hook", self.hook)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.account.webhook = f"http://127.0.0.1:{self.runner.addresses[0][1]}/hook"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()
        await self.runner.cleanup()

    async def hook(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            trusted = request.query["hub.verify_token"] == self.trusts
            return web.Response(text=request.query["hub.challenge"] if trusted else "no")
        self.raw.append(await request.read())
        self.signatures.append(request.headers["X-Hub-Signature-256"])
        return web.Response(status=self.status)

    @property
    def payloads(self) -> list[Any]:
        return [json.loads(raw) for raw in self.raw]

    async def call(self, method: str, path: str, token: str = "", **kwargs: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token or self.account.token}"}
        async with self.http.request(method, f"{self.graph.api}/{path}", headers=headers, **kwargs) as reply:
            return reply.status, await reply.json()
