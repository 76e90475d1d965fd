"""The way out: where it may lead, how much it reads, and what its failures mean."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.addresses import ForbiddenAddress, GuardedResolver, is_public, origin_of
from bot.http import Http, clock_skew, retry_after, send_error
from core.errors import SEND_ERRORS, SendError
from tests.serving import served

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Names(AbstractResolver):
    """A name server of our own: each name has its addresses, one after the other."""

    def __init__(self, **names: list[str]) -> None:
        self.names = {name.replace("_", "."): addresses for name, addresses in names.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)
            for address in self.names[host]
        ]

    async def close(self) -> None:
        pass


@asynccontextmanager
async def serving(**routes: Handler) -> AsyncIterator[str]:
    """A little server on the loopback; its base address."""
    app = web.Application()
    for path, handler in routes.items():
        app.router.add_route("*", f"/{path}", handler)
    async with served(app) as base:
        yield base


async def refused(work: Awaitable[object]) -> SendError:
    with pytest.raises(SendError) as caught:
        await work
    assert caught.value.code in SEND_ERRORS
    return caught.value


# --- where it may lead ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a",
        "ftp://example.com/a",
        "file:///etc/passwd",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://[::ffff:10.0.0.1]/a",
        "https://10.1.2.3/a",
        "https://169.254.169.254/latest/meta-data",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://[fd00::1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://",
        "https://example.com:99999/",
        "",
        "/etc/passwd",
    ],
)
async def test_only_public_https_is_opened(url: str) -> None:
    async with Http(resolver=Names()) as http:
        error = await refused(http.download(url, limit=10))
    assert (error.code, error.retry, error.certain) == ("forbidden_address", False, True)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


async def test_a_name_that_leads_inside_is_refused_when_it_is_resolved() -> None:
    names = Names(evil_example_com=["10.0.0.5", "127.0.0.1"])
    async with Http(resolver=names) as http:
        error = await refused(http.download("https://evil.example.com/a", limit=10))
    assert (error.code, error.retry) == ("forbidden_address", False)
    assert names.asked == ["evil.example.com"]


async def test_the_guard_hands_on_only_the_public_addresses_of_a_name() -> None:
    guard = GuardedResolver([("graph.internal", 443)], Names(a=["10.0.0.5", "8.8.8.8"], graph_internal=["10.0.0.5"]))
    assert [one["host"] for one in await guard.resolve("a", 443)] == ["8.8.8.8"]
    assert [one["host"] for one in await guard.resolve("graph.internal", 443)] == ["10.0.0.5"]
    with pytest.raises(ForbiddenAddress):
        await guard.resolve("graph.internal", 6379)


async def test_the_configured_address_may_be_private_but_only_that_one() -> None:
    async def hello(_request: web.Request) -> web.Response:
        return web.Response(text="hello")

    async with serving(a=hello) as base, serving(a=hello) as other, Http([f"{base}/v1"]) as http:
        assert (await http.download(f"{base}/a", limit=10)).body == b"hello"
        assert (await refused(http.download(f"{other}/a", limit=10))).code == "forbidden_address"


async def test_a_redirect_is_checked_as_the_first_address_was() -> None:
    async def inside(_request: web.Request) -> web.Response:
        raise web.HTTPFound("http://169.254.169.254/latest/meta-data")

    async with serving(a=inside) as base, Http([base]) as http:
        assert (await refused(http.download(f"{base}/a", limit=10))).code == "forbidden_address"


@pytest.mark.parametrize("location", ["http://[", "//[::1", "https://a.example:port/", "file:///etc/passwd"])
async def test_a_redirect_to_what_is_no_address_is_refused(location: str) -> None:
    async def away(_request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": location})

    async with serving(a=away) as base, Http([base]) as http:
        assert (await refused(http.download(f"{base}/a", limit=10))).code == "forbidden_address"


async def test_a_redirect_elsewhere_never_sees_the_token() -> None:
    seen: list[str | None] = []

    async def land(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        return web.Response(text="file")

    async with serving(b=land) as there:

        async def away(request: web.Request) -> web.Response:
            raise web.HTTPFound(f"{there}/b")

        async with serving(a=away) as base, Http([base, there]) as http:
            reply = await http.download(f"{base}/a", headers={"Authorization": "Bearer secret"}, limit=10)
    assert (reply.body, seen) == (b"file", [None])


async def test_redirects_end() -> None:
    async def again(_request: web.Request) -> web.Response:
        raise web.HTTPFound("/a")

    async with serving(a=again) as base, Http([base]) as http:
        assert (await refused(http.download(f"{base}/a", limit=10))).code == "bad_answer"


def test_origins() -> None:
    assert origin_of("https://Graph.Facebook.com/v26.0") == ("https", "graph.facebook.com", 443)
    assert origin_of("http://127.0.0.1:8080") == ("http", "127.0.0.1", 8080)


# --- what is sent and read ------------------------------------------------------------------------------------------


async def test_who_we_are_is_said() -> None:
    async def who(request: web.Request) -> web.Response:
        return web.Response(text=request.headers["User-Agent"])

    async with serving(a=who) as base, Http([base]) as http:
        assert (await http.call("GET", f"{base}/a")).body.startswith(b"Dragoman")


async def test_a_body_over_the_limit_is_not_read_whatever_its_header_says() -> None:
    async def honest(_request: web.Request) -> web.Response:
        return web.Response(body=bytes(100))

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(bytes(65_536))
        return response

    async with serving(a=honest, b=endless) as base, Http([base]) as http:
        for path in ("a", "b"):
            assert (await refused(http.download(f"{base}/{path}", limit=99))).code == "too_large"
        assert len((await http.download(f"{base}/a", limit=100)).body) == 100


# --- through a proxy -------------------------------------------------------------------------------------------------


@asynccontextmanager
async def proxy(answer: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Gives everybody the same answer; its address, and the first lines it was asked with."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")[0])
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}", asked


async def test_the_proxy_is_asked_for_the_public_name() -> None:
    answer = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    async with proxy(answer) as (address, asked), Http(proxy=address) as http:
        error = await refused(http.call("POST", "https://graph.example.com/a", json={}))
    assert asked == [b"CONNECT graph.example.com:443 HTTP/1.1"]
    assert (error.code, error.certain) == ("no_connection", True)


async def test_what_a_proxy_must_not_be_asked_for() -> None:
    async with proxy(b"") as (address, asked), Http(proxy=address) as http:
        for url in ("http://example.com/a", "https://10.0.0.1/a"):
            assert (await refused(http.download(url, limit=10))).code == "forbidden_address"
    assert asked == []


# --- what failures mean ---------------------------------------------------------------------------------------------


async def test_a_refused_connection_is_certain() -> None:
    async with Http(["http://127.0.0.1:1"]) as http:
        error = await refused(http.call("POST", "http://127.0.0.1:1/a", json={}))
    assert (error.code, error.retry, error.certain) == ("no_connection", True, True)


async def test_an_unknown_name_is_certain() -> None:
    class Nowhere(Names):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            raise OSError(-2, "Name or service not known")

    async with Http(resolver=Nowhere()) as http:
        error = await refused(http.call("POST", "https://graph.example.com/a", json={}))
    assert (error.code, error.retry, error.certain) == ("no_connection", True, True)


async def test_a_failed_tls_handshake_is_certain() -> None:
    async def plain(_request: web.Request) -> web.Response:
        return web.Response()

    async with serving(a=plain) as base:
        url = base.replace("http:", "https:")
        async with Http([url]) as http:
            error = await refused(http.call("POST", f"{url}/a", json={}))
    assert (error.code, error.certain) == ("no_connection", True)


async def test_silence_after_the_request_is_uncertain() -> None:
    answered = asyncio.Event()

    async def silent(_request: web.Request) -> web.Response:
        await answered.wait()
        return web.Response()

    patience = aiohttp.ClientTimeout(sock_read=0.1)
    async with serving(a=silent) as base, Http([base], timeout=patience) as http:
        error = await refused(http.call("POST", f"{base}/a", json={}))
        answered.set()
    assert (error.code, error.retry, error.certain) == ("timeout", True, False)


async def test_an_answer_that_breaks_off_is_uncertain() -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.close()
        return response

    async with serving(a=half) as base, Http([base]) as http:
        error = await refused(http.call("POST", f"{base}/a", json={}))
    assert (error.code, error.certain) == ("disconnected", False)


@pytest.mark.parametrize("status", range(300, 600))
def test_every_status_has_a_meaning(status: int) -> None:
    error = send_error(status)
    assert error.code in SEND_ERRORS
    assert error.retry is (status in (408, 425, 429) or status >= 500)
    assert error.detail == f"http {status}"


def test_retry_after_in_seconds_only() -> None:
    assert retry_after({"retry-after": "30"}) == timedelta(seconds=30)
    assert retry_after({"retry-after": "9" * 12}) == timedelta(days=1)
    for odd in ("", "-1", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "²"):
        assert retry_after({"retry-after": odd}) is None


def test_how_far_our_clock_is_ahead() -> None:
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert clock_skew({"date": "Mon, 02 Mar 2026 08:50:00 GMT"}, now) == timedelta(minutes=10)
    assert clock_skew({"date": "yesterday"}, now) is None
    assert clock_skew({}, now) is None
