"""What a text is indexed by and what somebody looks for: words of any script, folded alike on both sides.

Pure. How tokens are stored and found again is the business of `storage.queries.search`.

- Words are folded: compatibility forms, case, diacritics, digits of other scripts, invisible characters.
- Scripts that write no spaces between words (Chinese, Japanese, Korean, Thai, Lao, Khmer, Myanmar) give every character
  and every pair of neighbours, so that any part of a sentence is found.
- What hangs together (`SO-2041/A`, an address, a URL) gives its parts and every pair of neighbouring parts in one word
  (`so2041`, `2041a`): it is found whole, in parts, and however its signs are written.
- A number written like a telephone number gives its digits in one word.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

TEXT = 20_000
"""Characters of one text that are read."""
TOKENS = 4_000
"""Of one text."""
LENGTH = 40
"""Characters of a token; what is longer is cut, on both sides alike."""
SOUGHT = 16
"""Tokens of what somebody looks for; further ones would hardly narrow it."""
BEGINNING = 3
"""Shorter beginnings of a word would fit half the language: they are looked for as words of their own."""
PIECES = 4
"""Letters and digits that take turns more often are no code but a hash: it stays whole."""

_SPACELESS = (
    "\u0e00-\u0e3e\u0e40-\u0e4e\u0e80-\u0eff\u1000-\u1049\u1050-\u109d\u1100-\u11ff\u1780-\u17d3\u17d7\u17dc-\u17ff"
    "\u3005-\u3007\u3041-\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u318f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\ua9e0-\ua9fe\uaa60-\uaa76\uaa7a-\uaa7f\uac00-\ud7ff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Their letters and vowel signs, without their punctuation."""
_INDIC = "\u0900-\u0963\u0966-\u0dff\u0f18-\u0fbc"
"""Whole blocks: their vowel signs are no letters to Python, and no word is without them."""
_WORD = rf"(?:(?![{_SPACELESS}])(?:[^\W_]|[{_INDIC}]))+"
_BETWEEN = r"[-_/.,@+:#&=?%~'’\\]{1,3}"
_TOKEN = re.compile(rf"(?P<run>[{_SPACELESS}]+)|{_WORD}(?:{_BETWEEN}{_WORD})*")
_PART = re.compile(_WORD)
_PIECE = re.compile(r"\d+|\D+")
_PHONE = re.compile(r"(?<![^\W_])\+?\(?\d(?:[ \t().\-/]{0,3}\d){6,17}(?![^\W_])")
_ALL_PHONE = re.compile(r"\+?\d?[\d\s().\-/]{5,40}")

_MARKS = [*range(0x300, 0x370), *range(0x591, 0x5C8), *range(0x610, 0x61B), *range(0x64B, 0x660), 0x670]
"""Combining signs of Latin, Greek and Cyrillic, of Hebrew and Arabic. Others are half of what a word is."""
_INVISIBLE = [
    *(0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF, 0x640),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
]
_ZEROS = (0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0x1040, 0x17E0)
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
_FOLDED: dict[int, str | None] = {
    **dict.fromkeys([*_MARKS, *_INVISIBLE]),
    **{zero + digit: str(digit) for zero in _ZEROS for digit in range(10)},
    **{ord(letter): base for letter, base in _LETTERS.items()},
}


@dataclass(frozen=True, slots=True)
class Sought:
    """All of `tokens`, and one that begins with `beginning` (none when empty)."""

    tokens: tuple[str, ...]
    beginning: str = ""

    def __bool__(self) -> bool:
        return bool(self.tokens or self.beginning)

    def within(self, tokens: Collection[str]) -> bool:
        """Whether a text with these tokens has it all."""
        return all(token in tokens for token in self.tokens) and (
            not self.beginning or any(token.startswith(self.beginning) for token in tokens)
        )


def fold(text: str) -> str:
    """What differs only in case, accents, width, digits or what nobody sees becomes the same."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", text).casefold())
    text = unicodedata.normalize("NFKD", text.casefold()).translate(_FOLDED)
    return unicodedata.normalize("NFC", text)


def tokens(text: str) -> tuple[str, ...]:
    """What a text is found by: distinct, in order of appearance, at most TOKENS of at most LENGTH characters."""
    folded = fold(text[:TEXT])
    found: dict[str, None] = {}
    for match in _TOKEN.finditer(folded):
        found.update(dict.fromkeys(_indexed(match)))
        if len(found) >= TOKENS:
            break
    for number in _PHONE.finditer(folded):
        found[_digits(number[0])] = None
    return tuple(found)[:TOKENS]


def sought(words: str) -> Sought:
    """What is looked for with these words: the last of them may be unfinished."""
    folded = fold(words[:TEXT]).strip()
    wanted: list[str] = []
    last: str = ""
    for match in _TOKEN.finditer(folded):
        wanted += _wanted(match)
        last = "" if match["run"] or match.end() < len(folded) else wanted[-1]
    if len(last) < BEGINNING or len(last) >= LENGTH:
        last = ""
    elif last:
        wanted.pop()
    return Sought(tuple(dict.fromkeys(wanted))[:SOUGHT], last)


def phone_digits(words: str) -> str:
    """The digits, when the words are nothing but a telephone number in any writing; else empty."""
    folded = fold(words).strip()
    digits = _digits(folded) if _ALL_PHONE.fullmatch(folded) else ""
    return digits if 6 <= len(digits) <= 18 else ""


def _digits(number: str) -> str:
    """`+49 (0)30 1` and `0049-30-1` are 49301; a number within the country loses the nought that is only dialled."""
    return re.sub(r"\D", "", number.replace("(0)", "")).lstrip("0")[:LENGTH]


def _indexed(match: re.Match[str]) -> Iterator[str]:
    if run := match["run"]:
        yield from run
        yield from (a + b for a, b in pairwise(run))
        return
    for part in _PART.findall(match[0]):
        yield part[:LENGTH]
    pieces = _pieces(match[0])
    yield from pieces
    yield from _pairs(pieces)


def _wanted(match: re.Match[str]) -> Iterator[str]:
    if run := match["run"]:
        yield from _pairs(tuple(run)) if len(run) > 1 else run
        return
    pieces = _pieces(match[0])
    yield from _pairs(pieces) if len(pieces) > 1 else pieces


def _pairs(pieces: tuple[str, ...]) -> Iterator[str]:
    return ((a + b)[:LENGTH] for a, b in pairwise(pieces))


@lru_cache(maxsize=2048)
def _pieces(word: str) -> tuple[str, ...]:
    """Its parts, and within them letters and digits apart: `so2041/a` is so, 2041, a."""
    found: list[str] = []
    for part in _PART.findall(word):
        pieces = _PIECE.findall(part)
        found += [part] if len(pieces) > PIECES else pieces
    return tuple(piece[:LENGTH] for piece in found)
