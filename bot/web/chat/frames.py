"""What a visitor's page sends, read strictly: a frame is one of these, or refused. Who may do what is not here."""

import json
import re
from dataclasses import dataclass
from typing import Any

from bot.channels.livechat import TEXT_LIMIT
from bot.channels.payload import clean
from core.words import one_line

FRAME_LIMIT = 64 * 1024
FILES_LIMIT = 5
FARTHEST = 2**53
"""No seq is as high; up to here a browser counts exactly."""
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}")
_EMAIL = re.compile(r"[^\s@<>\"(),;:]{1,64}@[^\s@<>\"(),;:]{1,190}\.[^\s@<>\"(),;:.]{2,60}")


class Refusal(Exception):
    """What was not taken, by a code that has words under `chat.refused.`; `id`: of which say."""

    def __init__(self, code: str, id: str = "", **params: int) -> None:
        super().__init__(code)
        self.code, self.id, self.params = code, id, params


@dataclass(frozen=True, slots=True)
class Hello:
    token: str = ""
    after: int = 0
    locale: str = ""
    user: str = ""
    """The shop's JSON text of a user, exactly as it was signed."""
    signature: str = ""
    zone: str = ""
    """Of the browser's clock."""


@dataclass(frozen=True, slots=True)
class Say:
    id: str
    text: str
    files: tuple[str, ...] = ()
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Typing:
    on: bool


@dataclass(frozen=True, slots=True)
class Ack:
    delivered: int = 0
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Details:
    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Language:
    locale: str


@dataclass(frozen=True, slots=True)
class Ping:
    pass


Frame = Hello | Say | Typing | Ack | Details | Language | Ping


def read(text: str) -> Frame:
    """Raises Refusal."""
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        raise Refusal("bad_frame") from None
    match frame:
        case {"type": "hello"}:
            # The user's text is signed: not a character of it may change.
            user, signature = _text(frame, "user", 4000, exactly=True), _text(frame, "signature", 200)
            locale = _text(frame, "locale", 40)
            locale = locale if _TAG.fullmatch(locale) else ""
            token, zone = _text(frame, "token", 400), _text(frame, "zone", 64)
            return Hello(token, _number(frame, "after"), locale, user, signature, zone)
        case {"type": "say"}:
            return _say(frame)
        case {"type": "typing", "on": bool(on)}:
            return Typing(on)
        case {"type": "ack"}:
            return Ack(_number(frame, "delivered"), _number(frame, "seen"))
        case {"type": "details"}:
            return _details(frame)
        case {"type": "language", "locale": str(locale)} if _TAG.fullmatch(locale):
            return Language(locale)
        case {"type": "ping"}:
            return Ping()
        case _:
            raise Refusal("bad_frame")


def _say(frame: dict[str, Any]) -> Say:
    id = _text(frame, "id", 64)
    if not _ID.fullmatch(id):
        raise Refusal("bad_frame")
    text, files, answers = frame.get("text", ""), frame.get("files", []), frame.get("reply_to")
    if not isinstance(text, str) or not isinstance(files, list) or not all(isinstance(file, str) for file in files):
        raise Refusal("bad_frame", id)
    if answers is not None and (type(answers) is not int or not 1 <= answers < FARTHEST):
        raise Refusal("bad_reply", id)
    if len(text) > TEXT_LIMIT:
        raise Refusal("too_long", id, most=TEXT_LIMIT)
    if len(files) > FILES_LIMIT:
        raise Refusal("too_many_files", id, most=FILES_LIMIT)
    if not text.strip() and not files:
        raise Refusal("empty", id)
    return Say(id, clean(text), tuple(files), answers)


def _details(frame: dict[str, Any]) -> Details:
    email = _text(frame, "email", 400).strip()
    if not _EMAIL.fullmatch(email) or not email.isprintable():
        raise Refusal("bad_email")
    return Details(email, one_line(_text(frame, "name", 120), 120))


def _text(frame: dict[str, Any], name: str, limit: int, *, exactly: bool = False) -> str:
    value = frame.get(name) or ""
    if not isinstance(value, str) or len(value) > limit:
        raise Refusal("bad_frame")
    cleaned = clean(value)
    if exactly and cleaned != value:
        raise Refusal("bad_frame")
    return cleaned


def _number(frame: dict[str, Any], name: str) -> int:
    value = frame.get(name) or 0
    if not isinstance(value, int) or not 0 <= value < FARTHEST:
        raise Refusal("bad_frame")
    return value
