"""Words of a customer, and tags, that raise the alarm at once: which kinds of trouble a text speaks of. Pure.

Which words those are is the house's affair (`bot.config.triggers` brings the shipped lists); what follows from a hit is
said in `core.rules.alarm`. A text is only looked at: what was found in it is told by the name of its kind alone.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

SHIPPED = ("chargeback", "lawyer", "safety", "public_review")
"""Kinds that have words of their own in the catalogue (`trigger.*`)."""
LIMIT = 5_000
"""Characters of a text that are looked at: what is longer was pasted, not written in anger."""

_UNBROKEN = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Thai, Lao, Burmese, Khmer, kana and Han: no blanks between words, so that every character is a word of its own."""
_INDIC = "\u0900-\u0dff"
"""Scripts whose vowel signs are no letters to `re`."""
_WORD = re.compile(rf"((?<=\w)-)?([{_UNBROKEN}]|(?:[^\W_{_UNBROKEN}]|[{_INDIC}])+)")
_ALONE = re.compile(f"[{_UNBROKEN}]")
_Word = tuple[str, str]
"""A word of a text with what binds it to the one before it: a hyphen, `+` where no blanks are set, or nothing."""
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")
_ACCENTS = re.compile("[\u0300-\u036f\u064b-\u0655\u0670\u0640]")
"""Latin, Cyrillic and Arabic marks, which people in a hurry leave out. Not those of kana: they are other letters."""
_ARABIC = {ord("\u0649"): "\u064a", ord("\u0629"): "\u0647"}
"""Letters that are written one for the other at a word's end."""
_ARTICLE = "\u0627\u0644"
_BEFORE = tuple(
    f"{conjunction}{rest}"
    for conjunction in ("", "\u0648", "\u0641")
    for rest in ("", "\u0628", "\u0643", "\u0644", _ARTICLE, f"\u0628{_ARTICLE}", f"\u0643{_ARTICLE}", "\u0644\u0644")
)
"""And, with, as, to and the, which Arabic writes as one with the word."""
STEM = 3
"""Letters that must stand before a `*`."""
_ROOT = 3
"""Letters of an Arabic word below which what stands before them is part of it."""


@dataclass(frozen=True, slots=True)
class TriggerRule:
    """One kind of trouble. `words`: as `Triggers` reads them; `tags` mean it, too. `level`: where its alarm begins."""

    kind: str
    words: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    level: int = 1


@dataclass(frozen=True, slots=True)
class _Step:
    """A word of a phrase. `begins`: or any longer one; `bound`: how to the one before it, empty: anyhow."""

    word: str
    begins: bool
    bound: str


_Phrase = tuple[tuple[_Step, ...], int, str]
"""Its words, how many of them stand before the one by which it is looked up, and the kind it speaks of."""


@dataclass(frozen=True)
class Triggers:
    """All kinds, made ready once.

    A word of a list counts as a whole word, in scripts without blanks anywhere. `adv*` is every word that begins so; a
    phrase counts with any blanks, signs or hyphens between its words. A word with a hyphen is another word:
    `lawyer-brand` is no lawyer. Case, accents and how wide a letter is do not count.
    """

    rules: tuple[TriggerRule, ...] = ()

    def in_text(self, text: str) -> frozenset[str]:
        """The kinds of which a customer's words speak."""
        words = _words_of(_plain(text))
        return frozenset(
            kind
            for at, (_, word) in enumerate(words)
            for form in _forms(word)
            if form in self._whole or form[:STEM] in self._begun
            for steps, before, kind in (*self._whole.get(form, ()), *self._begun.get(form[:STEM], ()))
            if _stands(steps, words, at - before)
        )

    def in_tags(self, tags: Iterable[str]) -> frozenset[str]:
        """The kinds that these tags mean."""
        given = frozenset(tags)
        return frozenset(rule.kind for rule in self.rules if rule.tags & given)

    def level(self, kinds: Iterable[str]) -> int:
        """Where the alarm for them begins: at the highest of theirs. One that nobody has configured begins at 1."""
        return max((rule.level for rule in self.rules if rule.kind in frozenset(kinds)), default=1)

    @cached_property
    def _phrases(self) -> Sequence[tuple[_Step, _Phrase]]:
        """Each by its longest word: there are fewer of those in a text than of `me` and `to`."""
        found = []
        for rule in self.rules:
            for steps in filter(None, map(_steps_of, rule.words)):
                longest = max(range(len(steps)), key=lambda nth: len(steps[nth].word))
                found.append((steps[longest], (steps, longest, rule.kind)))
        return found

    @cached_property
    def _whole(self) -> Mapping[str, Sequence[_Phrase]]:
        return _by((key.word, phrase) for key, phrase in self._phrases if not key.begins)

    @cached_property
    def _begun(self) -> Mapping[str, Sequence[_Phrase]]:
        """By how a word begins that may be longer."""
        return _by((key.word[:STEM], phrase) for key, phrase in self._phrases if key.begins)


