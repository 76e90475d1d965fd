"""The door for deliveries: only what is genuine is stored, only what is stored is answered with 200."""

import io
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp
import pytest
from aiohttp import web

from bot.channels import Around, build_channel
from bot.demo.graph_hooks import sign
from bot.http import Http
from bot.web.hooks import add_hooks
from bot.web.reading import BODY_LIMIT
from bot.web.refusals import Refusals
from core.ids import InboxName
from tests.channels.kits import NOW, StillClock, whatsapp_inbox
from tests.platforms.graph import GraphWorld
from tests.serving import served


@dataclass(slots=True)
class Ledger:
    """Keeps what it is given; `broken` is a database that is away."""

    rows: dict[tuple[str, str], tuple[bytes, Mapping[str, str], datetime]] = field(default_factory=dict)
    broken: bool = False

    async def put_raw(self, source: str, key: str, body: bytes, headers: Mapping[str, str], at: datetime) -> int | None:
        if self.broken:
            raise ConnectionError("postgres://user:password@host is away")
        if (source, key) in self.rows:
            return None
        self.rows[source, key] = body, headers, at
        return len(self.rows)


@dataclass(slots=True)
class House:
    graph: GraphWorld
    ledger: Ledger
    http: aiohttp.ClientSession
    base: str

    @property
    def hook(self) -> str:
        return f"{self.base}/hooks/wa"


def unheeded() -> Refusals:
    """Nobody is told."""

    async def silence(*_: object) -> None: ...

    return Refusals(StillClock(), silence, silence)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with GraphWorld(lambda: NOW) as graph:
        number = graph.number()
        inbox, ledger = whatsapp_inbox(graph), Ledger()
        async with Http([inbox.api_base]) as out, aiohttp.ClientSession() as session:
            channels = {InboxName("wa"): build_channel(inbox, Around(out, StillClock()))}
            app = web.Application()
            add_hooks(app, channels, ledger, StillClock(), refusals=unheeded())
            async with served(app) as base:
                number.webhook = f"{base}/hooks/wa"
                yield House(graph, ledger, session, base)


async def test_a_customers_message_is_stored_byte_for_byte_and_then_answered(house: House) -> None:
    await house.graph.customer("Ana").writes("Olá 🙂 / tudo bem?")

    ((body, status),) = house.graph.hooks.posts
    assert status == 200
    (((source, _), (stored, headers, at)),) = house.ledger.rows.items()
    assert (source, stored, at) == ("channel:wa", body, NOW)
    assert headers == {"content-type": "application/json", "user-agent": "facebookexternalua"}


async def test_the_same_delivery_again_is_taken_and_stored_once(house: House) -> None:
    await house.graph.customer("Ana").writes("hello")
    await house.graph.redeliver(everything=True)
    assert [status for _, status in house.graph.hooks.posts] == [200, 200]
    assert len(house.ledger.rows) == 1


async def test_a_forged_delivery_is_not_stored(house: House) -> None:
    number = house.graph.default_number
    for signature in ("sha256=" + "0" * 64, "sha1=abc", "", "sha256=é"):
        assert await house.graph.hooks.post(number, b"{}", signature) == 401
    assert house.ledger.rows == {}


async def test_a_database_that_is_away_makes_meta_deliver_again(house: House) -> None:
    ana = house.graph.customer("Ana")
    house.ledger.broken = True
    await ana.writes("hello")
    assert len(house.graph.hooks.undelivered) == 1

    house.ledger.broken = False
    assert await house.graph.redeliver() == 0
    assert [status for _, status in house.graph.hooks.posts] == [503, 200]
    assert len(house.ledger.rows) == 1


async def test_what_is_wrong_inside_is_not_told(house: House) -> None:
    house.ledger.broken = True
    await house.graph.customer("Ana").writes("hello")
    body, _ = house.graph.hooks.posts[-1]
    headers = {"X-Hub-Signature-256": sign(house.graph.default_number.app_secret, body)}
    async with house.http.post(house.hook, data=body, headers=headers) as reply:
        assert reply.status == 503
        assert "password" not in await reply.text()


async def test_garbage_with_a_good_signature_is_kept_for_somebody_to_look_at(house: House) -> None:
    assert await house.graph.hooks.post(house.graph.default_number, b"\xff not json") == 200
    assert [body for body, _, _ in house.ledger.rows.values()] == [b"\xff not json"]


async def test_the_handshake_is_answered_as_plain_text(house: House) -> None:
    assert await house.graph.hooks.verify(house.graph.default_number)
    query = {"hub.mode": "subscribe", "hub.verify_token": "verify-1", "hub.challenge": "<b>1</b>"}
    async with house.http.get(house.hook, params=query) as reply:
        assert await reply.text() == "<b>1</b>"
        assert (reply.content_type, reply.headers["X-Content-Type-Options"]) == ("text/plain", "nosniff")
    assert house.ledger.rows == {}


async def test_a_wrong_verify_token_is_refused(house: House) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "guess", "hub.challenge": "1"}
    for params in (query, {}):
        async with house.http.get(house.hook, params=params) as reply:
            assert reply.status == 403


async def test_an_inbox_nobody_configured_does_not_exist(house: House) -> None:
    for ask in (house.http.get, house.http.post):
        async with ask(f"{house.base}/hooks/other") as reply:
            assert reply.status == 404


async def test_other_methods_are_refused(house: House) -> None:
    for ask in (house.http.put, house.http.delete, house.http.patch):
        async with ask(house.hook) as reply:
            assert reply.status == 405


async def test_a_body_that_is_too_large_is_refused_with_or_without_saying_so(house: House) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(BODY_LIMIT // 65_536 + 1):
            yield bytes(65_536)

    for data in (io.BytesIO(bytes(BODY_LIMIT + 1)), chunks()):
        try:
            async with house.http.post(house.hook, data=data) as reply:
                assert reply.status == 413
        except aiohttp.ClientConnectionError:
            pass  # the server hung up on us while we were still sending
    assert house.ledger.rows == {}
