"""`dragoman demo`: the whole thing on this machine, with sample tickets; no account, no internet."""

import asyncio
import logging
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.shared import LOCALE, give_up, words

if TYPE_CHECKING:
    from bot.demo.serve import Demo


def demo(
    port: Annotated[int, typer.Option("--port", help=words("cli.demo.port"), min=0, max=65535)] = 8080,
    host: Annotated[str, typer.Option("--host", help=words("cli.demo.host"))] = "127.0.0.1",
    no_open: Annotated[bool, typer.Option("--no-open", help=words("cli.demo.no_open"))] = False,
    ready_file: Annotated[
        Path | None, typer.Option("--ready-file", help=words("cli.demo.ready_file"), show_default=False)
    ] = None,
    data: Annotated[Path | None, typer.Option("--data", help=words("cli.demo.data"), show_default=False)] = None,
) -> None:
    def ready(demo: "Demo") -> None:
        if ready_file:
            _note(ready_file, demo.console)
        _say(demo, kept=data is not None)
        if not no_open and _has_a_browser():
            typer.launch(demo.console)

    if data:
        _run(data, host, port, ready)
    else:
        with tempfile.TemporaryDirectory(prefix="dragoman-demo-") as folder:
            _run(Path(folder), host, port, ready)
    typer.echo(words("cli.demo.over"))


def _run(folder: Path, host: str, port: int, ready: "Callable[[Demo], None]") -> None:
    from bot.demo.serve import AlreadyThere, NoPort, serve
    from bot.logs import configure

    configure("console", quiet=True)
    # What nobody can keep is part of the show: it stands on the page, and Anna is told.
    logging.getLogger("bot.workers.covering").setLevel(logging.ERROR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        asyncio.run(serve(folder.resolve(), LOCALE, host, port, ready))
    except AlreadyThere:
        give_up(words("cli.demo.already_there", folder=str(folder)))
    except NoPort as error:
        give_up(words("cli.demo.no_port", host=host, port=str(port)), [str(error)])
    except PermissionError as error:
        give_up(words("cli.demo.no_folder", folder=str(folder)), [str(error)])


def _say(demo: "Demo", *, kept: bool) -> None:
    from rich.cells import cell_len
    from rich.console import Console
    from rich.text import Text

    organisation = demo.app.settings.dragoman.organisation
    lines = [
        ("", Text(words("cli.demo.title", organisation=organisation), "bold")),
        (words("cli.demo.console"), Text(demo.console, "cyan underline")),
        (words("cli.demo.customer"), Text(demo.customer, "cyan underline")),
        (words("cli.demo.shop"), Text(demo.shop, "cyan underline")),
        (words("cli.demo.sign_in", name=demo.people.anna.name), Text(demo.sign_in, "dim")),
        ("", Text("")),
        ("", Text(words("cli.demo.try"))),
        ("", Text(words("cli.demo.time"))),
        ("", Text(words("cli.demo.kept" if kept else "cli.demo.ends"), "dim")),
    ]
    out = Console(highlight=False)
    width = max(cell_len(label) for label, _ in lines)
    for label, value in lines:
        room = f"  {label}{' ' * (width - cell_len(label))}  " if label else "  "
        # One line each, however narrow the terminal: an address that is cut in two leads nowhere.
        out.print(Text(room) + value, soft_wrap=True)


def _note(file: Path, console: str) -> None:
    """In one step: whoever waits for the file must never read half of it."""
    part = file.with_name(f"{file.name}.part")
    part.write_text(f"{console}\n", "utf-8")
    part.replace(file)


def _has_a_browser() -> bool:
    """Whether somebody sits at this machine's screen."""
    if os.environ.get("CI") or not sys.stdout.isatty():
        return False
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
