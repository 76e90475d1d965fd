"""Facts and works as JSON and back, strictly: what was written is read as the same value, or not at all.

A value's kind is its class name in snake case. Renaming a class or a field is a migration.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from core.facts import Fact
from core.jobs import Work
from storage.fields import instant, instant_text

T = TypeVar("T")
_dump = json.JSONEncoder(separators=(",", ":")).encode
Turn = Callable[[Any], Any]


@cache
def kind_of(cls: type) -> str:
    """`CustomerWrote` -> `customer_wrote`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


class Codec(Generic[T]):
    """For the dataclasses of one union."""

    def __init__(self, union: Any) -> None:
        self._classes: Mapping[str, type] = {kind_of(cls): cls for cls in get_args(union)}

    def pack(self, value: T) -> tuple[str, str]:
        """Kind and JSON. Fields at their default are left out."""
        cls: type = type(value)
        data = {
            f.name: _plain(getattr(value, f.name))
            for f in fields(cls)
            if f.default is MISSING or getattr(value, f.name) != f.default
        }
        return kind_of(cls), _dump(data)

    def unpack(self, kind: str, text: str) -> T:
        """Raises `ValueError` for an unknown kind, and for a field that is missing, unknown or of another type."""
        if (cls := self._classes.get(kind)) is None:
            raise ValueError(f"no {kind} is known")
        data = json.loads(text)
        readers = _readers(cls)
        if unknown := data.keys() - readers.keys():
            raise ValueError(f"{kind} has no {', '.join(sorted(unknown))}")
        try:
            made: T = cls(**{name: readers[name](value) for name, value in data.items()})
        except TypeError as wrong:
            raise ValueError(f"not a {kind}: {wrong}") from wrong
        return made


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case datetime():
            return instant_text(value)
        case tuple():
            return [_plain(item) for item in value]
        case None | bool() | int() | str():
            return value
        case _:
            raise TypeError(f"{type(value).__name__} cannot be kept")


@cache
def _readers(cls: type) -> Mapping[str, Turn]:
    hints = get_type_hints(cls)
    return {f.name: _reader(hints[f.name]) for f in fields(cls)}


def _reader(hint: Any) -> Turn:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        (of,) = (_reader(one) for one in inner if one is not NoneType)
        return lambda value: None if value is None else of(value)
    if origin is tuple:
        each = _reader(inner[0])
        return lambda value: tuple(each(item) for item in _checked(list, value))
    base = getattr(hint, "__supertype__", hint)
    if base is datetime:
        return lambda value: instant(_checked(str, value))
    if issubclass(base, Enum):
        return lambda value: base(value)
    return lambda value: _checked(base, value)


def _checked(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{kind.__name__} expected, {type(value).__name__} found")
    return value


FACTS: Codec[Fact] = Codec(Fact)
WORK: Codec[Work] = Codec(Work)
