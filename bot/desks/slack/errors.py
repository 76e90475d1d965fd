"""What went wrong between us and Slack, by name, as a `SendError`. The one place that knows Slack's error names."""

from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.http import from_exception, retry_after
from bot.http import send_error as by_status
from core.errors import SendError


@dataclass(frozen=True, slots=True)
class _Meaning:
    code: str
    retry: bool = False
    certain: bool = True


_BY_NAME = {
    # The thread or its channel is not there any more.
    "message_not_found": _Meaning("thread_gone"),
    "thread_not_found": _Meaning("thread_gone"),
    "channel_not_found": _Meaning("place_gone"),
    "is_archived": _Meaning("place_gone"),
    "not_in_channel": _Meaning("not_in_channel"),
    # The app itself: nothing works until somebody mends it.
    "token_revoked": _Meaning("token_expired"),
    "token_expired": _Meaning("token_expired"),
    "account_inactive": _Meaning("token_expired"),
    "invalid_auth": _Meaning("token_expired"),
    "not_authed": _Meaning("token_expired"),
    "not_allowed_token_type": _Meaning("token_expired"),
    "missing_scope": _Meaning("permission"),
    "cant_update_message": _Meaning("permission"),
    "restricted_action": _Meaning("permission"),
    "restricted_action_thread_locked": _Meaning("permission"),
    # What we sent.
    "msg_too_long": _Meaning("too_long"),
    "msg_blocks_too_long": _Meaning("too_long"),
    "file_upload_size_restricted": _Meaning("too_large"),
    "file_not_found": _Meaning("media_gone"),
    "file_deleted": _Meaning("media_gone"),
    # The person.
    "user_not_found": _Meaning("unreachable"),
    "users_not_found": _Meaning("unreachable"),
    "user_not_visible": _Meaning("unreachable"),
    "user_disabled": _Meaning("unreachable"),
    "user_not_in_channel": _Meaning("unreachable"),
    "cannot_dm_bot": _Meaning("unreachable"),
    "messages_tab_disabled": _Meaning("unreachable"),
    # A dialog's trigger lives three seconds.
    "expired_trigger_id": _Meaning("too_slow"),
    "exchanged_trigger_id": _Meaning("too_slow"),
    "invalid_trigger_id": _Meaning("too_slow"),
    # Slack itself. Its documentation says of these that part of the work may have been done.
    "fatal_error": _Meaning("server_error", retry=True, certain=False),
    "internal_error": _Meaning("server_error", retry=True, certain=False),
    "service_unavailable": _Meaning("server_error", retry=True, certain=False),
    "request_timeout": _Meaning("server_error", retry=True, certain=False),
    "team_added_to_org": _Meaning("server_error", retry=True),
}
_REFUSED = _Meaning("platform_error")
_LIMITED = frozenset({"ratelimited", "rate_limited"})
DEFAULT_WAIT = timedelta(seconds=30)
"""When Slack asks us to slow down and does not say for how long."""


def send_error(error: Exception) -> SendError:
    """What the outbox needs to know about a failed request; what is no failure of Slack's is raised again."""
    match error:
        case SendError():
            return error
        case SlackApiError(response=response):
            return _answered(response)
        case aiohttp.ClientConnectorError() | aiohttp.InvalidURL():
            return from_exception(error, written=False)
        case TimeoutError() | aiohttp.ClientError() | OSError() | SlackClientError():
            # The request may have been written, and done, before the connection broke.
            return from_exception(error, written=True)
        case _:
            raise error


def _answered(response: object) -> SendError:
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0) or 0)
    headers = {str(name).lower(): str(value) for name, value in (getattr(response, "headers", None) or {}).items()}
    data = getattr(response, "data", None)
    name = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or name in _LIMITED:
        wait = retry_after(headers) or DEFAULT_WAIT
        return SendError("rate_limited", retry=True, after=wait, detail=name or f"http {status}")
    if not name:
        return by_status(status, headers)
    meaning = _BY_NAME.get(name, _REFUSED)
    return SendError(meaning.code, retry=meaning.retry, certain=meaning.certain, detail=name)
