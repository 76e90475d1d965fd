"""What one visitor may ask of us, and what they are told when it is too much."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from bot.web.chat.connection import QUEUE, Connection
from bot.web.chat.hub import CHAT, OF_ADDRESS, OF_VISITOR
from bot.web.chat.socket import address_of
from tests.web.chat.conftest import SITE, Shop
from tests.web.chat.page import Page


async def refused(page: Page, **fields: Any) -> str:
    frame = await page.hears("refused", **fields)
    assert frame["words"]
    assert frame["words"] != frame["code"]
    code: str = frame["code"]
    return code


async def test_a_long_text_is_refused_and_the_longest_taken(shop: Shop) -> None:
    page = await shop.opens()
    too_long = await page.says("x" * 4001)
    assert await refused(page, id=too_long) == "too_long"
    await page.hears("taken", id=await page.says("🙂" * 4000))


@pytest.mark.parametrize("text", ["", "  \n\t "])
async def test_nothing_is_nothing(shop: Shop, text: str) -> None:
    page = await shop.opens()
    assert await refused(page, id=await page.says(text)) == "empty"


async def test_ten_in_ten_seconds_whatever_the_tab(shop: Shop) -> None:
    one = await shop.opens()
    two = await shop.opens(token=one.token)
    for nth in range(10):
        page = (one, two)[nth % 2]
        await page.hears("taken", id=await page.says(f"{nth}"))
    id = await two.says("the eleventh")
    assert await refused(two, id=id) == "too_fast"
    await shop.clock.forward("10s")
    await two.says("the eleventh", id)
    await two.hears("taken", id=id)


async def test_the_words_are_in_the_visitors_language(shop: Shop) -> None:
    page = await shop.opens(locale="zh-TW")
    await page.says("")
    assert "请输入" in (await page.hears("refused"))["words"]


@pytest.mark.parametrize(
    "frame",
    [
        "not json",
        "[]",
        "7",
        "null",
        "[" * 10_000,
        '{"type": "say"}',
        '{"type": "say", "id": "short", "text": "x"}',
        '{"type": "say", "id": "message-1", "text": 7}',
        '{"type": "say", "id": "message-1", "text": "x", "files": "y"}',
        '{"type": "ack", "seen": -1}',
        '{"type": "ack", "seen": "9"}',
        '{"type": "ack", "seen": 1e400}',
        '{"type": "ack", "seen": 9007199254740992}',
        '{"type": "language", "locale": "<b>"}',
        '{"type": "typing", "on": "yes"}',
        '{"type": "destroy"}',
        '{"type": "hello"}',
    ],
)
async def test_what_is_no_frame_is_refused_and_costs_nothing(shop: Shop, frame: str) -> None:
    page = await shop.opens()
    await page.ws.send_str(frame)
    assert await refused(page) == "bad_frame"
    await page.hears("taken", id=await page.says("still there"))


async def test_who_sends_nonsense_only_is_shown_the_door(shop: Shop) -> None:
    page = await shop.opens()
    for _ in range(11):
        await page.ws.send_str("nonsense")
    assert await page.closed() == 4000


async def test_a_frame_has_64_kilobytes(shop: Shop) -> None:
    page = await shop.opens()
    await page.ws.send_str(json.dumps({"type": "say", "id": "message-1", "text": "x" * 66_000}))
    assert await page.closed() == 1009


async def test_a_flood_ends_the_line(shop: Shop) -> None:
    page = await shop.opens()
    for _ in range(121):
        await page.sends("ping")
    assert await page.closed() == 4008


async def test_bytes_are_no_frame(shop: Shop) -> None:
    page = await shop.opens()
    await page.ws.send_bytes(b"{}")
    assert await page.closed() == 4000


# --- hello ----------------------------------------------------------------------------------------------------------


async def test_who_says_no_hello_is_not_waited_for(shop: Shop) -> None:
    shop.server.app[CHAT].patience = 0
    page = await shop.connects()
    assert await page.closed() == 4001


async def test_hello_comes_first(shop: Shop) -> None:
    page = await shop.connects()
    await page.says("hello?")
    assert await refused(page) == "hello_first"
    assert await page.closed() == 4000


# --- how many -------------------------------------------------------------------------------------------------------


async def test_a_visitor_has_so_many_tabs(shop: Shop) -> None:
    pages = [await shop.opens()]
    while len(pages) < OF_VISITOR:
        pages.append(await shop.opens(token=pages[0].token))
    last = await shop.connects()
    await last.sends("hello", token=pages[0].token)
    assert await refused(last) == "too_many"
    assert await last.closed() == 4013
    await pages[1].ws.close()
    await shop.opens(token=pages[0].token)


async def test_an_address_has_so_many_sockets(shop: Shop) -> None:
    """Behind our proxy each is counted by whom the proxy names."""
    held = [await shop.connects(**{"X-Forwarded-For": "198.51.100.7"}) for _ in range(OF_ADDRESS)]
    last = await shop.connects(**{"X-Forwarded-For": "203.0.113.1, 198.51.100.7"})
    assert await refused(last) == "too_many"
    assert await last.closed() == 4013
    await (await shop.connects(**{"X-Forwarded-For": "198.51.100.8"})).sends("hello")
    await shop.opens()
    assert len(held) == OF_ADDRESS


async def test_an_address_makes_so_many_visitors(shop: Shop) -> None:
    for _ in range(60):
        page = await shop.opens()
        await page.ws.close()
    last = await shop.connects()
    await last.sends("hello")
    assert await refused(last) == "busy"
    await shop.opens(token=page.token)
    await shop.clock.forward("10m")
    await shop.opens()


class Stuck:
    """A page's socket that takes nothing any more."""

    def __init__(self) -> None:
        self.sending, self.code = asyncio.Event(), asyncio.get_running_loop().create_future()

    async def send_json(self, frame: object) -> None:
        self.sending.set()
        await asyncio.Event().wait()

    async def close(self, *, code: int, message: bytes) -> None:
        self.code.set_result(code)


