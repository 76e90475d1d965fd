"""Files: a visitor's upload is theirs alone, what is handed out is harmless, and links are signed and run out."""

import asyncio
from io import BytesIO
from typing import Any

import pytest
from aiohttp import ClientResponse, FormData
from yarl import URL

from bot.web.chat.files import TYPES
from bot.web.chat.hub import CHAT, OF_A_DAY, OF_FILES
from core.events import CustomerMessage, FileNote
from core.ids import FileId, MessageId
from core.messages import File, FileState
from tests.web.chat.conftest import Shop
from tests.web.chat.page import Page

PNG = b"\x89PNG\r\n"


async def uploads(
    shop: Shop, token: str, name: str = "lamp.png", body: bytes = PNG, *, mime: str = "image/png", origin: str = ""
) -> ClientResponse:
    form = FormData()
    form.add_field("file", BytesIO(body), filename=name, content_type=mime)
    headers = {"Origin": origin or shop.origin, "X-Visitor": token}
    return await shop.asks("POST", shop.server.make_url("/chat/site/files"), data=form, headers=headers)


async def uploaded(shop: Shop, page: Page, **more: Any) -> str:
    answer = await uploads(shop, page.token, **more)
    assert answer.status == 200, await answer.text()
    id: str = (await answer.json())["id"]
    return id


async def downloads(shop: Shop, link: str) -> ClientResponse:
    return await shop.asks("GET", shop.server.make_url("/").join(URL(link)))


async def test_a_picture_is_sent_and_shown(shop: Shop) -> None:
    page = await shop.opens()
    await page.says("look", files=[await uploaded(shop, page)])
    (file,) = (await page.hears("entry"))["files"]
    assert (file["name"], file["mime"], file["size"]) == ("lamp.png", "image/png", len(PNG))
    answer = await downloads(shop, file["url"])
    assert (answer.status, await answer.read(), answer.content_type) == (200, PNG, "image/png")
    assert answer.headers["Content-Disposition"].startswith("inline")
    (event,) = await shop.intake()
    assert isinstance(event, CustomerMessage)
    (note,) = event.files
    assert note == FileNote(note.source, "lamp.png", "image/png", len(PNG))
    fetched = await shop.channel.fetch(File(FileId(1), MessageId(1), note.name, note.mime, source=note.source))
    assert fetched.body == PNG


async def test_what_an_agent_sent_is_a_safe_download(shop: Shop) -> None:
    page = await shop.opens()
    evil = File(FileId(1), MessageId(1), 'a"\r\n<b>.html', "text/html", 9, FileState.STORED)
    await shop.sends_file(page, evil, b"<script>")
    (file,) = (await page.hears("entry", kind="agent"))["files"]
    answer = await downloads(shop, file["url"])
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_a_link_runs_out_and_cannot_be_changed(shop: Shop) -> None:
    page = await shop.opens()
    await page.says("two", files=[await uploaded(shop, page), await uploaded(shop, page, body=b"other")])
    link = (await page.hears("entry"))["files"][0]["url"]
    url = URL(link)
    later = str(int(url.query["until"]) + 1)
    for changed in (
        link.replace("/1/0?", "/1/1?"),
        link.replace("/1/0?", "/2/0?"),
        link.replace(page.visitor, "somebody"),
        str(url.update_query(until=later)),
        str(url.update_query(until="soon")),
        str(url.update_query(signature="0" * 64)),
        str(url.without_query_params("signature")),
        str(url.with_query({})),
    ):
        assert (await downloads(shop, changed)).status == 404, changed
    assert (await downloads(shop, link)).status == 200
    await shop.clock.forward("24h")
    assert (await downloads(shop, link)).status == 404
    again = await shop.opens(token=page.token)
    assert (await downloads(shop, (await again.hears("entry"))["files"][0]["url"])).status == 200


async def test_another_visitors_upload_cannot_be_sent(shop: Shop) -> None:
    ana, eve = await shop.opens(), await shop.opens()
    theirs = await uploaded(shop, ana)
    packed, _, signature = theirs.rpartition(".")
    for stolen in (theirs, packed, f"{packed}.{'0' * 64}", f".{signature}", "", "\u00e9.x", "x" * 5000):
        id = await eve.says("mine now", files=[stolen])
        assert (await eve.hears("refused", id=id))["code"] in ("bad_file", "too_fast")
    assert await shop.intake() == []


async def test_so_many_files_fit_into_a_message(shop: Shop) -> None:
    page = await shop.opens()
    files = [await uploaded(shop, page, body=bytes([nth + 1])) for nth in range(6)]
    assert (await page.hears("refused", id=await page.says("six", files=files)))["code"] == "too_many_files"
    await page.hears("taken", id=await page.says("", files=files[:5]))


