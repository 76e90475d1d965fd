"""Bodies that arrive slowly are in memory for as long; all of them together have a bound."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientError, ClientSession, web

from bot.web import reading
from bot.web.serving import serving


@pytest.fixture
async def address(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    monkeypatch.setattr(reading, "IN_FLIGHT", 3_000_000)

    async def post(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await reading.body_of(request))))

    app = web.Application()
    app.router.add_post("/", post)
    async with serving(app, "127.0.0.1", 0) as address:
        yield address


class Slow:
    """Sends what it is told to send; never the end before it is `ended`."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()

    async def arrived(self) -> None:
        """Return when the server has nearly all of it: what it says when it is asked again and again."""
        async with asyncio.timeout(10):
            while reading._Body.all_bytes < 2_000_000:  # noqa: ASYNC110 # only the server knows
                await asyncio.sleep(0)

    async def body(self, size: int) -> AsyncIterator[bytes]:
        for _ in range(size // 10_000):
            yield b"x" * 10_000
        await self.ended.wait()


async def test_who_comes_when_too_much_arrives_is_told_to_come_again(address: str) -> None:
    first = Slow()
    async with ClientSession() as http:
        slow = asyncio.create_task(_post(http, address, first.body(2_000_000)))
        await first.arrived()
        second = Slow()
        second.ended.set()
        with pytest.raises(Refused):
            await _post(http, address, second.body(2_000_000))
        first.ended.set()
        assert await slow == (200, "2000000")
        assert await _post(http, address, second.body(2_000_000)) == (200, "2000000")


class Refused(Exception):
    """With 503, or the server hung up on who was still sending."""


async def _post(http: ClientSession, address: str, body: AsyncIterator[bytes]) -> tuple[int, str]:
    try:
        async with http.post(address, data=body) as answer:
            if answer.status == 503:
                raise Refused
            return answer.status, await answer.text()
    except ClientError:
        raise Refused from None
