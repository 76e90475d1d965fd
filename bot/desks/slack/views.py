"""Slack's views: the modal of a dialog and the App Home. Pure.

A modal carries what it was opened with and where in its private metadata, so that its submission knows its thread.
"""

import json
from collections.abc import Iterator, Sequence

from bot.desks.slack import blocks as kit
from bot.desks.slack.blocks import Block
from bot.desks.slack.card import status
from bot.desks.slack.text import body, inline
from bot.desks.slack.words import Voice
from core.events import Origin
from core.ids import ticket_label
from core.say import Button
from core.views import Dialog, Field, Overview, Row

INPUT = "input"
"""The `action_id` of every input; the field's name is the `block_id`."""
VIEW_BLOCKS = 100
METADATA = 3000
ROWS = 15
"""Of a list on the App Home; the rest is counted."""


def modal(voice: Voice, form: Dialog, origin: Origin) -> Block:
    """The view that `views.open` takes."""
    return {
        "type": "modal",
        "callback_id": form.action,
        "private_metadata": _metadata(form, origin),
        "title": kit.plain(voice.label(form.title), kit.TITLE),
        "submit": kit.plain(voice.label(form.submit), kit.TITLE),
        "close": kit.plain(voice.label("desk.cancel"), kit.TITLE),
        "blocks": [_input(voice, field) for field in form.fields],
    }


def _metadata(form: Dialog, origin: Origin) -> str:
    post = origin.post.post if origin.post else None
    about = {"value": form.value, "place": origin.place, "root": origin.root, "post": post}
    return json.dumps(about, ensure_ascii=False, separators=(",", ":"))


def _input(voice: Voice, field: Field) -> Block:
    return {
        "type": "input",
        "block_id": field.name,
        "label": kit.plain(voice.label(field.label), 2000),
        "optional": not field.required,
        "element": _select(voice, field) if field.choices else _text_input(field),
    }


def _text_input(field: Field) -> Block:
    limit = min(field.limit, 3000)
    element: Block = {"type": "plain_text_input", "action_id": INPUT, "multiline": field.multiline, "max_length": limit}
    return element | ({"initial_value": field.value[:limit]} if field.value else {})


def _select(voice: Voice, field: Field) -> Block:
    options = [{"text": kit.plain(voice.label(label), kit.BUTTON), "value": value} for value, label in field.choices]
    element: Block = {"type": "static_select", "action_id": INPUT, "options": options[:100]}
    chosen = [option for option in options if option["value"] == field.value]
    return element | ({"initial_option": chosen[0]} if chosen else {})


def home(voice: Voice, overview: Overview) -> Block:
    """The view that `views.publish` takes."""
    made: list[Block] = []
    for title, rows, buttons in (
        ("home.breaching", overview.breaching, ()),
        ("home.mine", overview.mine, ()),
        ("home.unassigned", overview.unassigned, (("claim", "button.claim"),)),
    ):
        made += _list(voice, overview, title, rows, buttons)
    made.append(kit.context(voice.text("home.drawn", at=overview.now)))
    return {"type": "home", "blocks": made[:VIEW_BLOCKS]}


def _list(
    voice: Voice, overview: Overview, title: str, rows: Sequence[Row], buttons: Sequence[tuple[str, str]]
) -> Iterator[Block]:
    yield {"type": "header", "text": kit.plain(f"{voice.label(title)} ({len(rows)})", 150)}
    if not rows:
        yield kit.context(voice.text("home.none"))
    for row in rows[:ROWS]:
        yield from _row(voice, overview, row, buttons)
    if len(rows) > ROWS:
        yield kit.context(voice.text("home.more", n=len(rows) - ROWS))


def _row(voice: Voice, overview: Overview, row: Row, buttons: Sequence[tuple[str, str]]) -> Iterator[Block]:
    ticket = row.ticket
    parts = [
        f"*{voice.ticket(ticket.id)}*",
        inline(row.contact),
        status(voice, ticket.status),
    ]
    if row.assignee:
        parts.append(inline(row.assignee))
    if row.deadline is not None:
        parts.append(f"{voice.moment(row.deadline)} ({voice.relative(row.deadline, overview.now)})")
    words = " · ".join(part for part in parts if part)
    block = kit.section(f"{words}\n{body(row.excerpt)}" if row.excerpt else words)
    pressed = [Button(action, label, ticket_label(ticket.id)) for action, label in buttons]
    row_of_buttons = kit.actions(voice, pressed)
    if row_of_buttons:
        block["accessory"] = row_of_buttons[0]["elements"][0]
    yield block
