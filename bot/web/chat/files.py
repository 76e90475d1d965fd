"""Files of the chat: a visitor's upload, which only they may then send, and what stands in their log, by signed links.

What a file is, its name's ending says, not the browser that sent it; what is no kind that customers send is not taken.
"""

import asyncio
import re
from collections.abc import Mapping

from aiohttp import web

from bot import i18n
from bot.web.auth import browser_locale
from bot.web.chat.frames import Refusal
from bot.web.chat.hub import CHAT
from bot.web.chat.site import Site
from bot.web.chat.socket import address_of, site_of
from bot.web.files import file_response, read_file
from bot.web.keys import PARTS
from bot.web.security import add_headers, same_origin
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
SLOWEST = 600.0
"""Seconds that a download may take."""
UNTIL = re.compile(r"[0-9]{1,15}")
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
    address, now = address_of(request), parts.clock.now()
    if not hub.uploads.allows(visitor, now):
        raise Refusal("too_fast")
    if not hub.uploads_from.allows(address, now) or not hub.uploads_of_a_day.allows(address, now):
        raise Refusal("too_fast")
    async with hub.transfers.turn(address):
        file = await _taken(request, site)
    return {"id": site.signer.upload(visitor, file), "name": file.name, "mime": file.mime, "size": file.size}


async def _taken(request: web.Request, site: Site) -> ChatFile:
    """The file that comes with a request, stored."""
    try:
        name, _, body = await read_file(request, site.upload_limit)
    except web.HTTPRequestEntityTooLarge:
        raise Refusal("too_large", most=site.inbox.upload_mb) from None
    if not body:
        raise Refusal("empty")
    stem, _, ending = name.rpartition(".")
    mime = TYPES.get(ending.lower())
    if mime is None or not stem:
        raise Refusal("file_type")
    return ChatFile(await request.app[PARTS].blobs.put(body), name, mime, len(body))


async def download(request: web.Request) -> web.StreamResponse:
    """A file of the visitor's log, by a link that we signed and that has not run out. Answers 404 for all else.

    It is sent from here: who takes it slowly, or not at all, keeps few of them in memory and not for long.
    """
    site, parts, named = site_of(request), request.app[PARTS], request.match_info
    visitor, seq, nth = named["visitor"], int(named["seq"]), int(named["nth"])
    until, signature = request.query.get("until", ""), request.query.get("signature", "")
    if not UNTIL.fullmatch(until) or int(until) <= parts.clock.now().timestamp():
        raise web.HTTPNotFound
    if not site.signer.link_holds(visitor, seq, nth, int(until), signature):
        raise web.HTTPNotFound
    hub = request.app[CHAT]
    entry = await hub.log.entry(site.name, visitor, seq)
    if entry is None or nth >= len(entry.words.files):
        raise web.HTTPNotFound
    file = entry.words.files[nth]
    async with hub.transfers.turn(address_of(request)):
        response = await file_response(parts, file.blob, file.name, file.mime)
        add_headers(request, response)
        try:
            async with asyncio.timeout(SLOWEST):
                await response.prepare(request)
                await response.write_eof()
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()
    return response
