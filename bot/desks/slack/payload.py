"""What the readers of Slack's payloads share: who wrote, what is ours, files, times, and the key of a delivery."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.desks.slack.text import FIRST_MENTION
from core.events import FileNote
from core.people import Identity

Payload = dict[str, Any]

WRITTEN = frozenset({None, "file_share", "thread_broadcast", "me_message"})
"""Message subtypes that are a person's own words."""
_INTERACTION_PARTS = ("type", "callback_id", "action_ts", "message_ts", "trigger_id")


def delivery_key(payload: Payload) -> str:
    """What tells one delivery from another: `event_id` stays the same when Slack delivers again. Of a person's words
    their own place: a mention comes as two events, and what was found by looking may be delivered after all."""
    event = payload.get("event") or {}
    if event.get("type") in ("message", "app_mention") and is_typed(event) and event.get("channel") and event.get("ts"):
        return words_key(event["channel"], event)
    if "event_id" in payload:
        return str(payload["event_id"])
    parts = [str(payload.get(part, "")) for part in _INTERACTION_PARTS]
    if not any(parts[2:]):
        parts.append(json.dumps(payload, sort_keys=True))
    return f"interaction:{hashlib.sha256('|'.join(parts).encode()).hexdigest()}"


def words_key(channel: str, message: Mapping[str, Any]) -> str:
    return f"message:{channel}:{message.get('ts')}"


def is_typed(message: Mapping[str, Any]) -> bool:
    """Whether a message is a person's own words, as they were first written. A mention that was added by an edit comes
    as a new `app_mention`; the edit itself is told by `message_changed`."""
    return by_a_person(message) and "edited" not in message


def by_a_person(message: Mapping[str, Any]) -> bool:
    return message.get("subtype") in WRITTEN and "bot_id" not in message and bool(message.get("user"))


def envelope(payload: Payload, received: datetime, retry: str = "", *, missed: bool = False) -> bytes:
    """The raw row. `missed`: Slack never delivered it, we found it. Slack's deprecated verification token is a secret
    that nothing needs."""
    kept = {name: value for name, value in payload.items() if name != "token"}
    row = {"received": received.timestamp(), "retry": retry, "payload": kept} | ({"missed": True} if missed else {})
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def our_user(payload: Payload) -> str:
    """The bot's user id, as every event names it."""
    return next((each["user_id"] for each in payload.get("authorizations") or () if each.get("is_bot")), "")


def is_ours(payload: Payload) -> bool:
    """Whether the event is the echo of something this app posted, edited, deleted or reacted with."""
    event = payload.get("event") or {}
    us, app = our_user(payload), payload.get("api_app_id") or "-"
    if event.get("type") == "reaction_added" or event.get("type") == "reaction_removed":
        return bool(us) and event.get("user") == us
    if event.get("type") not in ("message", "app_mention"):
        return False
    message: Mapping[str, Any] = event.get("message") or event.get("previous_message") or event
    return message.get("app_id") == app or (bool(us) and message.get("user") == us)


def person(payload: Payload, user: str) -> Identity:
    return Identity("slack", payload["team_id"], user)


def at(ts: Any, otherwise: datetime | None = None) -> datetime:
    """The moment of a `1700000000.123456`. Raises ValueError when it is none and nothing else is given."""
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (TypeError, ValueError, OverflowError):
        if otherwise is None:
            raise ValueError("no timestamp") from None
        return otherwise


def own_mention(text: str, us: str) -> tuple[str, bool]:
    """The text without our own mention at its start, and whether there was one."""
    found = FIRST_MENTION.match(text)
    if found is None or not us or found[1] != us:
        return text, False
    return text[found.end() :], True


def files(message: Mapping[str, Any]) -> tuple[FileNote, ...]:
    """Known by Slack's file id: its addresses are asked for when it is fetched. Deleted and hidden ones have none."""
    return tuple(
        FileNote(each["id"], each.get("name") or each["id"], each.get("mimetype") or "", each.get("size"))
        for each in message.get("files") or ()
        if each.get("mode") not in ("tombstone", "hidden_by_limit")
    )
