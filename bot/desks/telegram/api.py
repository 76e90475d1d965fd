"""One request to the Bot API at a time through the real python-telegram-bot: our timeouts, no retries, SendErrors."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from ssl import SSLContext
from typing import Any, TypeVar

import httpx
from telegram import Bot, ForceReply, InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import ChatMigrated, TelegramError
from telegram.request import HTTPXRequest

from bot.desks.telegram.errors import is_done, send_error
from core.errors import SendError
from core.ports import Content

T = TypeVar("T")
ALLOWED = ("message", "edited_message", "callback_query", "message_reaction", "my_chat_member")
"""Updates we ask for; reactions come to nobody who does not."""
BATCH = 100
"""Updates that one request gives at most."""
TRANSFER = 45.0
"""Seconds for a file; with a request before it that must end within the outbox's lease of 90 s."""
LONGEST = 50.0
"""Seconds for a whole request: the library limits each piece of an answer, and one may come byte by byte."""
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

# Addresses hold the bot's token, and the libraries' own lines hold addresses and what people write.
for _name in ("telegram", "httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)

Moved = Callable[[int, int], Awaitable[None]]
"""Told that a group has another id now: old, new."""


class _Bot(Bot):
    """With updates as Telegram gave them: what its classes cannot read must not stop the reading."""

    async def updates(self, offset: int | None, timeout: int, patience: float) -> Any:
        asked = {"timeout": timeout, "allowed_updates": ALLOWED, "limit": BATCH} | (
            {} if offset is None else {"offset": offset}
        )
        return await self._post("getUpdates", asked, read_timeout=timeout + patience)


class Api:
    """Wraps the library's bot, which is never `initialize`d: that would ask who it is at every start."""

    def __init__(self, token: str, api_base: str, proxy: str | None, timeout: float, moved: Moved) -> None:
        base = api_base.rstrip("/")
        self._timeout = timeout
        self._moved = moved
        self._requests = [_request(proxy, timeout), _request(proxy, timeout)]
        self.bot = _Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            get_updates_request=self._requests[0],
            request=self._requests[1],
        )

    async def close(self) -> None:
        """Let go of the connections."""
        for request in self._requests:
            await request.shutdown()

    async def do(self, request: Awaitable[T], chat: int | None = None, longest: float | None = None) -> T | None:
        """One method of the library. None when everything was as we want it already. Raises SendError.

        `chat`: the group it is about, which may have got another id meanwhile.
        """
        try:
            async with asyncio.timeout(longest or LONGEST):
                return await request
        except TimeoutError:
            raise SendError("timeout", retry=True, certain=False, detail="it never ended") from None
        except TelegramError as error:
            if is_done(error):
                return None
            if isinstance(error, ChatMigrated) and chat is not None:
                await self._moved(chat, error.new_chat_id)
            raise send_error(error) from None

    async def say(
        self,
        chat: int,
        text: str,
        *,
        thread: int | None = None,
        keyboard: InlineKeyboardMarkup | ForceReply | None = None,
        silent: bool = True,
        reply_to: int | None = None,
        plain: bool = False,
    ) -> int:
        """A message of HTML, or of words as they are; its id. Raises SendError("thread_gone") when it landed elsewhere
        than in `thread`."""
        sent = await self.do(
            self.bot.send_message(
                chat,
                text,
                parse_mode=None if plain else ParseMode.HTML,
                message_thread_id=thread,
                reply_markup=keyboard,
                disable_notification=silent,
                link_preview_options=_NO_PREVIEW,
                reply_parameters=_answering(reply_to),
            ),
            chat,
        )
        return await self.landed(sent, chat, thread)

    async def landed(self, sent: Message | None, chat: int, thread: int | None) -> int:
        """What was meant for a topic that cannot be reached any more may come out in General: it is taken back."""
        if sent is None:
            raise SendError("bad_answer", certain=False)
        if thread is not None and sent.message_thread_id != thread:
            await self.take_back(chat, sent.message_id)
            raise SendError("thread_gone", detail="landed elsewhere")
        return sent.message_id

    async def change(
        self, chat: int, message: int, text: str, keyboard: InlineKeyboardMarkup | None, *, plain: bool = False
    ) -> None:
        """Without a keyboard the one there was goes."""
        await self.do(
            self.bot.edit_message_text(
                text,
                chat,
                message,
                parse_mode=None if plain else ParseMode.HTML,
                reply_markup=keyboard,
                link_preview_options=_NO_PREVIEW,
            ),
            chat,
        )

    async def take_back(self, chat: int, message: int) -> None:
        """What is gone already is no error."""
        try:
            await self.do(self.bot.delete_message(chat, message), chat)
        except SendError as error:
            if error.code != "thread_gone":
                raise

    async def answer(self, query: str, text: str = "", *, alert: bool = False) -> None:
        """Costs nothing of a group's writes. One that is too old needs no answer any more."""
        try:
            await self.do(self.bot.answer_callback_query(query, text or None, show_alert=alert))
        except SendError as error:
            if error.code != "too_slow":
                raise

    async def download(self, source: str, mime: str) -> Content:
        """Of at most 20 MB, as Telegram allows its bots."""
        file = await self.do(self.bot.get_file(source))
        if file is None or not file.file_path:
            raise SendError("media_gone")
        body = await self.do(file.download_as_bytearray(read_timeout=TRANSFER))
        return Content(bytes(body or b""), mime)

    async def updates(self, offset: int | None, timeout: int) -> Sequence[dict[str, Any]]:
        """What came since. `offset` confirms all before it; None confirms nothing. Waits up to `timeout` seconds."""
        asked = self.bot.updates(offset, timeout, self._timeout)
        found = await self.do(asked, longest=timeout + LONGEST)
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _request(proxy: str | None, timeout: float) -> HTTPXRequest:
    return HTTPXRequest(
        read_timeout=timeout,
        write_timeout=timeout,
        connect_timeout=min(timeout, 10),
        media_write_timeout=TRANSFER,
        proxy=proxy,
        httpx_kwargs={"trust_env": False, "verify": _tls()},
    )


@cache
def _tls() -> SSLContext:
    """One for all connections: to read the roots takes longer than a request."""
    return httpx.create_ssl_context(trust_env=False)


def _answering(message: int | None) -> ReplyParameters | None:
    return ReplyParameters(message, allow_sending_without_reply=True) if message is not None else None
