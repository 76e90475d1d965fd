"""`dragoman run`, `web` and `worker`: the program itself, whole or in parts."""

import asyncio
from urllib.parse import urlsplit

import typer

from bot.cli.database import said_in_words
from bot.cli.shared import ConfigOption, give_up, read_settings, words


def run(config: ConfigOption = None) -> None:
    _start("run", config)


def web(config: ConfigOption = None) -> None:
    _start("web", config)


def worker(config: ConfigOption = None) -> None:
    _start("worker", config)


def _start(command: str, config: ConfigOption) -> None:
    settings = read_settings(config)
    if command != "run" and urlsplit(settings.database_url).scheme == "sqlite":
        give_up(words("cli.run.one_process", command=command))

    from bot import app
    from bot.logs import configure

    configure(settings.dragoman.log_format)
    roles = {"run": app.ROLES, "web": frozenset({app.WEB}), "worker": frozenset({app.WORKER})}[command]
    if app.WEB in roles:
        typer.echo(words("cli.run.console", url=f"{settings.dragoman.base_url}/console"), err=True)
    with said_in_words():
        asyncio.run(app.serve(settings, roles))
