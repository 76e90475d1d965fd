"""Connections that are too many, too slow, too large, or say two things at once. The rest of the house works on."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.desks.slack import text as mrkdwn
from bot.desks.telegram import html
from bot.web.app import build
from bot.web.chat.pace import Pace
from bot.web.serving import serving
from core.cutting import split
from core.words import WITH_SLASH, one_line, parse_command, safe_name, starts_with_prefix, visible
from tests.attack.evil import WORDS
from tests.web.house import house

PATIENCE = 10.0
SOON = 0.2
HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"


@dataclass(slots=True)
class Line:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def says(self, sent: bytes) -> None:
        self.writer.write(sent)
        await self.writer.drain()

    async def hears(self) -> bytes:
        """All that comes until the server closes the line."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""

    async def is_answered(self) -> bytes:
        async with asyncio.timeout(PATIENCE):
            return await self.reader.readuntil(b"\r\n\r\n")


Dial = Callable[[], AbstractAsyncContextManager[Line]]


@pytest.fixture
def silence() -> float:
    """Seconds that the server waits."""
    return SOON


@pytest.fixture
async def dial(tmp_path: Path, silence: float) -> AsyncIterator[Dial]:
    """Lines to the real server, which takes four of them."""
    async with AsyncExitStack() as stack:
        home = await stack.enter_async_context(house(tmp_path / "blobs"))
        address = await stack.enter_async_context(serving(build(home.parts), "127.0.0.1", 0, silence=silence, most=4))
        where = urlsplit(address)

        @asynccontextmanager
        async def line() -> AsyncIterator[Line]:
            made = Line(*await asyncio.open_connection(where.hostname, where.port))
            try:
                yield made
            finally:
                made.writer.close()

        yield line


@pytest.mark.parametrize("sent", [b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ", b"\r\n" * 100])
async def test_who_says_nothing_whole_is_not_waited_for(dial: Dial, sent: bytes) -> None:
    async with dial() as line:
        await line.says(sent)
        assert await line.hears() == b""


async def test_who_drips_is_not_waited_for(dial: Dial) -> None:
    """A byte now and then, for ever: what counts is when the whole is there."""
    async with dial() as line:
        await line.says(b"GET / HTTP/1.1\r\nX-A: ")
        for _ in range(100):
            await line.says(b"a")
            with suppress(TimeoutError):
                async with asyncio.timeout(SOON / 10):
                    assert await line.reader.read() == b""
                    return
    raise AssertionError("it was waited for")


async def test_nor_is_a_second_request(dial: Dial) -> None:
    async with dial() as line:
        await line.says(HEALTH)
        assert (await line.is_answered()).startswith(b"HTTP/1.1 200")
        await line.says(b"GET / HTTP/1.1\r\nX-A: ")
        rest = await line.hears()
        assert b"HTTP/1.1" not in rest


@pytest.mark.parametrize("silence", [10 * PATIENCE])
async def test_there_is_room_for_so_many_and_then_again(dial: Dial) -> None:
    """Those who are there stay; one too many is not even answered."""
    async with AsyncExitStack() as stack:
        for _ in range(4):
            line = await stack.enter_async_context(dial())
            await line.says(HEALTH)
            assert (await line.is_answered()).startswith(b"HTTP/1.1 200")
        async with dial() as fifth:
            with suppress(ConnectionError):
                await fifth.says(HEALTH)
            assert await fifth.hears() == b""
    for _ in range(100):
        async with dial() as line:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await line.says(HEALTH)
                if (await line.is_answered()).startswith(b"HTTP/1.1 200"):
                    return
    raise AssertionError("nobody was let in again")


HUGE = {
    "an address": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a query": b"GET /console/login?token=" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 100_000 + b"\r\n\r\n",
    "a header's name": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a" * 100_000 + b": x\r\n\r\n",
    "a cookie": b"GET / HTTP/1.1\r\nHost: x\r\nCookie: dragoman=" + b"a" * 100_000 + b"\r\n\r\n",
    "headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 5_000 + b"\r\n",
    "a method": b"G" * 100_000 + b" / HTTP/1.1\r\n\r\n",
    "a chunk's size": b"POST /hooks/wa HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 100_000,
}


@pytest.mark.parametrize("sent", HUGE.values(), ids=HUGE)
async def test_nothing_of_a_request_is_huge(dial: Dial, sent: bytes) -> None:
    async with dial() as line:
        await line.says(sent)
        answer = await line.hears()
        assert answer == b"" or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400", b"HTTP/1.1 404")), answer[:200]
        assert b"a" * 1000 not in answer


SECOND = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
SMUGGLED = {
    "two lengths": b"Content-Length: 0\r\nContent-Length: 5\r\n\r\n" + SECOND,
    "a length and chunks": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "chunks after something": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SECOND,
    "chunks by another name": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SECOND,
    "a blank before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "a folded line": b"X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "a signed length": b"Content-Length: +0\r\n\r\n" + SECOND,
    "a negative length": b"Content-Length: -1\r\n\r\n" + SECOND,
    "an underscore in a length": b"Content-Length: 1_0\r\n\r\n" + SECOND,
    "a NUL in a header": b"X: a\x00b\r\n\r\n" + SECOND,
    "a line end in a header": b"X: a\rTransfer-Encoding: chunked\r\n\r\n" + SECOND,
    "a chunk that says too little": b"Transfer-Encoding: chunked\r\n\r\n1\r\nabcdef\r\n0\r\n\r\n" + SECOND,
    "a chunk's odd size": b"Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n" + SECOND,
}


@pytest.mark.parametrize("sent", SMUGGLED.values(), ids=SMUGGLED)
async def test_a_request_that_a_proxy_could_read_otherwise_ends_the_line(dial: Dial, sent: bytes) -> None:
    """The second request, which a proxy would take for the body of the first, is never answered."""
    async with dial() as line:
        await line.says(b"POST /console/login HTTP/1.1\r\nHost: x\r\n" + sent)
        answer = await line.hears()
        assert b"dragoman_raw_waiting" not in answer
        assert b" 400 " in answer.partition(b"\r\n")[0] or answer.count(b"HTTP/1.") <= 1


def test_a_crowd_costs_each_of_its_members_the_same() -> None:
    """Everybody from another address: who looked through all of them at each new one would need minutes here."""
    pace, now = Pace(1, timedelta(days=1)), datetime(2026, 3, 2, tzinfo=UTC)
    before = time.process_time()
    assert all(pace.allows(str(number), now) for number in range(50_000))
    assert time.process_time() - before < 10


@pytest.mark.parametrize("words", [*WORDS.values(), "https://a" + "." * 30_000 + "x", "https://a" + "&" * 30_000])
def test_no_words_stop_the_house(words: str) -> None:
    """What is done with each text on its way to a desk takes time by its length, not by the square of it."""
    long = words * max(1, 30_000 // len(words))
    before = time.process_time()
    for look in (visible, safe_name, mrkdwn.body, mrkdwn.typed, html.foreign, html.quote, starts_with_prefix):
        look(long)
    split(long, 4096)
    one_line(long, 120)
    parse_command(f"!{long}", WITH_SLASH)
    assert time.process_time() - before < 5
