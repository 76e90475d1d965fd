"""[[triggers]] of dragoman.toml: the words that raise the alarm at once, those that are shipped (triggers.toml beside
this file) and what the house makes of them."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.config.table import Table
from bot.config.values import Name, Tag, complaint
from core.triggers import TriggerRule, Triggers, findable

_FILE = Path(__file__).parent / "triggers.toml"


def _word(text: str) -> str:
    if not findable(text):
        raise complaint("bad_word", given=text)
    return text


class TriggerWords(Table):
    """What raises the alarm at once, whatever the hour: words of a customer, or a tag. Shipped, in nine languages, are
    `chargeback`, `lawyer`, `safety` and `public_review`."""

    kind: Name
    """One of the shipped, or one of your own."""
    words: tuple[Annotated[str, AfterValidator(_word)], ...] = ()
    """Whole words and phrases, in any case; `adv*` is every word that begins so."""
    tags: tuple[Tag, ...] = ()
    """Tags that mean the same; none: the one that is called as the kind."""
    level: Annotated[int, Field(ge=1)] = 1
    """Where in its chain the alarm begins."""
    replace: bool = False
    """Only these words, and not the shipped ones besides."""


@cache
def shipped() -> Mapping[str, tuple[str, ...]]:
    """Words of all languages, by kind."""
    lists: dict[str, dict[str, list[str]]] = tomllib.loads(_FILE.read_text("utf-8"))
    return {kind: tuple(word for words in by.values() for word in words) for kind, by in lists.items()}


def triggers_of(rows: Iterable[TriggerWords]) -> Triggers:
    """A shipped kind goes on with its words unless its row replaces them, and is meant by the tag of its own name."""
    said = {row.kind: row for row in rows}
    kinds = dict.fromkeys([*shipped(), *said])
    return Triggers(tuple(_rule(kind, said.get(kind)) for kind in kinds))


def _rule(kind: str, row: TriggerWords | None) -> TriggerRule:
    words = shipped().get(kind, ())
    if row is None:
        return TriggerRule(kind, words, frozenset({kind}))
    own = row.words if row.replace else (*words, *row.words)
    return TriggerRule(kind, own, frozenset(row.tags or (kind,)), row.level)
