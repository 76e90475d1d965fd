"""The socket: hints at once, only to those whose business it is, and none after signing out."""

import asyncio

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from tests.web.conftest import Browser, SignIn
from tests.web.house import House


async def listen(browser: Browser) -> ClientWebSocketResponse:
    return await browser.client.ws_connect(browser.server / "console/live", origin=str(browser.server.origin()))


async def test_a_new_message_is_hinted_and_nothing_of_it_told(home: House, sign_in: SignIn) -> None:
    mei = await sign_in("Mei")
    async with await listen(mei) as socket:
        ticket = await home.customer_writes("a secret")
        hint = await asyncio.wait_for(socket.receive_str(), 5)
    assert f"[[{ticket}, " in hint
    assert "secret" not in hint


async def test_another_queue_hears_nothing(home: House, sign_in: SignIn) -> None:
    """Ada, who sees all, has heard of it when Omar is asked."""
    omar, ada = await sign_in("Omar"), await sign_in("Ada")
    async with await listen(omar) as his, await listen(ada) as hers:
        await home.customer_writes("Hello")
        await asyncio.wait_for(hers.receive_str(), 5)
        await omar.post("console/logout", {})
        last = await asyncio.wait_for(his.receive(), 5)
    assert last.type is WSMsgType.CLOSE


async def test_signing_out_closes_the_socket(home: House, sign_in: SignIn) -> None:
    mei = await sign_in("Mei")
    async with await listen(mei) as socket:
        await mei.post("console/logout", {})
        last = await asyncio.wait_for(socket.receive(), 5)
    assert last.data == 4401


async def test_another_site_cannot_listen(sign_in: SignIn) -> None:
    mei = await sign_in("Mei")
    with pytest.raises(WSServerHandshakeError, match="403"):
        await mei.client.ws_connect(mei.server / "console/live", origin="https://evil.example")
