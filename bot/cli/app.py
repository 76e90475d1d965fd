"""The commands, put together. A command that is not listed here does not exist."""

import typer

from bot.cli import presence, run
from bot.cli.backup import backup
from bot.cli.demo import demo
from bot.cli.doctor import doctor
from bot.cli.init import init
from bot.cli.migrate import migrate
from bot.cli.people import people
from bot.cli.search import search
from bot.cli.shared import words
from bot.cli.telegram import telegram

app = typer.Typer(
    name="dragoman",
    help=words("cli.about"),
    no_args_is_help=True,
    # Typer's decorated tracebacks show local variables, and those may hold secrets or customers' words.
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(help=words("cli.demo.about"))(demo)
app.command(help=words("cli.init.about"))(init)
app.command(help=words("cli.run.about"))(run.run)
app.command(help=words("cli.run.web"))(run.web)
app.command(help=words("cli.run.worker"))(run.worker)
app.command(help=words("cli.migrate.about"))(migrate)
app.command(help=words("cli.doctor.about"))(doctor)
app.command(help=words("cli.backup.about"))(backup)
app.add_typer(people, name="people")
presence.add_to(people)
app.add_typer(search, name="search")
app.add_typer(telegram, name="telegram")


@app.callback()
def _dragoman() -> None:
    # With a callback, a first command is a command and not the whole program.
    pass
