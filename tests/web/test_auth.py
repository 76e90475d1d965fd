"""Who gets in, how long they stay, and that nobody else's page can act for them."""

from datetime import timedelta

from aiohttp.test_utils import TestServer
from yarl import URL

from tests.web.conftest import Browser, SignIn
from tests.web.house import House


async def test_without_a_session_the_console_leads_to_the_sign_in(stranger: Browser) -> None:
    page = await stranger.get("console")
    api = await stranger.get("console/api/list")
    assert (page.status, page.headers["Location"]) == (302, "/console/login")
    assert api.status == 401


async def test_looking_at_a_link_does_not_use_it_up(home: House, stranger: Browser) -> None:
    """A chat's link preview fetches it before the person does."""
    token = await home.link("Mei")
    assert "<form" in await (await stranger.get("console/login", token=token)).text()
    again = await stranger.uses_link(token)
    assert again.status == 303


async def test_a_link_works_once(home: House, stranger: Browser) -> None:
    token = await home.link("Mei")
    first = await stranger.uses_link(token)
    second = await stranger.uses_link(token)
    assert (first.status, second.status) == (303, 403)


async def test_a_link_is_too_old_after_ten_minutes(home: House, stranger: Browser) -> None:
    token = await home.link("Mei")
    home.clock.forward(minutes=11)
    late = await stranger.uses_link(token)
    assert late.status == 403


async def test_another_site_cannot_sign_somebody_in(home: House, stranger: Browser) -> None:
    token = await home.link("Mei")
    forged = await stranger.uses_link(token, origin="https://evil.example")
    assert forged.status == 403
    assert await home.store.redeem_login(token, home.clock.now(), timedelta(days=1)) is not None


async def test_the_cookie_is_kept_from_scripts_and_other_sites(home: House, stranger: Browser) -> None:
    response = await stranger.uses_link(await home.link("Mei"))
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/" in cookie


async def test_a_session_ends_after_twelve_idle_hours(home: House, sign_in: SignIn) -> None:
    mei = await sign_in("Mei")
    home.clock.forward(hours=11)
    assert (await mei.get("console/api/list")).status == 200
    home.clock.forward(hours=11)
    assert (await mei.get("console/api/list")).status == 200
    home.clock.forward(hours=13)
    assert (await mei.get("console/api/list")).status == 401


async def test_a_session_ends_after_seven_days_however_busy(home: House, sign_in: SignIn) -> None:
    mei = await sign_in("Mei")
    for _ in range(20):
        home.clock.forward(hours=8)
        assert (await mei.get("console/api/list")).status == 200
    home.clock.forward(hours=8)
    assert (await mei.get("console/api/list")).status == 401


async def test_signing_out_ends_the_session_on_the_server(home: House, sign_in: SignIn, server: TestServer) -> None:
    mei = await sign_in("Mei")
    cookies = mei.client.cookie_jar.filter_cookies(URL(server.make_url("/")))
    kept = {name: morsel.value for name, morsel in cookies.items()}
    assert (await mei.post("console/logout", {})).status == 204
    old = await mei.asks("GET", mei.server / "console/api/list", cookies=kept)
    assert old.status == 401


async def test_who_leaves_the_team_is_out_at_once(home: House, sign_in: SignIn) -> None:
    mei = await sign_in("Mei")
    await home.store.update_person(home.people["Mei"].id, active=False)
    assert (await mei.get("console/api/list")).status == 401


async def test_a_post_needs_our_token_and_our_origin(home: House, sign_in: SignIn) -> None:
    mei = await sign_in("Mei")
    no_token = await mei.post("console/api/me", {"locale": "en"}, **{"X-CSRF-Token": "guess"})
    other_site = await mei.post("console/api/me", {"locale": "en"}, Origin="https://evil.example")
    said_so = await mei.post("console/api/me", {"locale": "en"}, **{"Sec-Fetch-Site": "cross-site"})
    ours = await mei.post("console/api/me", {"locale": "en"})
    assert [no_token.status, other_site.status, said_so.status, ours.status] == [403, 403, 403, 200]


async def test_nobody_takes_on_a_person_outside_the_demo(home: House, stranger: Browser) -> None:
    response = await stranger.post(f"console/as/{home.people['Mei'].id}", {})
    assert response.status == 404
