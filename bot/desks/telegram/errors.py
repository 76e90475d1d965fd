"""What went wrong between us and Telegram, as a `SendError`. The one place that knows Telegram's error descriptions.

Telegram has no error names: a description is text, of which some parts have stayed the same for years
(https://github.com/tdlib/telegram-bot-api, Client.cpp; https://github.com/tdlib/td).
"""

import os
from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from core.errors import SendError

# The library's own switch: without it every 429 warns that times are numbers still.
os.environ.setdefault("PTB_TIMEDELTA", "1")

_BY_WORDS = (
    # The thread, or the card in it. More than one of these stands for a topic that was deleted.
    ("message thread not found", "thread_gone"),
    ("topic_deleted", "thread_gone"),
    ("topic_id_invalid", "thread_gone"),
    ("message to edit not found", "thread_gone"),
    ("message_id_invalid", "thread_gone"),
    ("message to delete not found", "thread_gone"),
    ("message to pin not found", "thread_gone"),
    # The group.
    ("chat not found", "place_gone"),
    ("group chat was deleted", "place_gone"),
    ("group chat was deactivated", "place_gone"),
    ("peer_id_invalid", "place_gone"),
    ("bot was kicked", "not_in_channel"),
    ("bot is not a member", "not_in_channel"),
    ("chat is not a forum", "not_set_up"),
    # What the bot may do there. A closed topic takes words from whoever may manage topics.
    ("topic_closed", "permission"),
    ("not enough rights", "permission"),
    ("have no rights", "permission"),
    ("chat_admin_required", "permission"),
    ("need administrator rights", "permission"),
    ("message can't be deleted", "permission"),
    # The person.
    ("bot was blocked by the user", "unreachable"),
    ("can't initiate conversation", "unreachable"),
    ("user is deactivated", "unreachable"),
    ("bots can't send messages to bots", "unreachable"),
    ("user not found", "unreachable"),
    # What we sent.
    ("message is too long", "too_long"),
    ("message_too_long", "too_long"),
    ("caption is too long", "too_long"),
    ("message text is empty", "empty"),
    ("request entity too large", "too_large"),
    ("file is too big", "too_large"),
    ("photo_invalid_dimensions", "media_refused"),
    ("image_process_failed", "media_refused"),
    ("wrong file_id", "media_gone"),
    ("invalid file_id", "media_gone"),
    ("wrong remote file identifier", "media_gone"),
    ("file_reference_expired", "media_gone"),
    # A press may be answered for a while only.
    ("query is too old", "too_slow"),
    ("query id is invalid", "too_slow"),
)
"""Part of a description in lower case -> our own code."""
_NEEDS = {"topic": "can_manage_topics", "pin": "can_pin_messages", "delete": "can_delete_messages"}
_NOT_MODIFIED = ("message is not modified", "topic_not_modified")
_AFTER_MOVING = timedelta(seconds=2)


def is_done(error: TelegramError) -> bool:
    """Whether it is only that everything is as we want it already."""
    return isinstance(error, BadRequest) and any(words in str(error).lower() for words in _NOT_MODIFIED)


def send_error(error: TelegramError) -> SendError:
    """What the outbox needs to know about a failed request.

    `BadRequest` and `TimedOut` are subclasses of `NetworkError`, so their order here matters.
    """
    match error:
        case RetryAfter():
            after = error.retry_after
            wait = after if isinstance(after, timedelta) else timedelta(seconds=after)
            return SendError("rate_limited", retry=True, after=wait, detail="429")
        case ChatMigrated():
            return SendError("server_error", retry=True, after=_AFTER_MOVING, detail="migrated")
        case InvalidToken():
            return SendError("token_expired", detail="401")
        case Conflict():
            return SendError("taken", retry=True, detail="409")
        case BadRequest() | Forbidden():
            return _refused(str(error))
        case NetworkError() if isinstance(error.__cause__, httpx.HTTPError):
            return _disconnected(error, error.__cause__)
        case NetworkError():
            return _trouble(str(error))
        case _:
            return SendError("bad_answer", certain=False, detail=type(error).__name__)


def _refused(description: str) -> SendError:
    said = description.lower()
    code = next((code for words, code in _BY_WORDS if words in said), "platform_error")
    if code == "permission":
        return SendError(code, detail=_right(said))
    return SendError(code, detail=_short(description))


def _right(said: str) -> str:
    """Which right of an administrator is missing."""
    return next((right for words, right in _NEEDS.items() if words in said), _short(said))


def _disconnected(error: NetworkError, cause: httpx.HTTPError) -> SendError:
    """Only before the connection stands is it certain that nothing was written."""
    detail = type(cause).__name__
    if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError):
        return SendError("no_connection", retry=True, detail=detail)
    code = "timeout" if isinstance(error, TimedOut) else "disconnected"
    return SendError(code, retry=True, certain=False, detail=detail)


def _trouble(description: str) -> SendError:
    """A status of 5xx or an unusual one, known by its words alone."""
    if "too large" in description.lower():
        return SendError("too_large", detail="413")
    return SendError("server_error", retry=True, certain=False, detail=_short(description))


def _short(description: str) -> str:
    """For the log: without the page of a proxy, which the library would show whole."""
    said = description.partition(". Parsing the server response")[0]
    return said.removeprefix("Bad Request: ").removeprefix("Forbidden: ")[:80]
