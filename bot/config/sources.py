"""Where settings come from: dragoman.toml, then .env beside it, then the environment; the later wins.

`DRAGOMAN_<KEY>` sets a key of [dragoman], `DRAGOMAN_SLACK__<KEY>` one of another table, and
`DRAGOMAN_INBOXES__<NAME>__<KEY>` one of the row of that name. With `_FILE` the value is the content of a file.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import BaseModel

from bot.channels import CHANNELS
from bot.config.locations import PREFIX, Location, variable_for
from bot.config.problems import ConfigError, Problem, near
from bot.config.settings import DESK_TABLES, General, Proxies, Queue

CONFIG_VARIABLE = "DRAGOMAN_CONFIG"
"""Names the file itself; read by the command line."""
TABLES: Mapping[str, type[BaseModel]] = {
    "dragoman": General,
    **DESK_TABLES,
    "proxies": Proxies,
}


@dataclass(slots=True)
class Raw:
    """What was read, not yet validated."""

    data: dict[str, Any]
    origins: dict[Location, str] = field(default_factory=dict)
    """The variable that set a key."""
    problems: list[Problem] = field(default_factory=list)


def read(path: Path | None, env: Mapping[str, str]) -> Raw:
    """Raises ConfigError when the file cannot be read as TOML; a bad variable is a problem among others."""
    raw = Raw(read_toml(path) if path else {})
    beside = (path.parent if path else Path()) / ".env"
    variables = {**_read_dotenv(beside), **env}
    for variable, value in sorted(variables.items()):
        if variable.startswith(PREFIX) and variable != CONFIG_VARIABLE and value:
            _set(raw, variable, value)
    return raw


def read_toml(path: Path) -> dict[str, Any]:
    """Raises ConfigError."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # The parser names line and column, never what stands there.
        raise ConfigError([Problem(str(path), "config.not_toml", {"reason": str(error)})]) from None
    except (OSError, ValueError):  # a name with a zero byte is no name of a file
        raise ConfigError([Problem(str(path), "config.no_file")]) from None


def _read_dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    values = dotenv_values(stream=StringIO(path.read_text("utf-8")), interpolate=False)
    return {name: value for name, value in values.items() if value}


def _set(raw: Raw, variable: str, value: str) -> None:
    location = _locate(raw.data, variable)
    if location is None and variable.endswith("_FILE"):
        location = _locate(raw.data, variable.removesuffix("_FILE"))
        try:
            value = Path(value).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raw.problems.append(Problem(variable, "config.unreadable_file"))
            return
    if location is None:
        known = [name for name, _ in places(raw.data)]
        raw.problems.append(near(variable, "config.unknown_variable", variable, known))
        return
    holder: Any = raw.data
    for step in location[:-1]:
        holder = holder[step] if isinstance(step, int) or step in holder else holder.setdefault(step, {})
    holder[location[-1]] = value
    raw.origins[location] = variable


def _locate(data: Mapping[str, Any], variable: str) -> Location | None:
    return next((location for name, location in places(data) if name == variable), None)


def places(data: Mapping[str, Any]) -> Iterator[tuple[str, Location]]:
    """Every variable that can be set, given the rows that the file names."""
    for table, model in TABLES.items():
        if isinstance(data.get(table, {}), dict):
            for key in model.model_fields:
                yield variable_for("" if table == "dragoman" else table, key), (table, key)
    for rows, keys_of in ROWS.items():
        for index, row in enumerate(_rows(data, rows)):
            if isinstance(row.get("name"), str):
                for key in keys_of(row):
                    yield variable_for(rows, key, row["name"]), (rows, index, key)


def _inbox_keys(row: Mapping[str, Any]) -> Iterable[str]:
    """Of a channel that is not known (yet: a variable may say it), the keys of all."""
    kinds = [kind for name, kind in CHANNELS.items() if name == row.get("channel")] or CHANNELS.values()
    return dict.fromkeys(key for kind in kinds for key in kind.settings.model_fields)


ROWS: Mapping[str, Callable[[Mapping[str, Any]], Iterable[str]]] = {
    "inboxes": _inbox_keys,
    "queues": lambda _: Queue.model_fields,
}
"""The keys that a row of a repeated table may have."""


def _rows(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = data.get(name)
    return rows if isinstance(rows, list) and all(isinstance(row, dict) for row in rows) else []
