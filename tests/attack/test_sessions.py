"""Somebody else's session: stolen, old, forced upon them, guessed; and the links that make one."""

import asyncio

import aiohttp
import pytest

from bot.web.live import OF_SESSION
from core.people import Role
from tests.attack.fort import Browser, Fort

LIST = "/console/api/list"


async def live(browser: Browser, http: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    headers = {"Cookie": browser.cookie, "Origin": browser.fort.address}
    return await http.ws_connect(f"{browser.fort.address}/console/live", headers=headers)


async def test_a_stolen_cookie_is_worth_nothing_after_signing_out(fort: Fort) -> None:
    hers = await fort.enters(fort.mei)
    thief = Browser(fort, hers.cookie)
    assert (await thief.asks("GET", LIST)).status == 200
    assert (await thief.does("say", text="!away", files=[])).status == 403, "he has no token"
    await hers.asks("POST", "/console/logout")
    assert (await thief.asks("GET", LIST)).status == 401


@pytest.mark.parametrize("span", ["13h", "8d"])
async def test_an_old_session_ends_its_socket_too(fort: Fort, span: str) -> None:
    """It was open when the session was good; nobody asks for anything over it."""
    hers = await fort.enters(fort.mei)
    async with aiohttp.ClientSession() as http:
        socket = await live(hers, http)
        await fort.forward(span)
        last = await asyncio.wait_for(socket.receive(), 10)
    assert (last.type, last.data) == (aiohttp.WSMsgType.CLOSE, 4401)
    assert (await hers.asks("GET", LIST)).status == 401


async def test_who_leaves_the_team_loses_every_session_and_socket(fort: Fort) -> None:
    hers, other = await fort.enters(fort.mei), await fort.enters(fort.mei)
    async with aiohttp.ClientSession() as http:
        socket = await live(hers, http)
        await fort.running.store.update_person(fort.mei.person.id, active=False)
        await fort.forward("1m")
        last = await asyncio.wait_for(socket.receive(), 10)
    assert last.data == 4401
    assert [(await each.asks("GET", LIST)).status for each in (hers, other)] == [401, 401]


async def test_a_role_that_is_taken_away_is_gone_at_the_next_request(fort: Fort) -> None:
    hers = await fort.enters(fort.ada)
    assert (await hers.asks("GET", "/console/api/trouble")).status == 200
    await fort.running.store.update_person(fort.ada.person.id, role=Role.AGENT)
    assert (await hers.asks("GET", "/console/api/trouble")).status == 403


async def test_a_session_cannot_be_forced_upon_somebody(fort: Fort) -> None:
    """Whatever cookie they came with, signing in makes a new one."""
    token = await fort.link(fort.mei)
    planted = Browser(fort, "dragoman=planted")
    reply = await planted.asks("POST", "/console/login", data={"token": token})
    assert reply.status == 303
    assert "planted" not in reply.headers["Set-Cookie"]
    assert (await planted.asks("GET", LIST)).status == 401


async def test_the_way_in_leads_nowhere_else(fort: Fort) -> None:
    token = await fort.link(fort.mei)
    for query in ("next=https://evil.example", "token=x&redirect=//evil.example", "//evil.example/%2f.."):
        page = await fort.asks("GET", f"/console/login?{query}", headers={"Host": "evil.example"})
        assert (page.status, b"evil.example" in page.body) == (200, False)
    for path in ("//evil.example", "/console//evil.example", "/\\evil.example"):
        assert "evil" not in (await fort.asks("GET", path)).headers.get("Location", "")
    headers = {"Origin": fort.address, "X-Forwarded-Host": "evil.example"}
    reply = await fort.asks("POST", "/console/login?next=//evil.example", data={"token": token}, headers=headers)
    assert reply.headers["Location"] == "/console"


async def test_a_link_is_asked_of_the_configured_house_whoever_asks(fort: Fort) -> None:
    """Not of the host that a request names: a forged one would send the token elsewhere."""
    hers = await fort.enters(fort.mei)
    body = {"key": "host-attack-1", "text": "!login", "files": []}
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "Forwarded": "host=evil.example"}
    reply = await hers.asks("POST", "/console/api/say", json=body, headers=forged)
    assert "/console/login?token=" in reply.text
    assert "evil.example" not in reply.text


async def test_links_are_not_guessed(fort: Fort) -> None:
    token = await fort.link(fort.mei)
    assert len(token) >= 43, "256 bits: no pace is needed where nobody can guess"
    headers = {"Origin": fort.address, "Content-Type": "application/x-www-form-urlencoded"}
    for guess in (token[:-1], token.swapcase(), f"{token}A", "", "%", f"{token}%00", "0" * 43, "%ed%a0%80", "%ff"):
        reply = await fort.asks("POST", "/console/login", data=f"token={guess}", headers=headers)
        assert reply.status in (400, 403), guess
    reply = await fort.asks("POST", "/console/login", data={"token": token}, headers={"Origin": fort.address})
    assert reply.status == 303


@pytest.mark.parametrize("fort", [{"general": 'base_url = "https://desk.example"'}], indirect=True, ids=["https"])
async def test_the_cookie_is_bound_to_https_where_there_is_https(fort: Fort) -> None:
    """And to this host alone: `__Host-` is refused by browsers from a sibling domain."""
    data = {"token": await fort.link(fort.mei)}
    for origin, status in (("http://desk.example", 403), ("https://desk.example", 303)):
        reply = await fort.asks("POST", "/console/login", data=data, headers={"Origin": origin})
        assert reply.status == status
    cookie = reply.headers["Set-Cookie"]
    assert cookie.startswith("__Host-dragoman=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert reply.headers["Strict-Transport-Security"].startswith("max-age=31536000")


async def test_a_browser_has_so_many_sockets(fort: Fort) -> None:
    hers, his = await fort.enters(fort.mei), await fort.enters(fort.li)
    async with aiohttp.ClientSession() as http:
        held = [await live(hers, http) for _ in range(OF_SESSION)]
        with pytest.raises(aiohttp.WSServerHandshakeError, match="429"):
            await live(hers, http)
        await held.pop().close()
        assert not (await live(his, http)).closed, "and one who floods keeps nobody else out"


async def test_a_socket_unpacks_nothing(fort: Fort) -> None:
    """A message of a few bytes could be one of gigabytes."""
    hers = await fort.enters(fort.mei)
    visitors = f"{fort.address}/chat/site/socket"
    async with aiohttp.ClientSession() as http:
        headers = {"Cookie": hers.cookie, "Origin": fort.address}
        for where in (f"{fort.address}/console/live", visitors):
            async with http.ws_connect(where, headers=headers, compress=15) as socket:
                assert socket.compress == 0
