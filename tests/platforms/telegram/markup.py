"""HTML as Telegram reads it: text and entities from HTML, and back. Offsets count UTF-16 units, as in the Bot API.

The errors are those of TDLib's parser (td/telegram/MessageEntity.cpp), of which the Bot API server is built.
"""

import html
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .state import ApiError, bad

Json = dict[str, Any]

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
"""The only named entities there are; any other stays as it was typed (https://core.telegram.org/bots/api#html-style)."""
ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(lt|gt|amp|quot));?")
ATTRIBUTE = re.compile(r"""\s*([^\s=>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?""")
FOUND = re.compile(
    r"(?P<url>https?://[^\s<>]*[^\s<>.,!?;:)])|(?<!\w)(?P<mention>@\w{4,32})|(?<![\w/])(?P<bot_command>/\w{1,64}(?:@\w+)?)"
)
USER_LINK = re.compile(r"tg://user\?id=(\d+)")
MOST_ENTITIES = 100


def width(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(slots=True)
class _Open:
    tag: str
    kind: str
    extra: Json
    offset: int
    start: int


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._text: list[str] = []
        self._offset = 0
        self._open: list[_Open] = []
        self.entities: list[Json] = []

    @property
    def text(self) -> str:
        return "".join(self._text)

    def run(self) -> None:
        position = 0
        while position < len(self._source):
            match self._source[position]:
                case "&":
                    position = self._reference(position)
                case "<" if self._source.startswith("</", position):
                    position = self._end(position)
                case "<":
                    position = self._start(position)
                case other:
                    self._append(other)
                    position += 1
        if self._open:
            raise broken(f"""Can't find end tag corresponding to start tag "{self._open[-1].tag}\"""")
        self.entities.sort(key=lambda each: (each["offset"], -each["length"]))

    def _append(self, text: str) -> None:
        self._text.append(text)
        self._offset += width(text)

    def _bytes(self, position: int) -> int:
        return len(self._source[:position].encode())

    def _reference(self, position: int) -> int:
        found = ENTITY.match(self._source, position)
        if found is None:
            self._append("&")
            return position + 1
        code = int(found[1], 16) if found[1] else int(found[2] or 0)
        self._append(NAMED[found[3]] if found[3] else chr(code) if 0 < code < 0x10FFFF else found[0])
        return found.end()

    def _start(self, position: int) -> int:
        at = self._bytes(position)
        name = re.compile(r"[^\s>]*").match(self._source, position + 1)
        assert name is not None
        tag, cursor = name[0].lower(), name.end()
        if cursor >= len(self._source):
            raise broken(f"Unclosed start tag at byte offset {at}")
        if tag not in KINDS:
            raise broken(f'Unsupported start tag "{tag}" at byte offset {at}')
        attributes: dict[str, str] = {}
        while (found := ATTRIBUTE.match(self._source, cursor)) is not None:
            attributes[found[1].lower()] = html.unescape(found[2] or found[3] or found[4] or "")
            cursor = found.end()
        rest = re.compile(r"\s*>").match(self._source, cursor)
        if rest is None:
            raise broken(f'Unclosed start tag "{tag}" at byte offset {at}')
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise broken(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
        kind, extra = _meaning(tag, attributes)
        self._open.append(_Open(tag, kind, extra, self._offset, len(self._text)))
        return rest.end()

    def _end(self, position: int) -> int:
        at = self._bytes(position)
        if not self._open:
            raise broken(f"Unexpected end tag at byte offset {at}")
        found = re.compile(r"</([^\s>]*)\s*>").match(self._source, position)
        if found is None:
            raise broken(f"Unclosed end tag at byte offset {at}")
        opened = self._open.pop()
        if found[1].lower() not in ("", opened.tag):
            raise broken(
                f'Unmatched end tag at byte offset {at}, expected "</{opened.tag}>", found "</{found[1].lower()}>"'
            )
        self._close(opened)
        return found.end()

    def _close(self, opened: _Open) -> None:
        extra, length = opened.extra, self._offset - opened.offset
        if opened.tag == "a":
            extra = _link(extra.get("url") or "".join(self._text[opened.start :]))
        if length == 0 or extra.pop("dropped", False):
            return
        inner = self.entities[-1] if self.entities else None
        if opened.kind == "pre" and inner and inner["type"] == "code" and inner["offset"] == opened.offset:
            extra = {"language": inner["language"]} if "language" in inner else {}
            self.entities.pop()
        self.entities.append({"type": opened.kind, "offset": opened.offset, "length": length} | extra)


def _meaning(tag: str, attributes: dict[str, str]) -> tuple[str, Json]:
    if tag == "a":
        return "text_link", {"url": attributes.get("href", "")}
    if tag == "tg-emoji":
        return "custom_emoji", {"custom_emoji_id": attributes.get("emoji-id", "")}
    if tag == "blockquote" and "expandable" in attributes:
        return "expandable_blockquote", {}
    if tag == "code" and attributes.get("class", "").startswith("language-"):
        return "code", {"language": attributes["class"].removeprefix("language-")}
    return KINDS[tag], {}


def _link(url: str) -> Json:
    """A link to a person is a mention; what is no link at all stays plain words."""
    person = USER_LINK.match(url)
    if person is not None:
        return {"type": "text_mention", "user": int(person[1])}
    return {"url": url} if is_link(url) else {"dropped": True}


def is_link(url: str) -> bool:
    """Whether Telegram takes this for an address: `http://localhost/` is none, for want of a dot."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    return parts.scheme == "tg" or (parts.scheme in ("http", "https", "ftp") and "." in (parts.hostname or ""))


def broken(why: str) -> ApiError:
    return bad(f"can't parse entities: {why}")


def parse_html(source: str) -> tuple[str, list[Json]]:
    """The words and their entities; `user` of a text_mention is still a bare id. Raises Telegram's own error."""
    parser = _Parser(source)
    parser.run()
    return trimmed(parser.text, [_flat(each) for each in parser.entities])


def _flat(entity: Json) -> Json:
    return {key: value for key, value in entity.items() if not (entity["type"] == "code" and key == "language")}


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Blanks at both ends fall away, and with them what they carried."""
    cut = width(text) - width(text.lstrip())
    text = text.strip()
    end, kept = width(text), []
    for entity in entities:
        start = max(0, entity["offset"] - cut)
        stop = min(end, entity["offset"] + entity["length"] - cut)
        if stop > start:
            kept.append(entity | {"offset": start, "length": stop - start})
    return text, kept[:MOST_ENTITIES]


def with_found(text: str, entities: list[Json]) -> list[Json]:
    """The entities, and the addresses, @names and /commands which Telegram finds by itself."""
    taken = [range(each["offset"], each["offset"] + each["length"]) for each in entities]
    found = []
    for match in FOUND.finditer(text):
        start = width(text[: match.start()])
        if not any(start in span for span in taken):
            found.append({"type": match.lastgroup, "offset": start, "length": width(match[0])})
    return sorted([*entities, *found], key=lambda each: (each["offset"], -each["length"]))


def covered(text: str, entity: Json) -> str:
    """The words under an entity."""
    raw = text.encode("utf-16-le")
    return raw[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le", "replace")


def to_html(text: str, entities: list[Json]) -> str:
    """The HTML which would make this message; what Telegram found by itself stays bare."""
    raw = text.encode("utf-16-le")
    shown = [each for each in entities if each["type"] in TAGS or each["type"] in ("text_link", "text_mention")]

    def render(start: int, stop: int, inside: list[Json]) -> str:
        parts, position = [], start
        while inside:
            first = inside[0]
            end = min(stop, first["offset"] + first["length"])
            nested = [each for each in inside[1:] if each["offset"] < end]
            inside = [each for each in inside[1:] if each["offset"] >= end]
            parts.append(_escaped(raw, position, first["offset"]))
            parts.append(_tagged(first, render(first["offset"], end, nested)))
            position = end
        return "".join([*parts, _escaped(raw, position, stop)])

    return render(0, len(raw) // 2, sorted(shown, key=lambda each: (each["offset"], -each["length"])))


def _escaped(raw: bytes, start: int, stop: int) -> str:
    return html.escape(raw[2 * start : 2 * stop].decode("utf-16-le", "replace"), quote=False)


def _tagged(entity: Json, inner: str) -> str:
    match entity["type"]:
        case "text_link":
            return f'<a href="{html.escape(entity["url"])}">{inner}</a>'
        case "text_mention":
            return f'<a href="tg://user?id={entity["user"]["id"]}">{inner}</a>'
        case kind:
            return f"<{TAGS[kind]}>{inner}</{TAGS[kind]}>"
