"""Block Kit as plain values, cut to Slack's limits (https://docs.slack.dev/reference/block-kit). Knows no ticket."""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.desks.slack.words import Voice
from core.say import Button, Say
from core.words import one_line

Block = dict[str, Any]

BLOCKS = 50
SECTION = 3000
FIELD = 2000
BUTTON = 75
TITLE = 24
VALUE = 2000
OPTION_VALUE = 150
OVERFLOW = 5
"""An overflow menu takes no more; a select takes 100."""
ALL_TEXT = 13_200
"""Characters over all blocks of a message, seen as `msg_blocks_too_long`."""

PRESS = "press"
"""How the `action_id` of everything that is pressed begins; `parse` reads it back."""


def clip(text: str, limit: int) -> str:
    """mrkdwn cut to a limit, never inside an entity or a `<...>` token."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    for opening, closing in (("&", ";"), ("<", ">")):
        start = kept.rfind(opening)
        if start > kept.rfind(closing) and (opening == "<" or len(kept) - start < 6):
            kept = kept[:start]
    return kept.rstrip() + "…"


def mrkdwn(text: str, limit: int = SECTION) -> Block:
    """`verbatim`: Slack must not find channels, people or addresses of its own in what a customer wrote."""
    return {"type": "mrkdwn", "text": clip(text, limit) or " ", "verbatim": True}


def plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": one_line(text, limit) or " ", "emoji": True}


def section(text: str) -> Block:
    return {"type": "section", "text": mrkdwn(text)}


def fields(texts: Sequence[str]) -> list[Block]:
    """Two columns; a section holds ten of them."""
    rows = [texts[start : start + 10] for start in range(0, len(texts), 10)]
    return [{"type": "section", "fields": [mrkdwn(text, FIELD) for text in row]} for row in rows]


def context(text: str) -> Block:
    """Small and grey."""
    return {"type": "context", "elements": [mrkdwn(text)]}


def actions(voice: Voice, buttons: Iterable[Button], more: Sequence[Button] = ()) -> list[Block]:
    """A row of buttons and the menu behind them; no block at all when there is nothing to press."""
    row = [_button(voice, number, button) for number, button in enumerate(buttons)]
    if more:
        row.append(_menu(voice, more))
    return [{"type": "actions", "elements": row}] if row else []


def said(voice: Voice, it: Say) -> list[Block]:
    """A Say as a message: its lines in as many sections as they need, and its buttons."""
    pieces = [""]
    for line in voice.say(it).split("\n"):
        if pieces[-1] and len(pieces[-1]) + len(line) > SECTION - 100:
            pieces.append("")
        pieces[-1] += f"\n{line}" if pieces[-1] else line
    room = ALL_TEXT // SECTION
    if len(pieces) > room:
        pieces[room - 1] += "\n…"
    return [*(section(piece) for piece in pieces[:room]), *actions(voice, it.buttons)]


def _button(voice: Voice, number: int, button: Button) -> Block:
    block: Block = {
        "type": "button",
        "action_id": f"{PRESS}:{number}:{button.action}",
        "text": plain(voice.label(button.label), BUTTON),
    }
    if button.value:
        block["value"] = button.value[:VALUE]
    if button.style in ("primary", "danger"):
        block["style"] = button.style
    return block


def _menu(voice: Voice, more: Sequence[Button]) -> Block:
    options = [
        {"text": plain(voice.label(each.label), BUTTON), "value": f"{each.action} {each.value}".strip()[:OPTION_VALUE]}
        for each in more[:100]
    ]
    menu: Block = {"action_id": f"{PRESS}:more:", "options": options}
    if len(options) <= OVERFLOW:
        return menu | {"type": "overflow"}
    return menu | {"type": "static_select", "placeholder": plain(voice.label("card.more"), BUTTON)}
