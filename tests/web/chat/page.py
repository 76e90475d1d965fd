"""A visitor's page without a screen: it says what ours says, and keeps what it is told."""

import asyncio
import hashlib
import hmac
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType

SECRET = "a long random text"
PATIENCE = 5.0
"""Real seconds until a page that hears nothing gives up: a safety net, never a measured time."""
IDS = itertools.count()
Json = dict[str, Any]


def signed(user: Json, secret: str = SECRET) -> Json:
    """As the shop's server makes it."""
    text = json.dumps(user)
    return {"user": text, "signature": hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()}


def frames(heard: list[Json], type: str) -> list[Mapping[str, Any]]:
    return [frame for frame in heard if frame["type"] == type]


@dataclass
class Page:
    """A visitor's page with the chat open. It keeps what it is told, as ours does."""

    ws: ClientWebSocketResponse
    welcome: Json = field(default_factory=dict)
    heard: list[Json] = field(default_factory=list)
    _unasked: list[Json] = field(default_factory=list)

    @property
    def token(self) -> str:
        token: str = self.welcome["token"]
        return token

    @property
    def visitor(self) -> str:
        return self.token.partition(".")[0]

    async def sends(self, type: str, **fields: Any) -> None:
        await self.ws.send_json({"type": type, **fields})

    async def says(self, text: str, id: str = "", **more: Any) -> str:
        id = id or f"message-{next(IDS)}"
        await self.sends("say", id=id, text=text, **more)
        return id

    async def hears(self, type: str, **fields: Any) -> Json:
        """The next frame of this kind that no test has asked for yet; all of them are kept in `heard`."""

        def wanted(frame: Json) -> bool:
            return frame["type"] == type and all(frame.get(name) == value for name, value in fields.items())

        while not (found := [frame for frame in self._unasked if wanted(frame)]):
            message = await asyncio.wait_for(self.ws.receive(), PATIENCE)
            assert message.type is WSMsgType.TEXT, (message, self.heard)
            self.heard.append(json.loads(message.data))
            self._unasked.append(self.heard[-1])
        self._unasked.remove(found[0])
        return found[0]

    async def all_so_far(self) -> list[Json]:
        """Everything that was sent until now: what we ask is answered after it."""
        await self.sends("ping")
        await self.hears("pong")
        return self.heard

    async def closed(self) -> int | None:
        """The code that the server closes with; what it said before is in `heard`."""
        while True:
            message = await asyncio.wait_for(self.ws.receive(), PATIENCE)
            if message.type is not WSMsgType.TEXT:
                return message.data if message.type is WSMsgType.CLOSE else self.ws.close_code
            self.heard.append(json.loads(message.data))

    @property
    def texts(self) -> list[str]:
        return [frame["text"] for frame in self.heard if frame["type"] == "entry"]
