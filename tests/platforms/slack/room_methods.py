"""The Web API's auth, users, bots, team and conversations methods."""

from collections.abc import Sequence
from typing import Any

from . import events, shapes
from .chat_methods import flag, found
from .delivery import Json
from .state import APP_ID, BOT_ID, BOT_USER, Channel, Message, SlackError, User, Workspace


def auth_test(workspace: Workspace, args: Json) -> Json:
    return {
        "url": "https://dragoman-test.slack.com/",
        "team": "Dragoman Test",
        "user": "dragoman",
        "team_id": shapes.TEAM["id"],
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def bots_info(workspace: Workspace, args: Json) -> Json:
    if args.get("bot") not in (None, BOT_ID):
        raise SlackError("bot_not_found")
    return {"bot": shapes.bot_profile() | {"id": BOT_ID, "app_id": APP_ID}}


def team_info(workspace: Workspace, args: Json) -> Json:
    return {"team": shapes.TEAM | {"name": "Dragoman Test", "email_domain": "", "icon": {}}}


def users_info(workspace: Workspace, args: Json) -> Json:
    return {"user": shapes.user(workspace, workspace.user(args.get("user")), flag(args, "include_locale"))}


def users_by_email(workspace: Workspace, args: Json) -> Json:
    wanted = str(args.get("email") or "").lower()
    match = next((each for each in workspace.users.values() if wanted and each.email.lower() == wanted), None)
    if match is None or match.deleted:
        raise SlackError("users_not_found")
    return {"user": shapes.user(workspace, match, include_locale=False)}


def users_list(workspace: Workspace, args: Json) -> Json:
    people: list[User] = list(workspace.users.values())
    members = [shapes.user(workspace, each, flag(args, "include_locale")) for each in people]
    return {"members": members, "cache_ts": int(workspace.seconds()), "response_metadata": {"next_cursor": ""}}


def page(items: Sequence[Any], args: Json, default: int) -> tuple[list[Any], str]:
    """One page of a list and the cursor of the next; the cursor is an offset in disguise."""
    try:
        start = int(str(args.get("cursor") or "c0").removeprefix("c"))
    except ValueError:
        raise SlackError("invalid_cursor") from None
    limit = int(args.get("limit") or default)
    following = f"c{start + limit}" if start + limit < len(items) else ""
    return list(items[start : start + limit]), following


def conversations_open(workspace: Workspace, args: Json) -> Json:
    people = args.get("users") or ""
    users = people if isinstance(people, list) else [each for each in str(people).split(",") if each]
    if args.get("channel"):
        return {"channel": shapes.channel(workspace.channel(args["channel"]))}
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        raise SlackError("not_enough_users", "the simulator has no group conversations")
    person = workspace.user(users[0])
    if person.deleted:
        raise SlackError("user_disabled")
    room = workspace.dm(person.id)
    return {"channel": shapes.channel(room) if flag(args, "return_im") else {"id": room.id}}


def conversations_info(workspace: Workspace, args: Json) -> Json:
    room = workspace.channel(args.get("channel"))
    shape = shapes.channel(room)
    if room.kind != "im" and not flag(args, "include_num_members"):
        del shape["num_members"]
    if flag(args, "include_locale"):
        shape["locale"] = "en-US"
    return {"channel": shape}


def conversations_members(workspace: Workspace, args: Json) -> Json:
    room = workspace.channel(args.get("channel"))
    members, following = page(sorted(room.members), args, 100)
    return {"members": members, "response_metadata": {"next_cursor": following}}


def conversations_list(workspace: Workspace, args: Json) -> Json:
    kinds = {"public_channel": "channel", "private_channel": "group", "im": "im"}
    wanted = {kinds.get(each.strip()) for each in str(args.get("types") or "public_channel").split(",")}
    rooms = [each for each in workspace.channels.values() if each.kind in wanted]
    rooms = [each for each in rooms if each.kind == "channel" or BOT_USER in each.members]
    if flag(args, "exclude_archived"):
        rooms = [each for each in rooms if not each.archived]
    shown, following = page([shapes.channel(each) for each in rooms], args, 100)
    return {"channels": shown, "response_metadata": {"next_cursor": following}}


def conversations_join(workspace: Workspace, args: Json) -> Json:
    room = workspace.channel(args.get("channel"))
    if room.archived:
        raise SlackError("is_archived")
    if room.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    already = {"warning": "already_in_channel"} if BOT_USER in room.members else {}
    room.members.add(BOT_USER)
    return {"channel": shapes.channel(room), **already}


def _readable(workspace: Workspace, args: Json) -> Channel:
    room = workspace.channel(args.get("channel"))
    workspace.need({"channel": "channels:history", "group": "groups:history", "im": "im:history"}[room.kind])
    if BOT_USER not in room.members:
        raise SlackError("not_in_channel")
    return room


def _within(messages: list[Message], args: Json) -> list[Message]:
    oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    inclusive = flag(args, "inclusive")
    return [
        each
        for each in messages
        if oldest < float(each.ts) < latest or (inclusive and float(each.ts) in (oldest, latest))
    ]


def conversations_history(workspace: Workspace, args: Json) -> Json:
    """Newest first; replies only when they were also sent to the channel."""
    room = _readable(workspace, args)
    tops = [each for each in room.messages if each.root_ts == each.ts or each.subtype == "thread_broadcast"]
    messages = [each for each in reversed(_within(tops, args)) if not each.deleted]
    return _messages(workspace, messages, args, 100)


def conversations_replies(workspace: Workspace, args: Json) -> Json:
    """Oldest first, the root at the head of every page, as Slack does."""
    room = _readable(workspace, args)
    message = found(room, args.get("ts"), "thread_not_found")
    root = found(room, message.root_ts, "thread_not_found")
    messages = [root, *_within(room.replies(root.ts), args)]
    return _messages(workspace, messages, args, 1000)


def _messages(workspace: Workspace, messages: list[Message], args: Json, default: int) -> Json:
    shown, following = page(messages, args, default)
    metadata = flag(args, "include_all_metadata")
    return {
        "messages": [shapes.message(workspace, each, metadata=metadata) for each in shown],
        "has_more": bool(following),
        "response_metadata": {"next_cursor": following},
    }


def conversations_leave(workspace: Workspace, args: Json) -> Json:
    room = workspace.channel(args.get("channel"))
    if BOT_USER not in room.members:
        return {"not_in_channel": True}
    events.member_left(workspace, room, BOT_USER)
    room.members.discard(BOT_USER)
    return {}
