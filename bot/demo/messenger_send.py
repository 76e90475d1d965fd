"""Reads the body of POST /{page-id}/messages as Graph does: what is missing, too long or unknown is refused.

Pure; whether the window is open and who may be written to is decided in messenger.py. Source: "Send API reference".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.demo.graph_errors import GraphError, parameter
from bot.demo.graph_model import Json

MB = 1024 * 1024
TEXT_LIMIT = 2000
METADATA_LIMIT = 1000
FILE_LIMIT = 25 * MB
TYPES = frozenset({"RESPONSE", "UPDATE", "MESSAGE_TAG"})
TAGS = frozenset({"HUMAN_AGENT"})
"""The others were retired on 2026-04-27 and are refused as invalid."""
ACTIONS = frozenset({"mark_seen", "typing_on", "typing_off"})
KINDS = frozenset({"image", "audio", "video", "file"})


@dataclass(frozen=True, slots=True)
class Upload:
    """The `filedata` part of a multipart request."""

    data: bytes
    mime: str
    name: str


@dataclass(frozen=True, slots=True)
class Request:
    """A valid send: a text or an attachment to a PSID. `tag` is empty for RESPONSE and UPDATE."""

    psid: str
    kind: str
    text: str
    message: Json
    tag: str = ""
    metadata: str = ""
    reply_to: str = ""
    upload: Upload | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """A sender action: no message, but seen marks and "typing ..."."""

    psid: str
    name: str


def from_form(form: Mapping[str, str]) -> Json:
    """A multipart request's fields: objects are JSON inside of text. Raises GraphError."""
    body: Json = {}
    for name, value in form.items():
        try:
            body[name] = json.loads(value) if value.startswith("{") else value
        except ValueError:
            raise parameter(f"param {name} must be valid JSON.") from None
    return body


def parse(body: Any, upload: Upload | None = None) -> Request | Action:
    """Raises GraphError with the code, and the parameter's name, that Graph gives."""
    if not isinstance(body, dict):
        raise parameter("The body must be a JSON object.")
    psid = _recipient(body)
    if action := body.get("sender_action"):
        if action not in ACTIONS or "message" in body:
            raise parameter("param sender_action must be one of {MARK_SEEN, TYPING_ON, TYPING_OFF} and stand alone.")
        return Action(psid, str(action))
    message = body.get("message")
    if not isinstance(message, dict) or not message:
        raise parameter("param message must be non-empty.")
    tag = _tag(body)
    metadata = _text(message, "metadata", METADATA_LIMIT)
    reply_to = str((body.get("reply_to") or {}).get("mid", ""))
    if "attachment" in message:
        if "text" in message:
            raise GraphError(100, subcode=2018034, message="(#100) Cannot set both text and attachment")
        kind = _attachment(message["attachment"], upload)
        return Request(psid, kind, "", message, tag, metadata, reply_to, upload)
    text = _text(message, "text", TEXT_LIMIT)
    if not text.strip():
        raise parameter("param message[text] must be non-empty.")
    return Request(psid, "text", text, message, tag, metadata, reply_to)


def _recipient(body: Json) -> str:
    recipient = body.get("recipient")
    psid = recipient.get("id") if isinstance(recipient, dict) else None
    if not psid:
        raise parameter("The parameter recipient is required")
    return str(psid)


def _tag(body: Json) -> str:
    kind = body.get("messaging_type")
    if kind not in TYPES:
        raise parameter(f"Param messaging_type must be one of {{{', '.join(sorted(TYPES))}}} - got {kind!r}.")
    if kind != "MESSAGE_TAG":
        return ""
    tag = body.get("tag")
    if tag not in TAGS:
        raise GraphError(100, message="(#100) Invalid parameter")
    return str(tag)


def _text(part: Json, name: str, limit: int) -> str:
    value = part.get(name, "")
    if not isinstance(value, str):
        raise parameter(f"Param message[{name}] must be a string.")
    if len(value) > limit:
        raise parameter(f"Length of param message[{name}] must be less than or equal to {limit}")
    return value


def _attachment(attachment: Any, upload: Upload | None) -> str:
    """The kind of the file; with a template, `template`."""
    kind = attachment.get("type") if isinstance(attachment, dict) else None
    if kind == "template":
        return "template"
    if kind not in KINDS:
        raise parameter("Param message[attachment][type] must be one of {AUDIO, FILE, IMAGE, TEMPLATE, VIDEO}.")
    url = (attachment.get("payload") or {}).get("url")
    if upload is None:
        if urlsplit(str(url or "")).scheme != "https":
            raise GraphError(100, subcode=2018008, message="(#100) Failed to fetch the file from the url")
        return str(kind)
    if not upload.data or (kind != "file" and not upload.mime.startswith(f"{kind}/")):
        raise GraphError(100, subcode=2018047, message="(#100) Upload attachment failure.")
    if len(upload.data) > FILE_LIMIT:
        raise GraphError(100, subcode=2018109, message="(#100) Attachment size exceeds allowable limit")
    return str(kind)
