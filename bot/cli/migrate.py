"""`dragoman migrate`: before a new version's processes start, where several of them share a database."""

import asyncio

import typer

from bot.cli.shared import ConfigOption, give_up, read_settings, words


def migrate(config: ConfigOption = None) -> None:
    settings = read_settings(config)

    from asyncpg import PostgresError

    from storage import BadDatabaseUrl, DatabaseBusy, SchemaMismatch
    from storage import migrate as bring_up_to_date

    try:
        version = asyncio.run(bring_up_to_date(settings.database_url))
    except (BadDatabaseUrl, DatabaseBusy, SchemaMismatch, PostgresError, OSError) as error:
        give_up(words("cli.migrate.failed"), [str(error)])
    typer.echo(words("cli.migrate.done", version=version))
