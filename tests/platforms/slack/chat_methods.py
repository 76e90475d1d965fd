"""The Web API's chat.* and reactions.* methods: what each checks, changes and answers."""

from typing import Any

from . import blocks as kit
from . import events, reading, shapes
from .delivery import Json
from .state import BOT_ID, BOT_USER, Channel, Message, SlackError, Workspace

TEXT_CUT = 40_000
"""chat.postMessage cuts longer texts (https://docs.slack.dev/changelog/2018-truncating-really-long-messages/)."""
EDIT_BYTES = 4_000
"""chat.update refuses longer texts with `msg_too_long`; seen live to count UTF-8 bytes."""


def flag(args: Json, name: str, default: bool = False) -> bool:
    """A boolean argument in any of the forms clients send."""
    given = args.get(name, default)
    return given in (True, 1, "1", "true", "True")


def writable(workspace: Workspace, channel: Channel) -> Channel:
    """A channel one may write to: joined, not archived."""
    if channel.archived:
        raise SlackError("is_archived")
    if BOT_USER not in channel.members and "chat:write.public" not in workspace.scopes:
        raise SlackError("not_in_channel")
    return channel


def found(channel: Channel, ts: Any, code: str = "message_not_found") -> Message:
    message = channel.find(str(ts or ""))
    if message is None:
        raise SlackError(code)
    return message


def _content(args: Json) -> tuple[str, list[Json], list[Json]]:
    blocks, attachments = args.get("blocks") or [], args.get("attachments") or []
    if not isinstance(blocks, list) or not isinstance(attachments, list):
        raise SlackError("invalid_blocks_format")
    text = str(args.get("text") or "")
    if not text and not blocks and not attachments:
        raise SlackError("no_text")
    return text, kit.check_message(blocks), attachments


