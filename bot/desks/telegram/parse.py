"""Telegram's updates as desk events. Pure: the same raw row gives the same events any number of times.

What we do not know gives no event and is no error: the row is kept. A raw row is what `listen` stored: an update with
the moment it came, an album (`album`: its updates), or our own note that a group has moved (`moved`).
Shapes: https://core.telegram.org/bots/api#update
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.desks.telegram.forms import asked
from bot.desks.telegram.keyboards import FORM, read
from bot.desks.telegram.payload import (
    Json,
    anonymous,
    at,
    by_a_person,
    files,
    person,
    topic_of,
    typed,
    words_of,
)
from bot.desks.telegram.settings import TELEGRAM
from core.errors import Unreadable
from core.events import DeskEvent, Edited, Origin, PlaceChanged, PlaceMoved, Pressed, Reacted, Submitted, Typed
from core.model import PostRef
from core.people import Identity
from core.words import starts_with_prefix

EMOJI: Mapping[str, str] = {"👀": "eyes", "👌": "white_check_mark"}
"""A reaction -> what it is called on every desk. Telegram has no check mark among its reactions."""
RIGHTS = ("can_manage_topics",)
"""Without which a group is of no use."""
_MEMBERS = frozenset({"creator", "administrator", "member", "restricted"})
_OF_ANOTHER_SHAPE = (
    *(KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError),
    *(OverflowError, OSError),  # for a moment that no clock can show
)
PlaceOf = Callable[[str], str | None]
"""Our name of a chat."""


BY_HAND: Mapping[str, str] = {"forum_topic_closed": "close", "forum_topic_reopened": "reopen"}
"""What somebody did to a topic with Telegram's own menu -> the command that it stands for."""


