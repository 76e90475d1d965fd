"""Our outgoing HTTP: one session per platform with timeouts, proxy, size limits, errors as SendError.

Nothing here knows a platform or retries; where it may lead is said in bot/addresses.py. A platform's own error codes
are read by its client (bot/channels/meta.py); what is said here about certainty holds for all of them.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from types import SimpleNamespace
from typing import Any, Self
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver

from bot.addresses import ForbiddenAddress, GuardedResolver, is_private_literal, origin_of
from core.errors import SendError

MB = 1024 * 1024
ANSWER_LIMIT = MB
"""Bytes of an API's answer; files have limits of their own."""
REDIRECTS = 3
TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10, sock_connect=5, sock_read=20)
TRANSFER = aiohttp.ClientTimeout(total=50, connect=10, sock_connect=5, sock_read=20)
"""For uploads and downloads. One of each, as a file takes, must end within the outbox's lease of 90 s."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, whatever its status. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Http:
    """The way out to one platform. `bases`: its configured API addresses, the only ones that may be plain http or
    lead into a private network; any other address must be https, at its usual port, and public. Behind a `proxy` it is
    the proxy that resolves names, so the last word on private networks is the proxy's.

    Open it inside the running loop, with `async with` or by the first request; `close` it at the end.
    """

    def __init__(
        self,
        bases: Iterable[str] = (),
        *,
        proxy: str | None = None,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
        transfer: aiohttp.ClientTimeout = TRANSFER,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._trusted = frozenset(origin_of(base) for base in bases)
        self._proxy = proxy
        self._timeout = timeout
        self._transfer = transfer
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: object = None,
        data: Any = None,
        limit: int = ANSWER_LIMIT,
        transfer: bool = False,
    ) -> Reply:
        """One request; answers of any status are returned, redirects too. `transfer`: a file travels, have patience.

        Raises SendError: `certain` exactly when no byte of the request had been written.
        """
        self._check(url)
        progress = SimpleNamespace(written=False)
        try:
            async with self._open().request(
                method,
                url,
                headers=headers,
                params=params,
                json=json,
                data=data,
                proxy=self._proxy,
                timeout=self._transfer if transfer else self._timeout,
                allow_redirects=False,
                trace_request_ctx=progress,
            ) as response:
                body = await _read(response, limit)
                return Reply(response.status, {k.lower(): v for k, v in response.headers.items()}, body)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise from_exception(error, written=progress.written) from None

    async def download(self, url: str, *, headers: Mapping[str, str] | None = None, limit: int) -> Reply:
        """GET a file, following a few redirects, each checked as the first address was; another origin never sees
        `headers`. Raises SendError (`too_large`, `forbidden_address`, ...)."""
        try:
            async with asyncio.timeout(self._transfer.total):
                return await self._follow(url, headers, limit)
        except TimeoutError as error:
            raise from_exception(error, written=True) from None

    async def _follow(self, url: str, headers: Mapping[str, str] | None, limit: int) -> Reply:
        sent = headers
        for _ in range(REDIRECTS + 1):
            reply = await self.call("GET", url, headers=sent, limit=limit, transfer=True)
            if reply.status not in (301, 302, 303, 307, 308) or "location" not in reply.headers:
                return reply
            target = _joined(url, reply.headers["location"])
            self._check(target)
            sent = sent if origin_of(target) == origin_of(url) else None
            url = target
        raise SendError("bad_answer", detail="too many redirects")

    def _check(self, url: str) -> None:
        """What can be said before a name is resolved; the resolver says the rest."""
        try:
            origin = origin_of(url)
        except ValueError:
            raise SendError("forbidden_address", detail="not a URL") from None
        if origin in self._trusted:
            return
        scheme, host, port = origin
        if scheme != "https" or port != 443 or is_private_literal(host):
            raise SendError("forbidden_address", detail="neither public https nor configured")

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            places = {(host, port) for _, host, port in self._trusted}
            if self._proxy:
                places.add(origin_of(self._proxy)[1:])
            # Connections that idle longer are likely to be closed by the other side just as the next request is
            # written, and then nobody could say whether a message was sent.
            connector = aiohttp.TCPConnector(
                resolver=GuardedResolver(places, self._resolver or aiohttp.ThreadedResolver()), keepalive_timeout=10
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                headers={"User-Agent": user_agent()},
                trace_configs=[_written()],
                trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise SendError("forbidden_address", detail="not a URL") from None


def from_exception(error: BaseException, *, written: bool) -> SendError:
    """What a failed exchange means. `written`: some of the request had left, so the other side may have acted on it."""
    detail = type(error).__name__
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.__cause__, ForbiddenAddress):
        return SendError("forbidden_address", detail=detail)
    if isinstance(error, aiohttp.InvalidURL):
        return SendError("forbidden_address", detail=detail)
    if not written:
        return SendError("no_connection", retry=True, detail=detail)
    code = "timeout" if isinstance(error, TimeoutError) else "disconnected"
    return SendError(code, retry=True, certain=False, detail=detail)


def send_error(status: int, headers: Mapping[str, str] | None = None, *, detail: str = "") -> SendError:
    """What an HTTP status means when the body says nothing better.

    500, 502 and 504 come from a server or a proxy that may have passed the request on: uncertain. 503 says that
    nobody took it (RFC 9110, 15.6.4).
    """
    after = retry_after(headers or {})
    detail = detail or f"http {status}"
    match status:
        case 401:
            return SendError("token_expired", detail=detail)
        case 403:
            return SendError("permission", detail=detail)
        case 404 | 410:
            return SendError("not_found", detail=detail)
        case 408 | 425:
            return SendError("server_error", retry=True, after=after, detail=detail)
        case 413:
            return SendError("too_large", detail=detail)
        case 429:
            return SendError("rate_limited", retry=True, after=after, detail=detail)
        case 503:
            return SendError("server_error", retry=True, after=after, detail=detail)
        case _ if status >= 500:
            return SendError("server_error", retry=True, after=after, certain=False, detail=detail)
        case _ if status >= 400:
            return SendError("bad_request", detail=detail)
        case _:
            return SendError("bad_answer", certain=False, detail=detail)


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """`Retry-After` in seconds, as every platform of ours sends it; an HTTP date there is left aside."""
    value = headers.get("retry-after", "").strip()
    return timedelta(seconds=min(int(value), 86_400)) if value.isascii() and value.isdigit() else None


def clock_skew(headers: Mapping[str, str], now: Any) -> timedelta | None:
    """How far our clock is ahead of the other side's `Date`."""
    try:
        there = parsedate_to_datetime(headers["date"])
        skew: timedelta = now - there
    except (KeyError, TypeError, ValueError):
        return None
    return skew


def user_agent() -> str:
    try:
        return f"Dragoman/{version('dragoman')}"
    except PackageNotFoundError:
        return "Dragoman"


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The body, if it is not larger than `limit` bytes; the header is believed only when it says too much."""
    if (response.content_length or 0) > limit:
        response.close()
        raise SendError("too_large", certain=False, detail=f"over {limit} bytes")
    parts, size = [], 0
    async for chunk in response.content.iter_chunked(65_536):
        size += len(chunk)
        if size > limit:
            response.close()
            raise SendError("too_large", certain=False, detail=f"over {limit} bytes")
        parts.append(chunk)
    return b"".join(parts)


def _written() -> aiohttp.TraceConfig:
    trace = aiohttp.TraceConfig()

    async def mark(_session: aiohttp.ClientSession, context: SimpleNamespace, _params: object) -> None:
        context.trace_request_ctx.written = True

    trace.on_request_headers_sent.append(mark)
    return trace
