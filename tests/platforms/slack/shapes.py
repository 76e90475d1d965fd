"""State as the Web API and the events show it: the JSON of people, channels, messages, files and views."""

from .delivery import Json
from .state import APP_ID, BOT_ID, BOT_USER, TEAM_ID, Channel, File, Message, User, View, Workspace

TEAM = {"id": TEAM_ID, "domain": "dragoman-test"}


def user(workspace: Workspace, person: User, include_locale: bool) -> Json:
    """users.info; the address only with `users:read.email`, the locale only when asked for."""
    profile: Json = {
        "real_name": person.real_name,
        "display_name": person.name,
        "real_name_normalized": person.real_name,
        "display_name_normalized": person.name,
        "title": "",
        "phone": "",
        "team": person.team,
    }
    if person.email and "users:read.email" in workspace.scopes:
        profile["email"] = person.email
    shape: Json = {
        "id": person.id,
        "team_id": person.team,
        "name": person.name.lower(),
        "deleted": person.deleted,
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": person.tz_offset,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "is_email_confirmed": person.email_confirmed,
        "updated": 1700000000,
    }
    return shape | ({"locale": person.locale} if include_locale else {})


def channel(room: Channel) -> Json:
    """conversations.info."""
    if room.kind == "im":
        return {"id": room.id, "is_im": True, "user": room.user, "created": 1700000000, "is_archived": False}
    return {
        "id": room.id,
        "name": room.name,
        "name_normalized": room.name,
        "is_channel": room.kind == "channel",
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": room.kind == "group",
        "is_archived": room.archived,
        "is_general": False,
        "is_member": BOT_USER in room.members,
        "created": 1700000000,
        "creator": BOT_USER,
        "num_members": len(room.members),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "context_team_id": TEAM_ID,
    }


def file(workspace: Workspace, kept: File) -> Json:
    """A file object; `url_private` needs the bearer token and `files:read`."""
    url = f"{workspace.base_url}/files-pri/{TEAM_ID}-{kept.id}/{kept.name}"
    return {
        "id": kept.id,
        "created": kept.created,
        "timestamp": kept.created,
        "name": kept.name,
        "title": kept.title or kept.name,
        "mimetype": kept.mimetype,
        "filetype": kept.name.rpartition(".")[2].lower() or "binary",
        "user": kept.user,
        "user_team": TEAM_ID,
        "size": kept.length,
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "url_private": url,
        "url_private_download": f"{url}?download=1",
        "permalink": f"https://dragoman-test.slack.com/files/{kept.user}/{kept.id}/{kept.name}",
        "file_access": "visible",
    }


def message(workspace: Workspace, kept: Message, *, metadata: bool = False) -> Json:
    """A message as conversations.history and the events show it."""
    shape: Json = {"type": "message", "user": kept.user, "ts": kept.ts, "text": kept.text, "team": TEAM_ID}
    if kept.bot_id == BOT_ID:
        shape |= {"bot_id": BOT_ID, "app_id": APP_ID, "bot_profile": bot_profile()}
    elif kept.bot_id is not None:
        shape |= {"bot_id": kept.bot_id, "username": kept.user}
        del shape["user"]
    else:
        shape["client_msg_id"] = f"00000000-0000-4000-8000-{kept.ts.replace('.', '')[-12:]}"
    if kept.subtype is not None:
        shape["subtype"] = kept.subtype
    if kept.blocks:
        shape["blocks"] = kept.blocks
    if kept.attachments:
        shape["attachments"] = kept.attachments
    if kept.files:
        shape |= {"files": [file(workspace, each) for each in kept.files], "upload": False}
    if kept.edited:
        shape["edited"] = kept.edited
    if kept.reactions:
        shape["reactions"] = reactions(kept)
    if metadata and kept.metadata:
        shape["metadata"] = kept.metadata
    return shape | _thread(workspace, kept)


def _thread(workspace: Workspace, kept: Message) -> Json:
    room = workspace.channels[kept.channel]
    if kept.thread_ts and kept.thread_ts != kept.ts:
        root = room.find(kept.thread_ts)
        return {"thread_ts": kept.thread_ts, "parent_user_id": root.user if root else "USLACKBOT"}
    replies = room.replies(kept.ts)
    if not replies:
        return {}
    people = list(dict.fromkeys(each.user for each in replies))
    return {
        "thread_ts": kept.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "reply_users": people,
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }


def reactions(kept: Message) -> list[Json]:
    return [{"name": name, "users": users, "count": len(users)} for name, users in kept.reactions.items()]


def bot_profile() -> Json:
    return {
        "id": BOT_ID,
        "app_id": APP_ID,
        "user_id": BOT_USER,
        "name": "Dragoman",
        "icons": {},
        "deleted": False,
        "updated": 1700000000,
        "team_id": TEAM_ID,
    }


def view(kept: View) -> Json:
    """A view with the state its inputs have now."""
    return kept.body | {"state": {"values": kept.values}}


def rich_text(text: str) -> list[Json]:
    """The blocks Slack's client makes of what a person types: unescaped, in one section."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return [{"type": "rich_text", "block_id": f"r{len(text)}", "elements": [section]}]
