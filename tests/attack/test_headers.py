"""Whatever stands in a request's address or headers: each route answers, and none with a fault of ours."""

import re

import pytest

from tests.attack.fort import Browser, Fort
from tests.attack.test_every_route import routes

QUERIES = (
    "q=%00",
    "q=%ff",
    "q=%ed%a0%80",
    f"q={'a' * 5000}",
    "q=%22%27%28*%29&view=closed",
    "q=a%20AND%20OR%20NOT%20NEAR(b",
    "q=*",
    "q=%F0%9F%98%80",
    "q=%E4%BD%A0&queue=%00",
    "view=%00",
    "offset=-1",
    f"offset={'9' * 30}",
    "offset=999999999999999&view=closed",
    "above_rev=9223372036854775808&from_seq=-5",
    "above_rev=-999999999999999&from_seq=999999999999999",
    "ticket=%00",
    f"ticket={'9' * 30}",
    "ticket=%EF%BC%91",
    "token=%ff%00",
    "locale=%00&origin=%00",
    "origin=http://%5b&locale=../../etc/passwd",
    "until=99999999999&signature=%ff",
    "hub.mode=subscribe&hub.verify_token=%ff&hub.challenge=%00",
    "v=%ff",
    "=&&==&%",
)
HEADERS = (
    ("Cookie", "dragoman=\xff"),
    ("Cookie", "dragoman=\x80\x81; dragoman=x; ;;=; theme=<script>"),
    ("X-CSRF-Token", "\xff"),
    ("Origin", "http://["),
    ("Origin", "\xff"),
    ("Referer", "http://["),
    ("Referer", "\xff"),
    ("Accept-Language", "\xff,;;q=," + "a-" * 2000),
    ("Accept-Language", "zh-" * 1000),
    ("Host", "[::"),
    ("Host", "\xff"),
    ("Host", ""),
    ("X-Visitor", "\xff.\xff"),
    ("X-Forwarded-For", "\xff,[::,999.999.999.999"),
    ("Sec-Fetch-Site", "\xff"),
    ("Range", "bytes=-99999999999999999999999"),
    ("Range", "bytes=" + "0-1," * 1000),
    ("If-Modified-Since", "\xff"),
    ("If-Modified-Since", "Mon, 99 Foo 99999 99:99:99 GMT"),
    ("If-None-Match", '"\xff'),
    ("X-Hub-Signature-256", "\xff"),
    ("X-Slack-Signature", "\xff"),
    ("Content-Type", "\xff"),
    ("Content-Type", "multipart/form-data"),
    ("Content-Type", 'multipart/form-data; boundary="\xff"'),
    ("Content-Type", f"multipart/form-data; boundary={'x' * 200}"),
    ("Content-Type", "application/x-www-form-urlencoded; charset=utf-7"),
    ("Expect", "100-continue-or-else"),
    ("Upgrade", "websocket"),
)
ODD_PARTS = ("%00", "%ff", "..%2f..%2fetc", "9" * 30, "%EF%BC%91", "%ed%a0%80", "-1", "0", "%0a", "{x}")


@pytest.mark.parametrize("fort", ["sqlite", "postgres"], indirect=True)
async def test_no_query_and_no_part_of_an_address_breaks_a_route(mei: Browser) -> None:
    await mei.fort.opened(mei.fort.customer(), "Where is my order?")
    odd = []
    for method, kind, path in routes(mei.fort):
        if path != "/console/logout":
            asked = [f"{path}?{query}" for query in QUERIES]
            given = re.findall(r"\{(\w+)\}", kind)
            asked += [kind.format(**dict.fromkeys(given, part)) for part in ODD_PARTS if given]
            odd += [(method, each) for each in asked if (await mei.asks(method, each)).status >= 500]
    assert odd == []


async def test_no_header_breaks_a_route(fort: Fort, mei: Browser) -> None:
    ours = {"Host": "x", "Cookie": mei.cookie, "X-CSRF-Token": mei.csrf, "Origin": fort.address, "Connection": "close"}
    odd = []
    for method, _, path in routes(fort):
        if path == "/console/logout":
            continue
        for name, value in HEADERS:
            lines = "".join(f"{each}: {what}\r\n" for each, what in {**ours, name: value}.items())
            request = f"{method} {path} HTTP/1.1\r\n{lines}Content-Length: 2\r\n\r\n{{}}"
            answer = await fort.raw(request.encode("latin-1"))
            if not answer.startswith(b"HTTP/1.") or answer[9:10] == b"5":
                odd.append((method, path, name, value[:40], answer[:60]))
    assert odd == []
