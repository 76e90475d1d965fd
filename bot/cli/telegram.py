"""`dragoman telegram`: which groups the configuration names, which chat each one is, and the code that says so."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.database import with_store
from bot.cli.shared import ConfigOption, give_up, read_settings, words

if TYPE_CHECKING:
    from bot.config.settings import Settings

CODE_LIVES = timedelta(days=1)

telegram = typer.Typer(help=words("cli.telegram.about"))


@telegram.callback(invoke_without_command=True)
def overview(context: typer.Context, config: ConfigOption = None) -> None:
    """What stands without a command behind it."""
    if context.invoked_subcommand is not None:
        return
    settings = read_settings(config)

    from bot.desks.telegram.settings import TELEGRAM

    groups = _groups(settings)
    found = with_store(settings, lambda store: store.groups())
    titles = {group.place: group.title for group in found if group.desk == TELEGRAM}
    for name in groups:
        if name in titles:
            typer.echo(words("cli.telegram.set_up", group=name, title=titles[name]))
        else:
            typer.echo(words("cli.telegram.not_set_up", group=name))


@telegram.command(help=words("cli.telegram.code"))
def code(
    group: Annotated[str, typer.Argument(help=words("cli.telegram.group"), metavar="GROUP")],
    config: ConfigOption = None,
) -> None:
    settings = read_settings(config)
    if group not in (groups := _groups(settings)):
        give_up(words("cli.telegram.unknown", group=group), groups)
    show_code(settings, group)


def show_code(settings: "Settings", group: str) -> None:
    """Makes and shows the command that makes a chat the group. Older codes for it are void."""
    from bot.clock import SystemClock
    from bot.desks.telegram.settings import TELEGRAM

    now = SystemClock().now()
    made = with_store(settings, lambda store: store.new_group_code(TELEGRAM, group, now, CODE_LIVES))
    typer.echo(words("cli.telegram.type", group=group, lives=CODE_LIVES))
    typer.echo(f"  /setup {made}")


def _groups(settings: "Settings") -> Sequence[str]:
    """Ends the program when there are none."""
    from bot.desks.telegram.settings import TELEGRAM

    groups = [group for queue in settings.queues for group in queue.places.get(TELEGRAM, ())]
    if not groups:
        give_up(words("cli.telegram.none"))
    return groups
