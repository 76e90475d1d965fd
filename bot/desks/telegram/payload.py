"""What the readers of Telegram's updates share: who wrote, what a person typed, files, times, keys, and the raw row."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from core.events import FileNote
from core.people import Identity

Json = Mapping[str, Any]

GROUP_ANONYMOUS = 1087968824
"""The user that stands for a group's anonymous administrators, @GroupAnonymousBot."""
_FILES = ("document", "video", "audio", "voice", "video_note", "sticker")
_ENDINGS = {
    "photo": "jpg",
    "video": "mp4",
    "audio": "mp3",
    "voice": "ogg",
    "video_note": "mp4",
    "animation": "mp4",
    "sticker": "webp",
}
_MIMES = {"photo": "image/jpeg", "video_note": "video/mp4", "sticker": "image/webp", "voice": "audio/ogg"}
_BOT_NAME = re.compile(r"@\w*bot", re.IGNORECASE)
"""The public names of bots, and of nobody else, end so (https://core.telegram.org/bots/features#botfather)."""


def raw_row(received: datetime, /, **body: Any) -> bytes:
    """What is stored: the update as Telegram gave it, and when it came, because a press has no time of its own."""
    return json.dumps(body | {"received": received.timestamp()}, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


def at(seconds: Any, otherwise: datetime | None = None) -> datetime:
    """A unix time. Raises ValueError when it is none and nothing else is given."""
    if isinstance(seconds, int | float) and seconds > 0:
        return datetime.fromtimestamp(seconds, UTC)
    if otherwise is None:
        raise ValueError("no time")
    return otherwise


def table_of(table: Json, name: str) -> Json:
    """A member that is an object; empty when it is anything else."""
    value = table.get(name)
    return value if isinstance(value, dict) else {}


def person(user: Json) -> Identity:
    return Identity("telegram", "", str(user["id"]))


def topic_of(message: Json) -> str | None:
    """Replies outside of topics have a thread id too: only `is_topic_message` makes it a topic."""
    return str(message["message_thread_id"]) if message.get("is_topic_message") else None


def by_a_person(message: Json) -> bool:
    """Not by a bot, ours or another, nor by a channel."""
    return message.get("from", {}).get("is_bot") is False


def anonymous(message: Json) -> bool:
    """On behalf of the group itself: Telegram does not say by whom."""
    return bool(message.get("from", {}).get("id") == GROUP_ANONYMOUS)


def words_of(message: Json) -> tuple[str, Sequence[Json]]:
    """Text or caption, as Telegram gave it, with its entities."""
    if "text" in message:
        return message["text"], message.get("entities") or ()
    return message.get("caption") or "", message.get("caption_entities") or ()


def typed(message: Json) -> tuple[str, bool]:
    """What a person wrote, as they saw it, and whether it is plainly meant for a colleague.

    A mention of a person without a public name becomes `<@id>`, which `!assign` resolves; a link hidden under words is
    shown behind them; our own name is taken from the beginning and from commands, as in `/claim@dragoman_bot`.
    """
    text, entities = words_of(message)
    units = text.encode("utf-16-le", "surrogatepass")
    first = _first(units, entities)
    to_us = first is not None and first["type"] == "mention" and _BOT_NAME.fullmatch(_part(units, first)) is not None
    for entity in sorted(entities, key=lambda each: -int(each["offset"])):
        start, stop = 2 * int(entity["offset"]), 2 * (int(entity["offset"]) + int(entity["length"]))
        seen = "" if entity is first and to_us else _seen(entity, _part(units, entity))
        units = units[:start] + seen.encode("utf-16-le", "surrogatepass") + units[stop:]
    # Words that were passed on are somebody else's, and an answer to a colleague is the colleague's: neither goes to a
    # customer by itself.
    to_a_colleague = (first is not None and not to_us) or "forward_origin" in message or _answers_a_colleague(message)
    return units.decode("utf-16-le", "surrogatepass").strip(), first is not None or to_a_colleague


def _answers_a_colleague(message: Json) -> bool:
    """In a topic whatever is no answer answers the topic's beginning; and one may go on from one's own words."""
    answered = table_of(message, "reply_to_message")
    if "external_reply" in message:
        return True
    if not answered or "forum_topic_created" in answered:
        return False
    by_another = table_of(answered, "from").get("id") != table_of(message, "from").get("id")
    return anonymous(answered) or (by_a_person(answered) and by_another)


def _first(units: bytes, entities: Sequence[Json]) -> Json | None:
    """The mention that the text begins with."""
    for entity in entities:
        before = units[: 2 * int(entity["offset"])].decode("utf-16-le", "replace")
        if entity["type"] in ("mention", "text_mention") and not before.strip():
            return entity
    return None


def _part(units: bytes, entity: Json) -> str:
    start = 2 * int(entity["offset"])
    return units[start : start + 2 * int(entity["length"])].decode("utf-16-le", "replace")


def _seen(entity: Json, words: str) -> str:
    match entity["type"]:
        case "text_mention":
            return f"<@{entity['user']['id']}>"
        case "text_link" if entity["url"].rstrip("/") != words.rstrip("/"):
            return f"{words} ({entity['url']})"
        case "bot_command":
            return words.partition("@")[0]
        case _:
            return words


def files(message: Json) -> tuple[FileNote, ...]:
    """At most one: an album is several messages. Of a photo the largest size."""
    if photos := message.get("photo"):
        return (_note(message, "photo", photos[-1]),)
    # An animation comes as a document as well.
    for kind in ("animation", *_FILES):
        if kind in message:
            return (_note(message, kind, message[kind]),)
    return ()


def _note(message: Json, kind: str, file: Json) -> FileNote:
    name = file.get("file_name") or f"{kind.replace('_', '-')}-{message['message_id']}.{_ENDINGS.get(kind, 'bin')}"
    return FileNote(file["file_id"], name, file.get("mime_type") or _MIMES.get(kind, ""), file.get("file_size"))
