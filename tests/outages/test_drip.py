"""A server that takes the request and then says nothing, half of an answer, or a byte now and then: each of our ways
out ends by itself, and says that nobody knows what came of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime

import aiohttp
import pytest

from bot.desks.slack.api import Api as SlackApi
from bot.desks.telegram import api as telegram
from bot.http import Http
from core.errors import SendError

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
PATIENCE = 0.2
"""Real seconds that each client is given; nothing is measured by them."""
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{"
Talk = Callable[[asyncio.StreamWriter], Awaitable[None]]


async def nothing(writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def half(writer: asyncio.StreamWriter) -> None:
    writer.write(ANSWER)
    await asyncio.Event().wait()


async def drops(writer: asyncio.StreamWriter) -> None:
    """Never longer silent than a limit for each piece allows."""
    writer.write(ANSWER)
    while True:
        writer.write(b" ")
        await asyncio.sleep(PATIENCE / 20)


@pytest.fixture(params=[nothing, half, drops], ids=lambda talk: talk.__name__)
async def server(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    talk: Talk = request.param
    lines: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        lines.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await reader.readuntil(b"\r\n\r\n")
            await talk(writer)
        writer.transport.abort()

    listener = await asyncio.start_server(connected, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    listener.close()
    for line in lines:
        line.cancel()
    await asyncio.gather(*lines, return_exceptions=True)


async def test_a_channels_way_out(server: str) -> None:
    async with Http([server], timeout=aiohttp.ClientTimeout(total=PATIENCE)) as http:
        with pytest.raises(SendError) as failure:
            await http.call("POST", f"{server}/messages", json={"text": "hello"})
    assert (failure.value.code, failure.value.certain) == ("timeout", False)


async def test_slacks(server: str) -> None:
    api = SlackApi("xoxb-1", f"{server}/api/", None, PATIENCE, lambda: NINE)
    try:
        with pytest.raises(SendError) as failure:
            await api.call("chat.postMessage", channel="C1", text="hello")
    finally:
        await api.close()
    assert (failure.value.code, failure.value.certain) == ("timeout", False)


async def test_telegrams(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram, "LONGEST", PATIENCE)
    api = telegram.Api("1:token", server, None, PATIENCE * 2, moved)
    try:
        with pytest.raises(SendError) as failure:
            await api.say(-100, "hello")
    finally:
        await api.close()
    assert (failure.value.code, failure.value.certain) == ("timeout", False)


async def moved(old: int, new: int) -> None:
    raise AssertionError("no group has moved")
