"""What a business with a number says to the simulator in its own tests."""

import io
from typing import Any

import aiohttp

from .side import Side
from .world import GraphWorld


class Business(Side):
    """A business behind a number."""

    def __init__(self, graph: GraphWorld) -> None:
        self.number = graph.number()
        super().__init__(graph, self.number)

    def items(self, part: str) -> list[Any]:
        values = [change["value"] for body in self.payloads for entry in body["entry"] for change in entry["changes"]]
        return [item for value in values for item in value.get(part, [])]

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
