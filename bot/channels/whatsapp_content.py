"""What one WhatsApp message holds, by its type: text, files, and an honest line for the rest. Pure.

Shapes: "Webhooks: messages" of the Cloud API. Everything here is a stranger's JSON, read by payload.py.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.channels.meta import Json
from bot.channels.payload import Holds, clean, combined, file_name, list_of, table_of, text_of
from core.events import FileNote
from core.say import Say, say

VALUE_LIMIT = 500


def holds(item: Json) -> Holds:
    """The content of a message or echo of any type."""
    kind = text_of(item, "type")
    reader = READERS.get(kind)
    content = item.get(kind)
    errors = list_of(item, "errors")
    found = reader(content) if reader is not None and isinstance(content, dict | list) else Holds()
    if errors or found == Holds():
        found = replace(found, about=combined(found.about, _unsupported(kind, content, errors)))
    return _with_context(found, item)


# --- by type --------------------------------------------------------------------------------------------------------


def _text(content: Any) -> Holds:
    return Holds(text=text_of(content, "body"))


def _media(kind: str) -> Callable[[Any], Holds]:
    def read(content: Any) -> Holds:
        source = text_of(content, "id", 200)
        if not source:
            return Holds(text_of(content, "caption"), say("about.file_missing"))
        mime = text_of(content, "mime_type", 200) or "application/octet-stream"
        note = FileNote(source, file_name(kind, text_of(content, "filename", 500), mime), mime)
        return Holds(text_of(content, "caption"), _about_media(kind, content), (note,))

    return read


def _about_media(kind: str, content: Any) -> Say | None:
    if kind == "sticker":
        return say("about.sticker")
    return say("about.voice") if kind == "audio" and content.get("voice") is True else None


def _location(content: Any) -> Holds:
    latitude, longitude = text_of(content, "latitude", 30), text_of(content, "longitude", 30)
    named = [text_of(content, "name", VALUE_LIMIT), text_of(content, "address", VALUE_LIMIT)]
    where = f"{latitude}, {longitude}"
    place = ", ".join(part for part in named if part)
    if not place:
        return Holds(about=say("about.location", where=where))
    return Holds(about=say("about.location_named", place=place, where=where))


def _contacts(content: Any) -> Holds:
    cards = [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []
    lines = tuple(say("about.contact", name=_card_name(card), details=_card_details(card)) for card in cards)
    return Holds(about=say("about.contacts", n=len(lines), lines=lines))


def _card_name(card: Json) -> str:
    name = table_of(card, "name")
    return text_of(name, "formatted_name", VALUE_LIMIT) or text_of(name, "first_name", VALUE_LIMIT) or "?"


def _card_details(card: Json) -> str:
    phones = [text_of(one, "phone", 40) or text_of(one, "wa_id", 40) for one in list_of(card, "phones")]
    emails = [text_of(one, "email", 200) for one in list_of(card, "emails")]
    company = text_of(table_of(card, "org"), "company", 200)
    return ", ".join(part for part in (*phones, *emails, company) if part) or "-"


def _interactive(content: Any) -> Holds:
    kind = text_of(content, "type")
    chosen = table_of(content, kind)
    match kind:
        case "button_reply":
            return Holds(text_of(chosen, "title"), say("about.button"))
        case "list_reply":
            described = [text_of(chosen, "title"), text_of(chosen, "description")]
            return Holds("\n".join(part for part in described if part), say("about.list"))
        case "nfm_reply":
            return Holds(about=_form(chosen))
        case _:
            return Holds(about=say("about.unsupported", kind=f"interactive {kind}".strip()))


def _form(reply: Json) -> Say:
    """The fields of a Flow; the token in it is for machines."""
    try:
        fields = json.loads(text_of(reply, "response_json"))
    except (ValueError, RecursionError):
        fields = None
    shown = fields if isinstance(fields, dict) else {}
    lines = tuple(
        say("about.form_field", name=clean(name)[:VALUE_LIMIT], value=_plain(value))
        for name, value in shown.items()
        if name != "flow_token"
    )
    return say("about.form", lines=lines)


def _plain(value: object) -> str:
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return clean(shown)[:VALUE_LIMIT] or "-"


def _button(content: Any) -> Holds:
    return Holds(text_of(content, "text") or text_of(content, "payload"), say("about.button"))


def _order(content: Any) -> Holds:
    items = list_of(content, "product_items")
    lines = tuple(
        say(
            "about.order_item",
            quantity=text_of(item, "quantity", 20) or "?",
            product=text_of(item, "product_retailer_id", VALUE_LIMIT) or "?",
            price=f"{text_of(item, 'item_price', 30)} {text_of(item, 'currency', 10)}".strip() or "?",
        )
        for item in items
    )
    return Holds(text_of(content, "text"), say("about.order", n=len(lines), lines=lines))


def _system(content: Any) -> Holds:
    body = text_of(content, "body", VALUE_LIMIT) or text_of(content, "type", VALUE_LIMIT) or "-"
    return Holds(about=say("about.system", body=body))


def _welcome(_content: Any) -> Holds:
    return Holds(about=say("about.welcome"))


READERS: Mapping[str, Callable[[Any], Holds]] = {
    "text": _text,
    "image": _media("image"),
    "video": _media("video"),
    "audio": _media("audio"),
    "voice": _media("audio"),
    "document": _media("document"),
    "sticker": _media("sticker"),
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "button": _button,
    "order": _order,
    "system": _system,
    "request_welcome": _welcome,
}


def _unsupported(kind: str, content: object, errors: list[Json]) -> Say:
    """`kind` is `unsupported` when Meta itself cannot pass it on; what it was may stand inside."""
    inner = text_of(content, "type", 60) or text_of(content, "unsupported_type", 60)
    shown = inner if kind == "unsupported" and inner else kind[:60] or "?"
    code = text_of(errors[0], "code", 20) if errors else ""
    return say("about.unsupported_code", kind=shown, code=code) if code else say("about.unsupported", kind=shown)


# --- around the content ---------------------------------------------------------------------------------------------


def _with_context(found: Holds, item: Json) -> Holds:
    """Where the message came from: an ad, a catalogue, another chat."""
    return replace(found, about=combined(found.about, _referral(item), _context(item)))


def _referral(item: Json) -> Say | None:
    referral = table_of(item, "referral")
    if not referral:
        return None
    words = [text_of(referral, name, VALUE_LIMIT) for name in ("headline", "body", "source_url")]
    return say("about.ad", ad=" - ".join(part for part in words if part) or text_of(referral, "source_id", 60) or "?")


def _context(item: Json) -> Say | None:
    context = table_of(item, "context")
    if product := text_of(table_of(context, "referred_product"), "product_retailer_id", VALUE_LIMIT):
        return say("about.product", product=product)
    if context.get("frequently_forwarded") is True:
        return say("about.forwarded_often")
    return say("about.forwarded") if context.get("forwarded") is True else None
