"""Files: what people attach in the box goes straight into the blob store; what a ticket holds is handed out with care.

A customer's file is hostile: only images that cannot run anything are shown in the page, everything else is a download,
and none of it may act in our origin.
"""

import asyncio
from urllib.parse import quote

from aiohttp import BodyPartReader, web
from aiohttp.http import HttpProcessingError

from bot.channels.payload import clean
from bot.web.auth import signed_in
from bot.web.keys import PARTS, PERSON
from bot.web.parts import Parts
from bot.web.security import FILE_POLICY
from core.ids import FileId, row_number
from core.messages import FileState
from core.words import safe_name

# No SVG: it is a document with scripts.
SAFE_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
PATIENCE = 120.0
"""Seconds that an upload may take."""


def add_routes(router: web.UrlDispatcher) -> None:
    router.add_post("/console/api/files", signed_in(upload))
    router.add_get("/console/files/{file:\\d+}", signed_in(download))


async def upload(request: web.Request) -> web.Response:
    """One multipart field `file`. Answers {key, name, mime, size}; the event that uses it names the key."""
    parts = request.app[PARTS]
    name, mime, body = await read_file(request, parts.settings.upload_limit)
    if not body:
        raise web.HTTPBadRequest
    key = await parts.blobs.put(body)
    return web.json_response({"key": key, "name": name, "mime": mime, "size": len(body)})


async def read_file(request: web.Request, limit: int) -> tuple[str, str, bytes]:
    """Name, media type as the browser says it, and content of the multipart field `file`. Answers 400 when that is not
    what came, 413 as soon as it is larger than `limit` bytes, 408 when it takes too long."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await _read_part(request, limit)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (AssertionError, LookupError, ValueError, HttpProcessingError):  # what aiohttp makes of a broken form
        raise web.HTTPBadRequest from None


async def _read_part(request: web.Request, limit: int) -> tuple[str, str, bytes]:
    part = await (await request.multipart()).next()
    if not isinstance(part, BodyPartReader) or part.name != "file":
        raise web.HTTPBadRequest
    body = bytearray()
    while chunk := await part.read_chunk():
        body += chunk
        if len(body) > limit:
            raise web.HTTPRequestEntityTooLarge(limit, len(body))
    mime = clean(part.headers.get("Content-Type", "application/octet-stream").partition(";")[0].strip().lower())
    return safe_name(part.filename or ""), mime, bytes(body)


async def download(request: web.Request) -> web.Response:
    """A file of a ticket that the viewer may see. Answers 404 for any other, and while it is not stored yet."""
    parts = request.app[PARTS]
    number = row_number(request.match_info["file"])
    file = await parts.store.file(FileId(number)) if number is not None else None
    message = await parts.store.message(file.message) if file else None
    ticket = await parts.store.ticket(message.ticket) if message else None
    if file is None or ticket is None or not request[PERSON].sees(ticket.queue) or file.state is not FileState.STORED:
        raise web.HTTPNotFound
    return await file_response(parts, file.blob, file.name, file.mime)


async def file_response(parts: Parts, blob: str, name: str, given: str) -> web.Response:
    """A stranger's file, to somebody who may have it: `given` is the media type it came with. Answers 404."""
    try:
        body = await parts.blobs.get(blob)
    except KeyError:
        raise web.HTTPNotFound from None
    mime = given.partition(";")[0].strip().lower()
    shown = mime in SAFE_IMAGES
    kind = "inline" if shown else "attachment"
    headers = {
        "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(safe_name(name), safe='')}",
        "Content-Security-Policy": FILE_POLICY,
        # A file never changes; the browser that was allowed to see it may keep it for itself.
        "Cache-Control": "private, max-age=3600, immutable",
    }
    return web.Response(body=body, content_type=mime if shown else "application/octet-stream", headers=headers)
