"""The customer's phone: what is done on it happens in the simulator, and only our own page may do it."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, FormData
from aiohttp.test_utils import TestServer

from bot.demo.customer import CustomerPages
from bot.demo.graph import Customer, GraphSim
from bot.web.app import build
from tests.web.house import NINE, House

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture
async def emma() -> AsyncIterator[Customer]:
    sim = GraphSim(lambda: NINE)
    sim.number()
    yield sim.customer("Emma Carter", "12125550142")
    await sim.close()


@pytest.fixture
async def phone(home: House, emma: Customer) -> AsyncIterator[TestServer]:
    pages = CustomerPages(emma.sim, {"12125550142": "America/New_York"})
    running = TestServer(build(home.parts, pages.add))
    async with running:
        yield running


@pytest.fixture
async def hand(phone: TestServer) -> AsyncIterator[ClientSession]:
    origin = str(phone.make_url("/").origin())
    async with ClientSession(phone.make_url("/"), headers={"Origin": origin}) as session:
        yield session


async def test_words_are_sent_as_the_customer(emma: Customer, hand: ClientSession) -> None:
    assert (await hand.post("/demo/customer/12125550142/say", json={"text": " Hello "})).status == 200
    assert [message.text for message in emma.messages] == ["Hello"]
    shown = await (await hand.get("/demo/customer/12125550142")).json()
    assert [(message["text"], message["mine"]) for message in shown["messages"]] == [("Hello", True)]


async def test_a_picture_is_sent_and_can_be_looked_at(emma: Customer, hand: ClientSession) -> None:
    form = FormData()
    form.add_field("file", PNG, filename="shade.png", content_type="image/png")
    assert (await hand.post("/demo/customer/12125550142/file", data=form)).status == 200
    (message,) = emma.messages
    assert message.kind == "image"
    seen = await hand.get(f"/demo/customer/files/{message.id}")
    assert (await seen.read(), seen.headers["Content-Disposition"]) == (PNG, "inline")


async def test_looking_sends_read_receipts(emma: Customer, hand: ClientSession) -> None:
    await emma.writes("Hello")
    answer = await emma.sim.phone_app_writes(emma, "Good morning")
    answer.sender = "business"
    await hand.post("/demo/customer/12125550142/read", json={})
    assert answer.status == "read"


async def test_another_site_cannot_write_as_the_customer(emma: Customer, hand: ClientSession) -> None:
    forged = {"Origin": "https://evil.example"}
    response = await hand.post("/demo/customer/12125550142/say", json={"text": "Hi"}, headers=forged)
    assert response.status == 403
    assert emma.messages == []


async def test_the_page_offers_who_there_is(hand: ClientSession) -> None:
    page = await (await hand.get("/demo/customer")).text()
    assert "Emma Carter" in page
    assert "America/New_York" in page
    assert (await hand.post("/demo/customer/999/say", json={"text": "Hi"})).status == 404
