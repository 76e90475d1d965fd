"""What every table of the settings is, and the mark of one whose keys depend on one of them. No table stands here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Table(BaseModel):
    """One TOML table: read once, never changed, and with no key it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)


@dataclass(frozen=True, slots=True, eq=False)
class OneOf:
    """In an annotation: which of `tables` stands here is said by its own key `key`."""

    key: str
    tables: Mapping[str, type[Table]]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        choices = {name: handler.generate_schema(table) for name, table in self.tables.items()}
        return core_schema.tagged_union_schema(choices, discriminator=self.key)
