"""`dragoman backup FILE`: a copy of the SQLite database while the program runs."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.database import said_in_words
from bot.cli.shared import ConfigOption, give_up, read_settings, words


def backup(
    file: Annotated[Path, typer.Argument(help=words("cli.backup.file"))],
    config: ConfigOption = None,
) -> None:
    settings = read_settings(config)

    from storage.backup import NotCopied
    from storage.backup import backup as copy

    with said_in_words():
        try:
            asyncio.run(copy(settings.database_url, file))
        except NotCopied:
            give_up(words("cli.backup.postgres"))
        except FileExistsError:
            give_up(words("cli.backup.exists", file=str(file)))
    typer.echo(words("cli.backup.done", file=str(file)))
    typer.echo(words("cli.backup.files", folder=str(settings.dragoman.data_dir / "files")))
