"""Methods about the topics of a forum."""

from . import access, posting
from .access import Args
from .state import TOPIC_COLOURS, Json, World, bad

NAME = 128
"""Characters. Whether Telegram cuts or refuses a longer name is not documented (?); here it is refused."""


def _name(args: Args) -> str:
    return str(args.get("name") or "").strip()


def create(world: World, args: Args) -> Json:
    chat = access.find_chat(world, args)
    if not chat.forum:
        raise bad("the chat is not a forum")
    access.need(chat, "can_manage_topics", "create a topic")
    name = _checked(_name(args))
    colour = access.number(args, "icon_color", TOPIC_COLOURS[0])
    if colour not in TOPIC_COLOURS:
        raise bad("invalid icon color specified")
    topic = posting.open_topic(world, chat, world.bot, name, colour)
    return {"message_thread_id": topic.id, "name": name, "icon_color": colour}


def _checked(name: str) -> str:
    if not name:
        raise bad("topic name must be non-empty")
    if len(name) > NAME:
        raise bad("TOPIC_TITLE_TOO_LONG")
    return name


def edit(world: World, args: Args) -> bool:
    """An omitted name stays."""
    chat, topic = access.topic_to_manage(world, args)
    name = _checked(_name(args)) if args.get("name") else topic.name
    if name == topic.name:
        raise bad("TOPIC_NOT_MODIFIED")
    posting.rename_topic(world, chat, topic, world.bot, name)
    return True


def close(world: World, args: Args) -> bool:
    return _toggle(world, args, closed=True)


def reopen(world: World, args: Args) -> bool:
    return _toggle(world, args, closed=False)


def _toggle(world: World, args: Args, *, closed: bool) -> bool:
    chat, topic = access.topic_to_manage(world, args)
    if topic.closed is closed:
        raise bad("TOPIC_NOT_MODIFIED")
    posting.close_topic(world, chat, topic, world.bot, closed=closed)
    return True


def delete(world: World, args: Args) -> bool:
    chat, topic = access.topic_to_manage(world, args)
    access.need(chat, "can_delete_messages", "delete the topic")
    posting.delete_topic(world, chat, topic)
    return True
