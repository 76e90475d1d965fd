"""Inline keyboards: what is pressed under a message, and how a press says what it means. Pure."""

import unicodedata
from collections.abc import Iterable, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.desks.telegram.words import Voice
from core.say import Button
from core.words import one_line

DATA = 64
"""Bytes of a button's callback data."""
LABEL = 40
BUTTONS = 100
FORM = "~"
"""Before the action of what is meant for one person and taken away once they pressed something in it."""
_ROW = 36
"""Columns of text that a phone shows side by side, all buttons of a row being as wide; Chinese takes two each."""
_SIDE_BY_SIDE = 4


def data(action: str, value: str = "") -> str:
    """What a press brings back."""
    return f"{action}|{value}"


def read(given: str) -> tuple[str, str]:
    """The inverse of `data`."""
    action, _, value = given.partition("|")
    return action, value


def keyboard(voice: Voice, buttons: Iterable[Button], mark: str = "") -> InlineKeyboardMarkup | None:
    """Short buttons side by side. None when there is nothing to press. `mark`: `FORM`, or nothing."""
    return packed([(voice.label(each.label), data(f"{mark}{each.action}", each.value)) for each in buttons])


def packed(pairs: Iterable[tuple[str, str]]) -> InlineKeyboardMarkup | None:
    """Of (label, data). What Telegram would not carry back whole is left out."""
    rows: list[list[tuple[str, str]]] = []
    for label, carried in pairs:
        if len(carried.encode()) > DATA or sum(map(len, rows)) >= BUTTONS:
            continue
        pair = (one_line(label, LABEL) or "…", carried)
        if rows and _side_by_side([*rows[-1], pair]):
            rows[-1].append(pair)
        else:
            rows.append([pair])
    made = [[InlineKeyboardButton(label, callback_data=carried) for label, carried in row] for row in rows]
    return InlineKeyboardMarkup(made) if made else None


def _side_by_side(row: Sequence[tuple[str, str]]) -> bool:
    return len(row) <= _SIDE_BY_SIDE and len(row) * max(_columns(label) for label, _ in row) <= _ROW


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
