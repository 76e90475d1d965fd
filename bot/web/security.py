"""What every answer of ours says to the browser, and who may ask: headers, and the origin of a request."""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp.web_exceptions import HTTPException

from bot.web.keys import PARTS

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FILE_POLICY = "default-src 'none'; style-src 'none'; sandbox; frame-ancestors 'none'"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Content-Security-Policy": PAGE_POLICY,
    "X-Frame-Options": "DENY",
}


FRAMED: web.ResponseKey[bool] = web.ResponseKey("framed", bool)
"""Of a page that other sites may show; its own policy says which."""


@web.middleware
async def secure_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Puts the headers on every answer, errors too; what an answer says itself stands."""
    try:
        response = await handler(request)
    except HTTPException as error:
        add_headers(request, error)
        raise
    if not response.prepared:
        add_headers(request, response)
    return response


def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """For whoever sends an answer by themselves; all others get them by `secure_headers`."""
    for name, value in HEADERS.items():
        if name != "X-Frame-Options" or not response.get(FRAMED):
            response.headers.setdefault(name, value)
    if request.app[PARTS].settings.secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    # Scripts and styles are asked for again (304 when unchanged): an upgrade must not meet an old page's half.
    response.headers.setdefault("Cache-Control", "no-cache" if request.path.startswith("/static/") else "no-store")


def same_origin(request: web.Request) -> bool:
    """Whether our own page made the request. A browser that says where it comes from is believed; silence is not.

    `Sec-Fetch-Site` comes on https and localhost only; elsewhere `Origin` must name this host.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin = urlsplit(request.headers.get("Origin", ""))
    if not origin.netloc:
        return site == "same-origin"
    ours = urlsplit(request.app[PARTS].settings.public_url)
    return origin.netloc in (request.host, ours.netloc)