NO_TRIGGERS = Triggers()


def _by(pairs: Iterable[tuple[str, _Phrase]]) -> Mapping[str, Sequence[_Phrase]]:
    found: defaultdict[str, list[_Phrase]] = defaultdict(list)
    for key, phrase in pairs:
        found[key].append(phrase)
    return dict(found)


def findable(words: str) -> bool:
    """Whether a word or phrase of a list can be looked for: it has letters or digits, and enough of them before `*`."""
    steps = _steps_of(words)
    return bool(steps) and all(len(step.word) >= STEM for step in steps if step.begins)


def _steps_of(words: str) -> tuple[_Step, ...]:
    """A word or phrase of a list; empty when there is nothing in it to be found."""
    seen = _plain(words)
    stars = {match.start() for match in re.finditer(r"\*", seen)}
    ends = [match.end() for match in _WORD.finditer(seen)]
    return tuple(
        _Step(_without_article(word), end in stars, bound)
        for (bound, word), end in zip(_words_of(seen), ends, strict=True)
    )


def _words_of(seen: str) -> list[_Word]:
    words: list[_Word] = []
    last_end, last_alone = -1, False
    for match in _WORD.finditer(seen):
        alone = not match[2].isascii() and _ALONE.match(match[2]) is not None
        touches = alone and last_alone and match.start() == last_end
        words.append((match[1] or ("+" if touches else ""), match[2]))
        last_end, last_alone = match.end(), alone
    return words


def _stands(steps: Sequence[_Step], words: Sequence[_Word], at: int) -> bool:
    """Whether a phrase is there as a whole, and no hyphen makes its first or its last word another."""
    end = at + len(steps)
    if at < 0 or end > len(words) or words[at][0] == "-":
        return False
    if end < len(words) and words[end][0] == "-" and not steps[-1].begins:
        return False
    pairs = zip(steps, words[at:end], strict=True)
    return all(step.bound in ("", bound) and _fits(step, word) for step, (bound, word) in pairs)


def _fits(step: _Step, word: str) -> bool:
    return any(form.startswith(step.word) if step.begins else form == step.word for form in _forms(word))


def _forms(word: str) -> Iterable[str]:
    """A word of a text, and what it may be without what Arabic writes before it."""
    if not "\u0600" <= word[0] <= "\u06ff":
        return (word,)
    return {word[len(it) :] for it in _BEFORE if word.startswith(it) and (not it or len(word) - len(it) >= _ROOT)}


def _without_article(word: str) -> str:
    return word.removeprefix(_ARTICLE) if len(word) - len(_ARTICLE) >= _ROOT else word


def _plain(text: str) -> str:
    """The text as it is compared."""
    if text.isascii():
        return text[:LIMIT].casefold()
    shown = "".join(char for char in text[:LIMIT] if char.isascii() or unicodedata.category(char) != "Cf")
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", shown).casefold())
    return unicodedata.normalize("NFKC", bare).translate(_ARABIC).translate(_DASHES)[:LIMIT]
