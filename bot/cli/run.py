"""`dragoman run`, `web` and `worker`: the program itself, whole or in parts."""

import asyncio
import errno
from urllib.parse import urlsplit

import typer

from bot.cli.database import said_in_words
from bot.cli.shared import ConfigOption, give_up, read_settings, words

NO_PORT = (errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES)
"""What the system says of a port; the last of a file, too, and then it names it."""


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

    from bot.logs import configure
    from bot.process import ROLES, WEB, WORKER
    from bot.serve import serve

    configure(settings.dragoman.log_format)
    roles = {"run": ROLES, "web": frozenset({WEB}), "worker": frozenset({WORKER})}[command]
    if WEB in roles:
        typer.echo(words("cli.run.console", url=f"{settings.dragoman.base_url}/console"), err=True)
    with said_in_words():
        try:
            asyncio.run(serve(settings, roles))
        except OSError as error:
            if error.errno not in NO_PORT or error.filename is not None:
                raise
            host, port = settings.dragoman.host, str(settings.dragoman.port)
            give_up(words("cli.run.no_port", host=host, port=port), [error.strerror or str(error)])
