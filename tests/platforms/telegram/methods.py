"""Every method the simulator knows: what it runs, and how many writes to its chat it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import chat_methods as chats
from . import media_methods as media
from . import message_methods as messages
from . import topic_methods as topics
from .access import Args
from .state import World


def _one(args: Args) -> int:
    return 1


def _none(args: Args) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Method:
    """`writes`: what it weighs in the limits; reading, typing indicators and answers to presses weigh nothing."""

    run: Callable[[World, Args], Any]
    writes: Callable[[Args], int] = _none


METHODS: dict[str, Method] = {
    "answerCallbackQuery": Method(messages.answer_press),
    "closeForumTopic": Method(topics.close, _one),
    "createForumTopic": Method(topics.create, _one),
    "deleteForumTopic": Method(topics.delete, _one),
    "deleteMessage": Method(messages.delete, _one),
    "deleteMessages": Method(messages.delete_many, _one),
    "deleteMyCommands": Method(chats.delete_commands),
    "deleteWebhook": Method(chats.delete_webhook),
    "editForumTopic": Method(topics.edit, _one),
    "editMessageCaption": Method(messages.edit_caption, _one),
    "editMessageReplyMarkup": Method(messages.edit_markup, _one),
    "editMessageText": Method(messages.edit_text, _one),
    "getChat": Method(chats.get_chat),
    "getChatAdministrators": Method(chats.get_administrators),
    "getChatMember": Method(chats.get_member),
    "getFile": Method(media.get_file),
    "getMe": Method(chats.get_me),
    "getMyCommands": Method(chats.get_commands),
    "getWebhookInfo": Method(chats.webhook_info),
    "pinChatMessage": Method(messages.pin, _one),
    "reopenForumTopic": Method(topics.reopen, _one),
    "sendAudio": Method(media.send_audio, _one),
    "sendChatAction": Method(messages.chat_action),
    "sendDocument": Method(media.send_document, _one),
    "sendMediaGroup": Method(media.send_album, media.album_size),
    "sendMessage": Method(messages.send_message, _one),
    "sendPhoto": Method(media.send_photo, _one),
    "sendVideo": Method(media.send_video, _one),
    "sendVoice": Method(media.send_voice, _one),
    "setMessageReaction": Method(messages.react, _one),
    "setMyCommands": Method(chats.set_commands),
    "setWebhook": Method(chats.set_webhook),
    "unpinChatMessage": Method(messages.unpin, _one),
}
"""`getUpdates` is missing: it waits, and is the server's own."""
