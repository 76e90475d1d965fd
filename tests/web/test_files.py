"""Files in and out: nothing a customer sends may act in our pages."""

import pytest
from aiohttp import FormData

from core.events import FileNote
from core.ids import FileId, TicketId
from core.messages import File, FileState
from tests.web.conftest import Browser, SignIn
from tests.web.house import House

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


async def upload(browser: Browser, name: str, body: bytes, mime: str) -> tuple[int, dict[str, object]]:
    form = FormData(quote_fields=False)  # as browsers send it
    form.add_field("file", body, filename=name, content_type=mime)
    headers = {"Origin": str(browser.server.origin()), "X-CSRF-Token": browser.csrf}
    response = await browser.asks("POST", browser.server / "console/api/files", data=form, headers=headers)
    return response.status, await response.json() if response.status == 200 else {}


async def received(home: House, name: str, mime: str, body: bytes) -> FileId:
    """A customer's file that was fetched."""
    ticket = await home.customer_writes("Look", files=(FileNote("media-1", name, mime, len(body)),))
    file = await _file_of(home, ticket)
    key = await home.parts.blobs.put(body)
    stored = File(file.id, file.message, name, mime, len(body), FileState.STORED, file.source, key)
    await home.store.atomic(lambda tx: tx.update_file(stored))
    return file.id


async def test_an_uploaded_file_goes_with_the_note(home: House, sign_in: SignIn) -> None:
    ticket = await home.customer_writes("Hello")
    mei = await sign_in("Mei")
    status, kept = await upload(mei, "../../etc/price list.pdf", b"%PDF-1.7", "application/pdf")
    assert (status, kept["name"]) == (200, "price list.pdf")
    await mei.says(ticket, "the list", files=[kept])
    files = (await mei.json(f"console/api/tickets/{ticket}"))["entries"][-1]["files"]
    assert [(file["name"], file["mime"]) for file in files] == [("price list.pdf", "application/pdf")]


async def test_a_file_that_is_too_large_is_refused(sign_in: SignIn, home: House) -> None:
    mei = await sign_in("Mei")
    status, _ = await upload(mei, "big.bin", bytes(home.parts.settings.upload_limit + 1), "application/octet-stream")
    assert status == 413


@pytest.mark.parametrize(
    ("mime", "sent_as", "how"),
    [
        ("image/png", "image/png", "inline"),
        ("image/svg+xml", "application/octet-stream", "attachment"),
        ("text/html", "application/octet-stream", "attachment"),
        ("application/pdf", "application/octet-stream", "attachment"),
    ],
)
async def test_only_harmless_pictures_are_shown(
    home: House, sign_in: SignIn, mime: str, sent_as: str, how: str
) -> None:
    file = await received(home, 'a"b\r\n.png', mime, PNG)
    mei = await sign_in("Mei")
    response = await mei.get(f"console/files/{file}")
    assert (response.status, response.content_type) == (200, sent_as)
    assert response.headers["Content-Disposition"].startswith(f"{how}; filename*=UTF-8''")
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_another_queues_file_does_not_exist(home: House, sign_in: SignIn) -> None:
    file = await received(home, "face.png", "image/png", PNG)
    omar = await sign_in("Omar")
    assert (await omar.get(f"console/files/{file}")).status == 404


async def _file_of(home: House, ticket: TicketId) -> File:
    entries = await home.store.entries(ticket)
    message = await home.store.message(entries[0].message) if entries[0].message else None
    assert message is not None
    return message.files[0]
