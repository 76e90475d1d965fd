"""Files: the three steps of an upload, sharing, and what files.* answers.

The transfer itself (upload URL, url_private) is in `server.py`.
"""

import mimetypes

from . import shapes
from .chat_methods import add, found, writable
from .delivery import Json
from .room_methods import page
from .state import BOT_ID, BOT_USER, Channel, File, Message, SlackError, Workspace


def new_file(workspace: Workspace, name: str, length: int, owner: str) -> File:
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    kept = File(workspace.new_id("F"), name, owner, length, mimetype=mimetype, created=int(workspace.seconds()))
    workspace.files[kept.id] = kept
    return kept


def _file(workspace: Workspace, args: Json) -> File:
    kept = workspace.files.get(str(args.get("file") or args.get("id") or ""))
    if kept is None:
        raise SlackError("file_not_found")
    return kept


def upload_url(workspace: Workspace, args: Json) -> Json:
    """Step 1."""
    if not args.get("filename"):
        raise SlackError("invalid_arguments", "missing required field: filename")
    try:
        length = int(args.get("length") or 0)
    except ValueError:
        length = 0
    if length <= 0:
        raise SlackError("invalid_arguments", "length must be a positive number")
    kept = new_file(workspace, str(args["filename"]), length, BOT_USER)
    return {"upload_url": f"{workspace.base_url}/upload/v1/{kept.id}", "file_id": kept.id}


def complete(workspace: Workspace, args: Json) -> Json:
    """Step 3: shares the files in one message. Without a channel they stay private to the bot."""
    asked = args.get("files")
    if not isinstance(asked, list) or not asked:
        raise SlackError("invalid_arguments", "missing required field: files")
    kept = []
    for each in asked:
        one = _file(workspace, each)
        if not one.uploaded:
            raise SlackError("file_not_found")
        one.title = str(each.get("title") or one.name)
        kept.append(one)
    wanted = args.get("channel_id") or args.get("channels")
    for key in [each for each in str(wanted or "").split(",") if each]:
        channel = writable(workspace, workspace.channel(key))
        share(workspace, channel, kept, BOT_USER, str(args.get("initial_comment") or ""), args.get("thread_ts"))
    return {"files": [shapes.file(workspace, each) for each in kept]}


def share(
    workspace: Workspace, channel: Channel, kept: list[File], owner: str, text: str, thread_ts: str | None
) -> Message:
    """The `file_share` message in which files appear."""
    root = found(channel, thread_ts, "thread_not_found") if thread_ts else None
    for each in kept:
        each.shared = True
    message = Message(
        ts=workspace.stamp(),
        channel=channel.id,
        user=owner,
        text=text,
        thread_ts=root.root_ts if root else None,
        bot_id=BOT_ID if owner == BOT_USER else None,
        subtype="file_share",
        files=kept,
    )
    return add(workspace, channel, message)


def info(workspace: Workspace, args: Json) -> Json:
    kept = _file(workspace, args)
    return {"file": shapes.file(workspace, kept), "comments": [], "response_metadata": {"next_cursor": ""}}


def listing(workspace: Workspace, args: Json) -> Json:
    shown, _ = page([shapes.file(workspace, each) for each in workspace.files.values() if each.shared], args, 100)
    return {"files": shown, "paging": {"count": len(shown), "total": len(shown), "page": 1, "pages": 1}}


def delete(workspace: Workspace, args: Json) -> Json:
    kept = _file(workspace, args)
    if kept.user != BOT_USER:
        raise SlackError("cant_delete_file")
    del workspace.files[kept.id]
    for channel in workspace.channels.values():
        for message in channel.messages:
            message.files = [each for each in message.files if each.id != kept.id]
    return {}
