"""What every answer of ours says to the browser, and who may ask: headers, and the origin of a request."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

import structlog
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
    "Server": "Dragoman",
}
FRAMED: web.ResponseKey[bool] = web.ResponseKey("framed", bool)
"""Of a page that other sites may show; its own policy says which."""

_log = structlog.get_logger()


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


@web.middleware
async def closed_mouth(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A fault of ours says nothing to whoever asked, and to the log which route it was, not what was asked."""
    try:
        return await handler(request)
    except (HTTPException, ConnectionError):
        raise
    except Exception:
        where = request.match_info.route.resource
        _log.exception("web.fault", method=request.method[:10], route=where.canonical if where else "")
        if request.writer.output_size > 0:
            raise ConnectionResetError from None  # it was answered already: nothing more can be said
        raise web.HTTPInternalServerError from None


@web.middleware
async def unpacked(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Who sends us anything sends it as it is (`serving` unpacks nothing)."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise web.HTTPUnsupportedMediaType
    return await handler(request)


def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """For whoever sends an answer by themselves; all others get them by `secure_headers`."""
    headers = response.headers
    for name, value in HEADERS.items():
        if name != "X-Frame-Options" or not response.get(FRAMED):
            headers.setdefault(name, value)
    if request.app[PARTS].settings.secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    # Scripts and styles are asked for again (304 when unchanged): an upgrade must not meet an old page's half.
    headers.setdefault("Cache-Control", "no-cache" if request.path.startswith("/static/") else "no-store")


def same_origin(request: web.Request) -> bool:
    """Whether our own page made the request. A browser that says where it comes from is believed; silence is not.

    `Sec-Fetch-Site` comes on https and localhost only; elsewhere `Origin` must be ours: the public address, or this
    very host where no name leads to it. A foreign name that leads here (DNS rebinding) makes nothing ours.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    ours, origin = urlsplit(request.app[PARTS].settings.public_url), _origin(request)
    if origin is None:
        return False
    if not origin.netloc:
        return site == "same-origin" and (request.host == ours.netloc or _is_nameless(request.host))
    if origin.netloc == ours.netloc:
        return origin.scheme == ours.scheme
    return origin.netloc == request.host and _is_nameless(request.host)


def _origin(request: web.Request) -> SplitResult | None:
    try:
        return urlsplit(request.headers.get("Origin", ""))
    except ValueError:
        return None


def _is_nameless(host: str) -> bool:
    """An address, or this machine: nobody else can make such a host theirs."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or bool(ipaddress.ip_address(name))
    except ValueError:
        return False
