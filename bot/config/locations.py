"""Where in the settings something stands: pydantic's location as people write it, with the table and key it names; and
the variable that sets it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.config.table import OneOf

PREFIX = "DRAGOMAN_"
Location = tuple[int | str, ...]
"""("queues", 0, "channel")"""


def write_path(location: Location) -> str:
    """`queues[0].channel`"""
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in location if step != "[key]"]
    return "".join(parts).removeprefix(".")


def variable_for(table: str, key: str, row: str = "") -> str:
    """`DRAGOMAN_INBOXES__SUPPORT_EU__ACCESS_TOKEN`"""
    steps = [step for step in (table, re.sub(r"[^a-z0-9]+", "_", row.lower()), key) if step]
    return PREFIX + "__".join(steps).upper()


@dataclass(frozen=True, slots=True)
class Place:
    """What stands where pydantic says. `path`: the place as people know it."""

    path: Location
    table: type[BaseModel] | None
    field: FieldInfo | None
    """The last key on the way that is one."""


def find(root: type[BaseModel], location: Location) -> Place:
    """Walks the annotations, through optional and repeated tables. Where the table is one of several, pydantic's next
    step is not a key but the name of the one it took."""
    table: type[BaseModel] | None = root
    field: FieldInfo | None = None
    tables: Mapping[str, type[BaseModel]] = {}
    path: list[int | str] = []
    for step in location:
        if isinstance(step, str) and step in tables:
            table, tables = tables[step], {}
            continue
        path.append(step)
        if isinstance(step, str):
            field = table.model_fields.get(step) if table else None
            parts = types_in(field.annotation) if field else []
            table = next((part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)), None)
            tables = _tables_of(field.annotation) if field else {}
    return Place(tuple(path), table, field)


def _tables_of(annotation: Any) -> Mapping[str, type[BaseModel]]:
    """The tables of a `OneOf` that stands anywhere in an annotation."""
    marks = [mark for mark in getattr(annotation, "__metadata__", ()) if isinstance(mark, OneOf)]
    inner = [_tables_of(part) for part in get_args(annotation)]
    return next((tables for tables in [*(mark.tables for mark in marks), *inner] if tables), {})


def types_in(annotation: Any) -> list[Any]:
    """The types that an annotation is made of: `tuple[Inbox, ...] | None` has Inbox and None. Literals stay whole."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return types_in(get_args(annotation)[0])
    if origin in (tuple, list, Union, UnionType):
        return [part for inner in get_args(annotation) for part in types_in(inner)]
    return [annotation]