class Reader:
    """`bot` is our own user id."""

    def __init__(self, bot: int, place_of: PlaceOf) -> None:
        self._bot = bot
        self._place_of = place_of

    def events_of(self, raw: bytes) -> Sequence[DeskEvent]:
        """Raises Unreadable when the row is none of ours."""
        try:
            row = dict(json.loads(raw))
            if not row.keys() & {"update_id", "album", "moved"}:
                raise Unreadable("not an update")
            event = self._event(row)
        except _OF_ANOTHER_SHAPE as error:
            raise Unreadable("an update of another shape") from error
        return [] if event is None else [event]

    def _event(self, row: Mapping[str, Any]) -> DeskEvent | None:
        received = row.get("received")
        match row:
            case {"album": [*updates]}:
                return self._album([update["message"] for update in updates])
            case {"moved": {"from": old, "to": new}}:
                origin = self._origin({"id": old}, f"moved:{new}", Identity("telegram", "", ""), at(received))
                return PlaceMoved(origin, str(new))
            case {"message": message}:
                return self._message(message)
            case {"edited_message": message}:
                return self._edited(message)
            case {"callback_query": query}:
                return self._pressed(query, received)
            case {"message_reaction": reaction}:
                return self._reacted(reaction)
            case {"my_chat_member": change}:
                return self._changed(change)
            case _:
                return None

    def _message(self, message: Json) -> DeskEvent | None:
        if "migrate_to_chat_id" in message:
            return PlaceMoved(self._about(message), str(message["migrate_to_chat_id"]))
        if "migrate_from_chat_id" in message:
            old = self._about({**message, "chat": {"id": message["migrate_from_chat_id"]}})
            return PlaceMoved(old, str(message["chat"]["id"]))
        if not (by_a_person(message) or anonymous(message)):
            return None
        if command := next((command for sign, command in BY_HAND.items() if sign in message), None):
            return Pressed(self._about(message), command)
        if form := self._form(message):
            return form
        return self._typed(message, [message])

    def _album(self, messages: Sequence[Json]) -> DeskEvent | None:
        """One act: the words stand under one of its parts, as a rule the first."""
        spoken = next((message for message in messages if words_of(message)[0]), messages[0])
        if not (by_a_person(spoken) or anonymous(spoken)):
            return None
        return self._form(spoken, messages) or self._typed(spoken, messages)

    def _typed(self, message: Json, parts: Sequence[Json]) -> Typed | None:
        text, mentions_first = typed(message)
        notes = tuple(note for part in parts for note in files(part))
        if not text and not notes:
            return None
        origin = self._about(message)
        return Typed(origin, _started(text) if origin.direct else text, notes, mentions_first=mentions_first)

    def _form(self, message: Json, parts: Sequence[Json] = ()) -> Submitted | Typed | None:
        """The answer to a question of ours. A command stays one, wherever it is typed."""
        question = message.get("reply_to_message") or {}
        if question.get("from", {}).get("id") != self._bot:
            return None
        about = asked(words_of(question)[1])
        text, _ = typed(message)
        if about is None or starts_with_prefix(text):
            return None
        action, value, field = about
        notes = tuple(note for part in parts or [message] for note in files(part))
        origin = replace(self._about(message), confirms=True)
        if notes:
            # A form has no room for files, but the command that is typed has.
            return Typed(origin, f"/{action} {text}".strip(), notes)
        origin = replace(origin, trigger=f"{FORM}{question['message_id']}")
        return Submitted(origin, action, value, {field: text}) if text else None

    def _edited(self, message: Json) -> Edited | None:
        """Telegram tells of edits by others only; of a deletion it never tells."""
        if not (by_a_person(message) or anonymous(message)):
            return None
        origin = self._about(message)
        edited = replace(
            origin,
            key=f"{origin.key}:edited:{message['edit_date']}",
            at=at(message["edit_date"]),
            words=origin.key,
        )
        return Edited(edited, typed(message)[0])

    def _pressed(self, query: Json, received: Any) -> Pressed | None:
        """The message may be too old for Telegram to show: then it only says where it stands."""
        message, given = query.get("message"), query.get("data")
        if message is None or not given:
            return None
        action, value = read(given)
        form = FORM if action.startswith(FORM) and _is_for(message, query["from"]["id"]) else ""
        origin = self._origin(
            message["chat"],
            f"press:{query['id']}",
            person(query["from"]),
            at(received, at(message.get("date"), at(message.get("edit_date"), at(1)))),
            topic=topic_of(message),
            message=message["message_id"],
        )
        return Pressed(replace(origin, trigger=f"{query['id']}{form}"), action.removeprefix(FORM), value)

    def _reacted(self, reaction: Json) -> Reacted | None:
        """What was added. Telegram says neither in which topic, nor who an anonymous administrator is."""
        before = [each.get("emoji") for each in reaction["old_reaction"]]
        added = [each["emoji"] for each in reaction["new_reaction"] if each.get("emoji") not in (None, *before)]
        if not added or "user" not in reaction:
            return None
        who, number = person(reaction["user"]), reaction["message_id"]
        key = f"{number}:{added[0]}:{who.value}:{reaction['date']}"
        origin = self._origin(reaction["chat"], key, who, at(reaction["date"]), message=number)
        return Reacted(origin, EMOJI.get(added[0], added[0]))

    def _changed(self, change: Json) -> PlaceChanged | None:
        """The bot was removed, or may do less than it needs."""
        before, now = change["old_chat_member"], change["new_chat_member"]
        if change["chat"]["type"] == "private" or before["status"] not in _MEMBERS:
            return None
        what = ""
        if now["status"] not in _MEMBERS:
            what = "bot_removed"
        elif _able(before) and not _able(now):
            what = "bot_demoted"
        who = person(change["from"])
        origin = self._origin(change["chat"], f"{what}:{change['date']}", who, at(change["date"]))
        return PlaceChanged(origin, what) if what else None

    def _about(self, message: Json) -> Origin:
        who = person(message["from"]) if "from" in message else Identity("telegram", "", "")
        number = message["message_id"]
        return replace(
            self._origin(
                message["chat"], str(number), who, at(message["date"]), topic=topic_of(message), message=number
            ),
            anonymous=anonymous(message),
        )

    def _origin(
        self,
        chat: Json,
        what: str,
        who: Identity,
        when: datetime,
        *,
        topic: str | None = None,
        message: int | None = None,
    ) -> Origin:
        """`what` is unique in the chat. In private the place is the chat itself."""
        address = str(chat["id"])
        place = self._place_of(address) or address
        return Origin(
            desk=TELEGRAM,
            key=f"telegram:{self._bot}:{address}:{what}",
            who=who,
            place=place,
            at=when,
            root=topic,
            post=PostRef(TELEGRAM, place, str(message)) if message is not None else None,
            direct=chat.get("type") == "private",
        )


def _able(member: Json) -> bool:
    return member["status"] == "creator" or all(member.get(right) for right in RIGHTS)


def _is_for(message: Json, who: int) -> bool:
    """Whether a message of ours, an answer or a question, was meant for this person: it replies to or names them."""
    asker = (message.get("reply_to_message") or {}).get("from") or {}
    named = [each["user"]["id"] for each in words_of(message)[1] if each["type"] == "text_mention"]
    return who in (asker.get("id"), *named[:1])


def _started(text: str) -> str:
    """The link of an invitation brings its code with Start; Start alone asks what there is."""
    word, _, rest = text.partition(" ")
    if word != "/start":
        return text
    return f"/join {rest.strip()}" if rest.strip() else "/help"
