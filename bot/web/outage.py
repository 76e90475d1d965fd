"""What is answered while our own database or disk cannot be used: 503, in words where a person reads it.

Nothing was taken then, and platforms deliver it again.
"""

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp_jinja2 import render_template

from bot import i18n
from bot.web.auth import browser_locale
from bot.web.keys import PARTS
from core.errors import Unavailable

AGAIN = "5"
"""Seconds, for `Retry-After`."""

_log = structlog.get_logger()


@web.middleware
async def in_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """An outage of ours is nobody's fault who asks, and none that a stack would explain."""
    try:
        return await handler(request)
    except Unavailable as outage:
        where = request.match_info.route.resource
        _log.error("web.unavailable", route=where.canonical if where else "", reason=outage.reason)
        if request.writer.output_size > 0:
            raise ConnectionResetError from None  # it was answered already: nothing more can be said
        return refused(request)


def refused(request: web.Request) -> web.StreamResponse:
    """A page for browsers, the bare word for programs."""
    if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        response = _page(request)
    else:
        response = web.json_response({"error": "unavailable"}, status=503)
    response.headers["Retry-After"] = AGAIN
    return response


def _page(request: web.Request) -> web.StreamResponse:
    locale = browser_locale(request)
    context = {
        "locale": locale,
        "t": lambda key, **params: i18n.t(locale, key, **params),
        "organisation": request.app[PARTS].settings.organisation,
        "theme": request.cookies.get("theme", ""),
        "again": AGAIN,
    }
    return render_template("away.html", request, context, status=503)
