"""The files of the catalogue: which locales there are, and their texts by key. What is made of a text: `bot.i18n`.

A locale is a folder; a key is the path of tables inside a file, whatever the file is called. What customers read from
the house itself is a file of its own: more locales have it than have the team's.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

CUSTOMER_WORDS = "customer_words.toml"
PLURAL_FORMS = frozenset({"zero", "one", "two", "few", "many", "other"})

Text = str | Mapping[str, str]
"""One text, or its plural forms by CLDR category (always with `other`)."""


class WordsError(Exception):
    """The catalogue and the code do not fit: an unknown key, or parameters other than the text has."""


def read_catalogue(folder: Path, files: str = "*.toml") -> dict[str, Text]:
    """The texts of all files of one locale's folder. Raises WordsError on a key that two files have, or no text."""
    texts: dict[str, Text] = {}
    for file in sorted(folder.glob(files)):
        with file.open("rb") as opened:
            table = tomllib.load(opened)
        for key, text in _leaves(table, ""):
            if key in texts:
                raise WordsError(f"{file.name}: {key} stands in another file too")
            if text is None:
                raise WordsError(f"{file.name}: {key} is neither a text nor a table of plural forms")
            texts[key] = text
    return texts


@cache
def texts_of(folder: Path, locale: str) -> Mapping[str, Text]:
    return read_catalogue(folder / locale)


@cache
def team_locales(folder: Path) -> Sequence[str]:
    """Those in which people work here."""
    return tuple(name for name in customer_locales(folder) if any(_teams(folder / name)))


@cache
def customer_locales(folder: Path) -> Sequence[str]:
    """Those in which customers are written to: the team's, and more."""
    return tuple(sorted(inner.name for inner in folder.iterdir() if any(inner.glob("*.toml"))))


def _teams(folder: Path) -> Iterator[Path]:
    return (file for file in folder.glob("*.toml") if file.name != CUSTOMER_WORDS)


def _leaves(table: Mapping[str, object], path: str) -> Iterator[tuple[str, Text | None]]:
    for name, value in table.items():
        key = f"{path}.{name}" if path else name
        match value:
            case str():
                yield key, value
            case dict() if "other" in value and value.keys() <= PLURAL_FORMS:
                yield key, value if all(isinstance(form, str) for form in value.values()) else None
            case dict():
                yield from _leaves(value, key)
            case _:
                yield key, None
