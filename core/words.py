"""Text as people type it: what is a command, and what may be shown.

No sentence for people is written here; those are catalogue keys. Which command words exist is the registry's affair,
escaping for one chat's markup is that desk's, and where a long text is cut is said in `core.cutting`.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from core.graphemes import clusters

EVERYWHERE = frozenset("!！")
"""Command prefixes that work in every chat."""
WITH_SLASH = EVERYWHERE | frozenset("/／")
"""Where the chat lets a message begin with a slash: Telegram and the console."""

_FORMATTING = "*_~`"
# Beyond the control and format characters: what shows nothing, yet is a mark, a letter or a symbol to Unicode.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEMLY = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_HEAPED = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{8})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
"""More marks on a letter than any language puts there: they would cover the lines around it."""
_ISOLATE, _POP = "\u2068", "\u2069"
_SURROGATE = re.compile("[\ud800-\udfff]")
_PATH_OR_SHELL = re.compile(r'[<>:"|?*\\/]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"\w[\w.:/-]{0,39}")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,16}")
_NAME_CHARS = 120
_NAME_BYTES = 240
"""File systems allow 255."""


def tag_of(word: str) -> str | None:
    """A ticket's tag in its one spelling: lower case, full-width letters folded, without `#`. None for what is none."""
    name = unicodedata.normalize("NFKC", word).casefold().strip().removeprefix("#")
    return name if _TAG.fullmatch(name) else None


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command as typed: `!Claim  now` is word `claim`, rest `now`."""

    word: str
    """Lower case, full-width letters folded. Never empty; whether it is a command is the registry's affair."""
    rest: str
    """What follows the word as it was typed, without the white space around it. It may go to a customer."""


@dataclass(frozen=True, slots=True)
class NotCommand:
    """Plain text. It may still begin with a prefix: see `starts_with_prefix`."""


def parse_command(text: str, prefixes: frozenset[str]) -> CommandLine | NotCommand:
    """Whether `text` is a command. A prefix counts only when a letter follows at once: `!!!` and `! hello` are none.

    Invisible characters before and inside the word, and chat formatting put around the word or the whole, are looked
    through. `/claim@bot` is `/claim`.
    """
    first, rest = _first_word(text)
    if first[:1] not in prefixes:
        return NotCommand()
    prefix = unicodedata.normalize("NFKC", first[0])
    word = unicodedata.normalize("NFKC", first[1:]).lower()
    if prefix == "/":
        word = re.sub(r"@[a-z0-9_]+$", "", word)
    if not word[:1].isalpha():
        return NotCommand()
    return CommandLine(word, rest)


def starts_with_prefix(text: str) -> bool:
    """Whether `text` begins with any prefix of any chat, whatever follows: live mode never sends such text.

    Looks through everything that might hide it, on purpose more than `parse_command` does.
    """
    for char in text:
        hides = char.isspace() or _is_invisible(char) or unicodedata.category(char)[0] in "CM" or char in _FORMATTING
        if not hides:
            return unicodedata.normalize("NFKC", char) in ("!", "/")
    return False


def visible(text: str) -> str:
    """`text` safe to show to the team and to store: line ends are newlines, and nothing reorders or hides the rest.

    Control characters (NUL among them, which PostgreSQL refuses) and bidirectional embeddings, overrides and isolates
    go; the harmless direction marks stay. Half a surrogate pair, which cannot be encoded, becomes U+FFFD. Of marks
    heaped on one letter eight stay.
    """
    return _HEAPED.sub(r"\1", _SURROGATE.sub("\ufffd", _UNSEEMLY.sub("", _LINE_ENDS.sub("\n", text))))


def isolated(text: str) -> str:
    """`text` for a place inside a line of ours: what is written from the right must not turn the rest of it around."""
    rightward = any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)
    return f"{_ISOLATE}{text}{_POP}" if rightward else text


def one_line(text: str, limit: int) -> str:
    """An excerpt in one line of at most `limit` (at least 1) characters, with an ellipsis where it was cut; empty when
    there is nothing to see in it."""
    line = " ".join(visible(text).split())
    if all(char.isspace() or _is_invisible(char) for char in line):
        return ""
    if len(line) <= limit:
        return line
    return _beginning(line[: limit + 1], lambda kept: len(kept) < limit).rstrip() + "…"


def safe_name(name: str) -> str:
    """A file name that is only a name on every system: at most 120 characters and 240 bytes, its extension kept."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", visible(name)))[-1]
    name = "".join(char for char in name if unicodedata.category(char) not in ("Cc", "Cf", "Zl", "Zp"))
    name = " ".join(_PATH_OR_SHELL.sub("_", name).split()).strip(" .") or "file"
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    stem, dot, extension = name.rpartition(".")
    tail = dot + extension if stem and _EXTENSION.fullmatch(dot + extension) else ""

    def fits(stem: str) -> bool:
        return len(stem + tail) <= _NAME_CHARS and len((stem + tail).encode()) <= _NAME_BYTES

    return (_beginning(name.removesuffix(tail)[: _NAME_CHARS + 1], fits).rstrip(" .") or "file") + tail


def _beginning(text: str, fits: Callable[[str], bool]) -> str:
    """The longest beginning of `text` that fits, in whole grapheme clusters."""
    if fits(text):
        return text
    kept = ""
    for cluster in clusters(text):
        if not fits(kept + cluster):
            break
        kept += cluster
    return kept


def _is_invisible(char: str) -> bool:
    if char.isspace():
        return False
    return unicodedata.category(char) in ("Cc", "Cf") or _BLANK.match(char) is not None


def _first_word(text: str) -> tuple[str, str]:
    """The first word as it is read, and the rest as it was typed but for the white space around it.

    Formatting opened directly before the word is closed after it or at the very end, and is taken from both.
    """
    start = 0
    while start < len(text) and (text[start].isspace() or _is_invisible(text[start])):
        start += 1
    end = start
    while end < len(text) and not text[end].isspace():
        end += 1
    seen = "".join(char for char in text[start:end] if not _is_invisible(char))
    word = seen.lstrip(_FORMATTING)
    opened = seen[: len(seen) - len(word)]
    rest = text[end:].strip()
    closing = opened[::-1]
    while closing and not word.endswith(closing):
        closing = closing[:-1]
    word, opened = word.removesuffix(closing), opened[: len(opened) - len(closing)]
    for mark, run in groupby(opened):
        rest = _without_closing(rest, mark * len(list(run)))
    return word, "" if all(char.isspace() or _is_invisible(char) for char in rest) else rest


def _without_closing(rest: str, closing: str) -> str:
    """`rest` without `closing` at its end, unless that closes formatting opened inside `rest`."""
    if rest.endswith(closing) and (rest.count(closing[0]) - len(closing)) % 2 == 0:
        return rest.removesuffix(closing).rstrip()
    return rest
