"""Slack's payloads as desk events. Pure: the same raw row gives the same events any number of times.

What we do not know gives no event and is no error: the row is kept. A raw row is what `listen` stored, Slack's payload
in an envelope with the moment it came, because some interactions have no time of their own.
Shapes: https://docs.slack.dev/reference/events and https://docs.slack.dev/reference/interaction-payloads
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.desks.slack.interactions import interaction
from bot.desks.slack.payload import Payload, at, files, is_ours, is_typed, our_user, own_mention, person
from bot.desks.slack.settings import SLACK
from bot.desks.slack.text import BEGINS_WITH_MENTION, typed
from core.errors import Unreadable
from core.events import Deleted, DeskEvent, Edited, HomeOpened, Origin, PlaceChanged, Reacted, Typed, Unheard
from core.model import PostRef
from core.people import Identity

_PLACES = {
    "channel_archive": "archived",
    "group_archive": "archived",
    "channel_deleted": "archived",
    "group_deleted": "archived",
    "channel_rename": "renamed",
    "group_rename": "renamed",
    "channel_left": "bot_removed",
    "group_left": "bot_removed",
}
"""Event type -> key under `place.`"""


def events_of(raw: bytes) -> Sequence[DeskEvent]:
    """Raises Unreadable when the row is no envelope of ours."""
    try:
        envelope = json.loads(raw)
        payload, received = dict(envelope["payload"]), datetime.fromtimestamp(float(envelope["received"]), UTC)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise Unreadable("not an envelope of the Slack desk") from error
    try:
        event = _missed(payload) if envelope.get("missed") else _read(payload, received)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise Unreadable(f"a {payload.get('type')} of another shape") from error
    return [] if event is None else [event]


def _read(payload: Payload, received: datetime) -> DeskEvent | None:
    match payload.get("type"):
        case "event_callback":
            return _event(payload, received)
        case "app_rate_limited":
            return _unheard(payload, "limited", received)
        case "refused":
            return _unheard(payload, str(payload["why"]), received)
        case _:
            return interaction(payload, received)


def _missed(payload: Payload) -> DeskEvent | None:
    """What was found by looking. Words that were changed before anybody heard them are what they are now; a reply among
    them is shown to its author before it leaves, because an edit never sends."""
    event: Payload = payload["event"]
    if event.get("subtype") == "message_changed":
        changed = _changed(payload, event)
        return replace(changed, origin=replace(changed.origin, missed=True)) if changed else None
    typed = _typed(payload, event)
    return replace(typed, origin=replace(typed.origin, missed=True, confirms="edited" in event))


def _unheard(payload: Payload, why: str, received: datetime) -> Unheard:
    """Once a day, as whoever must act is told once."""
    nobody = Identity(SLACK, str(payload.get("team_id") or ""), "")
    return Unheard(Origin(SLACK, f"unheard|{SLACK}|{why}|{received:%Y-%m-%d}", nobody, "", received), why)


def _event(payload: Payload, received: datetime) -> DeskEvent | None:
    event: Payload = payload["event"]
    if is_ours(payload):
        return None
    kind = event.get("type")
    match kind:
        case "message" | "app_mention":
            return _message(payload, event)
        case "reaction_added":
            return _reaction(payload, event)
        case "app_home_opened" if event.get("tab") == "home":
            return HomeOpened(
                _origin(payload, event["user"], event["channel"], at(event.get("event_ts"), received), "home")
            )
        case "member_left_channel" if event.get("user") == our_user(payload):
            return _place(payload, event, received, "bot_removed")
        case str() if kind in _PLACES:
            return _place(payload, event, received, _PLACES[kind])
        case _:
            return None


def _message(payload: Payload, event: Payload) -> DeskEvent | None:
    subtype = event.get("subtype")
    if subtype == "message_changed":
        return _changed(payload, event)
    if subtype == "message_deleted":
        return _deleted(payload, event, event["previous_message"])
    return _typed(payload, event) if is_typed(event) else None


def _typed(payload: Payload, event: Payload) -> Typed:
    """A mention comes as `app_mention` and as `message`, with two event ids: the once-key is the message's own."""
    text = event.get("text") or ""
    rest, spoken_to_us = own_mention(text, our_user(payload))
    return Typed(
        _about_message(payload, event, event, ""),
        typed(rest).strip(),
        files(event),
        mentions_first=spoken_to_us or BEGINS_WITH_MENTION.match(rest) is not None,
    )


def _changed(payload: Payload, event: Payload) -> Edited | Deleted | None:
    """Unfurls, tombstones and thread counters are changes too: only other words are an edit."""
    message, before = event["message"], event.get("previous_message") or {}
    if message.get("subtype") == "tombstone":
        return _deleted(payload, event, before)
    if "bot_id" in message or not message.get("user") or message.get("text") == before.get("text"):
        return None
    version = (message.get("edited") or {}).get("ts") or event["ts"]
    rest, _ = own_mention(message.get("text") or "", our_user(payload))
    return Edited(_about_message(payload, event, message, f":edited:{version}"), typed(rest).strip())


def _deleted(payload: Payload, event: Payload, message: Mapping[str, Any]) -> Deleted | None:
    if "bot_id" in message or not message.get("user"):
        return None
    return Deleted(_about_message(payload, event, message, ":deleted"))


def _about_message(payload: Payload, event: Payload, message: Mapping[str, Any], variant: str) -> Origin:
    place, ts = event["channel"], message["ts"]
    # An edit or deletion happens now; the message's own time is when it was first written.
    when = at(event.get("event_ts") or event.get("ts") if variant else ts, at(ts))
    words = f"slack:{payload['team_id']}:{place}:{ts}"
    return Origin(
        desk=SLACK,
        key=f"{words}{variant}",
        who=person(payload, message["user"]),
        place=place,
        at=when,
        root=message.get("thread_ts"),
        post=PostRef(SLACK, place, ts),
        direct=event.get("channel_type") == "im" or place.startswith("D"),
        words=words if variant else "",
    )


def _reaction(payload: Payload, event: Payload) -> Reacted | None:
    item = event["item"]
    if item.get("type") != "message" or event["user"] == our_user(payload):
        return None
    ref = PostRef(SLACK, item["channel"], item["ts"])
    origin = Origin(
        desk=SLACK,
        key=f"slack:{payload['team_id']}:{ref.place}:{ref.post}:{event['reaction']}:{event['user']}:{event['event_ts']}",
        who=person(payload, event["user"]),
        place=ref.place,
        at=at(event["event_ts"]),
        # Slack does not say in which thread a message stands; the card is the root of its own.
        root=ref.post,
        post=ref,
        direct=ref.place.startswith("D"),
    )
    return Reacted(origin, event["reaction"])


def _place(payload: Payload, event: Payload, received: datetime, what: str) -> PlaceChanged:
    channel = event["channel"]
    place = channel["id"] if isinstance(channel, dict) else channel
    when = at(event.get("event_ts"), received)
    return PlaceChanged(_origin(payload, event.get("user") or "", place, when, what), what)


def _origin(payload: Payload, user: str, place: str, when: datetime, what: str) -> Origin:
    return Origin(
        desk=SLACK,
        key=f"slack:{payload['team_id']}:{place}:{what}:{payload['event_id']}",
        who=person(payload, user),
        place=place,
        at=when,
        direct=place.startswith("D"),
    )
