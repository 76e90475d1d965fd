"""A visitor of the demo's shop for the samples: speaks the chat's own socket, as the widget in a browser does."""

from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

from bot.channels.livechat_inbox import LivechatInbox
from bot.demo.shop import Shopper, signature


class Visitor:
    """`base`: the server's address; `locale`: the visitor's language."""

    def __init__(self, base: str, inbox: LivechatInbox, shopper: Shopper, locale: str) -> None:
        self._base = base
        self._inbox = inbox
        self._shopper = shopper
        self._locale = locale
        self._said = 0

    async def writes(self, words: str) -> None:
        """Comes, says it, and goes when it is safe."""
        self._said += 1
        async with (
            ClientSession() as session,
            session.ws_connect(f"{self._base}/chat/{self._inbox.name}/socket", origin=self._base) as socket,
        ):
            await socket.send_json(self._hello())
            await _until(socket, "welcome")
            await socket.send_json({"type": "say", "id": f"sample-{self._said}", "text": words, "files": []})
            await _until(socket, "taken")

    def _hello(self) -> dict[str, Any]:
        user = self._shopper.user
        return {
            "type": "hello",
            "token": "",
            "after": 0,
            "locale": self._locale,
            "page": f"{self._base}/demo/shop",
            "user": user,
            "signature": signature(user, self._inbox),
        }


async def _until(socket: ClientWebSocketResponse, type: str) -> None:
    """Raises RuntimeError when the server will not have it: no sample should be refused."""
    while (frame := await socket.receive_json())["type"] != type:
        if frame["type"] == "refused":
            raise RuntimeError(f"the chat refuses: {frame['code']}")
