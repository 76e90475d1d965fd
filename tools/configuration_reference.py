"""docs/configuration.md, from the settings' own types, defaults and docstrings."""

import json
from collections.abc import Container, Iterator
from datetime import date, time, timedelta
from enum import Enum
from inspect import cleandoc
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from bot.channels import CHANNELS
from bot.config.coverage import Coverage
from bot.config.digests import Digest
from bot.config.escalation import Escalation
from bot.config.holidays import HolidayRow, HolidaysFile
from bot.config.hours import Hours, Offices
from bot.config.inbox import Inbox
from bot.config.promises import Promises
from bot.config.quiet import QuietHours
from bot.config.roster import Oncall, Roster, Shift
from bot.config.settings import DESK_TABLES, General, Proxies, Queue
from bot.config.targets import Sla, Target
from bot.config.triggers import TriggerWords
from bot.config.values import Days, Share
from core.targets import WorkDays

INTRODUCTION = """\
# Configuration

<!-- Written by `make docs` from the settings in bot/config/, bot/channels/ and bot/desks/; do not edit. -->

Dragoman reads `dragoman.toml` from the folder it is started in (or `--config FILE`, or `DRAGOMAN_CONFIG`), then `.env`
beside it, then the environment; the later wins. `dragoman init` writes both files.

- A key of `[dragoman]` is the variable `DRAGOMAN_<KEY>`, one of `[slack]` is `DRAGOMAN_SLACK__<KEY>`, and one of the
  inbox `support` is `DRAGOMAN_INBOXES__SUPPORT__<KEY>` (what is neither letter nor digit in the name becomes `_`).
- With `_FILE` behind its name, a variable names a file that holds the value: Docker's and Kubernetes' secrets.
- On Kubernetes, set `enableServiceLinks: false`: a Service called `dragoman` would set variables of its own.

What is unknown or wrong is refused at the start, with its path, the reason and the nearest valid name: all of it at
once, and never with a secret's value. Changes take effect at the next start.
"""

TABLES: tuple[tuple[str, type[BaseModel]], ...] = (
    ("[dragoman]", General),
    ("[[queues]]", Queue),
    ("[queues.calendar]", Hours),
    ("[[inboxes]]", Inbox),
    ("[sla]", Sla),
    ("[[targets]]", Target),
    ("[coverage]", Coverage),
    ("[promises]", Promises),
    ("[[escalation]]", Escalation),
    ("[[triggers]]", TriggerWords),
    ("[quiet]", QuietHours),
    ("[[shifts]]", Shift),
    ("[[oncall]]", Oncall),
    ("[roster]", Roster),
    ("[[digests]]", Digest),
    *((f"[{name}]", table) for name, table in DESK_TABLES.items()),
    ("[[countries]]", Offices),
    ("[proxies]", Proxies),
    ("holidays_file", HolidaysFile),
    ("[[days]]", HolidayRow),
)


def text() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for heading, table in TABLES:
        parts += _section(f"## {heading}", table, ())
        if table is Inbox:
            for channel, kind in CHANNELS.items():
                parts += _section(f'### channel = "{channel}"', kind.settings, Inbox.model_fields)
    return "".join(parts)


def _section(heading: str, table: type[BaseModel], known: Container[str]) -> Iterator[str]:
    """`known`: keys that were told already."""
    yield f"\n{heading}\n\n{cleandoc(table.__doc__ or '')}\n\n| key | value | default | |\n|---|---|---|---|\n"
    # What a channel's own file says before what it has in common with its family.
    own_first = sorted(table.model_fields.items(), key=lambda item: item[0] not in table.__annotations__)
    for name, field in own_first:
        if name not in known:
            yield f"| `{name}` | {_kind(field)} | {_default(field)} | {_about(field)} |\n"


def _about(field: FieldInfo) -> str:
    return " ".join((field.description or "").split()).replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    if isinstance(field.default, time):
        return f"`{field.default:%H:%M}`"
    if isinstance(field.default, timedelta | Days):
        return f"`{_typed(field.default)}`"
    if isinstance(field.default, tuple | dict):
        return f"`{json.dumps(field.default, ensure_ascii=False, default=_written)}`" if field.default else ""
    return f"`{field.default}`" if field.default not in (None, "") else ""


def _typed(value: timedelta | Days) -> str:
    """As somebody would write it: `2h`, `7d`."""
    if isinstance(value, Days):
        return f"{value.count}d"
    minutes = value // timedelta(minutes=1)
    return f"{minutes}m" if minutes % 60 else f"{minutes // 60}h"


def _written(value: time) -> str:
    return f"{value:%H:%M}"


def _kind(field: FieldInfo) -> str:
    return " or ".join(dict.fromkeys(_names(field.annotation)))


def _names(annotation: Any) -> Iterator[str]:
    origin = get_origin(annotation)
    if origin is Literal:
        yield from (f"`{choice}`" for choice in get_args(annotation))
    elif Share in get_args(annotation):
        yield "`75%`, `+30m`"
    elif origin in (Annotated, Union, UnionType):
        parts = get_args(annotation)[:1] if origin is Annotated else get_args(annotation)
        for part in parts:
            yield from _names(part)
    elif origin is tuple:
        yield f"list of {' or '.join(_names(get_args(annotation)[0]))}"
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        yield from (f"`{choice.value}`" for choice in annotation)
    elif annotation is not NoneType:
        yield WORDS.get(annotation, "table")


WORDS: dict[Any, str] = {
    str: "text",
    int: "number",
    bool: "`true` or `false`",
    SecretStr: "secret",
    timedelta: "`30m`, `2h`",
    Days: "`1d`, `1w`",
    WorkDays: "`3d`",
    date: "`2026-11-23`",
    time: "`09:00`",
    Path: "path",
}
