"""What is wrong with the configuration, in words: where, why, and what was probably meant. Never a secret's value."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot import i18n

Location = tuple[int | str, ...]
"""("queues", 0, "channel")"""


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


def write_path(location: Location) -> str:
    """`queues[0].channel`"""
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in location if step != "[key]"]
    return "".join(parts).removeprefix(".")


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
    location = detail["loc"]
    path = origins.get(location) or write_path(location)
    context = {name: str(value) for name, value in detail.get("ctx", {}).items()}
    match detail["type"]:
        case "extra_forbidden":
            table = _model_at(root, location[:-1])
            return near(path, "config.unknown_key", str(location[-1]), table.model_fields if table else ())
        case "missing":
            wanted = _field_at(root, location)
            if wanted and SecretStr in _parts(wanted.annotation) and location in variables:
                return Problem(path, "config.missing_secret", {"variable": variables[location]})
            return Problem(path, "config.missing")
        case "literal_error" | "enum":
            names = [str(name) for name in _choices(root, location)]
            return near(path, "config.not_one_of", str(detail["input"]), names, allowed=", ".join(names))
        case str(kind) if kind.startswith("config."):
            del context["key"]
            return Problem(path, kind, context)
        case "greater_than_equal":
            return Problem(path, "config.too_small", {"least": context["ge"]})
        case "less_than_equal":
            return Problem(path, "config.too_large", {"most": context["le"]})
        case kind:
            return Problem(path, PLAIN.get(kind, "config.invalid"))


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


def _choices(root: type[BaseModel], location: Location) -> list[object]:
    wanted = _field_at(root, tuple(step for step in location if isinstance(step, str)))
    if wanted is None:
        return []
    return [choice for part in _parts(wanted.annotation) for choice in _members(part)]


def _members(part: object) -> Iterable[object]:
    if isinstance(part, type):
        return part if issubclass(part, Enum) else ()
    return get_args(part)


def _field_at(root: type[BaseModel], location: Location) -> FieldInfo | None:
    names = [step for step in location if isinstance(step, str)]
    table = _model_at(root, tuple(names[:-1]))
    return table.model_fields.get(names[-1]) if table and names else None


def _model_at(root: type[BaseModel], location: Location) -> type[BaseModel] | None:
    """The table that stands at a place: walks the annotations, through optional and repeated tables."""
    table: type[BaseModel] | None = root
    for step in location:
        if isinstance(step, int):
            continue
        wanted = table.model_fields.get(str(step)) if table else None
        parts = _parts(wanted.annotation) if wanted else []
        table = next((part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)), None)
    return table


def _parts(annotation: Any) -> list[Any]:
    """The types that an annotation is made of: `tuple[Inbox, ...] | None` has Inbox and None. Literals stay whole."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _parts(get_args(annotation)[0])
    if origin in (tuple, list, Union, UnionType):
        return [part for inner in get_args(annotation) for part in _parts(inner)]
    return [annotation]


def complaint_about(kind: Any, value: object) -> Problem | None:
    """What is wrong with one value, for a setting of that type; None when nothing is."""
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        return translate(error, BaseModel, {}, {})[0]
    return None
