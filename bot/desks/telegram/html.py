"""Text as Telegram's HTML: escaping, quoting, links, and how long it is. Pure. What a person typed: see `payload`.

https://core.telegram.org/bots/api#html-style: `& < >` are escaped; lengths count UTF-16 units of what is shown.
"""

import re
from collections.abc import Sequence
from html import unescape

from core.cutting import split
from core.words import isolated, one_line, visible

TEXT = 4096
"""What a message holds."""
TOAST = 200
LONG = 700
"""Characters beyond which a quotation is shown folded."""
_FOLDED_LINES = 12
_WORTH = 40
_TAG = re.compile(r"<[^<>]*>")
_URL = re.compile(
    r"https?://(?:[^\W_][\w-]*\.)+(?:[^\W\d_]{2,}|xn--[a-z0-9-]+)(?::\d+)?(?![\w.-])(?:[/?#][\w.~:/?#@!$&*+,;=%-]*)?",
    re.IGNORECASE,
)
"""What Telegram is sure to take for an address too: less would be parted by us, more would hide a name to ping."""
_ACTIVE = re.compile(r"(?<!\w)([@/])(?=\w|\Z)")
"""At the end as well: an address may follow."""
_BREAK = "\u2060"
"""Shows nothing, and parts a sign from the name after it."""


def escape(text: str) -> str:
    """Any text as literal HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def foreign(text: str) -> str:
    """Words that are not ours, escaped: no @name in them pings anybody, no /command in them can be tapped.

    Telegram finds both by itself in any text. Web addresses stay as they are, and can be opened.
    """
    made, at = [], 0
    for url in _URL.finditer(text):
        made += [_calm(text[at : url.start()]), url[0]]
        at = url.end()
    return escape("".join([*made, _calm(text[at:])]))


def inline(text: str) -> str:
    """A name or other short foreign text inside a line of ours: one line, and its direction stays its own."""
    return isolated(foreign(one_line(text, 120)))


def value(text: str) -> str:
    """A parameter of a sentence of ours, an excerpt or an address; on one line, or it could pretend to be more."""
    return isolated(foreign(one_line(text, 1000)))


def quote(text: str) -> str:
    """A longer foreign text as a quotation, which is folded when it would fill the screen."""
    shown = visible(text).strip("\n")
    folded = len(shown) > LONG or shown.count("\n") >= _FOLDED_LINES
    return f"<blockquote{' expandable' if folded else ''}>{foreign(shown)}</blockquote>"


def beginning(text: str, room: int) -> str:
    """As much of a foreign text as `quote` of it has room for; empty when that is nothing worth showing."""
    if room < _WORTH:
        return ""
    pieces = split(text[: 2 * room], room - 1, measure=lambda piece: width(foreign(visible(piece))))
    return f"{pieces[0]}…" if pieces else ""


def bold(markup: str) -> str:
    return f"<b>{markup}</b>"


def link(url: str, label: str) -> str:
    """`label` is markup already; without an address only the label."""
    return f'<a href="{escape(url)}">{label}</a>' if url else label


def mention(person: str, label: str) -> str:
    """Pings a person by their id, whether they have a public name or not."""
    return link(f"tg://user?id={person}", label) if person.isascii() and person.isdigit() else label


def width(markup: str) -> int:
    """UTF-16 units that are shown of it."""
    return units(bare(markup))


def units(text: str) -> int:
    """As Telegram counts: in UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def bare(markup: str) -> str:
    """What is shown of it, as plain text."""
    return unescape(_TAG.sub("", markup))


def fitted(lines: Sequence[str], room: int = TEXT) -> str:
    """As many of the lines as there is room for, whole, with an ellipsis below where some are missing."""
    kept: list[str] = []
    for line in lines:
        if width("\n".join([*kept, line])) > room - 2:
            return "\n".join([*kept, "…"]) if kept else escape(one_line(bare(line), room - 2))
        kept.append(line)
    return "\n".join(kept)


def _calm(text: str) -> str:
    return _ACTIVE.sub(rf"\1{_BREAK}", text)
