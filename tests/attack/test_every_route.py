"""What holds for each address of the server, taken from its own router: a new route without its guards fails here."""

import re
from collections.abc import Iterator

import pytest

from tests.attack.fort import Browser, Fort

OPEN = {
    "/",
    "/health",
    "/metrics",
    "/console",
    "/console/login",
    "/console/tickets/{ticket}",
    "/console/time",
    "/console/time/{part}",
    "/hooks/{inbox}",
    "/slack/events",
    "/static",
    "/chat/{inbox}/files",
    "/chat/{inbox}/files/{visitor}/{seq}/{nth}",
    "/chat/{inbox}/frame",
    "/chat/{inbox}/socket",
    "/chat/{inbox}/widget.js",
    "/chat/{inbox}/words/{catalogue}",
}
"""What needs no session; all else does. Whatever is added here must guard itself."""
UNSIGNED = {"/console/login", "/console/as/{person}"}
"""What makes a session: nothing to steal yet, so no token, but our own origin."""


def routes(fort: Fort, *, ticket: object = 1, file: object = 1) -> Iterator[tuple[str, str, str]]:
    """Method, address as the router knows it, and an address of that kind."""
    given = {"inbox": "site", "visitor": "x", "seq": "1", "nth": "0", "person": "1", "catalogue": "en", "part": "due"}
    given |= {"ticket": str(ticket), "file": str(file)}
    for route in fort.running.web.router.routes():
        kind = route.resource.canonical if route.resource else ""
        path = re.sub(r"\{(\w+)\}", lambda name: given[name[1]], kind)
        if route.method != "HEAD":
            yield route.method, kind, path


@pytest.fixture
async def mei(fort: Fort) -> Browser:
    await fort.opened(fort.customer(), "Where is my order?")
    return await fort.enters(fort.mei)


async def test_without_a_session_nothing_is_told_and_nothing_done(fort: Fort) -> None:
    await fort.opened(fort.customer(), "Where is my order?")
    before = fort.stored()
    for method, kind, path in routes(fort):
        if kind in OPEN or kind in UNSIGNED:
            continue
        for headers in ({}, {"Cookie": "dragoman=guess; __Host-dragoman=guess"}):
            reply = await fort.asks(method, path, headers={"Origin": fort.address, **headers})
            assert reply.status == 401, (method, path)
            assert b"order" not in reply.body
    assert fort.stored() == before


async def test_what_is_open_tells_nothing_of_customers(fort: Fort) -> None:
    await fort.opened(fort.customer("Canaria Vogel", "34600999888"), "a canary sings")
    for method, kind, path in routes(fort):
        if kind in OPEN:
            reply = await fort.asks(method, path)
            for word in ("canary", "Canaria", "34600999888", fort.number.app_secret, "Mei"):
                assert word not in reply.text, (method, path)


@pytest.mark.parametrize(
    "forged",
    [
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "guess"},
        {"X-CSRF-Token": "é"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
        {"Host": "evil.example", "Origin": "", "Sec-Fetch-Site": "same-origin"},
    ],
    ids=str,
)
async def test_no_other_page_changes_anything(mei: Browser, forged: dict[str, str]) -> None:
    """With the cookie, as a browser would send it along; the last two: a name of theirs that leads to us."""
    before = mei.fort.stored()
    for method, kind, path in routes(mei.fort):
        if method == "GET" or (kind in OPEN and not kind.startswith("/console")):
            continue
        if "X-CSRF-Token" in forged and kind in UNSIGNED:
            continue
        reply = await mei.asks(method, path, headers=forged, json={"key": "12345678", "text": "x"})
        assert reply.status == 403 or (kind, reply.status) == ("/console/as/{person}", 404), (method, path)
    assert mei.fort.stored() == before
    assert (await mei.asks("GET", "/console/api/list")).status == 200, "and she is still signed in"


async def test_a_page_of_ours_does(mei: Browser) -> None:
    """The other side of the tests above: it is the forgery that is refused."""
    assert (await mei.does("say", 1, text="A note.")).status == 200
    assert (await mei.asks("POST", "/console/logout")).status == 204


async def test_every_answer_has_its_headers(mei: Browser) -> None:
    for browser in (mei, Browser(mei.fort)):
        for method, kind, path in routes(mei.fort):
            if "socket" in kind or kind.endswith("live"):
                continue
            for asked in (path, f"{path}/nowhere", path.replace("/console", "/konsole")):
                headers = (await browser.asks(method, asked)).headers
                where = (method, asked)
                assert headers["X-Content-Type-Options"] == "nosniff", where
                assert "default-src 'none'" in headers["Content-Security-Policy"], where
                assert "'unsafe-inline'" not in headers["Content-Security-Policy"], where
                assert "frame-ancestors" in headers["Content-Security-Policy"], where
                assert headers["X-Frame-Options"] == "DENY", where
                assert headers["Referrer-Policy"] in ("no-referrer", "same-origin"), where
                assert headers["Cross-Origin-Opener-Policy"] == "same-origin", where
                assert headers["Server"] == "Dragoman", where
                private = asked.startswith(("/console", "/chat/site/files"))
                assert not private or headers["Cache-Control"] == "no-store", where


async def test_only_the_methods_that_are_meant(mei: Browser) -> None:
    known = {(method, path) for method, _, path in routes(mei.fort)}
    assert {method for method, _ in known} == {"GET", "POST"}
    for path in {path for _, path in known}:
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "GET", "POST"):
            if (method, path) not in known:
                reply = await mei.asks(method, path)
                assert reply.status in (404, 405), (method, path)
                assert "Access-Control-Allow-Origin" not in reply.headers


async def test_head_changes_nothing(mei: Browser) -> None:
    """aiohttp answers HEAD wherever GET is: it is asked for the token like everything that is no GET."""
    for method, kind, path in routes(mei.fort):
        if method == "GET" and kind.startswith("/console/api"):
            assert (await mei.asks("HEAD", path, without="X-CSRF-Token")).status == 403


async def test_our_own_files_stay_in_their_folder(fort: Fort) -> None:
    for path in ("../app.py", "%2e%2e/app.py", "..%2fapp.py", "console/../../app.py", "%5c..%5capp.py", "//etc/passwd"):
        reply = await fort.asks("GET", f"/static/{path}")
        assert reply.status in (403, 404)
    assert (await fort.asks("GET", "/static/")).status in (403, 404), "and are not listed"
