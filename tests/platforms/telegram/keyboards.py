"""`reply_markup` as the bot gives it: inline keyboards and ForceReply, checked as Telegram checks them."""

from typing import Any

from . import access, markup
from .state import Json, bad

DATA_BYTES = 64
MOST_BUTTONS = 100


def parse(args: access.Args) -> tuple[list[list[Json]], Json | None]:
    """The rows of an inline keyboard, and the ForceReply; at most one of the two is there."""
    given = access.structure(args, "reply_markup")
    if given is None:
        return [], None
    if not isinstance(given, dict):
        raise bad("object expected as reply markup")
    rows = given.get("inline_keyboard")
    if rows:
        return _rows(rows), None
    return [], given if given.get("force_reply") else None


def inline_only(args: access.Args) -> list[list[Json]]:
    """For edits, which take nothing but inline keyboards."""
    rows, force_reply = parse(args)
    if force_reply is not None:
        raise bad("inline keyboard expected")
    return rows


def _rows(rows: Any) -> list[list[Json]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    if sum(map(len, rows)) > MOST_BUTTONS:
        raise bad("REPLY_MARKUP_TOO_LONG")
    return [[_button(button) for button in row] for row in rows if row]


def _button(button: Any) -> Json:
    if not isinstance(button, dict) or not button.get("text"):
        raise bad('can\'t parse inline keyboard button: field "text" must be of type String')
    url = button.get("url")
    if url is not None and not markup.is_link(str(url)):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= DATA_BYTES:
        raise bad("BUTTON_DATA_INVALID")
    if url is None and data is None and "copy_text" not in button:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    return {key: value for key, value in button.items() if value is not None}
