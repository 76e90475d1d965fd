"""Whatever comes as a body: each route takes it or refuses it; none breaks, waits for ever, or grows without end."""

import asyncio
import gzip
import io
import re
import zlib
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from bot.web import files, reading
from bot.web.reading import BODY_LIMIT, JSON_LIMIT
from bot.web.serving import serving
from tests.attack.evil import BODIES, FILE, FORMS
from tests.attack.fort import Browser, Fort

KINDS = (
    "application/json",
    "application/json; charset=none",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
)
FIRST = {
    "inbox": "site",
    "ticket": "1",
    "file": "1",
    "person": "1",
    "visitor": "x",
    "seq": "1",
    "nth": "0",
    "part": "due",
}


def takes_bodies(fort: Fort) -> list[str]:
    """Every address to which somebody may post, with something in place of its parameters."""
    routes = fort.running.web.router.routes()
    paths = sorted({route.resource.canonical for route in routes if route.method == "POST" and route.resource})
    paths += ["/hooks/wa"]
    return [re.sub(r"\{(\w+)\}", lambda name: FIRST[name[1]], path) for path in paths if path != "/console/logout"]


@pytest.mark.parametrize("fort", ["sqlite", "postgres"], indirect=True)
async def test_no_route_breaks_over_any_body(fort: Fort, capsys: pytest.CaptureFixture[str]) -> None:
    await fort.opened(fort.customer(), "Where is my order?")
    ada, odd = await fort.enters(fort.ada), []
    for path in takes_bodies(fort):
        for name, body in BODIES.items():
            for kind in KINDS if name in FORMS else KINDS[:1]:
                reply = await ada.asks("POST", path, data=io.BytesIO(body), headers={"Content-Type": kind})
                if reply.status >= 500:
                    odd.append((path, name, kind, reply.status))
    await fort.settled()
    assert odd == []
    assert '"level": "error"' not in capsys.readouterr().err


async def test_no_route_breaks_over_signed_garbage(fort: Fort, capsys: pytest.CaptureFixture[str]) -> None:
    """An app's secret may be known to others. The intake goes on with what comes after."""
    for body in BODIES.values():
        assert (await fort.delivers(body)).status in (200, 400, 413)
    await fort.opened(fort.customer(), "Where is my order?")
    assert "RecursionError" not in capsys.readouterr().err


async def _pieces(size: int) -> AsyncIterator[bytes]:
    """Without saying how many they are."""
    for _ in range(size // 65_536 + 1):
        yield bytes(65_536)


@pytest.mark.parametrize(
    ("path", "kind", "limit"),
    [
        ("/hooks/wa", "application/json", BODY_LIMIT),
        ("/slack/events", "application/json", BODY_LIMIT),
        ("/console/api/say", "application/json", JSON_LIMIT),
        ("/console/login", "application/x-www-form-urlencoded", 8192),
    ],
)
async def test_a_body_has_a_limit_whether_or_not_it_says_its_size(
    mei: Browser, path: str, kind: str, limit: int
) -> None:
    for body in (io.BytesIO(bytes(limit + 1)), _pieces(10 * 1024 * 1024)):
        try:
            reply = await mei.asks("POST", path, data=body, headers={"Content-Type": kind})
        except ConnectionError:
            continue  # the server hung up on us while we were still sending
        assert reply.status == 413


BOMB = bytes(50 * 1024 * 1024)


@pytest.mark.parametrize(
    ("packed", "body"),
    [
        ("gzip", gzip.compress(BOMB)),
        ("deflate", zlib.compress(BOMB)),
        ("x-gzip", gzip.compress(BOMB)),
        ("br", b"x"),
        ("zstd", b"x"),
        ("gzip, gzip", gzip.compress(gzip.compress(BOMB))),
        ("GZIP", gzip.compress(BOMB)),
    ],
)
async def test_nothing_is_unpacked(fort: Fort, packed: str, body: bytes) -> None:
    headers = {"Content-Encoding": packed, "Content-Type": "application/json"}
    for path in ("/hooks/wa", "/slack/events", "/console/login", "/nowhere"):
        assert (await fort.asks("POST", path, data=io.BytesIO(body), headers=headers)).status == 415


async def test_nor_is_what_nobody_reads() -> None:
    """What is refused is still read for a moment, so that whoever sends it hears of it: as it came."""

    async def measured(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    app, body = web.Application(), gzip.compress(bytes(1024 * 1024))
    app.router.add_post("/", measured)
    async with (
        serving(app, "127.0.0.1", 0) as address,
        aiohttp.ClientSession() as http,
        http.post(address, data=body, headers={"Content-Encoding": "gzip"}) as reply,
    ):
        assert await reply.text() == str(len(body))


@pytest.mark.parametrize("path", ["/hooks/wa", "/slack/events", "/console/api/say", "/console/login"])
async def test_a_body_that_drips_is_not_waited_for(mei: Browser, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PATIENCE", 0.05)
    kind = "application/x-www-form-urlencoded" if path.endswith("login") else "application/json"

    async def drips() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    async with asyncio.timeout(10):
        reply = await mei.asks("POST", path, data=drips(), headers={"Content-Type": kind})
    assert reply.status == 408


async def test_an_upload_that_drips_is_not_waited_for(mei: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PATIENCE", 0.05)

    async def drips() -> AsyncIterator[bytes]:
        yield FILE % b"a.png"
        await asyncio.Event().wait()

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with asyncio.timeout(10):
        reply = await mei.asks("POST", "/console/api/files", data=drips(), headers=headers)
    assert reply.status == 408
