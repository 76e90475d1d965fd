"""Files of the chat: a visitor's upload, which only they may then send, and what stands in their log, by signed links.

What a file is, its name's ending says, not the browser that sent it; what is no kind that customers send is not taken.
"""

import asyncio
from collections.abc import Mapping

from aiohttp import web

from bot import i18n
from bot.web.auth import browser_locale
from bot.web.chat.frames import Refusal
from bot.web.chat.hub import CHAT
from bot.web.chat.socket import address_of, site_of
from bot.web.files import file_response, read_file
from bot.web.keys import PARTS
from bot.web.security import same_origin
from core.ports import ChatFile

TYPES: Mapping[str, str] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "heic": "image/heic",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "zip": "application/zip",
}
"""By the ending of the name. No SVG and no HTML: they are documents with scripts."""
PATIENCE = 120.0
"""Seconds that an upload may take."""
STATUS: Mapping[str, int] = {"too_large": 413, "file_type": 415, "too_fast": 429, "empty": 400, "bad_token": 401}


async def upload(request: web.Request) -> web.Response:
    """Header `X-Visitor`: the token; one multipart field `file`. Answers {id, name, mime, size}, or {code, words}."""
    if not same_origin(request):
        raise web.HTTPForbidden
    try:
        return web.json_response(await _upload(request))
    except Refusal as refusal:
        words = i18n.render(browser_locale(request), f"chat.refused.{refusal.code}", refusal.params)
        return web.json_response({"code": refusal.code, "words": words}, status=STATUS[refusal.code])


async def _upload(request: web.Request) -> Mapping[str, str | int]:
    site, hub, parts = site_of(request), request.app[CHAT], request.app[PARTS]
    visitor = site.signer.visitor(request.headers.get("X-Visitor", ""))
    if visitor is None or await hub.log.visitor(site.name, visitor) is None:
        raise Refusal("bad_token")
    now = parts.clock.now()
    if not hub.uploads.allows(visitor, now) or not hub.uploads_from.allows(address_of(request), now):
        raise Refusal("too_fast")
    try:
        async with asyncio.timeout(PATIENCE):
            name, _, body = await read_file(request, site.upload_limit)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except web.HTTPRequestEntityTooLarge:
        raise Refusal("too_large", most=site.inbox.upload_mb) from None
    if not body:
        raise Refusal("empty")
    stem, _, ending = name.rpartition(".")
    mime = TYPES.get(ending.lower())
    if mime is None or not stem:
        raise Refusal("file_type")
    file = ChatFile(await parts.blobs.put(body), name, mime, len(body))
    return {"id": site.signer.upload(visitor, file), "name": name, "mime": mime, "size": len(body)}


async def download(request: web.Request) -> web.Response:
    """A file of the visitor's log, by a link that we signed and that has not run out. Answers 404 for all else."""
    site, parts, named = site_of(request), request.app[PARTS], request.match_info
    visitor, seq, nth = named["visitor"], int(named["seq"]), int(named["nth"])
    until, signature = request.query.get("until", ""), request.query.get("signature", "")
    if not until.isascii() or not until.isdigit() or int(until) <= parts.clock.now().timestamp():
        raise web.HTTPNotFound
    if not site.signer.link_holds(visitor, seq, nth, int(until), signature):
        raise web.HTTPNotFound
    entry = await request.app[CHAT].log.entry(site.name, visitor, seq)
    if entry is None or nth >= len(entry.words.files):
        raise web.HTTPNotFound
    file = entry.words.files[nth]
    return await file_response(parts, file.blob, file.name, file.mime)