async def refusal(answer: ClientResponse) -> tuple[int, str]:
    body = await answer.json()
    assert body["words"]
    return answer.status, body["code"]


@pytest.mark.parametrize("name", ["lamp.svg", "page.html", "run.exe", "lamp.png.js", "lamp", "", "png"])
async def test_what_customers_do_not_send_is_refused_whatever_it_says_it_is(shop: Shop, name: str) -> None:
    page = await shop.opens()
    assert await refusal(await uploads(shop, page.token, name)) == (415, "file_type")


async def test_its_ending_says_what_it_is(shop: Shop) -> None:
    page = await shop.opens()
    answer = await uploads(shop, page.token, "BILL.PDF", mime="text/html")
    body = await answer.json()
    assert (body["name"], body["mime"]) == ("BILL.PDF", "application/pdf")


async def test_a_file_has_a_size(shop: Shop) -> None:
    page = await shop.opens()
    assert await refusal(await uploads(shop, page.token, body=bytes(1024 * 1024 + 1))) == (413, "too_large")
    assert await refusal(await uploads(shop, page.token, body=b"")) == (400, "empty")
    assert (await uploads(shop, page.token, body=bytes(1024 * 1024))).status == 200


async def test_uploads_have_a_pace(shop: Shop) -> None:
    page = await shop.opens()
    for _ in range(20):
        assert (await uploads(shop, page.token)).status == 200
    assert await refusal(await uploads(shop, page.token)) == (429, "too_fast")
    await shop.clock.forward("10m")
    assert (await uploads(shop, page.token)).status == 200


async def test_only_a_visitor_uploads_and_only_from_our_page(shop: Shop) -> None:
    page = await shop.opens()
    for token in ("", "forged.token", page.token[:-1]):
        assert await refusal(await uploads(shop, token)) == (401, "bad_token")
    for origin in ("https://shop.example", "https://evil.example", "null"):
        assert (await uploads(shop, page.token, origin=origin)).status == 403


async def test_what_is_no_form_is_refused(shop: Shop) -> None:
    page = await shop.opens()
    headers = {"Origin": shop.origin, "X-Visitor": page.token}
    url = shop.server.make_url("/chat/site/files")
    assert (await shop.asks("POST", url, data=b"raw", headers=headers)).status == 400
    form = FormData({"other": "field"}, default_to_multipart=True)
    assert (await shop.asks("POST", url, data=form, headers=headers)).status == 400


def test_nothing_that_runs_is_a_kind_we_take() -> None:
    assert not {"html", "htm", "svg", "js", "exe", "xml", "xhtml"} & TYPES.keys()


@pytest.mark.parametrize("until", ["", "soon", "9" * 5000, "\u0661", "-1", "1e9"])
async def test_a_link_that_never_runs_out_is_none(shop: Shop, until: str) -> None:
    page = await shop.opens()
    link = URL(f"/chat/site/files/{page.visitor}/1/0").with_query(until=until, signature="x")
    assert (await downloads(shop, str(link))).status == 404


async def test_few_files_travel_at_once_and_the_others_wait(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is in memory while it travels, and nobody need be quick to take it."""
    page = await shop.opens()
    await page.says("look", files=[await uploaded(shop, page)])
    (file,) = (await page.hears("entry"))["files"]
    get, open_now, most = shop.parts.blobs.get, asyncio.Event(), 0
    underway = 0

    async def slowly(blob: str) -> bytes:
        nonlocal underway, most
        underway += 1
        most = max(most, underway)
        if underway == OF_FILES:
            asyncio.get_running_loop().call_soon(open_now.set)
        await open_now.wait()
        underway -= 1
        return await get(blob)

    monkeypatch.setattr(shop.parts.blobs, "get", slowly)
    answers = await asyncio.gather(*(downloads(shop, file["url"]) for _ in range(3 * OF_FILES)))
    assert [await answer.read() for answer in answers] == [PNG] * 3 * OF_FILES
    assert most == OF_FILES


async def test_a_download_has_all_headers(shop: Shop) -> None:
    page = await shop.opens()
    await page.says("look", files=[await uploaded(shop, page)])
    (file,) = (await page.hears("entry"))["files"]
    headers = (await downloads(shop, file["url"])).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]


async def test_nobody_fills_the_disk_in_a_day(shop: Shop) -> None:
    hub = shop.server.app[CHAT]
    for _ in range(OF_A_DAY - 1):
        assert hub.uploads_of_a_day.allows("127.0.0.1", shop.clock.now())
    page = await shop.opens()
    assert (await uploads(shop, page.token)).status == 200
    assert (await uploads(shop, page.token)).status == 429
    await shop.clock.forward("1d")
    assert (await uploads(shop, page.token)).status == 200
