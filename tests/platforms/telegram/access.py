"""What the bot may reach: chats, topics and messages by the ids it gives, and the refusals in the Bot API's words.

The order of the checks and most of the words are those of telegram-bot-api/Client.cpp (check_chat, check_message).
"""

import json
from typing import Any

from .state import BOT_ID, ApiError, Chat, ForumTopic, Json, Message, World, bad, forbidden

Args = Json


def number(args: Args, name: str, default: int = 0) -> int:
    try:
        return int(args.get(name) or default)
    except (TypeError, ValueError):
        return default


def flag(args: Args, name: str) -> bool:
    return str(args.get(name, "")).lower() in ("true", "1", "yes")


def structure(args: Args, name: str) -> Any:
    """An argument that is JSON, given as JSON text or, in a JSON body, as it is."""
    given = args.get(name)
    if not isinstance(given, str) or not given:
        return given or None
    try:
        return json.loads(given)
    except json.JSONDecodeError:
        raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None


def find_chat(world: World, args: Args) -> Chat:
    """The chat, if the bot may look at it."""
    if not args.get("chat_id"):
        raise bad("chat_id is empty")
    chat = world.chats.get(number(args, "chat_id"))
    if chat is None and number(args, "chat_id") > 0 and (user := world.knows(number(args, "chat_id"))) is not None:
        chat = world.private(user)
    if chat is None or (chat.private and world.knows(chat.id) is None):
        raise bad("chat not found")
    if chat.migrated_to is not None:
        raise ApiError(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=chat.migrated_to,
        )
    if not chat.private:
        _must_be_in(chat)
    return chat


def _must_be_in(chat: Chat) -> None:
    match chat.bot.status:
        case "kicked":
            raise forbidden(f"bot was kicked from the {chat.kind} chat")
        case "deleted":
            raise forbidden("the group chat was deleted")
        case "left":
            raise forbidden(f"bot is not a member of the {chat.kind} chat")
        case _:
            return


def may_write(world: World, args: Args) -> Chat:
    """The chat, if the bot may write there."""
    chat = find_chat(world, args)
    if chat.private:
        user = world.users[chat.id]
        if not user.started:
            raise forbidden("bot can't initiate conversation with a user")
        if user.blocked:
            raise forbidden("bot was blocked by the user")
    elif chat.bot.status == "restricted" or not (chat.bot.admin or "send" in chat.everyone_may):
        raise bad("not enough rights to send text messages to the chat")
    return chat


def need(chat: Chat, right: str, what: str) -> None:
    if not chat.may(BOT_ID, right):
        raise bad(f"not enough rights to {what}")


def thread(chat: Chat, args: Args) -> int | None:
    """The topic to write into. General has no id: asking for 1 fails, as it does at Telegram."""
    given = number(args, "message_thread_id")
    if not given:
        return None
    topic = chat.topics.get(given)
    if not chat.forum or topic is None or topic.deleted:
        raise bad("message thread not found")
    if topic.closed and not chat.may(BOT_ID, "can_manage_topics"):
        raise bad("TOPIC_CLOSED")
    return topic.id


def topic_to_manage(world: World, args: Args) -> tuple[Chat, ForumTopic]:
    """The topic of editForumTopic and its like; the bot needs the right, or to have made the topic."""
    chat = find_chat(world, args)
    if not chat.forum:
        raise bad("the chat is not a forum")
    if number(args, "message_thread_id") <= 0:
        raise bad("invalid message thread identifier specified")
    topic = chat.topics.get(number(args, "message_thread_id"))
    if topic is None:
        raise bad("TOPIC_ID_INVALID")
    if topic.by != BOT_ID:
        need(chat, "can_manage_topics", "edit the topic")
    if topic.deleted:
        raise bad("TOPIC_DELETED")
    return chat, topic


def find_message(chat: Chat, message_id: int, what: str) -> Message:
    message = chat.messages.get(message_id)
    if message is None:
        raise bad(f"{what} not found")
    return message


def replied(chat: Chat, args: Args) -> Message | None:
    """The message that `reply_parameters` (or the older `reply_to_message_id`) names."""
    given = structure(args, "reply_parameters") or {}
    wanted = int(given.get("message_id") or number(args, "reply_to_message_id") or 0)
    if not wanted:
        return None
    if wanted not in chat.messages and (
        given.get("allow_sending_without_reply") or flag(args, "allow_sending_without_reply")
    ):
        return None
    return find_message(chat, wanted, "message to be replied")
