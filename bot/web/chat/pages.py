"""What a browser loads of the chat: the shop's one script, the frame it opens, and the brand's colour as a stylesheet.

The script runs in the shop's page and the frame is shown in it; nothing else of ours may be. All else is served from
/static/chat/, by our own origin and to it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp_jinja2 import render_template
from babel import Locale, UnknownLocaleError

from bot import i18n
from bot.channels.livechat_inbox import LivechatInbox
from bot.web.auth import browser_locale
from bot.web.chat.files import TYPES
from bot.web.chat.shown import limits_json
from bot.web.chat.site import Site
from bot.web.chat.socket import site_of
from bot.web.keys import PARTS
from bot.web.security import FRAMED, PAGE_POLICY

SCRIPT = Path(__file__).parent.parent / "static" / "chat" / "widget.js"
FROM_ANYWHERE = {"Cross-Origin-Resource-Policy": "cross-origin"}
"""A shop's page may load it, even one that asks that of everything (COEP)."""
FRESH = "public, max-age=300"


async def script(request: web.Request) -> web.StreamResponse:
    """Says nothing of anybody: whoever may load it, only the allowed origins may show the frame."""
    site_of(request)
    headers = {**FROM_ANYWHERE, "Cache-Control": FRESH, "Content-Type": "text/javascript; charset=utf-8"}
    return web.FileResponse(SCRIPT, headers=headers)


async def frame(request: web.Request) -> web.StreamResponse:
    """For a page of an allowed origin, which the loader names and the browser holds us to. Answers 403 for others."""
    site, origin = site_of(request), request.query.get("origin", "")
    if origin not in site.inbox.origins or not _comes_from(request, site.inbox):
        raise web.HTTPForbidden
    locale = browser_locale(request)
    context = {
        "inbox": site.name,
        "origin": origin,
        "locale": locale,
        "dir": Locale.parse(locale, sep="-").text_direction,
        "title": site.title,
        "config": json.dumps(config_of(site, origin, locale), ensure_ascii=False).replace("<", "\\u003c"),
        "t": lambda key, **params: i18n.t(locale, key, **params),
    }
    response = render_template("chat_frame.html", request, context)
    ancestors = " ".join(site.inbox.origins)
    response.headers["Content-Security-Policy"] = PAGE_POLICY.replace(
        "frame-ancestors 'none'", f"frame-ancestors {ancestors}"
    )
    response.headers.update(FROM_ANYWHERE)
    # The frame's own requests must say where they come from; what it links to learns our origin at most.
    response.headers["Referrer-Policy"] = "strict-origin"
    response[FRAMED] = True
    return response


def config_of(site: Site, origin: str, locale: str) -> Mapping[str, Any]:
    """What the frame's script reads; nothing in it is secret."""
    tags = site.inbox.languages or tuple(i18n.locales())
    languages = [language_json(tag) for tag in tags]
    spoken = {i18n.DEFAULT, locale, *(language["words"] for language in languages)}
    return {
        "inbox": site.name,
        "origin": origin,
        "title": site.title,
        "colour": site.inbox.colour,
        "locale": locale,
        "socket": f"/chat/{site.name}/socket",
        "upload": f"/chat/{site.name}/files",
        "languages": languages,
        "limits": {**limits_json(site), "types": ",".join(f".{ending}" for ending in TYPES)},
        "words": {name: _words(name) for name in sorted(spoken)},
    }


def language_json(tag: str) -> Mapping[str, str]:
    """A language as its speakers write it, and in which of our locales the chat's own texts are then."""
    try:
        language = Locale.parse(tag, sep="-")
        name, direction = language.get_display_name() or tag, language.text_direction
    except (UnknownLocaleError, ValueError):
        name, direction = tag, "ltr"
    return {"tag": tag, "name": name[:1].upper() + name[1:], "dir": direction, "words": i18n.nearest_locale(tag)}


def _words(locale: str) -> Mapping[str, Any]:
    return {key: text for key, text in i18n.catalogue(locale).items() if key.startswith("widget.")}


def _comes_from(request: web.Request, inbox: LivechatInbox) -> bool:
    """A page may keep silent of where it is; what it says must be one of the inbox's, or our own."""
    referer = urlsplit(request.headers.get("Referer", ""))
    if not referer.netloc:
        return True
    ours = urlsplit(request.app[PARTS].settings.public_url).netloc
    return f"{referer.scheme}://{referer.netloc}".lower() in inbox.origins or referer.netloc in (request.host, ours)
