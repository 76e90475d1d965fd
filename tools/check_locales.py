"""Every locale has the same texts with the same parameters, and the code and the catalogue know the same keys.

What customers read is compared over all locales, all else over the team's.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bot.catalogue import CUSTOMER_WORDS, Text, WordsError, customer_locales, read_catalogue, team_locales
from bot.i18n import DEFAULT, LOCALES, placeholders
from bot.moments import plural_forms
from tools.used_keys import Uses, uses_in

CODE = ["bot", "core", "storage"]


def main() -> int:
    try:
        catalogues = {locale: read_catalogue(LOCALES / locale) for locale in team_locales(LOCALES)}
        to_customers = {
            locale: read_catalogue(LOCALES / locale, CUSTOMER_WORDS) for locale in customer_locales(LOCALES)
        }
    except WordsError as error:
        print(f"locales: {error}")
        return 1
    used = uses_in(file for room in CODE for file in sorted(Path(room).rglob("*")))
    problems = [*dict.fromkeys([*compare(catalogues), *compare(to_customers)]), *misfits(catalogues[DEFAULT], used)]
    for problem in problems:
        print(f"locales: {problem}")
    return 1 if problems else 0


def compare(catalogues: Mapping[str, Mapping[str, Text]]) -> Iterator[str]:
    """What one locale has and another has not: keys, parameters, plural forms."""
    reference = catalogues[DEFAULT]
    for locale, texts in sorted(catalogues.items()):
        for key in sorted(reference.keys() - texts.keys()):
            yield f"{locale} lacks {key}"
        for key in sorted(texts.keys() - reference.keys()):
            yield f"{locale} has {key}, which {DEFAULT} has not"
        for key, text in sorted(texts.items()):
            yield from _look_at(locale, key, text, reference.get(key, text))


def _look_at(locale: str, key: str, text: Text, reference: Text) -> Iterator[str]:
    if placeholders(text) != placeholders(reference):
        yield f"{locale} {key} has the parameters {_names(text)}, {DEFAULT} has {_names(reference)}"
    if isinstance(text, str) is not isinstance(reference, str):
        yield f"{locale} {key} has plural forms in one locale only"
    if not isinstance(text, str) and text.keys() != plural_forms(locale):
        yield f"{locale} {key} must have exactly the plural forms {', '.join(sorted(plural_forms(locale)))}"
    for form in [text] if isinstance(text, str) else text.values():
        if not form or form != form.strip():
            yield f"{locale} {key} is empty, or begins or ends with white space"


def _names(text: Text) -> str:
    return ", ".join(sorted(placeholders(text))) or "none"


def misfits(texts: Mapping[str, Text], used: Uses) -> Iterator[str]:
    """Keys that the code asks for in vain, and texts that nobody asks for."""
    for key, place in sorted(used.certain.items()):
        if key not in texts:
            yield f"{place} uses {key}, which is not in the catalogue"
    for key in _unused(texts, used):
        yield f"{key} is not used anywhere"


def _unused(keys: Iterable[str], used: Uses) -> list[str]:
    return sorted(key for key in keys if key not in used.possible and not any(p.fullmatch(key) for p in used.patterns))


if __name__ == "__main__":
    sys.exit(main())
