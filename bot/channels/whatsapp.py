"""WhatsApp over the Cloud API: one number, an inbox. Sends, fetches files, ticks; parsing is in whatsapp_parse.py.

Source of the limits: "Text messages", "Media" and "Error codes" of the Cloud API.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.channels.kind import Around
from bot.channels.meta import Graph, Json, verify
from bot.channels.whatsapp_doctor import examine
from bot.channels.whatsapp_inbox import WhatsAppInbox
from bot.channels.whatsapp_parse import BSUID, GROUP, Line, parse
from bot.http import MB
from bot.rates import Rate
from core.errors import SendError
from core.events import ChannelEvent
from core.ids import InboxName
from core.messages import File
from core.ports import ChannelCaps, Clock, Content, Finding, Hook, Outgoing, Sent

KINDS: Mapping[str, str] = {
    # What WhatsApp shows as what it is; everything else goes as a document.
    "image/jpeg": "image",
    "image/png": "image",
    "audio/aac": "audio",
    "audio/amr": "audio",
    "audio/mp4": "audio",
    "audio/mpeg": "audio",
    "audio/ogg": "audio",
    "audio/opus": "audio",
    "video/mp4": "video",
    "video/3gpp": "video",
}
LIMITS: Mapping[str, int] = {"image": 5 * MB, "audio": 16 * MB, "video": 16 * MB}
"""Bytes of each kind, both ways; documents may have 100 MB."""
CAPS = ChannelCaps(
    text_limit=4096,
    window=timedelta(hours=24),
    file_limits={**{mime: LIMITS[kind] for mime, kind in KINDS.items()}, "*": 100 * MB},
    caption_limit=1024,
    kept=timedelta(days=7),
)
RATE = Rate(80, 80)
"""Cloud API throughput: 80 messages/s a number."""
CAPTIONED = frozenset({"image", "video", "document"})
_MEDIA_ID = re.compile(r"[0-9A-Za-z_.-]{1,200}")


@dataclass(frozen=True, slots=True)
class Access:
    """A number and what opens it. `hook_url`: where its webhook should lead; empty: doctor does not compare."""

    phone_number_id: str
    app_secret: str
    verify_token: str
    hook_url: str = ""

    def __repr__(self) -> str:
        return f"Access({self.phone_number_id})"


class WhatsApp:
    """`core.ports.Channel`, `ShowsTicks` and `Examined`. `graph` speaks for the number, `as_app` for an app."""

    def __init__(self, line: Line, access: Access, graph: Graph, clock: Clock, as_app: Callable[[str], Graph]) -> None:
        self._line = line
        self._access = access
        self._graph = graph
        self._clock = clock
        self._as_app = as_app

    @property
    def caps(self) -> ChannelCaps:
        return CAPS

    def verify(self, hook: Hook) -> str | None:
        return verify(self._access.app_secret, self._access.verify_token, hook)

    def parse(self, hook: Hook) -> Sequence[ChannelEvent]:
        return parse(self._line, hook)

    async def send(self, out: Outgoing) -> Sent:
        """Text, or a file with an optional caption. What cannot be sent is refused before any request."""
        part = await self._file(out, out.file) if out.file is not None else _text(out)
        body = {"messaging_product": "whatsapp", **recipient(out.address), **part}
        if out.ref:
            # Comes back in every status of the message: "Status messages webhook reference", 512 characters at most.
            body["biz_opaque_callback_data"] = out.ref
        answer = await self._graph.post(f"{self._access.phone_number_id}/messages", body)
        return Sent(_external(answer))

    async def mark_read(self, address: str, external: str) -> None:
        """Ticks this message and the earlier ones of the conversation."""
        body = {"messaging_product": "whatsapp", "status": "read", "message_id": external}
        await self._graph.post(f"{self._access.phone_number_id}/messages", body)

    async def fetch(self, file: File) -> Content:
        """Two requests: an id gives an address that lives for minutes. Raises SendError (`media_gone`, ...)."""
        limit = CAPS.file_limit(file.mime)
        found = await self._look_up(file.source)
        size = found.get("file_size")
        if isinstance(size, int) and size > limit:
            raise SendError("too_large", detail=f"{size} bytes")
        body = await self._graph.download(str(found.get("url", "")), limit)
        if not _same_hash(body, found.get("sha256")):
            raise SendError("media_damaged", retry=True, detail="sha256")
        return Content(body, str(found.get("mime_type") or file.mime), file.name)

    async def examine(self) -> Sequence[Finding]:
        access = self._access
        return await examine(
            self._line.inbox, self._graph, access.phone_number_id, access.hook_url, self._clock, self._as_app
        )

    async def _look_up(self, source: str) -> Json:
        if not _MEDIA_ID.fullmatch(source):
            raise SendError("media_gone", detail="not a media id")
        try:
            found, _ = await self._graph.get(source, phone_number_id=self._access.phone_number_id)
        except SendError as error:
            if error.detail.startswith("100"):
                # Ids of received files live for 7 days.
                raise SendError("media_gone", detail=error.detail) from None
            raise
        return found

    async def _file(self, out: Outgoing, file: File) -> Json:
        """Uploads the file: after this nothing has reached the customer yet, whatever went wrong."""
        kind = kind_of(file.mime)
        _check_file(out, file, kind)
        path, fields = f"{self._access.phone_number_id}/media", {"messaging_product": "whatsapp", "type": file.mime}
        name = file.name or kind
        try:
            answer = await self._graph.upload(path, fields, out.content, name=name, mime=file.mime)
            media = answer.get("id")
            if not isinstance(media, str):
                raise SendError("bad_answer", retry=True, detail="upload without an id")
        except SendError as error:
            error.certain = True
            raise
        part = {"id": media}
        if out.text:
            part["caption"] = out.text
        if kind == "document":
            part["filename"] = name
        return {"type": kind, kind: part}


def build(inbox: WhatsAppInbox, around: Around) -> WhatsApp:
    """The channel of a configured inbox; a factory of the registry."""
    secret = inbox.app_secret.get_secret_value()

    def graph(token: str) -> Graph:
        return Graph(around.http, base=inbox.api_base, version=inbox.api_version, token=token)

    return WhatsApp(
        Line(InboxName(inbox.name), inbox.phone_number_id),
        Access(
            inbox.phone_number_id,
            secret,
            inbox.verify_token.get_secret_value(),
            around.hook_url,
        ),
        graph(inbox.access_token.get_secret_value()),
        around.clock,
        lambda app_id: graph(f"{app_id}|{secret}"),
    )


def recipient(address: str) -> Json:
    """Whom a request names: `to` a number or a group, `recipient` a BSUID."""
    if address.startswith(GROUP):
        return {"recipient_type": "group", "to": address.removeprefix(GROUP)}
    field = "recipient" if BSUID.fullmatch(address) else "to"
    return {"recipient_type": "individual", field: address}


def kind_of(mime: str) -> str:
    """The message type for a file."""
    return KINDS.get(mime.partition(";")[0].strip().lower(), "document")


def _text(out: Outgoing) -> Json:
    """WhatsApp has no field for a person's name: it stands in bold above the words."""
    if not out.text.strip():
        raise SendError("empty")
    text = f"*{out.author}*\n{out.text}" if out.author else out.text
    if len(text) > CAPS.text_limit:
        raise SendError("too_long", detail=f"{len(text)} characters")
    return {"type": "text", "text": {"preview_url": False, "body": text}}


def _check_file(out: Outgoing, file: File, kind: str) -> None:
    if not out.content:
        raise SendError("empty")
    if len(out.content) > CAPS.file_limit(file.mime):
        raise SendError("too_large", detail=f"{len(out.content)} bytes")
    if out.text and kind not in CAPTIONED:
        raise SendError("caption", detail=kind)
    if len(out.text) > CAPS.caption_limit:
        raise SendError("too_long", detail=f"{len(out.text)} characters of caption")


def _external(answer: Json) -> str:
    """The id Meta gave the message. Without one nobody can say what became of it."""
    match answer:
        case {"messages": [{"id": str(external)}, *_]} if external:
            return external
        case _:
            raise SendError("bad_answer", certain=False, detail="no message id")


def _same_hash(body: bytes, wanted: object) -> bool:
    """Meta gives SHA-256 as base64, some answers as hex; without any there is nothing to compare."""
    if not isinstance(wanted, str) or not wanted:
        return True
    digest = hashlib.sha256(body)
    return wanted in (base64.b64encode(digest.digest()).decode(), digest.hexdigest())
