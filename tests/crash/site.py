"""A visitor of the site's chat: their page keeps what it said until it was taken, and comes back to whoever serves."""

import asyncio
from typing import Any

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMsgType

from tests.crash.plan import Turn
from tests.platforms.bell import Bell

AGAIN = 0.2
"""Seconds until the page looks for the server again, as ours does."""
PATIENCE_ASKED = ("too_fast", "internal")
"""Refusals after which our page says it again."""
Json = dict[str, Any]


class Visitor(Bell):
    """`received`: the team's words, in the order of the log. `address`: a connection of their own, as a proxy tells."""

    def __init__(self, name: str, browser: ClientSession, base_url: str, address: str) -> None:
        super().__init__()
        self.name = name
        self.said: list[str] = []
        self.pictures: list[bytes] = []
        self._browser, self._base_url, self._address = browser, base_url, address
        self._token = ""
        self._log: dict[int, Json] = {}
        self._unsaid: dict[str, str] = {}
        self._ws: ClientWebSocketResponse | None = None
        self.faults: list[str] = []
        """What our page could not have made sense of."""

    @property
    def received(self) -> list[str]:
        return [self._log[seq]["text"] for seq in sorted(self._log) if self._log[seq]["kind"] == "agent"]

    @property
    def own(self) -> list[str]:
        """Their own words, as the log has them."""
        return [self._log[seq]["text"] for seq in sorted(self._log) if self._log[seq]["kind"] == "customer"]

    @property
    def visitor(self) -> str:
        return self._token.partition(".")[0]

    async def says(self, turn: Turn) -> None:
        """Until the server has taken all of it. Said twice under the id it had, as after a line that was lost."""
        for text in turn.says:
            id = f"message-{len(self.said):06}"
            self.said.append(text)
            self._unsaid[id] = text
            for _ in range(1 + turn.twice):
                await self._send({"type": "say", "id": id, "text": text})
            while self._unsaid and not turn.at_once:
                await self.change()
        while self._unsaid:
            await self.change()

    async def stays(self) -> None:
        """With the page open, until cancelled."""
        while True:
            try:
                await self._visit()
            except (ClientError, OSError, TimeoutError):
                self._ws = None
            await asyncio.sleep(AGAIN)

    async def _visit(self) -> None:
        url, headers = f"{self._base_url}/chat/site/socket", {"X-Forwarded-For": self._address}
        async with self._browser.ws_connect(url, origin=self._base_url, headers=headers) as ws:
            await ws.send_json({"type": "hello", "token": self._token, "after": max(self._log, default=0)})
            async for message in ws:
                if message.type is not WSMsgType.TEXT:
                    break
                await self._hear(ws, message.json())
        self._ws = None

    async def _hear(self, ws: ClientWebSocketResponse, frame: Json) -> None:
        match frame["type"]:
            case "welcome":
                if self._token and frame["fresh"]:
                    self.faults.append("the visitor was forgotten")
                self._token, sent = frame["token"], set[str]()
                while left := [id for id in self._unsaid if id not in sent]:
                    await ws.send_json({"type": "say", "id": left[0], "text": self._unsaid[left[0]]})
                    sent.add(left[0])
                self._ws = ws
                await self._saw(max(self._log, default=0))
            case "taken":
                self._unsaid.pop(frame["id"], None)
            case "entry":
                self._take(frame)
                await self._saw(frame["seq"])
            case "refused":
                if frame["code"] not in PATIENCE_ASKED:
                    self.faults.append(f"refused: {frame['code']}")
                await ws.close()  # and again in a moment, with all that was not taken
        self.changed()

    def _take(self, frame: Json) -> None:
        known = self._log.setdefault(frame["seq"], frame)
        if known["text"] != frame["text"]:
            self.faults.append(f"entry {frame['seq']} changed")

    async def _saw(self, seq: int) -> None:
        await self._send({"type": "ack", "delivered": seq, "seen": seq})

    async def _send(self, frame: Json) -> None:
        """Whether it went is seen by what comes back."""
        if self._ws is not None:
            try:
                await self._ws.send_json(frame)
            except (ClientError, OSError):
                self._ws = None
