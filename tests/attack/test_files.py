"""Files with names and contents that want to be more than a file, at every door by which files come and go."""

import re
import unicodedata
from urllib.parse import quote, unquote

import pytest

from tests.attack.evil import NAMES
from tests.attack.fort import Browser, Fort
from tests.stories.agents import Seen
from tests.web.chat.page import Page

RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
PDF = b"%PDF-1.7 harmless"


def is_a_name(name: str) -> None:
    """Only that, on every system and in every header."""
    assert 0 < len(name) <= 120, name
    assert len(name.encode()) <= 240, name
    assert not re.search(r'[<>:"|?*\\/]', name), name
    assert not {"Cc", "Cf", "Zl", "Zp", "Cs"} & {unicodedata.category(char) for char in name}, name
    assert name.strip(" .") == name or name.startswith("."), name
    assert not RESERVED.fullmatch(name), name


def is_a_header(header: str) -> str:
    """One line of ASCII, and one file name in it, which it answers."""
    assert header.isascii(), header
    assert header.isprintable(), header
    found = re.fullmatch(r"(?:inline|attachment); filename\*=UTF-8''([A-Za-z0-9%._~-]+)", header)
    assert found, header
    return unquote(found[1], errors="strict")


def form(name: str, mime: str = "application/pdf", content: bytes = PDF) -> tuple[bytes, dict[str, str]]:
    """As browsers send it, and beside it the way of RFC 5987, which they do not."""
    plain = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A").replace("\x00", "")
    starred = quote(name.encode("utf-8", "surrogatepass"), safe="")
    head = f'Content-Disposition: form-data; name="file"; filename="{plain}"; filename*=UTF-8\'\'{starred}\r\n'
    raw = head.encode("utf-8", "surrogatepass") + f"Content-Type: {mime}\r\n\r\n".encode()
    body = b"--x\r\n" + raw + content + b"\r\n--x--\r\n"
    return body, {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.mark.filterwarnings("ignore::aiohttp.multipart.BadContentDispositionParam")
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_names_that_an_agents_browser_sends(mei: Browser, name: str) -> None:
    body, headers = form(name)
    reply = await mei.asks("POST", "/console/api/files", data=body, headers=headers)
    assert reply.status in (200, 400), "what cannot be read is refused"
    if reply.status == 200:
        is_a_name(reply.json()["name"])


async def test_names_that_a_visitors_browser_sends(fort: Fort) -> None:
    async with fort.outside.ws_connect(f"{fort.address}/chat/site/socket", origin=fort.address) as socket:
        page = Page(socket)
        await page.sends("hello")
        token = (await page.hears("welcome"))["token"]
        for name in list(NAMES.values())[:15]:  # more would be a flood
            body, headers = form(f"{name}.pdf")
            headers |= {"Origin": fort.address, "X-Visitor": token}
            reply = await fort.asks("POST", "/chat/site/files", data=body, headers=headers)
            assert reply.status in (200, 400, 415), reply.text
            if reply.status == 200:
                is_a_name(reply.json()["name"])


async def test_names_of_customers_documents_from_the_thread_to_the_download(fort: Fort) -> None:
    customer = fort.customer()
    ticket = await fort.opened(customer, "Look at these.")
    for name in NAMES.values():
        await customer.sends_file(
            name.replace("\ud800", "\ufffd"), PDF + name.encode("utf-8", "replace"), "application/pdf"
        )
    await fort.forward("1m")  # they are fetched a few at a time
    mei = await fort.enters(fort.mei)
    files = await files_of(mei, ticket)
    assert len(files) == len(NAMES)
    for file in files:
        is_a_name(file["name"])
        reply = await mei.asks("GET", f"/console/files/{file['id']}")
        assert (reply.status, reply.headers["Content-Type"]) == (200, "application/octet-stream")
        is_a_name(is_a_header(reply.headers["Content-Disposition"]))
    shown = "\n".join(await (await fort.ticket("Look at these.", desk="slack")).texts())
    assert "<!channel>" not in shown
    assert "\u202e" not in shown


async def files_of(browser: Browser, ticket: Seen) -> list[dict[str, str]]:
    entries = (await browser.asks("GET", f"/console/api/tickets/{ticket.id}")).json()["entries"]
    return [file for entry in entries for file in entry["files"]]


async def test_names_that_go_out_to_a_customer(fort: Fort) -> None:
    await fort.opened(fort.customer(), "Send me the list.")
    there, mei = await fort.ticket("Send me the list.", desk="slack"), fort.at("slack", fort.mei)
    for name in NAMES.values():
        await mei.uploads("!r", there, {name.replace("\ud800", "\ufffd"): PDF + name.encode("utf-8", "replace")})
    await fort.forward("5m")
    sent = [body["document"]["filename"] for body in fort.graph.sends() if body.get("type") == "document"]
    assert len(sent) >= 30, "a few addresses of files end in names that the simulator itself cannot serve"
    for name in sent:
        is_a_name(name)


PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
SCRIPT = b"<script>fetch('/console/api/list')</script>"
POLYGLOTS = {
    "a page": ("a.html", "text/html", b"<!doctype html>" + SCRIPT),
    "a page by its capitals": ("a.HTML", "TEXT/HTML; charset=utf-7", b"<!doctype html>" + SCRIPT),
    "a drawing with a script": (
        "a.svg",
        "image/svg+xml",
        b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>",
    ),
    "a drawing that says it is a photo": ("a.png", "image/png", b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT),
    "a photo that is a page too": ("a.png", "image/png", PNG + SCRIPT),
    "a photo with a page's name": ("a.png.html", "image/png", PNG + SCRIPT),
    "a GIF that is JavaScript": ("a.gif", "image/gif", b"GIF89a/*" + bytes(8) + b"*/=1;alert(1)"),
    "a PDF with a script": ("a.pdf", "application/pdf", b"%PDF-1.7 /JavaScript"),
    "a script": ("a.js", "text/javascript", b"alert(1)"),
    "a style": ("a.css", "text/css", b"@import url(//evil.example)"),
    "XML": ("a.xml", "application/xml", b"<?xml-stylesheet href='javascript:alert(1)'?>"),
    "two types": ("a.png", "image/png, text/html", PNG + SCRIPT),
    "no type": ("a", "", SCRIPT),
    "an endless type": ("a.png", "image/png" + "g" * 5000, PNG),
    "a mail in one file": ("a.mht", "multipart/related", b"MIME-Version: 1.0"),
    "a Flash film": ("a.swf", "application/x-shockwave-flash", b"CWS\x09"),
}


async def test_no_content_runs_in_our_pages(fort: Fort) -> None:
    """Shown are four kinds of pictures, as what they say they are and nothing else; all else is a download."""
    customer = fort.customer()
    ticket = await fort.opened(customer, "Look at these.")
    for name, mime, content in POLYGLOTS.values():
        await customer.sends_file(name, content, mime)
    await fort.forward("1m")  # they are fetched a few at a time
    mei = await fort.enters(fort.mei)
    files = await files_of(mei, ticket)
    assert len(files) == len(POLYGLOTS)
    for file in files:
        headers = (await mei.asks("GET", f"/console/files/{file['id']}")).headers
        shown = headers["Content-Disposition"].startswith("inline")
        kind = headers["Content-Type"]
        assert kind in ({"image/png", "image/gif"} if shown else {"application/octet-stream"}), file
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in headers["Content-Security-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"].startswith("private")
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


async def test_a_key_of_a_file_is_no_path(mei: Browser) -> None:
    """What an event names as an uploaded file is looked for among the files, and nowhere else."""
    await mei.fort.opened(mei.fort.customer(), "Send me the list.")
    for key in ("../../../../etc/passwd", "/etc/passwd", "a" * 64, "A" * 64, f"{'a' * 64}\n", "..", "", "\x00"):
        file = {"key": key, "name": "a.pdf", "mime": "application/pdf", "size": 3}
        assert (await mei.does("say", 1, text="!r the list", files=[file])).status in (200, 400)
    await mei.fort.forward("5m")
    assert not [body for body in mei.fort.graph.sends() if body.get("type") == "document"]
