"""One request to Slack's Web API at a time: our session, our timeouts, no retries of the SDK's own, SendErrors."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.addresses import origin_of
from bot.desks.slack.errors import send_error
from bot.http import MB, Http, clock_skew
from bot.http import send_error as by_status
from core.errors import SendError

SDK_LOG = logging.getLogger("slack")
"""For the SDK and Bolt. Their debug lines hold whole payloads, and what people write never goes to a log."""
SDK_LOG.setLevel(logging.INFO)
IDLE = 10
"""Seconds a connection is kept: one that Slack closes just as we write leaves the outcome unknown."""
FILE_LIMIT = 100 * MB
ABOUT = timedelta(seconds=5)
"""What a clock may be off by for the way there and back."""
PAGE = 200
PAGES = 10
"""How far `messages` looks back."""


class Api:
    """Wraps the SDK's client. Connections are made at the first request, inside the running loop."""

    def __init__(
        self, token: str, base_url: str, proxy: str | None, timeout: float, now: Callable[[], datetime]
    ) -> None:
        self.clock_off = timedelta()
        """By how much Slack's clock is ahead of ours, as its last answer said."""
        self._now = now
        self.client = AsyncWebClient(token=token, base_url=base_url, proxy=proxy, retry_handlers=[], logger=SDK_LOG)
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._files = Http([base_url], proxy=proxy)
        self._token = token
        self._home = origin_of(base_url)[1]

    async def close(self) -> None:
        """Let go of the connections."""
        session, self.client.session = self.client.session, None
        if session is not None:
            await session.close()
        await self._files.close()

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """A writing method, its arguments as JSON. Raises SendError."""
        answer, _ = await self._request(method, "POST", json=_given(arguments))
        return answer

    async def ask(self, method: str, **arguments: Any) -> tuple[dict[str, Any], Mapping[str, str]]:
        """A reading method, its arguments in the query; with the headers of the answer. Raises SendError."""
        return await self._request(method, "GET", params=_given(arguments))

    async def _request(self, method: str, verb: str, **body: Any) -> tuple[dict[str, Any], Mapping[str, str]]:
        if self.client.session is None or self.client.session.closed:
            self.client.session = aiohttp.ClientSession(
                timeout=self._timeout, connector=aiohttp.TCPConnector(keepalive_timeout=IDLE)
            )
        try:
            answer = await self.client.api_call(method, http_verb=verb, **body)
        except Exception as error:
            raise send_error(error) from None
        headers = {str(name).lower(): str(value) for name, value in answer.headers.items()}
        skew = clock_skew(headers, self._now()) or timedelta()
        self.clock_off = -skew if abs(skew) > ABOUT else timedelta()
        return (dict(answer.data) if isinstance(answer.data, dict) else {}), headers

    async def messages(self, method: str, **arguments: Any) -> AsyncIterator[dict[str, Any]]:
        """The messages of a channel or thread, with their metadata, page by page."""
        cursor: str | None = None
        for _ in range(PAGES):
            page, _headers = await self.ask(method, limit=PAGE, include_all_metadata=True, cursor=cursor, **arguments)
            for message in page.get("messages") or ():
                yield message
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return

    async def upload(self, url: str, content: bytes) -> None:
        """Step 2 of an upload. Raises SendError, always certain: nothing is shown to anybody yet."""
        try:
            reply = await self._files.call("POST", url, data=content, transfer=True)
        except SendError as error:
            raise nothing_shown(error) from None
        if reply.status != 200:
            raise nothing_shown(by_status(reply.status, reply.headers))

    async def download(self, url: str) -> tuple[bytes, str]:
        """A private file and its media type. Raises SendError. Elsewhere than at Slack our token would open the
        workspace to whoever put a file with an address of their own there."""
        host, home = origin_of(url)[1], self._home
        if host != home and not host.endswith(f".{home}"):
            raise SendError("forbidden_address", detail="not at Slack")
        bearer = {"Authorization": f"Bearer {self._token}"}
        reply = await self._files.download(url, headers=bearer, limit=FILE_LIMIT)
        if reply.status in (404, 410):
            raise SendError("media_gone", detail=f"http {reply.status}")
        if reply.status != 200:
            raise by_status(reply.status, reply.headers)
        return reply.body, reply.headers.get("content-type", "").partition(";")[0].strip()


def nothing_shown(error: SendError) -> SendError:
    """A failure before the request that has the effect."""
    return SendError(error.code, retry=error.retry, after=error.after, detail=error.detail)


def _given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}
