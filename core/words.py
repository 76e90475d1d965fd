"""Text as people type it: what is a command, what may be shown, where a long text is cut.

No sentence for people is written here; those are catalogue keys. Which command words exist is the registry's affair,
and escaping for one chat's markup is that desk's.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate, groupby

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
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,16}")
_NAME_CHARS = 120
_NAME_BYTES = 240
"""File systems allow 255."""

_URL = re.compile(r"(?:https?://|ftp://|www\.|mailto:|tel:)[^\s<>\"。，、；：！？（）【】《》「」『』]+", re.IGNORECASE)
_INSIDE_URL, _WORD, _SENTENCE, _LINE, _PARAGRAPH = -1, 1, 2, 3, 4
"""Places to cut, from bearable to best."""
_NEWLINES = frozenset(["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028"])
_SENTENCE_ENDS = frozenset(".!?…。！？؟۔।॥")
_WIDE_SENTENCE_ENDS = frozenset("。！？")


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


def split(text: str, limit: int, measure: Callable[[str], int] = len) -> list[str]:
    """Pieces of `text` of at most `limit` each, as `measure` counts; none is empty, only white space at the seams goes.

    Cut at the end of a paragraph, else a line, a sentence, a word; a better place is preferred only while it leaves a
    piece at least half full. URLs and grapheme clusters stay whole unless one alone is longer than the limit.
    `measure` must not shrink when text is added: `len`, or UTF-8 bytes, or UTF-16 units.
    """
    if limit < 1:
        raise ValueError("a limit is at least 1")
    if text and not text[0].isspace() and measure(text) <= limit:
        return [text.rstrip()]  # nearly every text; what follows is dear
    atoms: list[str] = []
    for cluster in clusters(text):
        atoms.extend([cluster] if measure(cluster) <= limit else cluster)
    offsets = [0, *accumulate(map(len, atoms))]
    places = _places(text, atoms, offsets)

    def fits(start: int, stop: int) -> bool:
        return measure(text[offsets[start] : offsets[stop]]) <= limit

    pieces: list[str] = []
    start, end = 0, len(atoms)
    while end and atoms[end - 1].isspace():
        end -= 1
    while True:
        while start < end and atoms[start].isspace():
            start += 1
        if start == end:
            return pieces
        stop = _furthest(fits, start, end)
        if stop < end:
            stop = _best_place(places, start, stop)
        pieces.append(text[offsets[start] : offsets[stop]].rstrip())
        start = stop


def _furthest(fits: Callable[[int, int], bool], start: int, end: int) -> int:
    """The last of (start, end] that fits, or start + 1; looks no further than about twice as far as that."""
    reach = 1
    while start + reach < end and fits(start, start + reach):
        reach *= 2
    stops = range(start + 1, min(start + reach, end) + 1)
    return start + max(1, bisect_left(stops, True, key=lambda stop: not fits(start, stop)))


def _best_place(places: list[int], start: int, stop: int) -> int:
    """Where to cut in (start, stop]; `stop` is as far as fits."""
    for wanted in (_PARAGRAPH, _LINE, _SENTENCE, _WORD):
        for place in range(stop, (start + stop) // 2, -1):
            if places[place] >= wanted:
                return place
    for place in range(stop, start, -1):
        if places[place] >= _WORD:
            return place
    # Something unbreakable does not fit, perhaps only for what is glued before its URL.
    for place in range(stop, start, -1):
        if places[place] != _INSIDE_URL:
            return place
    return stop


def _places(text: str, atoms: list[str], offsets: list[int]) -> list[int]:
    """For each atom, how good it is to cut before it."""
    places = [0] * (len(atoms) + 1)
    for place in range(1, len(atoms)):
        places[place] = _place_between(atoms, place)
    for url in _URL.finditer(text):
        first, last = bisect_right(offsets, url.start()), bisect_left(offsets, url.end())
        places[first:last] = [_INSIDE_URL] * (last - first)
    return places


def _place_between(atoms: list[str], place: int) -> int:
    before, after = atoms[place - 1], atoms[place]
    if before.isspace():
        return 0
    if after.isspace():
        return max(_place_of_space(atoms, place), _SENTENCE if _ends_sentence(atoms, place, _SENTENCE_ENDS) else _WORD)
    if not (_is_wide(before) or _is_wide(after)):
        return 0
    if unicodedata.category(after[0]) in ("Pe", "Pf", "Po") or unicodedata.category(before[0]) in ("Ps", "Pi"):
        return 0
    return _SENTENCE if _ends_sentence(atoms, place, _WIDE_SENTENCE_ENDS) else _WORD


def _place_of_space(atoms: list[str], place: int) -> int:
    """What a run of white space separates, by its line ends."""
    newlines = 0
    while place < len(atoms) and atoms[place].isspace() and newlines < 2:
        newlines += 2 if atoms[place] == "\u2029" else atoms[place] in _NEWLINES
        place += 1
    return (_WORD, _LINE, _PARAGRAPH)[min(newlines, 2)]


def _ends_sentence(atoms: list[str], place: int, ends: frozenset[str]) -> bool:
    """Whether a sentence ends before `place`, looking through a few closing quotes and brackets."""
    for atom in reversed(atoms[max(0, place - 3) : place]):
        if atom in ends:
            return True
        if unicodedata.category(atom[0]) not in ("Pe", "Pf") and atom not in "\"'*_~`":
            return False
    return False


def _is_wide(cluster: str) -> bool:
    """Chinese and Japanese, which put no spaces between words."""
    code = ord(cluster[0])
    return (
        0x2E80 <= code <= 0x30FF
        or 0x31F0 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or (0xFF00 <= code <= 0xFF60 or 0x20000 <= code <= 0x3FFFF)
    )


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


def clean(text: str) -> str:
    """`text` for recognition only, never for showing or sending.

    Without invisible characters and without formatting around the first word or the whole; every space a plain one.
    """
    first, rest = _first_word(text)
    shown = "".join(char for char in rest if not _is_invisible(char))
    return re.sub(r"[^\S\n\t]", " ", f"{first} {shown}").strip()


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
    name = _PATH_OR_SHELL.sub("_", name).strip(" .") or "file"
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
