"""What stands in for a dialog: a choice as an inline keyboard, a text as the answer to a question. Pure.

A question carries what it asks in a link on a sign that nobody sees, so that the answer can be read by itself: Telegram
gives the message answered along with every answer, and says who wrote it. Only a question of ours is believed.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlencode

from telegram import ForceReply, InlineKeyboardMarkup

from bot.desks.telegram import html
from bot.desks.telegram.html import bold, escape, link, mention
from bot.desks.telegram.keyboards import FORM, data, packed
from bot.desks.telegram.words import Voice
from core.views import Dialog, Field

_CARRIER = "https://dragoman.invalid/?"
_SIGN = "\u2060"
"""Shows nothing; Telegram keeps a link on it."""
_PLACEHOLDER = 64


def choice_of(form: Dialog) -> Field | None:
    """The field that is chosen from; else the form is answered in words."""
    first = form.fields[0] if form.fields else None
    return first if first is not None and first.choices else None


def question(voice: Voice, form: Dialog, who: str) -> str:
    """What is asked, and of whom."""
    field = form.fields[0] if form.fields else None
    lines = [f"{mention(who, '✍️')} {bold(escape(voice.label(form.title)))}"]
    if field is not None and field.choices:
        lines.append(escape(voice.label(field.label)))
    elif field is not None:
        carried = urlencode({"a": form.action, "v": form.value, "f": field.name})
        sign = link(f"{_CARRIER}{carried}", _SIGN)
        lines.append(f"{sign}{escape(voice.label(field.label))}")
        lines.append(voice.text("telegram.answer_this"))
        if field.value:
            lines.append(html.quote(html.beginning(field.value, 1000) if len(field.value) > 1000 else field.value))
    return "\n".join(lines)


def markup(voice: Voice, form: Dialog) -> InlineKeyboardMarkup | ForceReply | None:
    """A press on a choice is what the form would have been submitted with."""
    field = choice_of(form)
    if field is None:
        hint = voice.label(form.fields[0].label)[:_PLACEHOLDER] if form.fields else None
        return ForceReply(selective=True, input_field_placeholder=hint or None)
    chosen = [
        (voice.label(label), data(f"{FORM}{form.action}", f"{form.value} {choice}".strip()))
        for choice, label in field.choices
    ]
    return packed([*chosen, (voice.label("desk.cancel"), data(f"{FORM}dismiss"))])


def asked(entities: Sequence[Mapping[str, Any]]) -> tuple[str, str, str] | None:
    """Action, value and field that a message of ours asks for."""
    for entity in entities:
        url = str(entity.get("url") or "")
        if entity.get("type") == "text_link" and url.startswith(_CARRIER):
            given = {name: values[0] for name, values in parse_qs(url.removeprefix(_CARRIER)).items()}
            if given.get("a") and given.get("f"):
                return given["a"], given.get("v", ""), given["f"]
    return None
