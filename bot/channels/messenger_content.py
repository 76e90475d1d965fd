"""What one Messenger message holds: text, attachments, and an honest line for the rest. Pure.

Shapes: "messages" in the Webhook Events Reference of the Messenger Platform. Everything here is a stranger's JSON, read
by payload.py.
"""

import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from bot.channels.meta import Json
from bot.channels.payload import EPOCH, Holds, combined, file_name, list_of, moment, table_of, text_of
from core.events import FileNote
from core.say import Say, say

VALUE_LIMIT = 500
URL_LIMIT = 4000
MIMES: Mapping[str, str] = {
    # Webhooks name no media type; where the address does not tell either, this is what Messenger makes of it.
    "image": "image/jpeg",
    "sticker": "image/png",
    "audio": "audio/mp4",
    "video": "video/mp4",
    "file": "application/octet-stream",
}


def holds(message: Json) -> Holds:
    """The content of a message or echo."""
    text = text_of(message, "text")
    found = [_attachment(one) for one in _without_twins(list_of(message, "attachments"))]
    about = combined(
        say("about.button") if table_of(message, "quick_reply") else None,
        *(one.about for one in found),
        referral(table_of(message, "referral")),
    )
    if not text and not found and about is None:
        about = say("about.unsupported", kind=_kind(message))
    return Holds(text, about, tuple(note for one in found for note in one.files))


def referral(came: Json) -> Say | None:
    """How they came: by an ad, a product, an m.me link. Without a referral: None."""
    if not came:
        return None
    if product := text_of(table_of(came, "product"), "id", VALUE_LIMIT):
        return say("about.product", product=product)
    title = text_of(table_of(came, "ads_context_data"), "ad_title", VALUE_LIMIT)
    if title or text_of(came, "source", 60) == "ADS":
        return say("about.ad", ad=title or text_of(came, "ad_id", 60) or "?")
    where = text_of(came, "ref", VALUE_LIMIT) or text_of(came, "referer_uri", VALUE_LIMIT)
    return say("about.referral", ref=where or text_of(came, "source", 60) or "?")


def _kind(message: Json) -> str:
    """What to call a message without anything we know."""
    known = ("mid", "seq", "is_echo", "app_id", "metadata", "reply_to", "text", "attachments")
    return next((name[:60] for name in message if name not in known), "message")


def _without_twins(attachments: list[Json]) -> list[Json]:
    """Between June and August 2026 a sticker came twice in one message: as `sticker` and as the `image` it had been."""
    stickers = {_sticker(one) for one in attachments if text_of(one, "type") == "sticker"}
    return [one for one in attachments if text_of(one, "type") != "image" or _sticker(one) not in stickers - {""}]


def _sticker(attachment: Json) -> str:
    return text_of(table_of(attachment, "payload"), "sticker_id", 60)


# --- attachments by type --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _File:
    """Reads an attachment with an address on Meta's CDN."""

    kind: str

    def __call__(self, attachment: Json) -> Holds:
        url = text_of(table_of(attachment, "payload"), "url", URL_LIMIT + 1)
        about = say("about.sticker") if self.kind == "sticker" or _sticker(attachment) else None
        if not url or len(url) > URL_LIMIT:
            return Holds(about=about or say("about.file_missing"))
        path = _path(url)
        mime = _mime(self.kind, path)
        return Holds(about=about, files=(FileNote(url, file_name(self.kind, path, mime), mime),))


def _path(url: str) -> str:
    try:
        return unquote(urlsplit(url).path)
    except ValueError:
        return ""


def _mime(kind: str, path: str) -> str:
    """What the name in the address says, unless it is at odds with the kind: voice messages are called .mp4 too."""
    usual = MIMES[kind]
    guessed, _ = mimetypes.guess_type(path.rpartition("/")[2])
    fits = guessed and (kind == "file" or guessed.partition("/")[0] == usual.partition("/")[0])
    return guessed if guessed and fits else usual


def _location(attachment: Json) -> Holds:
    at = table_of(table_of(attachment, "payload"), "coordinates")
    where = f"{text_of(at, 'lat', 30) or '?'}, {text_of(at, 'long', 30) or '?'}"
    if title := text_of(attachment, "title", VALUE_LIMIT):
        return Holds(about=say("about.location_named", place=title, where=where))
    return Holds(about=say("about.location", where=where))


def _link(attachment: Json) -> Holds:
    """A share. Its address is anybody's: it is shown, never opened. Until v6.0 it stood outside of the payload."""
    payload = table_of(attachment, "payload")
    url = text_of(payload, "url", VALUE_LIMIT) or text_of(attachment, "url", VALUE_LIMIT)
    title = text_of(payload, "title", VALUE_LIMIT) or text_of(attachment, "title", VALUE_LIMIT)
    if not url and not title:
        return Holds(about=say("about.unsupported", kind=text_of(attachment, "type", 60)))
    return Holds(about=say("about.link", what=" - ".join(part for part in (title, url) if part)))


def _template(attachment: Json) -> Holds:
    """Products of the Page's catalogue, or a card with texts of its own."""
    payload = table_of(attachment, "payload")
    products = list_of(table_of(payload, "product"), "elements")
    if products:
        titles = (text_of(one, "title", VALUE_LIMIT) or text_of(one, "retailer_id", VALUE_LIMIT) for one in products)
        return Holds(about=combined(*(say("about.product", product=title or "?") for title in titles)))
    elements = list_of(payload, "elements") or list_of(table_of(payload, "generic"), "elements") or [payload]
    titles = (text_of(one, "title", VALUE_LIMIT) or text_of(one, "text", VALUE_LIMIT) for one in elements)
    shown = " - ".join(filter(None, titles)) or text_of(attachment, "title", VALUE_LIMIT)
    return Holds(about=say("about.card", what=shown) if shown else say("about.unsupported", kind="template"))


def _appointment(attachment: Json) -> Holds:
    payload = table_of(attachment, "payload")
    start = moment(text_of(payload, "start_time", 20), EPOCH)
    if start == EPOCH:
        return Holds(about=say("about.unsupported", kind="appointment_booking"))
    return Holds(about=say("about.appointment", at=start, status=text_of(payload, "status", 60) or "?"))


READERS: Mapping[str, Callable[[Json], Holds]] = {
    **{kind: _File(kind) for kind in MIMES},
    "location": _location,
    "fallback": _link,
    "reel": _link,
    "ig_reel": _link,
    "post": _link,
    "ig_post": _link,
    "template": _template,
    "appointment_booking": _appointment,
}


def _attachment(attachment: Json) -> Holds:
    kind = text_of(attachment, "type", 60)
    reader = READERS.get(kind)
    return reader(attachment) if reader else Holds(about=say("about.unsupported", kind=kind or "?"))
