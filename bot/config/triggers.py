"""The shipped lists of words that raise the alarm at once (triggers.toml beside this file), and what the house makes of
them."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from bot.config.escalation import TriggerWords
from core.triggers import TriggerRule, Triggers

_FILE = Path(__file__).parent / "triggers.toml"


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
