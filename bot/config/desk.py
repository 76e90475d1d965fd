"""What every desk's settings have: a table of its own and a key in [[queues]]. Which they are stands in its own files
(bot/desks/)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from bot.config.locations import variable_for
from bot.config.problems import Problem
from bot.config.table import Table

Own = TypeVar("Own")


class DeskTable(Table):
    """The table of the desk's name; needed when a queue is on the desk."""

    proxied: ClassVar[bool] = False
    """Whether [proxies] has a key for it."""

    @property
    def callers(self) -> tuple[str, ...]:
        """The addresses of a platform that calls us; none when it is we who ask."""
        return ()

    @classmethod
    def check(cls, given: Mapping[str, Any], base_url: object) -> Iterator[Problem]:
        """What no single key can know. Nothing of it is validated yet; what has the wrong shape is told elsewhere."""
        yield from ()


class DeskKey(Table):
    """What a queue says of the desk: one key of the desk's name, with its place there (empty: none) or several."""

    shared: ClassVar[bool] = False
    """Whether several queues may be in one place."""


@dataclass(frozen=True, slots=True)
class Configured(Generic[Own]):
    """All that the configuration says of one desk."""

    table: Own
    places: tuple[str, ...] = ()
    """Of all queues."""
    proxy: str | None = None
    hook_url: str = ""
    """Where the platform finds us, if it is one that calls."""


def needed_in_mode(table: str, given: Mapping[str, Any], mode: str, key: str) -> Iterator[Problem]:
    """A key that only one mode needs."""
    if not given.get(key):
        params = {"mode": mode, "variable": variable_for(table, key)}
        yield Problem(f"{table}.{key}", "config.needed_in_mode", params)
