"""The chat on a shop's pages: a channel that is its own platform. Sending appends to the visitor's log, which feeds
their sockets (bot/web/chat/); what they do is read in livechat_parse.py.
"""

import secrets
from collections.abc import Sequence

from aiohttp import web

from bot.channels.kind import Around
from bot.channels.livechat_doctor import examine
from bot.channels.livechat_inbox import LivechatInbox
from bot.channels.livechat_parse import BLOB, external_of, parse, seq_of
from bot.http import MB, Http
from bot.rates import UNLIMITED
from bot.workers.loop import Step
from core.errors import SendError, Unauthorized
from core.events import ChannelEvent
from core.ids import InboxName
from core.messages import File
from core.ports import (
    Blob,
    ChannelCaps,
    ChatFile,
    ChatKind,
    ChatLog,
    ChatWords,
    Clock,
    Content,
    Finding,
    Hook,
    Outgoing,
    Sent,
)

TEXT_LIMIT = 4000
FILE_LIMIT = 25 * MB
CAPS = ChannelCaps(text_limit=TEXT_LIMIT, window=None, file_limits={"*": FILE_LIMIT}, repeatable=True)
RATE = UNLIMITED


class Livechat:
    """`core.ports.Channel`, `ShowsTicks` and `Examined`. `log`: None where nothing is sent (doctor)."""

    def __init__(
        self,
        settings: LivechatInbox,
        log: ChatLog | None,
        blobs: Blob | None,
        clock: Clock,
        base_url: str = "",
        home: Http | None = None,
    ) -> None:
        self._settings = settings
        self._inbox = InboxName(settings.name)
        self._base_url = base_url
        self._home = home
        self._log = log
        self._blobs = blobs
        self._clock = clock

    @property
    def caps(self) -> ChannelCaps:
        return CAPS

    def verify(self, hook: Hook) -> str | None:
        """Nobody delivers here from outside: what visitors do comes through our own socket."""
        raise Unauthorized

    def parse(self, hook: Hook) -> Sequence[ChannelEvent]:
        return parse(self._inbox, hook)

    async def send(self, out: Outgoing) -> Sent:
        """It is with the visitor when it is durable in their log, and the same `ref` is appended once: whatever goes
        wrong may be tried again. Raises `Unavailable`, as whoever asks the database does."""
        words = _words(out)
        ref = out.ref or secrets.token_urlsafe(12)
        now = self._clock.now()
        try:
            seq = await self._open().append(self._inbox, out.address, ChatKind.AGENT, ref, words, now)
        except LookupError:
            raise SendError("undeliverable", detail="the visitor's log is gone") from None
        return Sent(external_of(out.address, seq))

    async def mark_read(self, address: str, external: str) -> None:
        await self._open().read_by_team(self._inbox, address, seq_of(external))

    async def fetch(self, file: File) -> Content:
        """What was uploaded before the message was sent. Raises SendError("media_gone")."""
        try:
            if self._blobs is None:
                raise KeyError(file.source)
            body = await self._blobs.get(file.source.removeprefix(BLOB))
        except KeyError:
            raise SendError("media_gone") from None
        return Content(body, file.mime, file.name)

    async def examine(self) -> Sequence[Finding]:
        return await examine(self._settings, self._base_url, self._home)

    def _open(self) -> ChatLog:
        if self._log is None:
            raise SendError("internal", retry=True, detail="no log")
        return self._log


def build(inbox: LivechatInbox, around: Around) -> Livechat:
    """The channel of a configured inbox; a factory of the registry."""
    base_url = around.hook_url.partition("/hooks/")[0]
    return Livechat(inbox, around.log, around.blobs, around.clock, base_url, around.home)


def site(app: web.Application, inboxes: Sequence[LivechatInbox]) -> Step:
    """Adds the chat's own pages, and tells who left them; `site` of the registry."""
    # The pages are made of the whole house, whose settings are made of the registry.
    from bot.web.chat import add_chat

    return add_chat(app, inboxes)


def _words(out: Outgoing) -> ChatWords:
    """Raises SendError for what no visitor can be shown."""
    if len(out.text) > TEXT_LIMIT:
        raise SendError("too_long", detail=f"{len(out.text)} characters")
    if len(out.content) > FILE_LIMIT:
        raise SendError("too_large", detail=f"{len(out.content)} bytes")
    file = out.file
    if file is None and not out.text.strip():
        raise SendError("empty")
    if file is None:
        return ChatWords(out.text, out.author)
    if not out.content:
        raise SendError("empty")
    return ChatWords(out.text, out.author, (ChatFile(file.blob, file.name, file.mime, len(out.content)),))
