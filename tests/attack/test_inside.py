"""Addresses that strangers give us lead out of the house, never into it: whatever way they are written, wherever they
redirect to, and whatever their name means by the time of the connection."""

import socket
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.addresses import is_public
from bot.desks.slack.api import Api
from bot.http import Http
from core.errors import SendError
from tests.network import OutsideWorld
from tests.serving import served

HERE = (
    "127.0.0.1",
    "127.1",
    "0",
    "0.0.0.0",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "127.0.0.1.",
    "127。0。0。1",
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "localhost",
    "LOCALHOST",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "localhost.",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[::1%25lo]",
    "user@127.0.0.1",
    "example.com@127.0.0.1",
    "example.com:443@127.0.0.1",
    "127.0.0.1#@example.com",
    "127.0.0.1?@example.com",
    "127.0.0.1\\@example.com",
    "example.com\\@127.0.0.1",
    "127.0.0.1%00.example.com",
    "127.0.0.1%2eexample.com",
)
"""Ways of writing this machine's own address."""
PRIVATE = (
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::127.0.0.1",
    "100::1",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
)


class Names(AbstractResolver):
    """A name server that says one thing after the other, and the last for ever."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = list(addresses)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        address = self._addresses.pop(0) if len(self._addresses) > 1 else self._addresses[0]
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=0)]

    async def close(self) -> None:
        return


async def code_of(http: Http, url: str) -> str:
    with pytest.raises(SendError) as caught:
        await http.download(url, limit=100)
    return caught.value.code


@pytest.mark.parametrize("host", HERE)
async def test_this_machine_is_not_reached_however_it_is_written(host: str) -> None:
    """Whatever is taken for a name is looked up, and leads here."""
    async with Http(resolver=Names("127.0.0.1")) as http:
        assert await code_of(http, f"https://{host}/") == "forbidden_address"


async def test_nor_by_a_redirect_nor_through_a_proxy() -> None:
    async def away(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": request.query["to"]})

    app = web.Application()
    app.router.add_get("/", away)
    async with served(app) as base, Http([base], resolver=Names("127.0.0.1")) as http:
        for host in HERE:
            where = URL(base).with_query(to=f"https://{host}/".encode("ascii", "backslashreplace").decode())
            assert await code_of(http, str(where)) == "forbidden_address", host
    async with Http(proxy="http://127.0.0.1:1") as http:
        for host in ("127.0.0.1", "127.1", "１２７.０.０.１", "2130706433", "[::127.0.0.1]", "user@10.0.0.1"):
            assert await code_of(http, f"https://{host}/") == "forbidden_address", host


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_the_public_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("port", [22, 25, 80, 6379, 8080, 8443])
async def test_strangers_choose_no_port(port: int) -> None:
    async with Http(resolver=Names("8.8.8.8")) as http:
        assert await code_of(http, f"https://files.example:{port}/") == "forbidden_address"


@pytest.mark.parametrize("second", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254"])
async def test_a_name_that_changes_its_mind_gains_nothing(second: str) -> None:
    """DNS rebinding: public when it is looked up, this machine when it is asked for again. We connect to what was
    looked up and ask nobody in between; the tests' own guard sees where to."""
    names = Names("8.8.8.8", second)
    async with Http(resolver=names) as http:
        with pytest.raises(OutsideWorld, match=r"8\.8\.8\.8"):
            await http.download("https://files.example/", limit=100)
    assert names.asked == 1
    async with Http(resolver=names) as http:
        assert await code_of(http, "https://files.example/") == "forbidden_address"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/files-pri/T1-F1/a.pdf",
        "https://slack.com.evil.example/a.pdf",
        "https://evilslack.com/a.pdf",
        "https://files.slack.com@evil.example/a.pdf",
        "https://evil.example/?https://files.slack.com/a.pdf",
    ],
)
async def test_slacks_token_goes_to_slack(url: str) -> None:
    """A file that somebody put there with an address of their own: the tests' guard would see the look-up."""
    api = Api("xoxb-canary", "https://slack.com/api/", None, 5, lambda: datetime.now(UTC))
    with pytest.raises(SendError, match="forbidden_address"):
        await api.download(url)
    with pytest.raises(OutsideWorld, match=r"files\.slack\.com"):
        await api.download("https://files.slack.com/files-pri/T1-F1/a.pdf")
    await api.close()
