"""The other side of a simulated Page in its own tests: calls the API and listens at the webhook, as Dragoman does."""

import io
import json
from typing import Any, Self

import aiohttp
from aiohttp import web

from .world import GraphWorld


class PageSide:
    """Posts to the API and keeps what the webhook got. `status` is what the webhook answers."""

    def __init__(self, graph: GraphWorld) -> None:
        self.graph = graph
        self.page = graph.page()
        self.status = 200
        self.raw: list[bytes] = []
        self.signatures: list[str] = []

    async def __aenter__(self) -> Self:
        self.http = aiohttp.ClientSession()
        app = web.Application()
        app.router.add_post("/hook", self.hook)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.page.webhook = f"http://127.0.0.1:{self.runner.addresses[0][1]}/hook"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()
        await self.runner.cleanup()

    async def hook(self, request: web.Request) -> web.Response:
        self.raw.append(await request.read())
        self.signatures.append(request.headers["X-Hub-Signature-256"])
        return web.Response(status=self.status)

    @property
    def payloads(self) -> list[Any]:
        return [json.loads(raw) for raw in self.raw]

    def heard(self, kind: str = "", line: str = "messaging") -> list[Any]:
        """What came, in order; with a `kind` (message, delivery, read ...) only that part of each event."""
        items = [item for body in self.payloads for entry in body["entry"] for item in entry.get(line, [])]
        return [item[kind] for item in items if kind in item] if kind else items

    async def call(self, method: str, path: str, token: str = "", **kwargs: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token or self.page.token}"}
        async with self.http.request(method, f"{self.graph.api}/{path}", headers=headers, **kwargs) as reply:
            return reply.status, await reply.json()

    async def sends(self, psid: str, message: Any, **body: Any) -> tuple[int, Any]:
        body = {"recipient": {"id": psid}, "messaging_type": "RESPONSE", "message": message, **body}
        return await self.call("POST", f"{self.page.id}/messages", json=body)

    async def says(self, psid: str, text: str, **body: Any) -> tuple[int, Any]:
        return await self.sends(psid, {"text": text}, **body)

    async def refused(self, psid: str, message: Any, **body: Any) -> tuple[int, int]:
        """Code and subcode with which a send is refused."""
        status, answer = await self.sends(psid, message, **body)
        assert status >= 400, answer
        return answer["error"]["code"], answer["error"].get("error_subcode", 0)

    async def uploads(self, psid: str, kind: str, data: bytes, mime: str, name: str = "file") -> tuple[int, Any]:
        """One multipart request: the file and the message it goes with."""
        form = aiohttp.FormData()
        form.add_field("recipient", json.dumps({"id": psid}))
        form.add_field("messaging_type", "RESPONSE")
        form.add_field("message", json.dumps({"attachment": {"type": kind, "payload": {}}}))
        form.add_field("filedata", io.BytesIO(data), filename=name, content_type=mime)
        return await self.call("POST", f"{self.page.id}/messages", data=form)
