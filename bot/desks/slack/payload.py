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

_INTERACTION_PARTS = ("type", "callback_id", "action_ts", "message_ts", "trigger_id")


def delivery_key(payload: Payload) -> str:
    """What tells one delivery from another: `event_id` stays the same when Slack delivers again."""
    if "event_id" in payload:
        return str(payload["event_id"])
    parts = [str(payload.get(part, "")) for part in _INTERACTION_PARTS]
    if not any(parts[2:]):
        parts.append(json.dumps(payload, sort_keys=True))
    return f"interaction:{hashlib.sha256('|'.join(parts).encode()).hexdigest()}"


def envelope(payload: Payload, received: datetime, retry: str = "") -> bytes:
    """The raw row. Slack's deprecated verification token is a secret that nothing needs."""
    kept = {name: value for name, value in payload.items() if name != "token"}
    return json.dumps(
        {"received": received.timestamp(), "retry": retry, "payload": kept}, ensure_ascii=False, separators=(",", ":")
    ).encode("utf-8", "surrogatepass")


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