def _metadata(args: Json) -> Json | None:
    given = args.get("metadata")
    if not given:
        return None
    if not isinstance(given, dict) or not given.get("event_type") or not isinstance(given.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    return given


def add(workspace: Workspace, channel: Channel, message: Message) -> Message:
    """Store a message, note whom it notifies, tell the app."""
    sources = [message.text, *reading.mrkdwn(message.blocks)] if message.bot_id else [message.text]
    message.pings = reading.pings(channel, message.user, sources)
    channel.messages.append(message)
    events.posted(workspace, message)
    return message


def post(workspace: Workspace, args: Json) -> Json:
    channel = writable(workspace, workspace.addressee(args.get("channel")))
    text, blocks, attachments = _content(args)
    thread_ts = str(args["thread_ts"]) if args.get("thread_ts") else None
    if thread_ts:
        root = found(channel, thread_ts, "thread_not_found")
        thread_ts = root.root_ts
    message = Message(
        ts=workspace.stamp(),
        channel=channel.id,
        user=BOT_USER,
        text=text[:TEXT_CUT],
        blocks=blocks,
        thread_ts=thread_ts,
        bot_id=BOT_ID,
        subtype="thread_broadcast" if thread_ts and flag(args, "reply_broadcast") else None,
        metadata=_metadata(args),
        attachments=attachments,
    )
    add(workspace, channel, message)
    shape = shapes.message(workspace, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shape}


def update(workspace: Workspace, args: Json) -> Json:
    """Blocks that are left out go when there is a text, and stay when there is none. An edit notifies nobody.

    With blocks Slack shows no "edited" (https://docs.slack.dev/reference/methods/chat.update).
    """
    channel = workspace.channel(args.get("channel"))
    message = found(channel, args.get("ts"))
    if channel.archived:
        raise SlackError("is_archived")
    if message.subtype == "tombstone":
        raise SlackError("message_not_found")
    if message.bot_id != BOT_ID:
        raise SlackError("cant_update_message")
    text = str(args.get("text") or "")
    if len(text.encode()) > EDIT_BYTES:
        raise SlackError("msg_too_long")
    before = shapes.message(workspace, message)
    if not text and args.get("blocks") is None and args.get("attachments") is None:
        raise SlackError("no_text")
    if args.get("blocks") is not None or text:
        message.blocks = kit.check_message(args.get("blocks") or [])
    message.text = text
    if args.get("metadata") is not None:
        message.metadata = _metadata(args)
    if not message.blocks:
        message.edited = {"user": BOT_USER, "ts": workspace.stamp()}
    events.changed(workspace, message, before)
    shape = shapes.message(workspace, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shape}


def delete(workspace: Workspace, args: Json) -> Json:
    channel = workspace.channel(args.get("channel"))
    message = found(channel, args.get("ts"))
    if message.bot_id != BOT_ID:
        raise SlackError("cant_delete_message")
    remove(workspace, message)
    return {"channel": channel.id, "ts": message.ts}


def remove(workspace: Workspace, message: Message) -> None:
    """Delete. The root of a thread with replies stays as a tombstone, which Slack reports as a change."""
    before = shapes.message(workspace, message)
    if not workspace.channels[message.channel].replies(message.ts):
        message.deleted = True
        events.removed(workspace, message, before)
        return
    message.text, message.user, message.subtype = "This message was deleted.", "USLACKBOT", "tombstone"
    message.blocks, message.files, message.bot_id, message.metadata = [], [], None, None
    events.changed(workspace, message, before)


def ephemeral(workspace: Workspace, args: Json) -> Json:
    """Seen by one member, never an event, never in the history."""
    channel = writable(workspace, workspace.channel(args.get("channel")))
    person = workspace.user(args.get("user"))
    if person.id not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks, _ = _content(args)
    message = Message(
        ts=workspace.stamp(),
        channel=channel.id,
        user=BOT_USER,
        text=text[:TEXT_CUT],
        blocks=blocks,
        thread_ts=str(args["thread_ts"]) if args.get("thread_ts") else None,
        bot_id=BOT_ID,
        ephemeral_to=person.id,
    )
    workspace.ephemerals.append(message)
    return {"message_ts": message.ts}


def permalink(workspace: Workspace, args: Json) -> Json:
    channel = workspace.channel(args.get("channel"))
    message = found(channel, args.get("message_ts"))
    link = f"https://dragoman-test.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != message.ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def react(workspace: Workspace, channel: Channel, message: Message, user: str, name: str) -> None:
    users = message.reactions.setdefault(name, [])
    if user in users:
        raise SlackError("already_reacted")
    users.append(user)
    events.reacted(workspace, message, user, name, "reaction_added")


def unreact(workspace: Workspace, channel: Channel, message: Message, user: str, name: str) -> None:
    users = message.reactions.get(name, [])
    if user not in users:
        raise SlackError("no_reaction")
    users.remove(user)
    if not users:
        del message.reactions[name]
    events.reacted(workspace, message, user, name, "reaction_removed")


def _reaction(args: Json) -> str:
    name = str(args.get("name") or "").strip(":")
    if not name or not name.replace("_", "").replace("-", "").replace("+", "").replace(":", "").isalnum():
        raise SlackError("invalid_name")
    return name


def reactions_add(workspace: Workspace, args: Json) -> Json:
    channel = writable(workspace, workspace.channel(args.get("channel")))
    react(workspace, channel, found(channel, args.get("timestamp")), BOT_USER, _reaction(args))
    return {}


def reactions_remove(workspace: Workspace, args: Json) -> Json:
    channel = writable(workspace, workspace.channel(args.get("channel")))
    unreact(workspace, channel, found(channel, args.get("timestamp")), BOT_USER, _reaction(args))
    return {}


def reactions_get(workspace: Workspace, args: Json) -> Json:
    channel = workspace.channel(args.get("channel"))
    message = found(channel, args.get("timestamp"))
    return {"type": "message", "channel": channel.id, "message": shapes.message(workspace, message)}
