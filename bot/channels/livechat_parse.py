"""What a visitor of the site chat does, as the raw deliveries that our own socket stores, and read again as events.

Nobody else makes these bodies, but an older or newer version of ours may have.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.channels.payload import digest, list_of, object_of, table_of, text_of
from core.events import (
    ChannelEvent,
    CustomerDetails,
    CustomerLeft,
    CustomerMessage,
    DeliveryReport,
    FileNote,
    InboxTrouble,
    Sender,
)
from core.ids import InboxName, row_number
from core.messages import Ladder
from core.people import Identity
from core.places import zone_today
from core.ports import ChatEntry, ChatWords, Delivery, Hook, Left
from core.say import say

BLOB = "blob:"
"""Begins the source of a file: it is in the Blob store already."""
STATES: Mapping[str, Ladder] = {"delivered": Ladder.DELIVERED, "read": Ladder.READ}


@dataclass(frozen=True, slots=True)
class Who:
    """What is known of a visitor. `user` and `email` stand here only when the shop signed them."""

    user: str = ""
    name: str = ""
    email: str = ""
    language: str = ""
    zone: str = ""
    """As the browser says it; whether there is one is seen when it is read."""

    def json(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}


# --- written by the socket and the worker ---------------------------------------------------------------------------


def said(visitor: str, ref: str, seq: int, words: ChatWords, who: Who, at: datetime) -> Delivery:
    files = [{"blob": f.blob, "name": f.name, "mime": f.mime, "size": f.size} for f in words.files]
    event = {"seq": seq, "text": words.text, "files": files, "reply_to": words.reply_to, "who": who.json()}
    return _delivery(f"said:{visitor}:{ref}", "said", visitor, at, **event)


def acked(visitor: str, state: Ladder, entries: Sequence[ChatEntry], at: datetime) -> Delivery:
    parts = [{"seq": entry.seq, "ref": entry.ref} for entry in entries]
    return _delivery(f"{state}:{visitor}:{entries[-1].seq}", "acked", visitor, at, state=state, parts=parts)


def left(one: Left) -> Delivery:
    _, visitor = one.visitor
    return _delivery(f"left:{visitor}:{one.at.isoformat()}", "left", visitor, one.at)


def details(visitor: str, email: str, who: Who, at: datetime) -> Delivery:
    return _delivery(f"details:{visitor}:{at.isoformat()}", "details", visitor, at, email=email, who=who.json())


def _delivery(key: str, kind: str, visitor: str, at: datetime, **event: Any) -> Delivery:
    body = {"events": [{"kind": kind, "visitor": visitor, "at": at.isoformat(), **event}]}
    return Delivery(key, json.dumps(body, ensure_ascii=False).encode())


# --- read by the intake ---------------------------------------------------------------------------------------------


def parse(inbox: InboxName, hook: Hook) -> Sequence[ChannelEvent]:
    """Raises Unreadable when the body is no object of JSON."""
    payload = object_of(hook.body)
    return [event for item in list_of(payload, "events") for event in _read(inbox, item, hook)]


def external_of(visitor: str, seq: int) -> str:
    """How an entry of a visitor's log is known to the ticket."""
    return f"{visitor}:{seq}"


def seq_of(external: str) -> int:
    """0 when it names none."""
    return row_number(external.rpartition(":")[2]) or 0


def _read(inbox: InboxName, item: dict[str, Any], hook: Hook) -> Iterator[ChannelEvent]:
    visitor, at = text_of(item, "visitor", 100), _at(item, hook)
    if not visitor or at is None:
        when = at or hook.at
        if when is not None:
            yield InboxTrouble(inbox, digest(item), when, "unreadable_item")
        return
    match item.get("kind"):
        case "said":
            yield _said(inbox, visitor, item, at)
        case "acked":
            yield from _acked(inbox, visitor, item, at)
        case "left":
            yield CustomerLeft(inbox, f"{visitor}:left:{at.isoformat()}", visitor, at)
        case "details":
            external, email = f"{visitor}:details:{at.isoformat()}", text_of(item, "email", 320)
            yield CustomerDetails(inbox, external, at, _sender(inbox, visitor, item), email)
        case _:
            about = say("about.unsupported", kind=text_of(item, "kind", 60) or "?")
            sender = _sender(inbox, visitor, item)
            yield CustomerMessage(inbox, f"{visitor}:{digest(item)}", at, sender, about=about)


def _said(inbox: InboxName, visitor: str, item: dict[str, Any], at: datetime) -> CustomerMessage:
    answers = item.get("reply_to")
    return CustomerMessage(
        inbox,
        external_of(visitor, seq_of(text_of(item, "seq"))),
        at,
        _sender(inbox, visitor, item),
        text_of(item, "text"),
        files=tuple(_file(file) for file in list_of(item, "files")),
        reply_to=external_of(visitor, answers) if isinstance(answers, int) else None,
    )


def _acked(inbox: InboxName, visitor: str, item: dict[str, Any], at: datetime) -> Iterator[DeliveryReport]:
    state = STATES.get(text_of(item, "state"))
    if state is None:
        return
    for part in list_of(item, "parts"):
        external = external_of(visitor, seq_of(text_of(part, "seq")))
        yield DeliveryReport(inbox, external, state, at, ref=text_of(part, "ref", 200))


def _sender(inbox: InboxName, visitor: str, item: dict[str, Any]) -> Sender:
    """The visitor first: the conversation is theirs. What the shop signed makes them known beyond it."""
    who = table_of(item, "who")
    identities = [Identity("visitor", inbox, visitor)]
    if user := text_of(who, "user", 200):
        identities.append(Identity("user", inbox, user))
    if email := text_of(who, "email", 320):
        identities.append(Identity("email", "", email))
    language = text_of(who, "language", 40) or None
    zone = zone_today(text_of(who, "zone", 64))
    return Sender(tuple(identities), visitor, visitor, text_of(who, "name", 200), language, zone)


def _file(file: dict[str, Any]) -> FileNote:
    size = file.get("size")
    number = size if isinstance(size, int) else None
    return FileNote(BLOB + text_of(file, "blob", 100), text_of(file, "name", 200), text_of(file, "mime", 100), number)


def _at(item: dict[str, Any], hook: Hook) -> datetime | None:
    try:
        at = datetime.fromisoformat(text_of(item, "at"))
    except ValueError:
        return hook.at
    return at if at.tzinfo is not None else hook.at
