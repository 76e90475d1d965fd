"""What a browser loads of the chat: the shop's one script, the frame it opens, and the words of another language.

The script runs in the shop's page and the frame is shown in it; nothing else of ours may be. All else is served from
/static/chat/, by our own origin and to it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
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
FOR_EVER = "public, max-age=31536000, immutable"


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
    locale, asked = browser_locale(request), request.query.get("locale", "")
    context = {
        "inbox": site.name,
        "origin": origin,
        "locale": locale,
        "dir": Locale.parse(locale, sep="-").text_direction,
        "title": site.title,
        "config": json.dumps(config_of(site, origin, locale, asked), ensure_ascii=False).replace("<", "\\u003c"),
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


async def words(request: web.Request) -> web.Response:
    """The chat's own texts in another language than the frame came with. Answers 404."""
    site_of(request)
    name = request.match_info["catalogue"]
    if name not in i18n.locales():
        raise web.HTTPNotFound
    # While processes of two versions serve, one may be asked for the words of the other: those must not stay.
    kept = FOR_EVER if request.query.get("v") == _version(name) else "no-store"
    return web.json_response(_words(name), headers={"Cache-Control": kept}, dumps=_packed)


def config_of(site: Site, origin: str, locale: str, asked: str = "") -> Mapping[str, Any]:
    """What the frame's script reads; nothing in it is secret. `locale`: of the browser, nearest of ours; `asked`: what
    the shop's page says. It holds the words of one language: the frame is small however many there are."""
    tags = site.inbox.languages or tuple(i18n.locales())
    languages = [language_json(tag) for tag in tags]
    shown = _shown_in(languages, asked or locale)
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
        "words": {shown: _words(shown)},
        "catalogues": {name: f"/chat/{site.name}/words/{name}?v={_version(name)}" for name in i18n.locales()},
    }


def language_json(tag: str) -> Mapping[str, str]:
    """A language as its speakers write it, and in which of our locales the chat's own texts are then."""
    try:
        language = Locale.parse(tag, sep="-")
        name, direction = language.get_display_name() or tag, language.text_direction
    except (UnknownLocaleError, ValueError):
        name, direction = tag, "ltr"
    return {"tag": tag, "name": name[:1].upper() + name[1:], "dir": direction, "words": i18n.nearest_locale(tag)}


def _shown_in(languages: Sequence[Mapping[str, str]], asked: str) -> str:
    """The catalogue that the frame will want first, as `choose` of boot.js finds it. When it wants another, for a
    language chosen on an earlier visit, it asks for that."""
    tag = asked.replace("_", "-").lower()
    same = [it for it in languages if it["tag"].lower() == tag]
    near = [it for it in languages if it["tag"].partition("-")[0].lower() == tag.partition("-")[0]]
    return next((it["words"] for it in same + near), i18n.nearest_locale(tag))


def _words(locale: str) -> Mapping[str, Any]:
    return {key: text for key, text in i18n.catalogue(locale).items() if key.startswith("widget.")}


@cache
def _version(locale: str) -> str:
    return hashlib.sha256(_packed(_words(locale)).encode()).hexdigest()[:12]


def _packed(words: object) -> str:
    return json.dumps(words, ensure_ascii=False)


def _comes_from(request: web.Request, inbox: LivechatInbox) -> bool:
    """A page may keep silent of where it is; what it says must be one of the inbox's, or our own."""
    referer = urlsplit(request.headers.get("Referer", ""))
    if not referer.netloc:
        return True
    ours = urlsplit(request.app[PARTS].settings.public_url).netloc
    return f"{referer.scheme}://{referer.netloc}".lower() in inbox.origins or referer.netloc in (request.host, ours)
