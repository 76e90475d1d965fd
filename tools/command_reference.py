"""docs/commands.md, from the registry and the catalogue."""

from itertools import groupby

from bot import i18n
from bot.handlers.registry import COMMANDS, Command, alias_key
from core.people import Role

LOCALE = "en"

INTRODUCTION = """\
# Commands

<!-- Written by `make docs` from bot/handlers/registry.py and locales/; do not edit. -->

The same words work on every desk. A command begins with `!` (or the full-width `！`); in the console also with `/` (or
`／`). **Plain text in a ticket's thread is an internal note: sending is explicit.** A word that is no command does
nothing at all, and its author is told which command it may have meant.

Most commands are about the ticket in whose thread they are typed. Elsewhere, name the ticket: `!due T-12`. What can be
done here and now, `!help` lists; `!help claim` explains one command.

On the card: 👀 claims the ticket, ✅ closes it. On a teammate's message: the shortcut "Send to customer".
"""


def text() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    typed = [command for command in COMMANDS.values() if command.typed]
    for theme, commands in groupby(typed, key=lambda command: command.theme):
        parts.append(f"\n## {_t(f'help.theme.{theme}')}\n\n| command | | also | who, where |\n|---|---|---|---|\n")
        parts += [_row(command) for command in commands]
    return "".join(parts)


def _row(command: Command) -> str:
    usage, _, what = _t(f"help.{command.name}.line").partition(": ")
    about = f"{what[:1].upper()}{what[1:]}. {_t(f'help.{command.name}.more')}"
    names = " ".join(f"`!{name}`" for name in _names(command))
    cells = (_as_code(usage), about, names, _who(command))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _as_code(usage: str) -> str:
    """`!vip, !vip off` as two pieces of code; what follows a comma without a command belongs to the piece before it."""
    pieces: list[str] = []
    for piece in usage.replace(", or ", ", ").split(", "):
        if piece.startswith("!") or not pieces:
            pieces.append(piece)
        else:
            pieces[-1] += f", {piece}"
    return " ".join(f"`{piece}`" for piece in pieces)


def _names(command: Command) -> tuple[str, ...]:
    localised = [name for locale in i18n.locales() for name in i18n.t(locale, alias_key(command.name)).split()]
    return tuple(name for name in dict.fromkeys((*command.aliases, *localised)) if name != command.name)


def _who(command: Command) -> str:
    who = "everybody" if command.strangers else "agents" if command.role is Role.AGENT else f"{command.role}s and above"
    return f"{who}, {'ticket' if command.needs_ticket else 'anywhere'}"


def _t(key: str) -> str:
    return i18n.t(LOCALE, key)
