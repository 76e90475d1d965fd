"""Messages come, change and go: what people and the bot do alike, and which of it becomes an update."""

from typing import Any

from . import markup, shapes
from .state import BOT_ID, Chat, ForumTopic, Json, Member, Message, User, World


def add(world: World, chat: Chat, sender: User, **content: Any) -> Message:
    """Put a message into a chat; `content` are fields of `Message`."""
    message = Message(world.message_id(chat), chat, sender, int(world.seconds()), **content)
    message.anonymous = not message.service and sender.id != BOT_ID and chat.member(sender.id).anonymous
    message.pings = _addressed(world, message)
    chat.messages[message.id] = message
    if hears(world, message):
        world.updates.add("message", shapes.message(world, message), chat.id)
    world.changed()
    return message


def hears(world: World, message: Message) -> bool:
    """Whether the bot gets an update: never of its own words, but also of what it did that made a service message.

    With privacy mode on, a bot which is no administrator hears only what is addressed to it.
    """
    chat = message.chat
    if message.service:
        return chat.private or chat.bot.present
    if message.by_bot:
        return False
    if chat.private:
        return not message.sender.blocked
    if not chat.bot.present:
        return False
    return chat.bot.admin or not world.privacy or _is_for_bot(world, message)


def _is_for_bot(world: World, message: Message) -> bool:
    if message.reply_to is not None and message.reply_to.by_bot:
        return True
    for entity in message.entities:
        words = markup.covered(message.text, entity)
        if entity["type"] == "bot_command" and words.partition("@")[2] in ("", world.bot.username):
            return True
        if entity["type"] == "mention" and words == f"@{world.bot.username}":
            return True
    return False


def _addressed(world: World, message: Message) -> list[int]:
    if message.chat.private:
        return [message.chat.id] if message.by_bot else [BOT_ID]
    found = {each["user"]["id"] for each in message.entities if each["type"] == "text_mention"}
    names = {markup.covered(message.text, each) for each in message.entities if each["type"] == "mention"}
    found |= {each.id for each in world.users.values() if f"@{each.username}" in names}
    if message.reply_to is not None and not message.service:
        found.add(message.reply_to.sender.id)
    return sorted(found - {message.sender.id})


def edit(world: World, message: Message) -> None:
    """After its words changed: the time, and an update unless the bot did it."""
    message.edited_at = int(world.seconds())
    if hears(world, message):
        world.updates.add("edited_message", shapes.message(world, message), message.chat.id)
    world.changed()


def remove(world: World, message: Message) -> None:
    """Gone for everyone. Bots are not told."""
    message.deleted = True
    message.chat.messages.pop(message.id, None)
    if message.id in message.chat.pinned:
        message.chat.pinned.remove(message.id)
    world.changed()


def service(world: World, chat: Chat, by: User, topic: int | None = None, **fields: Any) -> Message:
    return add(world, chat, by, topic=topic, service=fields)


def open_topic(world: World, chat: Chat, by: User, name: str, colour: int) -> ForumTopic:
    fields: Json = {"forum_topic_created": {"name": name, "icon_color": colour}}
    number = chat.last_id + 1
    topic = chat.topics[number] = ForumTopic(number, name, colour, by.id)
    made = add(world, chat, by, topic=number, service=fields)
    assert made.id == number
    return topic


def rename_topic(world: World, chat: Chat, topic: ForumTopic, by: User, name: str) -> None:
    topic.name = name
    service(world, chat, by, topic.id, forum_topic_edited={"name": name})


def close_topic(world: World, chat: Chat, topic: ForumTopic, by: User, *, closed: bool) -> None:
    topic.closed = closed
    field = "forum_topic_closed" if closed else "forum_topic_reopened"
    service(world, chat, by, topic.id, **{field: {}})


def delete_topic(world: World, chat: Chat, topic: ForumTopic) -> None:
    """With all that was in it. Bots are not told."""
    topic.deleted = True
    for message in [each for each in chat.messages.values() if each.topic == topic.id]:
        remove(world, message)


def pin(world: World, message: Message, by: User) -> None:
    pinned = message.chat.pinned
    if message.id in pinned:
        pinned.remove(message.id)
    pinned.append(message.id)
    shown: Json = {"pinned_message": shapes.message(world, message, nested=True)}
    add(world, message.chat, by, topic=message.topic, reply_to=message, service=shown)


def unpin(world: World, message: Message) -> None:
    message.chat.pinned.remove(message.id)
    world.changed()


def react(world: World, message: Message, by: User, emoji: list[str]) -> None:
    """Set what `by` reacts with; the bot hears of it where it is an administrator, or in private."""
    old = message.reactions.get(by.id, [])
    message.reactions[by.id] = emoji
    chat = message.chat
    if by.id != BOT_ID and (chat.private or chat.bot.admin):
        who: Json = (
            {"actor_chat": shapes.chat(world, chat)} if chat.member(by.id).anonymous else {"user": shapes.user(by)}
        )
        body = {"chat": shapes.chat(world, chat), "message_id": message.id, "date": int(world.seconds())} | who
        lists = {"old_reaction": shapes.reaction(old), "new_reaction": shapes.reaction(emoji)}
        world.updates.add("message_reaction", body | lists, chat.id)
    world.changed()


def become(world: World, chat: Chat, user: User, member: Member, by: User) -> None:
    """Change what somebody is in a chat; of itself the bot hears by my_chat_member."""
    old, chat.members[user.id] = chat.member(user.id), member
    if user.id == BOT_ID:
        body = {
            "chat": shapes.chat(world, chat),
            "from": shapes.user(by),
            "date": int(world.seconds()),
            "old_chat_member": shapes.member(user, old),
            "new_chat_member": shapes.member(user, member),
        }
        world.updates.add("my_chat_member", body, chat.id)
    world.changed()


def block(world: World, user: User, *, blocked: bool) -> None:
    """A person stops the bot in private, or allows it again."""
    user.blocked = blocked
    states = Member("member"), Member("kicked")
    old, new = states if blocked else (states[1], states[0])
    body = {
        "chat": shapes.chat(world, world.private(user)),
        "from": shapes.user(user),
        "date": int(world.seconds()),
        "old_chat_member": shapes.member(world.bot, old),
        "new_chat_member": shapes.member(world.bot, new),
    }
    world.updates.add("my_chat_member", body, user.id)
    world.changed()
