"""Methods about messages of words: send, edit, delete, pin, react, and the answer to a press."""

from typing import Any

from telegram.constants import ReactionEmoji

from . import access, keyboards, markup, posting, shapes
from .access import Args
from .state import BOT_ID, Chat, Json, Message, World, bad

TEXT, CAPTION, TOAST = 4096, 1024, 200
DELETABLE_FOR = 48 * 3600
"""Seconds for which a bot may delete a message, whatever its rights (https://core.telegram.org/bots/api#deletemessage)."""
QUERY_LIVES = 15
"""Seconds in which a press may be answered. Telegram gives no number; people met 10 to 20 (?)."""
REACTIONS = frozenset(ReactionEmoji)
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def formatted(world: World, args: Args, field: str = "text") -> tuple[str, list[Json]]:
    """The words and entities of `text` or `caption`; mentions of people whom the bot never met stay plain words."""
    source = str(args.get(field) or "")
    mode = str(args.get("parse_mode") or "").lower()
    if mode not in ("", "html"):
        raise bad("unsupported parse_mode")
    given = access.structure(args, "entities" if field == "text" else f"{field}_entities") or []
    text, entities = markup.parse_html(source) if mode else markup.trimmed(source, given)
    return text, markup.with_found(text, [each for each in (_named(world, one) for one in entities) if each])


def _named(world: World, entity: Json) -> Json | None:
    if entity["type"] != "text_mention":
        return entity
    given = entity["user"]
    person = world.knows(given if isinstance(given, int) else int(given["id"]))
    return entity | {"user": shapes.user(person)} if person else None


def words(world: World, args: Args, too_long: str = "message is too long") -> tuple[str, list[Json]]:
    text, entities = formatted(world, args)
    if not text:
        raise bad("message text is empty")
    if markup.width(text) > TEXT:
        raise bad(too_long)
    return text, entities


def caption(world: World, args: Args) -> tuple[str, list[Json]]:
    text, entities = formatted(world, args, "caption")
    if markup.width(text) > CAPTION:
        raise bad("message caption is too long")
    return text, entities


def place(world: World, args: Args) -> tuple[Chat, Json]:
    """Where a message goes and what is common to every kind: topic, reply, keyboard, silence."""
    chat = access.may_write(world, args)
    reply_to = access.replied(chat, args)
    topic = access.thread(chat, args)
    if topic is None and reply_to is not None:
        topic = reply_to.topic
    keyboard, force_reply = keyboards.parse(args)
    common = {"topic": topic, "reply_to": reply_to, "keyboard": keyboard, "force_reply": force_reply}
    return chat, common | {"silent": access.flag(args, "disable_notification")}


def send_message(world: World, args: Args) -> Json:
    chat, common = place(world, args)
    text, entities = words(world, args)
    preview = access.structure(args, "link_preview_options") or {}
    shown = not (preview.get("is_disabled") or access.flag(args, "disable_web_page_preview"))
    message = posting.add(world, chat, world.bot, text=text, entities=entities, previews=shown, **common)
    return shapes.message(world, message)


def _to_edit(world: World, args: Args) -> Message:
    chat = access.may_write(world, args)
    message = access.find_message(chat, access.number(args, "message_id"), "message to edit")
    if not message.by_bot or message.service:
        raise bad("message can't be edited")
    return message


def _change(world: World, message: Message, **fields: Any) -> Json:
    if all(getattr(message, name) == value for name, value in fields.items()):
        raise bad(NOT_MODIFIED)
    for name, value in fields.items():
        setattr(message, name, value)
    posting.edit(world, message)
    return shapes.message(world, message)


def edit_text(world: World, args: Args) -> Json:
    """Without `reply_markup` the keyboard goes."""
    message = _to_edit(world, args)
    if message.media is not None:
        raise bad("there is no text in the message to edit")
    text, entities = words(world, args, "MESSAGE_TOO_LONG")
    return _change(world, message, text=text, entities=entities, keyboard=keyboards.inline_only(args))


def edit_caption(world: World, args: Args) -> Json:
    message = _to_edit(world, args)
    if message.media is None:
        raise bad("there is no caption in the message to edit")
    text, entities = caption(world, args)
    return _change(world, message, text=text, entities=entities, keyboard=keyboards.inline_only(args))


def edit_markup(world: World, args: Args) -> Json:
    message = _to_edit(world, args)
    return _change(world, message, keyboard=keyboards.inline_only(args))


def _deletable(world: World, message: Message) -> bool:
    if world.seconds() - message.at >= DELETABLE_FOR or "forum_topic_created" in (message.service or ()):
        return False
    if message.chat.may(BOT_ID, "can_delete_messages"):
        return True
    return (message.by_bot or message.chat.private) and not message.service


def delete(world: World, args: Args) -> bool:
    chat = access.find_chat(world, args)
    message = access.find_message(chat, access.number(args, "message_id"), "message to delete")
    if not _deletable(world, message):
        raise bad("message can't be deleted")
    posting.remove(world, message)
    return True


def delete_many(world: World, args: Args) -> bool:
    """Those that are not found are skipped."""
    chat = access.find_chat(world, args)
    wanted = access.structure(args, "message_ids") or []
    if not 1 <= len(wanted) <= 100:
        raise bad("message identifiers are not specified" if not wanted else "too many message identifiers specified")
    found = [chat.messages[each] for each in wanted if each in chat.messages]
    if not all(_deletable(world, each) for each in found):
        raise bad("message can't be deleted")
    for message in found:
        posting.remove(world, message)
    return True


def pin(world: World, args: Args) -> bool:
    chat = access.may_write(world, args)
    message = access.find_message(chat, access.number(args, "message_id"), "message to pin")
    if not chat.private:
        access.need(chat, "can_pin_messages", "manage pinned messages in the chat")
    posting.pin(world, message, world.bot)
    return True


def unpin(world: World, args: Args) -> bool:
    """Without `message_id`: the one pinned last."""
    chat = access.may_write(world, args)
    if not chat.private:
        access.need(chat, "can_pin_messages", "manage pinned messages in the chat")
    wanted = access.number(args, "message_id") or (chat.pinned[-1] if chat.pinned else 0)
    message = access.find_message(chat, wanted, "message to unpin")
    if message.id in chat.pinned:
        posting.unpin(world, message)
    return True


def react(world: World, args: Args) -> bool:
    """Bots may set one of the standard emoji."""
    chat = access.find_chat(world, args)
    message = access.find_message(chat, access.number(args, "message_id"), "message to react")
    wanted = [str(each.get("emoji")) for each in access.structure(args, "reaction") or []]
    if len(wanted) > 1:
        raise bad("REACTIONS_TOO_MANY")
    if not set(wanted) <= REACTIONS:
        raise bad("REACTION_INVALID")
    posting.react(world, message, world.bot, wanted)
    return True


def answer_press(world: World, args: Args) -> bool:
    press = world.presses.get(str(args.get("callback_query_id") or ""))
    if press is None or press.answered or world.seconds() - press.at > QUERY_LIVES:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    text = str(args.get("text") or "")
    if markup.width(text) > TOAST:
        raise bad("MESSAGE_TOO_LONG")
    press.toast, press.alert, press.answered = text, access.flag(args, "show_alert"), True
    world.changed()
    return True


def chat_action(world: World, args: Args) -> bool:
    chat = access.may_write(world, args)
    access.thread(chat, args)
    return True
