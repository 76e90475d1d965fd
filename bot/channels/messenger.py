"""Messenger: one Facebook Page, an inbox. Sends, fetches files, seen marks, names; parsing is in messenger_parse.py.

Sources: "Send API", "Saving assets" (25 MB), "Message Tags" and "User Profile API" of the Messenger Platform.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.channels.kind import Around
from bot.channels.messenger_doctor import examine
from bot.channels.messenger_inbox import MessengerInbox
from bot.channels.messenger_parse import PageLine, parse
from bot.channels.meta import Graph, Json, verify
from bot.http import MB, Http, send_error
from bot.rates import Rate
from core.errors import SendError
from core.events import ChannelEvent
from core.ids import InboxName
from core.messages import File
from core.ports import ChannelCaps, Clock, Content, Finding, Hook, Outgoing, Sent

CAPS = ChannelCaps(
    text_limit=2000,
    window=timedelta(hours=24),
    human_window=timedelta(days=7),
    file_limits={"*": 25 * MB},
    kept=timedelta(hours=36),  # https://developers.facebook.com/docs/graph-api/webhooks/getting-started
)
RATE = Rate(10, 10)
"""A second and Page, with audio or video; texts may come faster. Source: "Rate limits" of the Send API."""
KINDS: Mapping[str, str] = {
    # What Messenger shows or plays in the chat; everything else goes as a file to download.
    "image/jpeg": "image",
    "image/png": "image",
    "image/gif": "image",
    "audio/mpeg": "audio",
    "audio/mp4": "audio",
    "audio/aac": "audio",
    "audio/wav": "audio",
    "video/mp4": "video",
}
UNNAMED = frozenset({"permission", "bad_request", "not_found", "undeliverable"})
"""With these the User Profile API keeps a name to itself, as of people who signed up with a phone number."""


@dataclass(frozen=True, slots=True)
class Access:
    """A Page and what opens it. `hook_url`: where its app's webhook should lead; empty: doctor does not compare."""

    app_secret: str
    verify_token: str
    hook_url: str = ""

    def __repr__(self) -> str:
        return "Access()"


class Messenger:
    """`core.ports.Channel`, `ShowsTicks`, `KnowsNames` and `Examined`. `graph` speaks for the Page, `app` for the app:
    only the app may ask where its webhooks go."""

    def __init__(self, line: PageLine, access: Access, http: Http, graph: Graph, app: Graph, clock: Clock) -> None:
        self._line = line
        self._access = access
        self._http = http
        self._graph = graph
        self._app = app
        self._clock = clock

    @property
    def caps(self) -> ChannelCaps:
        return CAPS

    def verify(self, hook: Hook) -> str | None:
        return verify(self._access.app_secret, self._access.verify_token, hook)

    def parse(self, hook: Hook) -> Sequence[ChannelEvent]:
        return parse(self._line, hook)

    async def send(self, out: Outgoing) -> Sent:
        """Text, or a file in the same request. What cannot be sent is refused before any request."""
        try:
            answer = await (self._send_text(out) if out.file is None else self._send_file(out, out.file))
        except SendError as error:
            if out.late and error.code == "permission":
                # The token is good for everything else: Meta has not approved the Human Agent feature.
                error.code = "human_agent"
            raise
        external = answer.get("message_id")
        if not isinstance(external, str) or not external:
            raise SendError("bad_answer", certain=False, detail="no message id")
        return Sent(external)

    async def mark_read(self, address: str, external: str) -> None:
        """Marks the whole conversation as seen; Messenger knows no single message here."""
        await self._graph.post(self._messages, {"recipient": {"id": address}, "sender_action": "mark_seen"})

    async def name_of(self, address: str) -> str:
        try:
            found, _ = await self._graph.get(address, fields="name")
        except SendError as error:
            if error.code in UNNAMED:
                return ""
            raise
        name = found.get("name")
        return name if isinstance(name, str) else ""

    async def fetch(self, file: File) -> Content:
        """The address stood in the webhook and lives for a while; who has it needs no token, so none is sent there."""
        reply = await self._http.download(file.source, limit=CAPS.file_limit(file.mime))
        if reply.status in (403, 404, 410):
            raise SendError("media_gone", detail=f"http {reply.status}")
        if reply.status != 200:
            raise send_error(reply.status, reply.headers)
        said = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        if said == "text/html" != file.mime:
            raise SendError("media_gone", detail="a page instead of the file")
        return Content(reply.body, _truer(file.mime, said), file.name)

    async def examine(self) -> Sequence[Finding]:
        return await examine(self._line, self._graph, self._app, self._access.hook_url, self._clock)

    @property
    def _messages(self) -> str:
        return f"{self._line.page_id}/messages"

    async def _send_text(self, out: Outgoing) -> Json:
        if not out.text.strip():
            raise SendError("empty")
        # Messenger has no field for a person's name, and no bold: it stands above the words.
        text = f"{out.author}:\n{out.text}" if out.author else out.text
        if len(text) > CAPS.text_limit:
            raise SendError("too_long", detail=f"{len(text)} characters")
        message = _known_by(out, {"text": text})
        return await self._graph.post(self._messages, {**_head(out), "message": message})

    async def _send_file(self, out: Outgoing, file: File) -> Json:
        """Upload and message are one request: when its answer is lost, nobody knows whether it arrived."""
        _check_file(out, file)
        kind = kind_of(file.mime)
        message = _known_by(out, {"attachment": {"type": kind, "payload": {}}})
        fields = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in {**_head(out), "message": message}.items()
        }
        name = file.name or kind
        return await self._graph.upload(self._messages, fields, out.content, name=name, mime=file.mime, part="filedata")


def build(inbox: MessengerInbox, around: Around) -> Messenger:
    """The channel of a configured inbox; a factory of the registry."""
    secret = inbox.app_secret.get_secret_value()
    return Messenger(
        PageLine(InboxName(inbox.name), inbox.page_id, inbox.app_id),
        Access(secret, inbox.verify_token.get_secret_value(), around.hook_url),
        around.http,
        _graph(inbox, around.http, inbox.access_token.get_secret_value()),
        _graph(inbox, around.http, f"{inbox.app_id}|{secret}"),
        around.clock,
    )


def _graph(inbox: MessengerInbox, http: Http, token: str) -> Graph:
    return Graph(http, base=inbox.api_base, version=inbox.api_version, token=token)


def kind_of(mime: str) -> str:
    """The attachment type for a file."""
    return KINDS.get(mime.partition(";")[0].strip().lower(), "file")


def _head(out: Outgoing) -> Json:
    """To whom, and by what right: within the window as an answer, after it as a human agent's words."""
    right = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"} if out.late else {"messaging_type": "RESPONSE"}
    return {"recipient": {"id": out.address}, **right}


def _known_by(out: Outgoing, message: Json) -> Json:
    """`metadata` comes back in the echo of the message: "message_echoes", 1000 characters at most."""
    return {**message, "metadata": out.ref} if out.ref else message


def _check_file(out: Outgoing, file: File) -> None:
    if not out.content:
        raise SendError("empty")
    if len(out.content) > CAPS.file_limit(file.mime):
        raise SendError("too_large", detail=f"{len(out.content)} bytes")
    if out.text:
        raise SendError("caption", detail=kind_of(file.mime))


def _truer(guessed: str, said: str) -> str:
    """The CDN's word on the type, as long as it is not at odds with what the webhook called it."""
    if guessed == "application/octet-stream" or said.partition("/")[0] == guessed.partition("/")[0]:
        return said or guessed
    return guessed
