"""`dragoman migrate`: before a new version's processes start, where several of them share a database."""

import asyncio

import typer

from bot.cli.database import said_in_words
from bot.cli.shared import ConfigOption, read_settings, words


def migrate(config: ConfigOption = None) -> None:
    settings = read_settings(config)

    from storage import migrate as bring_up_to_date

    with said_in_words():
        version = asyncio.run(bring_up_to_date(settings.database_url))
    typer.echo(words("cli.migrate.done", version=version))
