"""Grapheme clusters: where a text may be cut without breaking what a reader takes for one character.

The extended clusters of Unicode's UAX #29, from the standard library's character data. Where the standard library lacks
a property (Extended_Pictographic, Indic_Conjunct_Break) the approximation joins a little more, never less, in texts
people write. Where it is best to cut is the affair of `words`.
"""

import unicodedata
from enum import Enum, auto
from functools import lru_cache


class _Kind(Enum):
    CR = auto()
    LF = auto()
    CONTROL = auto()
    EXTEND = auto()
    """Combining marks, variation selectors, skin tones, tags, spacing marks: never begin a cluster."""
    LINKER = auto()
    """A virama: like EXTEND, and ties the Indic consonant after it to the one before."""
    ZWJ = auto()
    PREPEND = auto()
    REGIONAL = auto()
    """Half a flag."""
    L = auto()
    V = auto()
    T = auto()
    LV = auto()
    LVT = auto()
    CONSONANT = auto()
    PICTURE = auto()
    HIGH = auto()
    LOW = auto()
    OTHER = auto()


_MARKS = {_Kind.EXTEND, _Kind.LINKER, _Kind.ZWJ}
_BREAKERS = {_Kind.CR, _Kind.LF, _Kind.CONTROL}
_PAIRS = {
    (_Kind.CR, _Kind.LF),
    (_Kind.HIGH, _Kind.LOW),
    *((_Kind.L, after) for after in (_Kind.L, _Kind.V, _Kind.LV, _Kind.LVT)),
    *((before, after) for before in (_Kind.LV, _Kind.V) for after in (_Kind.V, _Kind.T)),
    *((before, _Kind.T) for before in (_Kind.LVT, _Kind.T)),
}

_RANGES: tuple[tuple[int, int, _Kind], ...] = (
    (0x0600, 0x0605, _Kind.PREPEND),
    (0x06DD, 0x06DD, _Kind.PREPEND),
    (0x070F, 0x070F, _Kind.PREPEND),
    (0x0890, 0x0891, _Kind.PREPEND),
    (0x08E2, 0x08E2, _Kind.PREPEND),
    (0x0E33, 0x0E33, _Kind.EXTEND),
    (0x0EB3, 0x0EB3, _Kind.EXTEND),
    (0x1100, 0x115F, _Kind.L),
    (0x1160, 0x11A7, _Kind.V),
    (0x11A8, 0x11FF, _Kind.T),
    (0x200C, 0x200C, _Kind.EXTEND),
    (0x200D, 0x200D, _Kind.ZWJ),
    (0xA960, 0xA97C, _Kind.L),
    (0xD7B0, 0xD7C6, _Kind.V),
    (0xD7CB, 0xD7FB, _Kind.T),
    (0xD800, 0xDBFF, _Kind.HIGH),
    (0xDC00, 0xDFFF, _Kind.LOW),
    (0xFF9E, 0xFF9F, _Kind.EXTEND),
    (0x110BD, 0x110BD, _Kind.PREPEND),
    (0x110CD, 0x110CD, _Kind.PREPEND),
    (0x1F1E6, 0x1F1FF, _Kind.REGIONAL),
    (0x1F3FB, 0x1F3FF, _Kind.EXTEND),
    (0x1F000, 0x1FAFF, _Kind.PICTURE),
    (0xE0020, 0xE007F, _Kind.EXTEND),
)


def clusters(text: str) -> list[str]:
    """The grapheme clusters of `text` in order; joined they are the text."""
    if text.isascii() and "\r" not in text:
        return list(text)
    found: list[str] = []
    start = 0
    cluster = _Cluster()
    for index, char in enumerate(text):
        if not cluster.takes(_kind(char)) and index:
            found.append(text[start:index])
            start = index
    if text:
        found.append(text[start:])
    return found


class _Cluster:
    """What must be remembered of the cluster so far to tell whether the next character belongs to it."""

    def __init__(self) -> None:
        self._last = _Kind.CONTROL
        self._base = _Kind.CONTROL
        self._linked = False

    def takes(self, kind: _Kind) -> bool:
        """Whether a character of this kind goes on with the cluster; if not, it begins the next."""
        if joined := self._joins(kind):
            self._linked = kind is _Kind.LINKER or (self._linked and kind in _MARKS)
            if kind not in _MARKS:
                # A flag is complete with its second half: it must not take a third.
                self._base = _Kind.OTHER if kind is _Kind.REGIONAL is self._base else kind
        else:
            self._base, self._linked = kind, False
        self._last = kind
        return joined

    def _joins(self, kind: _Kind) -> bool:
        if (self._last, kind) in _PAIRS:
            return True
        if self._last in _BREAKERS or kind in _BREAKERS:
            return False
        if kind in _MARKS or self._last is _Kind.PREPEND:
            return True
        match kind:
            case _Kind.REGIONAL:
                return self._last is _Kind.REGIONAL is self._base
            case _Kind.PICTURE:
                return self._last is _Kind.ZWJ and self._base is _Kind.PICTURE
            case _Kind.CONSONANT:
                return self._linked and self._base is _Kind.CONSONANT
            case _:
                return False


@lru_cache(maxsize=8192)
def _kind(char: str) -> _Kind:
    if char in "\r\n":
        return _Kind.CR if char == "\r" else _Kind.LF
    code = ord(char)
    for first, last, kind in _RANGES:
        if first <= code <= last:
            return kind
    if 0xAC00 <= code <= 0xD7A3:
        return _Kind.LV if (code - 0xAC00) % 28 == 0 else _Kind.LVT
    match unicodedata.category(char):
        case "Mn" | "Me" | "Mc":
            return _Kind.LINKER if unicodedata.combining(char) == 9 else _Kind.EXTEND
        case "Cc" | "Cf" | "Zl" | "Zp":
            return _Kind.CONTROL
        case "So" | "Sm":
            return _Kind.PICTURE
        case "Lo" if 0x0900 <= code <= 0x0DFF:
            return _Kind.CONSONANT
        case _:
            return _Kind.OTHER
