"""Files: what people attach in the box goes straight into the blob store; what a ticket holds is handed out with care.

A customer's file is hostile: only images that cannot run anything are shown in the page, everything else is a download,
and none of it may act in our origin.
"""

from urllib.parse import quote

from aiohttp import BodyPartReader, web

from bot.web.auth import signed_in
from bot.web.keys import PARTS, PERSON
from bot.web.security import FILE_POLICY
from core.ids import FileId
from core.messages import FileState
from core.words import safe_name

# No SVG: it is a document with scripts.
SAFE_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def add_routes(router: web.UrlDispatcher) -> None:
    router.add_post("/console/api/files", signed_in(upload))
    router.add_get("/console/files/{file:\\d+}", signed_in(download))


async def upload(request: web.Request) -> web.Response:
    """One multipart field `file`. Answers {key, name, mime, size}; the event that uses it names the key."""
    parts = request.app[PARTS]
    try:
        part = await (await request.multipart()).next()
    except (AssertionError, ValueError):
        raise web.HTTPBadRequest from None
    if not isinstance(part, BodyPartReader) or part.name != "file":
        raise web.HTTPBadRequest
    limit, body = parts.settings.upload_limit, bytearray()
    while chunk := await part.read_chunk():
        body += chunk
        if len(body) > limit:
            raise web.HTTPRequestEntityTooLarge(limit, len(body))
    if not body:
        raise web.HTTPBadRequest
    mime = part.headers.get("Content-Type", "application/octet-stream").partition(";")[0].strip().lower()
    key = await parts.blobs.put(bytes(body))
    name = safe_name(part.filename or "")
    return web.json_response({"key": key, "name": name, "mime": mime, "size": len(body)})


async def download(request: web.Request) -> web.Response:
    """A file of a ticket that the viewer may see. Answers 404 for any other, and while it is not stored yet."""
    parts = request.app[PARTS]
    file = await parts.store.file(FileId(int(request.match_info["file"])))
    message = await parts.store.message(file.message) if file else None
    ticket = await parts.store.ticket(message.ticket) if message else None
    if file is None or ticket is None or not request[PERSON].sees(ticket.queue) or file.state is not FileState.STORED:
        raise web.HTTPNotFound
    try:
        body = await parts.blobs.get(file.blob)
    except KeyError:
        raise web.HTTPNotFound from None
    mime = file.mime.partition(";")[0].strip().lower()
    shown = mime in SAFE_IMAGES
    kind = "inline" if shown else "attachment"
    headers = {
        "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(safe_name(file.name), safe='')}",
        "Content-Security-Policy": FILE_POLICY,
        # A file never changes; the browser that was allowed to see it may keep it for itself.
        "Cache-Control": "private, max-age=3600, immutable",
    }
    return web.Response(body=body, content_type=mime if shown else "application/octet-stream", headers=headers)
