"""Signing in by a one-time link, sessions in a cookie, signing out, and the check that stands before every request."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from hmac import compare_digest

from aiohttp import web
from aiohttp_jinja2 import render_template

from bot import i18n
from bot.web.hub import HUB
from bot.web.keys import PARTS, PERSON, SESSION, Session
from bot.web.parts import Parts
from bot.web.reading import form_of
from bot.web.security import same_origin
from core.ids import PersonId
from core.people import Person
from storage import WebSession

NOTED = timedelta(minutes=5)
"""How often a session that is in use is written down as such."""
CSRF_HEADER = "X-CSRF-Token"

Route = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_routes(router: web.UrlDispatcher) -> None:
    router.add_get("/console/login", show_login)
    router.add_post("/console/login", use_login)
    router.add_post("/console/logout", signed_in(log_out))
    router.add_post("/console/as/{person:\\d+}", take_on)


def signed_in(route: Route) -> Route:
    """The one check: a live session of an active person; and what changes something comes from our own page.

    Answers 401 without a session, 403 when the request was forged.
    """

    async def checked(request: web.Request) -> web.StreamResponse:
        session, person = await _session(request)
        if request.method != "GET" and not _is_ours(request, session.csrf):
            raise web.HTTPForbidden
        request[SESSION], request[PERSON] = session, person
        return await route(request)

    return checked


async def _session(request: web.Request) -> tuple[Session, Person]:
    parts, token = request.app[PARTS], request.cookies.get(cookie_name(request), "")
    found = await live_session(parts, token) if token else None
    person = await parts.store.person(found.person) if found else None
    if found is None or person is None or not person.active:
        raise web.HTTPUnauthorized
    now = parts.clock.now()
    if now - found.seen_at > NOTED:
        await parts.store.touch_session(token, now, found.expires_at - now)
    return Session(token, found.csrf), person


async def live_session(parts: Parts, token: str) -> WebSession | None:
    """None when it was not used for a while, or is too old: `expires_at` never moves."""
    now = parts.clock.now()
    found = await parts.store.web_session(token, now)
    if found is not None and now - found.seen_at > parts.settings.session_idle:
        await parts.store.end_session(token)
        return None
    return found


def cookie_name(request: web.Request) -> str:
    """`__Host-`: the browser refuses it from a sibling domain or over plain http."""
    return "__Host-dragoman" if request.app[PARTS].settings.secure else "dragoman"


def _is_ours(request: web.Request, csrf: str) -> bool:
    given = request.headers.get(CSRF_HEADER, "").encode(errors="surrogateescape")
    return same_origin(request) and compare_digest(given, csrf.encode())


async def show_login(request: web.Request) -> web.StreamResponse:
    """A button to press: a chat's link preview fetches this page and must not use the token up."""
    return await _page(request, request.query.get("token", ""))


async def use_login(request: web.Request) -> web.StreamResponse:
    if not same_origin(request):
        raise web.HTTPForbidden
    parts = request.app[PARTS]
    form = await form_of(request)
    session = await parts.store.redeem_login(form.get("token", ""), parts.clock.now(), parts.settings.session_life)
    if session is None:
        return await _page(request, "", status=403)
    return _with_cookie(request, session.token)


async def take_on(request: web.Request) -> web.StreamResponse:
    """In the demo: be one of its people without a sign-in, in the visitor's language."""
    parts = request.app[PARTS]
    person = PersonId(int(request.match_info["person"]))
    if person not in parts.settings.people:
        raise web.HTTPNotFound
    if not same_origin(request):
        raise web.HTTPForbidden
    await parts.store.set_person(person, locale=browser_locale(request))
    session = await parts.store.new_session(person, parts.clock.now(), parts.settings.session_life)
    return _with_cookie(request, session.token)


async def log_out(request: web.Request) -> web.StreamResponse:
    token = request[SESSION].token
    await request.app[PARTS].store.end_session(token)
    await request.app[HUB].leave(token)
    response = web.Response(status=204)
    response.del_cookie(cookie_name(request), path="/", secure=request.app[PARTS].settings.secure, httponly=True)
    return response


def _with_cookie(request: web.Request, token: str) -> web.StreamResponse:
    parts = request.app[PARTS]
    response = web.Response(status=303, headers={"Location": "/console"})
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=int(parts.settings.session_life.total_seconds()),
        path="/",
        httponly=True,
        samesite="Strict",
        secure=parts.settings.secure,
    )
    return response


async def _page(request: web.Request, token: str, status: int = 200) -> web.StreamResponse:
    parts = request.app[PARTS]
    people = [person for person in (await parts.store.roster()).people if person.id in parts.settings.people]
    locale = browser_locale(request)
    context = {
        "locale": locale,
        "t": lambda key, **params: i18n.t(locale, key, **params),
        "token": token,
        "refused": status != 200,
        "organisation": parts.settings.organisation,
        "people": people,
        "theme": request.cookies.get("theme", ""),
    }
    response = render_template("login.html", request, context, status=status)
    # The form's own post must say where it comes from; with `no-referrer` a browser sends `Origin: null`.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def browser_locale(request: web.Request) -> str:
    """The first language the browser asks for that we have; before a person is known."""
    for tag in request.headers.get("Accept-Language", "").split(","):
        wanted = tag.partition(";")[0].strip()
        if wanted and i18n.nearest_locale(wanted).partition("-")[0] == wanted.partition("-")[0].lower():
            return i18n.nearest_locale(wanted)
    return i18n.DEFAULT
