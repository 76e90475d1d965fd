"""What a business with a Page says to the simulator in its own tests."""

import io
import json
from typing import Any

import aiohttp

from .side import Side
from .world import GraphWorld


class PageSide(Side):
    """A business behind a Page."""

    def __init__(self, graph: GraphWorld) -> None:
        self.page = graph.page()
        super().__init__(graph, self.page)

    def heard(self, kind: str = "", line: str = "messaging") -> list[Any]:
        """What came, in order; with a `kind` (message, delivery, read ...) only that part of each event."""
        items = [item for body in self.payloads for entry in body["entry"] for item in entry.get(line, [])]
        return [item[kind] for item in items if kind in item] if kind else items

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
