"""Interactions as desk events: buttons and menus, submitted modals, message shortcuts. Pure."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.desks.slack.blocks import PRESS
from bot.desks.slack.payload import Payload, at, files, person
from bot.desks.slack.settings import SLACK
from bot.desks.slack.text import typed
from core.events import DeskEvent, Origin, Pressed, Submitted
from core.model import PostRef


def interaction(payload: Payload, received: datetime) -> DeskEvent | None:
    """None for what we never asked for, such as a closed modal."""
    match payload.get("type"):
        case "block_actions":
            return _pressed(_with_team(payload), received)
        case "view_submission":
            return _submitted(_with_team(payload), received)
        case "message_action":
            return _shortcut(_with_team(payload), received)
        case _:
            return None


def _with_team(payload: Payload) -> Payload:
    team = (payload.get("team") or {}).get("id") or payload["user"]["team_id"]
    return payload | {"team_id": team}


def _pressed(payload: Payload, received: datetime) -> Pressed | None:
    pressed = payload["actions"][0]
    mark, _, rest = pressed["action_id"].partition(":")
    if mark != PRESS:
        return None
    word, value = rest.partition(":")[2], pressed.get("value") or ""
    if chosen := pressed.get("selected_option"):
        word, _, value = chosen["value"].partition(" ")
    if not word:
        return None
    container = payload["container"]
    ts = container.get("message_ts")
    return Pressed(
        _origin(payload, ts, container.get("thread_ts"), at(pressed.get("action_ts"), received)), word, value
    )


def _shortcut(payload: Payload, received: datetime) -> Pressed:
    """On the words of whoever wrote the message; the command decides what may be done with them."""
    message = payload["message"]
    origin = _origin(payload, message["ts"], None, at(payload.get("action_ts"), received))
    # A message that is no reply stands in no thread, unless it is the root of one.
    origin = replace(origin, root=message.get("thread_ts"))
    return Pressed(origin, payload["callback_id"], "", typed(message.get("text") or "").strip(), files(message))


def _origin(payload: Payload, ts: str | None, thread: str | None, when: datetime) -> Origin:
    """A press on a card: the card is the root of its thread."""
    place = (payload.get("channel") or {}).get("id") or ""
    return Origin(
        desk=SLACK,
        key=_key(payload),
        who=person(payload, payload["user"]["id"]),
        place=place,
        at=when,
        root=thread or ts,
        post=PostRef(SLACK, place, ts) if ts and place else None,
        trigger=payload.get("trigger_id") or "",
        direct=place.startswith("D") or not place,
    )


def _key(payload: Payload) -> str:
    """The interaction's own id. Without a trigger (it always has one) its moment, which is unique for a person."""
    moment = payload.get("trigger_id") or payload.get("action_ts") or payload["actions"][0]["action_ts"]
    return f"slack:{payload['team_id']}:{payload['user']['id']}:{moment}"


def _submitted(payload: Payload, received: datetime) -> Submitted:
    view = payload["view"]
    about = json.loads(view.get("private_metadata") or "{}")
    place, post = about.get("place") or "", about.get("post")
    origin = Origin(
        desk=SLACK,
        key=f"slack:{payload['team_id']}:view:{view['id']}",
        who=person(payload, payload["user"]["id"]),
        place=place,
        at=received,
        root=about.get("root"),
        post=PostRef(SLACK, place, post) if post else None,
        trigger=payload.get("trigger_id") or "",
        direct=place.startswith("D") or not place,
    )
    values = (view.get("state") or {}).get("values") or {}
    entered = {field: _entered(state) for field, state in values.items()}
    return Submitted(origin, view["callback_id"], about.get("value") or "", entered)


def _entered(state: dict[str, Any]) -> str:
    """What one input holds; each of our blocks has one."""
    element: dict[str, Any] = next(iter(state.values()), {})
    chosen = element.get("selected_option")
    return str(chosen["value"] if chosen else element.get("value") or "")
