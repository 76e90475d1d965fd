"""What happened in the workspace, told to the app: the payloads of the Events API and of interactions.

Only what a real app would hear: conversations the bot is in, event types it subscribed to.
"""

from . import shapes
from .delivery import Delivery, Json
from .state import APP_ID, BOT_USER, TEAM_ID, Channel, Message, User, View, Workspace

TOKEN = "verification-token"


MESSAGES = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


def emit(workspace: Workspace, name: str, event: Json) -> None:
    """One Events API delivery, if the app subscribed to it. `name` is what `faults.next` knows it by."""
    subscription = MESSAGES[event["channel_type"]] if event["type"] == "message" else event["type"]
    if workspace.subscriptions is not None and subscription not in workspace.subscriptions:
        return
    event = event | {"event_ts": event.get("event_ts") or workspace.stamp()}
    payload = {
        "token": TOKEN,
        "team_id": TEAM_ID,
        "context_team_id": TEAM_ID,
        "context_enterprise_id": None,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.new_id("Ev"),
        "event_time": int(workspace.seconds()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{workspace.new_id('ec')}",
    }
    workspace.outbox.deliver("events_api", name, payload)


def hears(channel: Channel) -> bool:
    return BOT_USER in channel.members


def posted(workspace: Workspace, message: Message) -> None:
    """A new message. A mention of the bot in a channel comes as `app_mention` and as `message`, with two ids.

    Names for faults: `message`, `message.<subtype>`, `message.bot` (the app's own posts), `app_mention`.
    """
    channel = workspace.channels[message.channel]
    if not hears(channel):
        return
    event = shapes.message(workspace, message) | {"channel": channel.id, "event_ts": message.ts}
    if message.subtype == "thread_broadcast" and (root := channel.find(message.root_ts)):
        event["root"] = shapes.message(workspace, root)
    detail = message.subtype or ("bot" if message.bot_id else "")
    if channel.kind != "im" and message.bot_id is None and f"<@{BOT_USER}>" in message.text:
        emit(workspace, "app_mention", event | {"type": "app_mention"})
    emit(workspace, f"message.{detail}" if detail else "message", event | {"channel_type": channel.kind})


def changed(workspace: Workspace, message: Message, before: Json) -> None:
    """An edit, or an unfurl: `before` is the message's shape until now."""
    channel = workspace.channels[message.channel]
    if hears(channel):
        _hidden(
            workspace, channel, "message_changed", message=shapes.message(workspace, message), previous_message=before
        )


def removed(workspace: Workspace, message: Message, before: Json) -> None:
    """A deletion that left nothing behind."""
    channel = workspace.channels[message.channel]
    if hears(channel):
        _hidden(workspace, channel, "message_deleted", deleted_ts=message.ts, previous_message=before)


def _hidden(workspace: Workspace, channel: Channel, subtype: str, **fields: object) -> None:
    stamp = workspace.stamp()
    event = {
        "type": "message",
        "subtype": subtype,
        "channel": channel.id,
        "hidden": True,
        "ts": stamp,
        "event_ts": stamp,
        "channel_type": channel.kind,
    }
    emit(workspace, f"message.{subtype}", event | fields)


def reacted(workspace: Workspace, message: Message, user: str, reaction: str, verb: str) -> None:
    """`verb`: reaction_added or reaction_removed."""
    channel = workspace.channels[message.channel]
    if hears(channel) and "reactions:read" in workspace.scopes:
        item = {"type": "message", "channel": channel.id, "ts": message.ts}
        event = {"type": verb, "user": user, "reaction": reaction, "item": item, "item_user": message.user}
        emit(workspace, verb, event)


def home_opened(workspace: Workspace, user: User, tab: str) -> None:
    event: Json = {"type": "app_home_opened", "user": user.id, "channel": workspace.dm(user.id).id, "tab": tab}
    home = workspace.homes.get(user.id)
    emit(workspace, "app_home_opened", event | ({"view": shapes.view(home)} if home and tab == "home" else {}))


def channel_archived(workspace: Workspace, channel: Channel, user: str) -> None:
    verb = "channel_archive" if channel.kind == "channel" else "group_archive"
    if hears(channel):
        emit(workspace, verb, {"type": verb, "channel": channel.id, "user": user, "is_moved": 0})


def channel_deleted(workspace: Workspace, channel: Channel) -> None:
    verb = "channel_deleted" if channel.kind == "channel" else "group_deleted"
    if hears(channel):
        emit(workspace, verb, {"type": verb, "channel": channel.id})


def channel_renamed(workspace: Workspace, channel: Channel) -> None:
    verb = "channel_rename" if channel.kind == "channel" else "group_rename"
    renamed = {"id": channel.id, "name": channel.name, "name_normalized": channel.name, "created": 1700000000}
    if hears(channel):
        emit(workspace, verb, {"type": verb, "channel": renamed | {"is_channel": channel.kind == "channel"}})


def member_left(workspace: Workspace, channel: Channel, user: str) -> None:
    """Sent before the membership changes, so that the bot hears of its own removal too: by two events."""
    if hears(channel) and user == BOT_USER:
        verb = "channel_left" if channel.kind == "channel" else "group_left"
        emit(workspace, verb, {"type": verb, "channel": channel.id, "actor_id": "U0OWNER"})
    if hears(channel):
        event = {
            "type": "member_left_channel",
            "user": user,
            "channel": channel.id,
            "channel_type": "C",
            "team": TEAM_ID,
        }
        emit(workspace, "member_left_channel", event)


def _interaction(workspace: Workspace, kind: str, user: User, **fields: object) -> Json:
    return {
        "type": kind,
        "team": shapes.TEAM,
        "user": {"id": user.id, "username": user.name.lower(), "name": user.name.lower(), "team_id": TEAM_ID},
        "api_app_id": APP_ID,
        "token": TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": workspace.trigger(user.id),
        **fields,
    }


def clicked(workspace: Workspace, user: User, action: Json, on: Message | View) -> Delivery:
    """A button or menu was used: `block_actions`."""
    action = action | {"action_ts": workspace.stamp()}
    if isinstance(on, View):
        container: Json = {"type": "view", "view_id": on.id}
        fields: Json = {"view": shapes.view(on)}
    else:
        container = {
            "type": "message",
            "message_ts": on.ts,
            "channel_id": on.channel,
            "is_ephemeral": on.ephemeral_to is not None,
        }
        if on.thread_ts:
            container["thread_ts"] = on.thread_ts
        fields = _about(workspace, on, user) | {"state": {"values": {}}}
    payload = _interaction(workspace, "block_actions", user, container=container, actions=[action], **fields)
    return workspace.outbox.deliver("interactive", "block_actions", payload)


def shortcut_used(workspace: Workspace, user: User, callback_id: str, on: Message) -> Delivery:
    """A message shortcut: `message_action`."""
    fields = _about(workspace, on, user) | {
        "callback_id": callback_id,
        "message_ts": on.ts,
        "action_ts": workspace.stamp(),
    }
    payload = _interaction(workspace, "message_action", user, **fields)
    return workspace.outbox.deliver("interactive", "message_action", payload)


def _about(workspace: Workspace, on: Message, user: User) -> Json:
    channel = workspace.channels[on.channel]
    key = workspace.new_id("R")
    workspace.response_urls[key] = (on, user.id)
    fields: Json = {
        "channel": {"id": channel.id, "name": "directmessage" if channel.kind == "im" else channel.name},
        "response_url": f"{workspace.base_url}/actions/{TEAM_ID}/{key}",
    }
    return fields | ({} if on.ephemeral_to else {"message": shapes.message(workspace, on)})


def submitted(workspace: Workspace, user: User, view: View) -> Delivery:
    """A modal was submitted; the ack may carry a `response_action`."""
    payload = _interaction(workspace, "view_submission", user, view=shapes.view(view), response_urls=[])
    return workspace.outbox.deliver("interactive", "view_submission", payload)


def closed(workspace: Workspace, user: User, view: View, *, cleared: bool) -> Delivery:
    payload = _interaction(workspace, "view_closed", user, view=shapes.view(view), is_cleared=cleared)
    del payload["trigger_id"]
    return workspace.outbox.deliver("interactive", "view_closed", payload)
