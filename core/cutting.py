"""Where a long text is cut when a platform takes only so much at a time."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import accumulate

from core.graphemes import clusters

_URL = re.compile(r"(?:https?://|ftp://|www\.|mailto:|tel:)[^\s<>\"。，、；：！？（）【】《》「」『』]+", re.IGNORECASE)
_INSIDE_URL, _WORD, _SENTENCE, _LINE, _PARAGRAPH = -1, 1, 2, 3, 4
"""Places to cut, from bearable to best."""
_NEWLINES = frozenset(["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028"])
_SENTENCE_ENDS = frozenset(".!?…。！？؟۔।॥")
_WIDE_SENTENCE_ENDS = frozenset("。！？")


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
