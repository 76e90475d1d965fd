"""What is wrong with the configuration, in words: where, why, and what was probably meant. Never a secret's value."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from typing import Any, get_args

from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot import i18n
from bot.config.locations import Location, Place, find, types_in, write_path

QUOTE = "'"
"""Around the names in what pydantic tells about a choice of tables."""
PLAIN = {
    "string_type": "config.not_text",
    "string_too_short": "config.empty",
    "too_short": "config.empty",
    "string_pattern_mismatch": "config.bad_form",
    "string_too_long": "config.bad_form",
    "int_type": "config.not_number",
    "int_parsing": "config.not_number",
    "int_from_float": "config.not_number",
    "bool_type": "config.not_yes_no",
    "bool_parsing": "config.not_yes_no",
    "model_type": "config.not_table",
    "model_attributes_type": "config.not_table",
    "mapping_type": "config.not_table",
    "dict_type": "config.not_table",
    "tuple_type": "config.not_list",
    "path_type": "config.not_text",
}
"""Pydantic's error types that need no further word."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `path` is as people write it: `queues[0].channel`, or the variable that set it."""

    path: str
    key: str
    """Catalogue key."""
    params: Mapping[str, str] = field(default_factory=dict)

    def words(self, locale: str) -> str:
        return f"{self.path}: {i18n.t(locale, self.key, **self.params)}"


class ConfigError(Exception):
    """The configuration cannot be used; `problems` has everything that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(problem.words(i18n.DEFAULT) for problem in problems))
        self.problems = tuple(problems)


def near(path: str, key: str, wrong: str, names: Iterable[str], /, **params: str) -> Problem:
    """A problem with a name: with the nearest valid one (`<key>_near`) when one is near."""
    by_lower = {name.lower(): name for name in names}
    found = get_close_matches(wrong.lower(), list(by_lower), n=1)
    if found:
        return Problem(path, f"{key}_near", {**params, "near": by_lower[found[0]]})
    return Problem(path, key, params)


def translate(
    error: ValidationError, root: type[BaseModel], origins: Mapping[Location, str], variables: Mapping[Location, str]
) -> list[Problem]:
    """Pydantic's findings as problems. `origins`: which variable set a key; `variables`: which could."""
    details = error.errors(include_url=False)
    return [_translate(detail, root, origins, variables) for detail in details if not _is_echo(detail, details)]


def _is_echo(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """A list whose only rows are wrong is told to be empty as well; that is no news."""
    here = detail["loc"]
    deeper = (other["loc"] for other in details if len(other["loc"]) > len(here))
    return detail["type"] == "too_short" and any(other[: len(here)] == here for other in deeper)


def _translate(
    detail: ErrorDetails, root: type[BaseModel], origins: Mapping[Location, str], variables: Mapping[Location, str]
) -> Problem:
    place = find(root, detail["loc"])
    path = origins.get(place.path) or write_path(place.path)
    context = {name: str(value) for name, value in detail.get("ctx", {}).items()}
    match detail["type"]:
        case "extra_forbidden":
            table = find(root, detail["loc"][:-1]).table
            return near(path, "config.unknown_key", str(place.path[-1]), table.model_fields if table else ())
        case "missing":
            return _missing(path, place, variables)
        case "union_tag_not_found":
            return Problem(f"{path}.{context['discriminator'].strip(QUOTE)}", "config.missing")
        case "union_tag_invalid":
            names = [name.strip(QUOTE) for name in context["expected_tags"].split(", ")]
            key = (*place.path, context["discriminator"].strip(QUOTE))
            return _not_one_of(origins.get(key) or write_path(key), context["tag"], names)
        case "literal_error" | "enum":
            return _not_one_of(path, str(detail["input"]), [str(name) for name in _choices(place.field)])
        case str(kind) if kind.startswith("config."):
            del context["key"]
            return Problem(path, kind, context)
        case "greater_than_equal":
            return Problem(path, "config.too_small", {"least": context["ge"]})
        case "less_than_equal":
            return Problem(path, "config.too_large", {"most": context["le"]})
        case kind:
            return Problem(path, PLAIN.get(kind, "config.invalid"))


def _missing(path: str, place: Place, variables: Mapping[Location, str]) -> Problem:
    if place.field and SecretStr in types_in(place.field.annotation) and place.path in variables:
        return Problem(path, "config.missing_secret", {"variable": variables[place.path]})
    return Problem(path, "config.missing")


def _not_one_of(path: str, given: str, names: Sequence[str]) -> Problem:
    return near(path, "config.not_one_of", given, names, allowed=", ".join(names))


def _choices(field: FieldInfo | None) -> list[object]:
    return [choice for part in types_in(field.annotation) for choice in _members(part)] if field else []


def _members(part: object) -> Iterable[object]:
    if isinstance(part, type):
        return part if issubclass(part, Enum) else ()
    return get_args(part)


def complaint_about(kind: Any, value: object) -> Problem | None:
    """What is wrong with one value, for a setting of that type; None when nothing is."""
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        return translate(error, BaseModel, {}, {})[0]
    return None
