"""State as the Bot API shows it: the JSON of people, chats, messages, members and files."""

from .state import ANONYMOUS_ID, Chat, File, Json, Media, Member, Message, User, World

ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
)
PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


def user(person: User) -> Json:
    shape: Json = {"id": person.id, "is_bot": person.is_bot, "first_name": person.name}
    if person.username:
        shape["username"] = person.username
    if not person.is_bot:
        shape["language_code"] = person.language
    return shape


def me(world: World) -> Json:
    return user(world.bot) | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
    }


def chat(world: World, room: Chat) -> Json:
    if room.private:
        person = world.users[room.id]
        return {"id": room.id, "type": "private"} | _pick(user(person), "first_name", "username")
    shape: Json = {"id": room.id, "title": room.title, "type": room.kind}
    if room.kind == "group":
        shape["all_members_are_administrators"] = False
    return shape | ({"is_forum": True} if room.forum else {})


def full_chat(world: World, room: Chat) -> Json:
    """getChat: ChatFullInfo."""
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), True
    )
    shape = chat(world, room) | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}
    if not room.private:
        withheld = {"can_pin_messages", "can_manage_topics"} - room.everyone_may
        shape["permissions"] = {each: each not in withheld for each in PERMISSIONS}
    pinned = [room.messages[each] for each in room.pinned if each in room.messages]
    return shape | ({"pinned_message": message(world, pinned[-1])} if pinned else {})


def member(person: User, held: Member) -> Json:
    shape: Json = {"user": user(person), "status": held.status}
    match held.status:
        case "creator":
            shape["is_anonymous"] = held.anonymous
        case "administrator":
            rights = held.rights | {"can_manage_chat"}
            shape |= {each: each in rights for each in ADMIN_RIGHTS}
            shape |= {"can_be_edited": False, "is_anonymous": held.anonymous}
        case "restricted":
            shape |= dict.fromkeys(PERMISSIONS, False) | {"is_member": True, "until_date": 0}
        case "kicked":
            shape["until_date"] = 0
        case _:
            pass
    return shape


def message(world: World, kept: Message, *, nested: bool = False) -> Json:
    """A message as updates and answers show it; `nested`: as the message replied to, without its own."""
    shape: Json = {"message_id": kept.id}
    if kept.anonymous:
        shape |= {"from": user(world.users[ANONYMOUS_ID]), "sender_chat": chat(world, kept.chat)}
    else:
        shape["from"] = user(kept.sender)
    shape |= {"chat": chat(world, kept.chat), "date": kept.at}
    if kept.edited_at is not None:
        shape["edit_date"] = kept.edited_at
    shape |= _thread(kept)
    replied = replied_to(kept)
    if replied is not None and not nested:
        shape["reply_to_message"] = message(world, replied, nested=True)
    if kept.album is not None:
        shape["media_group_id"] = kept.album
    shape |= kept.service or _content(kept)
    if kept.keyboard:
        shape["reply_markup"] = {"inline_keyboard": kept.keyboard}
    return shape


def replied_to(kept: Message) -> Message | None:
    """The message replied to; in a topic, every message without a reply is one to the topic's first message."""
    if kept.reply_to is not None:
        return None if kept.reply_to.deleted else kept.reply_to
    if kept.topic is None or kept.topic == kept.id:
        return None
    return kept.chat.messages.get(kept.topic)


def _thread(kept: Message) -> Json:
    """In a topic: the topic. Elsewhere in a supergroup a chain of replies has a thread id too, but is no topic."""
    if kept.topic is not None:
        return {"message_thread_id": kept.topic, "is_topic_message": True}
    if kept.chat.kind == "supergroup" and kept.reply_to is not None and not kept.service:
        root = kept.reply_to
        while root.reply_to is not None:
            root = root.reply_to
        return {"message_thread_id": root.id}
    return {}


def _content(kept: Message) -> Json:
    if kept.media is None:
        shape: Json = {"text": kept.text}
        if kept.entities:
            shape["entities"] = kept.entities
        if not kept.previews:
            shape["link_preview_options"] = {"is_disabled": True}
        return shape
    shape = {kept.media.kind: media(kept.media)}
    if kept.text:
        shape["caption"] = kept.text
    if kept.entities:
        shape["caption_entities"] = kept.entities
    return shape


def media(kept: Media) -> Json | list[Json]:
    """The field of a message which carries a file; photos come in several sizes, the largest last."""
    base = file(kept.file)
    match kept.kind:
        case "photo":
            small = base | {"file_id": f"{kept.file.id}s", "file_unique_id": f"{kept.file.id}us", "file_size": 900}
            return [small | {"width": 90, "height": 67}, base | {"width": 1280, "height": 960}]
        case "video":
            extra: Json = {"width": 1280, "height": 720, "duration": 3, "file_name": kept.file.name}
        case "audio":
            extra = {"duration": 3, "file_name": kept.file.name}
        case "voice":
            extra = {"duration": 3}
        case "sticker":
            extra = {
                "width": 512,
                "height": 512,
                "type": "regular",
                "is_animated": False,
                "is_video": False,
                "emoji": "👍",
            }
            return base | extra
        case _:
            extra = {"file_name": kept.file.name}
    return base | extra | {"mime_type": kept.file.mime}


def file(kept: File) -> Json:
    return {"file_id": kept.id, "file_unique_id": f"{kept.id}u", "file_size": kept.size}


def reaction(kept: list[str]) -> list[Json]:
    return [{"type": "emoji", "emoji": each} for each in kept]


def _pick(shape: Json, *keys: str) -> Json:
    return {key: shape[key] for key in keys if key in shape}
