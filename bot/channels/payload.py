"""Reading strangers' JSON: a member may be missing or of any type, and nothing here raises for that; only a body that
is no object at all is Unreadable. Pure."""

import hashlib
import json
import mimetypes
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from core.errors import Unreadable
from core.events import FileNote
from core.say import Say
from core.words import safe_name

EPOCH = datetime.fromtimestamp(0, UTC)
"""Stands for a time that nobody told."""
MILLISECONDS = 100_000_000_000
"""From here on a timestamp is not in seconds: as seconds it would lie in the year 5138."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Unplaced(ValueError):
    """An item without the little that an event needs: its id, or who it is from."""


@dataclass(frozen=True, slots=True)
class Holds:
    """A message as we keep it: `CustomerMessage.text`, `.about` and `.files`."""

    text: str = ""
    about: Say | None = None
    files: tuple[FileNote, ...] = ()


def object_of(body: bytes) -> dict[str, Any]:
    """Raises Unreadable when the body is no object of JSON."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("not JSON") from None
    if not isinstance(payload, dict):
        raise Unreadable("not a JSON object")
    return payload


def text_of(table: object, name: str, limit: int = 65_536) -> str:
    """A member as text: numbers are written out, anything else is empty."""
    value = table.get(name) if isinstance(table, dict) else None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return clean(str(value))[:limit]


def clean(text: str) -> str:
    """Without what no database or socket takes: NUL, and halves of surrogate pairs."""
    if text.isascii() and "\x00" not in text:  # a message has some twenty texts, nearly all of them such
        return text
    return _UNSTORABLE.sub("\ufffd", text)


def table_of(table: object, name: str) -> dict[str, Any]:
    value = table.get(name) if isinstance(table, dict) else None
    return value if isinstance(value, dict) else {}


def list_of(table: object, name: str) -> list[dict[str, Any]]:
    """The members of a list that are objects."""
    value = table.get(name) if isinstance(table, dict) else None
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def combined(first: Say | None, *more: Say | None) -> Say | None:
    """Several lines as one Say."""
    lines = [one for one in (first, *more) if one is not None]
    if len(lines) < 2:
        return lines[0] if lines else None
    return replace(lines[0], lines=(*lines[0].lines, *lines[1:]))


def file_name(kind: str, given: str, mime: str) -> str:
    """A plain name without folders and tricks; without a given one, the kind and the type's ending."""
    if given.strip(" ./\\"):
        return safe_name(given)
    ending = mimetypes.guess_extension(mime.partition(";")[0].strip()) or ""
    return f"{kind}{'.ogg' if ending == '.oga' else ending}"


def moment(stamp: str, otherwise: datetime) -> datetime:
    """Text of seconds since 1970, or of milliseconds; `otherwise` when it is neither."""
    if not (stamp.isascii() and stamp.isdigit()) or int(stamp) == 0:
        return otherwise
    seconds = int(stamp) / 1000 if int(stamp) >= MILLISECONDS else int(stamp)
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return otherwise


def digest(item: object) -> str:
    """The same for the same item, however it was delivered: a name for what has none."""
    return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()[:16]
