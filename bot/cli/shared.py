"""What every command needs: the words in the caller's language, the settings, and a way to say what is wrong."""

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot import i18n
from core.say import Value

if TYPE_CHECKING:
    from bot.config.settings import Settings

CONFIG_FILE = Path("dragoman.toml")
WRONG_CONFIG = 2
"""Exit code: the configuration or the arguments must be mended first."""


def locale_of(env: Mapping[str, str]) -> str:
    """The caller's language: DRAGOMAN_LOCALE, else what the terminal is set to."""
    names = ("DRAGOMAN_LOCALE", "LC_ALL", "LC_MESSAGES", "LANG")
    return i18n.nearest_locale(next((env[name] for name in names if env.get(name)), i18n.DEFAULT))


LOCALE = locale_of(os.environ)


def words(key: str, /, **params: Value) -> str:
    """A text of the catalogue in the caller's language."""
    return i18n.t(LOCALE, key, **params)


ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", envvar="DRAGOMAN_CONFIG", help=words("cli.config"), show_default=False),
]
"""`--config`: without it dragoman.toml of this folder is read, if there is one, and the environment."""


def config_file(chosen: Path | None) -> Path | None:
    """The file to read; None when there is none and the environment says it all. Where nothing says anything, the
    file's absence is what has to be told."""
    if chosen or CONFIG_FILE.exists():
        return chosen or CONFIG_FILE
    ours = (name for name in os.environ if name.startswith("DRAGOMAN_"))
    said = any(name not in ("DRAGOMAN_CONFIG", "DRAGOMAN_LOCALE") for name in ours) or Path(".env").exists()
    return None if said else CONFIG_FILE


def read_settings(config: Path | None) -> "Settings":
    """The settings, or the end of the program: every problem on a line of its own, exit code 2, no traceback."""
    from bot.config.loading import load
    from bot.config.problems import ConfigError

    try:
        return load(config_file(config), os.environ)
    except ConfigError as error:
        give_up(words("cli.config_refused"), (problem.words(LOCALE) for problem in error.problems))


def give_up(reason: str, details: Iterable[str] = ()) -> NoReturn:
    """Says why on standard error and ends the program with exit code 2."""
    sys.stderr.write("\n".join([reason, *(f"  {detail}" for detail in details)]) + "\n")
    raise typer.Exit(WRONG_CONFIG)