async def test_who_reads_nothing_is_told_to_come_back(shop: Shop) -> None:
    hub, stuck = shop.server.app[CHAT], Stuck()
    connection = Connection(hub, hub.sites[SITE], stuck, "")  # type: ignore[arg-type] # the part that it uses
    for nth in range(QUEUE + 1):
        connection.push({"nth": nth})
    assert await asyncio.wait_for(stuck.code, 5) == 4008


@pytest.mark.parametrize("seq", [0, -1, True, "1", 1.5, 2**63, 10**30])
async def test_an_answer_to_no_entry_is_refused(shop: Shop, seq: Any) -> None:
    page = await shop.opens()
    await page.hears("taken", id=await page.says("hello"))
    id = await page.says("to that", reply_to=seq)
    assert await refused(page, id=id) == "bad_reply"


@pytest.mark.parametrize(
    ("peer", "told", "address"),
    [
        ("8.8.4.4", "", "8.8.4.4"),
        ("8.8.4.4", "198.51.100.1", "8.8.4.4"),
        ("127.0.0.1", "198.51.100.1, 8.8.4.4", "8.8.4.4"),
        ("127.0.0.1", "unknown", "unknown"),
        ("::ffff:8.8.8.8", "198.51.100.1", "8.8.8.8"),
        ("2606:4700:1:2:3:4:5:6", "", "2606:4700:1:2::/64"),
        ("fe80::1%eth0", "2606:4700:1:2::7", "2606:4700:1:2::/64"),
    ],
)
def test_a_flood_is_counted_by_whom_it_comes_from(peer: str, told: str, address: str) -> None:
    """Whoever has one address of IPv6 has all of its network; and only a proxy of ours is believed about others."""
    for headers in ([("X-Forwarded-For", told)], [("X-Forwarded-For", "9.9.9.9"), ("X-Forwarded-For", told)]):
        request = make_mocked_request("GET", "/", headers=CIMultiDict(headers))
        assert address_of(request.clone(remote=peer)) == address
