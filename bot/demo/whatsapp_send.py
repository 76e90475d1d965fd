"""Reads the body of POST /{phone_number_id}/messages as Graph does: what is missing, too long or unknown is refused.

Pure; who receives it and whether the window is open is decided in graph.py.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.demo.graph_errors import GraphError, parameter
from bot.demo.graph_media import MediaStore, fits
from bot.demo.graph_model import Json, Media, Number

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
CALLBACK_LIMIT = 512
BSUID = re.compile(r"[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}")
PHONE = re.compile(r"\+?[\d\s().-]{5,25}")


@dataclass(frozen=True, slots=True)
class Request:
    """A valid send. `phone` holds digits only; exactly one of `phone` and `user_id` is set.

    `media_error` is code 131053 when the file does not fit the type: Graph accepts that and fails it later.
    """

    kind: str
    text: str
    content: Json
    phone: str
    user_id: str
    recipient: str
    reply_to: str = ""
    callback_data: str = ""
    media: Media | None = None

    @property
    def media_error(self) -> int:
        return 131053 if self.media is not None and not fits(self.kind, self.media) else 0


def parse(body: Any, number: Number, files: MediaStore) -> Request:
    """Raises GraphError with the code, and the parameter's name, that Graph gives."""
    if not isinstance(body, dict):
        raise parameter("Invalid parameter: the body must be a JSON object")
    if body.get("messaging_product") != "whatsapp":
        raise parameter("The parameter messaging_product is required.")
    phone, user_id, recipient = _recipient(body)
    kind = body.get("type", "text")
    if kind not in _READERS:
        known = ", ".join(sorted(_READERS)).upper()
        raise parameter(f"Param type must be one of {{{known}}} - got {kind!r}.")
    content = body.get(kind)
    if not content or not isinstance(content, (dict, list)):
        raise GraphError(131008, f"Parameter '{kind}' is mandatory for type '{kind}'")
    callback = _text(body, "biz_opaque_callback_data", limit=CALLBACK_LIMIT, required=False)
    context = body.get("context") or {}
    content = {"cards": content} if isinstance(content, list) else content
    text = _READERS[kind](content, number)
    media = _file(kind, content, files) if kind in _FILES else None
    reply_to = str(context.get("message_id", ""))
    return Request(kind, text, content, phone, user_id, recipient, reply_to, callback, media)


def _recipient(body: Json) -> tuple[str, str, str]:
    """`to` takes precedence over `recipient` (BSUID)."""
    to, recipient = str(body.get("to") or ""), str(body.get("recipient") or "")
    if to:
        if not PHONE.fullmatch(to):
            raise GraphError(131009, "Recipient is not a valid phone number")
        return "".join(filter(str.isdigit, to)), "", to
    if not recipient:
        raise parameter("The parameter to is required.")
    if not BSUID.fullmatch(recipient):
        raise GraphError(131009, "Recipient is not a valid business-scoped user ID")
    return "", recipient, recipient


def _text(part: Json, name: str, *, limit: int, required: bool = True, where: str = "") -> str:
    value = part.get(name)
    label = f"{where}['{name}']" if where else name
    if value is None or value == "":
        if required:
            raise parameter(f"The parameter {label} is required.")
        return ""
    if not isinstance(value, str):
        raise parameter(f"Param {label} must be a string.")
    if len(value) > limit:
        raise parameter(f"Param {label} must be at most {limit} characters long.")
    return value


def _read_text(content: Json, _number: Number) -> str:
    return _text(content, "body", limit=TEXT_LIMIT, where="text")


def _read_captioned(content: Json, _number: Number) -> str:
    return _text(content, "caption", limit=CAPTION_LIMIT, required=False)


def _read_wordless(_content: Json, _number: Number) -> str:
    return ""


def _read_reaction(content: Json, _number: Number) -> str:
    _text(content, "message_id", limit=512, where="reaction")
    return _text(content, "emoji", limit=64, required=False, where="reaction")


def _read_location(content: Json, _number: Number) -> str:
    if "latitude" not in content or "longitude" not in content:
        raise GraphError(131008, "location needs latitude and longitude")
    return str(content.get("name", ""))


def _read_interactive(content: Json, _number: Number) -> str:
    if not isinstance(content.get("type"), str) or not isinstance(content.get("action"), dict):
        raise GraphError(131008, "interactive needs type and action")
    return _text(content.get("body") or {}, "text", limit=CAPTION_LIMIT, where="interactive['body']")


def _read_template(content: Json, number: Number) -> str:
    name = _text(content, "name", limit=512, where="template")
    language = _text(content.get("language") or {}, "code", limit=16, where="template['language']")
    wording = number.templates.get(name, {}).get(language)
    if wording is None:
        raise GraphError(132001, f"template name ({name}) does not exist in {language}")
    for component in content.get("components", []):
        if component.get("type") == "body":
            for place, value in enumerate(component.get("parameters", []), start=1):
                wording = wording.replace(f"{{{{{place}}}}}", str(value.get("text", "")))
    return wording


def _file(kind: str, content: Json, files: MediaStore) -> Media | None:
    """The file of a media message; None when it is given by link."""
    media_id, link = content.get("id"), content.get("link")
    if bool(media_id) == bool(link):
        raise GraphError(131008, f"Either {kind}['id'] or {kind}['link'] is required")
    if link:
        if urlsplit(str(link)).scheme not in {"http", "https"}:
            raise GraphError(131009, f"{kind}['link'] is not a valid URL")
        return None
    media = files.find(str(media_id))
    if media is None:
        raise GraphError(131009, f"{kind}['id']: media {media_id} does not exist or has expired")
    return media


_FILES = frozenset({"image", "audio", "video", "document", "sticker"})
_READERS: dict[str, Callable[[Json, Number], str]] = {
    "text": _read_text,
    "image": _read_captioned,
    "video": _read_captioned,
    "document": _read_captioned,
    "audio": _read_wordless,
    "sticker": _read_wordless,
    "contacts": _read_wordless,
    "location": _read_location,
    "reaction": _read_reaction,
    "interactive": _read_interactive,
    "template": _read_template,
}
