"""`dragoman doctor`: shows what bot.doctor finds. Exit code 0 when all is well, else 1."""

import asyncio
import json
import os
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.shared import LOCALE, ConfigOption, config_file, words

if TYPE_CHECKING:
    from rich.console import Console

    from bot.config.problems import ConfigError
    from bot.config.settings import Settings
    from bot.doctor import Section
    from core.say import Say

ILL = 1


def doctor(
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help=words("cli.doctor.as_json"))] = False,
) -> None:
    from rich.console import Console

    from bot.config.loading import load
    from bot.config.problems import ConfigError

    out = Console(highlight=False)
    try:
        settings = load(config_file(config), os.environ)
    except ConfigError as error:
        rows = _refused(error)
        if not as_json:
            _show(out, "doctor.section.config", rows)
    else:
        rows = asyncio.run(_examined(settings, None if as_json else out))
    well = all(row["ok"] for row in rows)
    if as_json:
        typer.echo(json.dumps({"ok": well, "findings": rows}, ensure_ascii=False, indent=2))
    else:
        out.print()
        out.print(words("cli.doctor.well" if well else "cli.doctor.ill"), style="bold green" if well else "bold red")
    raise typer.Exit(0 if well else ILL)


async def _examined(settings: "Settings", out: "Console | None") -> list[dict[str, Any]]:
    """Every finding; each part is shown on `out` as soon as it was looked at."""
    from bot.clock import SystemClock
    from bot.doctor import examine
    from bot.logs import configure

    configure(settings.dragoman.log_format, quiet=True)
    rows = []
    # Closed here, not by the collector: `doctor | head` breaks off in the middle, with a database open.
    async with aclosing(examine(settings, SystemClock())) as sections:
        async for section in sections:
            found = _rows(section)
            rows += found
            if out is not None:
                _show(out, section.title, found)
    return rows


def _rows(section: "Section") -> list[dict[str, Any]]:
    return [
        {
            "section": section.title.rpartition(".")[2],
            "ok": finding.ok,
            "what": _said(finding.what),
            "cure": _said(finding.cure) if finding.cure and not finding.ok else "",
        }
        for finding in section.findings
    ]


def _refused(error: "ConfigError") -> list[dict[str, Any]]:
    """Whoever wrote the file mends it: what is wrong says how."""
    return [{"section": "config", "ok": False, "what": problem.words(LOCALE), "cure": ""} for problem in error.problems]


def _said(it: "Say") -> str:
    return words(it.key, **it.params)


def _show(out: "Console", title: str, rows: list[dict[str, Any]]) -> None:
    from rich.padding import Padding
    from rich.text import Text

    out.print()
    out.print(Text(words(title), "bold"))
    for row in rows:
        mark = Text("✓ ", "green") if row["ok"] else Text("✗ ", "red")
        out.print(Padding(mark + Text(row["what"]), (0, 0, 0, 2), expand=False))
        if row["cure"]:
            out.print(Padding(Text(f"→ {row['cure']}", "yellow"), (0, 0, 0, 6), expand=False))
