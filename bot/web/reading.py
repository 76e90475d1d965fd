"""Reading what strangers send: a body of limited size, in limited time, and JSON and forms strictly out of it.

Nobody reads a body otherwise, but for files (files.py), which are read piece by piece.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from aiohttp import web

KB = 1024
BODY_LIMIT = 4 * KB * KB
"""Bytes. Meta's documented maximum of a webhook is 3 MB; Slack's and Telegram's are smaller."""
JSON_LIMIT = 256 * KB
"""Bytes of what our own pages send: the longest text with every character escaped."""
FORM_LIMIT = 8 * KB
PATIENCE = 10.0
"""Seconds a body may take to arrive."""
IN_FLIGHT = 128 * KB * KB
"""Bytes of all bodies that are arriving at one time. Who brings more than that is told to come again."""

Route = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def body_of(request: web.Request, limit: int = BODY_LIMIT) -> bytes:
    """The exact bytes. Answers 413 as soon as they are too many, 408 when they do not come."""
    if (request.content_length or 0) > limit:
        raise web.HTTPRequestEntityTooLarge(limit, request.content_length or 0)
    if request.content.is_eof():  # it came together with its head, as nearly all do: nothing is waited for
        body = request.content.read_nowait()
        if len(body) > limit:
            raise web.HTTPRequestEntityTooLarge(limit, len(body))
        return body
    with _arriving() as part:
        try:
            async with asyncio.timeout(PATIENCE):
                async for chunk in request.content.iter_chunked(64 * KB):
                    part.add(chunk, limit)
        except TimeoutError:
            raise web.HTTPRequestTimeout(text="the body did not arrive") from None
        return b"".join(part.chunks)


class _Body:
    """One that is arriving. `all_bytes`: of every one of this process."""

    all_bytes: ClassVar[int] = 0

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self.size = 0

    def add(self, chunk: bytes, limit: int) -> None:
        self.size += len(chunk)
        _Body.all_bytes += len(chunk)
        if self.size > limit:
            raise web.HTTPRequestEntityTooLarge(limit, self.size)
        if _Body.all_bytes > IN_FLIGHT:
            raise web.HTTPServiceUnavailable(text="too much at once", headers={"Retry-After": "5"})
        self.chunks.append(chunk)


@contextmanager
def _arriving() -> Iterator[_Body]:
    body = _Body()
    try:
        yield body
    finally:
        _Body.all_bytes -= body.size


async def json_of(request: web.Request) -> dict[str, Any]:
    """The object that our own page sent. Answers 400 for anything else: other shapes, what is no number, nesting
    without an end. Its texts may hold anything (`payload.clean`)."""
    try:
        found = json.loads((await body_of(request, JSON_LIMIT)).decode(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest from None
    if not isinstance(found, dict):
        raise web.HTTPBadRequest
    return found


async def form_of(request: web.Request) -> Mapping[str, str]:
    """The fields of a small form as browsers send it by default; of a field that comes twice the first."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    try:
        pairs = parse_qsl((await body_of(request, FORM_LIMIT)).decode(), errors="strict", max_num_fields=20)
    except ValueError:
        raise web.HTTPBadRequest from None
    return dict(reversed(pairs))


def bounded(route: Route) -> Route:
    """For a route that reads its body by itself: it is there, whole and not too large, before it is asked for."""

    async def read_first(request: web.Request) -> web.StreamResponse:
        limited = request.clone(client_max_size=BODY_LIMIT)
        try:
            async with asyncio.timeout(PATIENCE):
                await limited.read()
        except TimeoutError:
            raise web.HTTPRequestTimeout(text="the body did not arrive") from None
        return await route(limited)

    return read_first


def _no_number(name: str) -> float:
    raise ValueError(name)
