"""What Telegram's refusals mean for the outbox, and what is remembered."""

from datetime import timedelta

import httpx
import pytest
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

from bot.desks.telegram.api import Api
from bot.desks.telegram.errors import is_done, send_error
from bot.desks.telegram.recent import Recent
from core.errors import SEND_ERRORS, SendError
from core.model import ThreadRef
from tests.desks.telegram.kit import TelegramByPolling


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "code", "retry", "certain"),
    [
        (BadRequest("Message thread not found"), "thread_gone", False, True),
        (BadRequest("TOPIC_DELETED"), "thread_gone", False, True),
        (BadRequest("Chat not found"), "place_gone", False, True),
        (BadRequest("The chat is not a forum"), "not_set_up", False, True),
        (BadRequest("Not enough rights to manage pinned messages in the chat"), "permission", False, True),
        (BadRequest("Message is too long"), "too_long", False, True),
        (BadRequest("Something new"), "platform_error", False, True),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), "not_in_channel", False, True),
        (Forbidden("Forbidden: bot was blocked by the user"), "unreachable", False, True),
        (InvalidToken("Unauthorized"), "token_expired", False, True),
        (Conflict("terminated by other getUpdates request"), "taken", True, True),
        (ChatMigrated(-1001), "server_error", True, True),
        (RetryAfter(7), "rate_limited", True, True),
        (NetworkError("Request Entity Too Large"), "too_large", False, True),
        (NetworkError("Bad Gateway (502)"), "server_error", True, False),
        (TelegramError("Invalid server response"), "bad_answer", False, False),
        (caused(NetworkError("x"), httpx.ConnectError("x")), "no_connection", True, True),
        (caused(TimedOut(), httpx.PoolTimeout("x")), "no_connection", True, True),
        (caused(TimedOut(), httpx.ReadTimeout("x")), "timeout", True, False),
        (caused(NetworkError("x"), httpx.RemoteProtocolError("x")), "disconnected", True, False),
    ],
    ids=str,
)
def test_every_refusal_has_a_name(error: TelegramError, code: str, retry: bool, certain: bool) -> None:
    meant = send_error(error)
    assert (meant.code, meant.retry, meant.certain) == (code, retry, certain)
    assert meant.code in SEND_ERRORS


def test_a_limit_says_for_how_long() -> None:
    assert send_error(RetryAfter(7)).after == timedelta(seconds=7)


def test_a_proxy_s_page_goes_to_no_log() -> None:
    error = NetworkError("Bad Gateway (502). Parsing the server response b'<html>' failed")
    assert send_error(error).detail == "Bad Gateway (502)"


def test_what_is_so_already_is_no_failure() -> None:
    assert is_done(BadRequest("Message is not modified: specified new message content ..."))
    assert is_done(BadRequest("TOPIC_NOT_MODIFIED"))
    assert not is_done(BadRequest("TOPIC_CLOSED"))


async def test_what_landed_in_general_is_taken_back(telegram: TelegramByPolling, thread: ThreadRef) -> None:
    async def moved(old: int, new: int) -> None:
        raise AssertionError("nothing moved")

    api = Api(telegram.sim.token, telegram.sim.api_base, None, 5, moved)
    sent = await api.bot.send_message(telegram.group.id, "for the topic")
    with pytest.raises(SendError) as failed:
        await api.landed(sent, telegram.group.id, int(thread.root) + 500)
    await api.close()
    assert failed.value.code == "thread_gone"
    assert not telegram.group.general.shows("for the topic")


def test_what_was_used_longest_ago_is_forgotten() -> None:
    known: Recent[str, int] = Recent(2)
    for number, key in enumerate("abac"):
        known.put(key, number)
    assert [known.get(key) for key in "abc"] == [2, None, 3]
