"""The other side of the simulator in its own tests: calls the API and listens at the webhook, as Dragoman does."""

import io
import json
from typing import Any, Self

import aiohttp
from aiohttp import web

from .world import GraphWorld


class Business:
    """The other side: posts to the API and keeps what the webhook got. `status` is what the webhook answers."""

    def __init__(self, graph: GraphWorld) -> None:
        self.graph = graph
        self.number = graph.number()
        self.status = 200
        self.trusts = self.number.verify_token
        self.raw: list[bytes] = []
        self.signatures: list[str] = []

    async def __aenter__(self) -> Self:
        self.http = aiohttp.ClientSession()
        app = web.Application()
        app.router.add_route("*", "/hook", self.hook)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.number.webhook = f"http://127.0.0.1:{self.runner.addresses[0][1]}/hook"
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

    def items(self, part: str) -> list[Any]:
        values = [change["value"] for body in self.payloads for entry in body["entry"] for change in entry["changes"]]
        return [item for value in values for item in value.get(part, [])]

    async def call(self, method: str, path: str, token: str = "", **kwargs: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token or self.number.token}"}
        async with self.http.request(method, f"{self.graph.api}/{path}", headers=headers, **kwargs) as reply:
            return reply.status, await reply.json()

    async def sends(self, to: str = "", **body: Any) -> tuple[int, Any]:
        body = {"messaging_product": "whatsapp", **({"to": to} if to else {}), **body}
        return await self.call("POST", f"{self.number.id}/messages", json=body)

    async def says(self, to: str, text: str) -> tuple[int, Any]:
        return await self.sends(to, type="text", text={"body": text})

    async def uploads(self, data: bytes, mime: str, name: str = "file") -> tuple[int, Any]:
        form = aiohttp.FormData()
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", mime)
        form.add_field("file", io.BytesIO(data), filename=name, content_type=mime)
        return await self.call("POST", f"{self.number.id}/media", data=form)
