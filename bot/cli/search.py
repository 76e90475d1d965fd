"""`dragoman search`: how far the search index goes, and writing it anew. The running program does the writing."""

import typer

from bot.cli.database import with_store
from bot.cli.shared import ConfigOption, read_settings, words
from core.ids import TicketId, ticket_label

search = typer.Typer(help=words("cli.search.about"))


@search.callback(invoke_without_command=True)
def overview(context: typer.Context, config: ConfigOption = None) -> None:
    """What stands without a command behind it."""
    if context.invoked_subcommand is not None:
        return
    reach = with_store(read_settings(config), lambda store: store.index_reach())
    if reach is None:
        typer.echo(words("cli.search.not_begun"))
    elif reach.below:
        typer.echo(words("cli.search.under_way", ticket=ticket_label(TicketId(reach.below))))
    else:
        typer.echo(words("cli.search.complete"))


@search.command(help=words("cli.search.rebuild"))
def rebuild(config: ConfigOption = None) -> None:
    with_store(read_settings(config), lambda store: store.atomic(lambda tx: tx.forget_index()))
    typer.echo(words("cli.search.rebuilding"))
