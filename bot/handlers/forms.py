"""Forms for commands that were pressed without their argument: one input, asking for what would have been typed."""

from bot.handlers.asking import Ask
from bot.handlers.registry import Command, Takes
from core.ids import ticket_label
from core.views import Dialog, Field

SHORT = 200


def form_for(command: Command, ask: Ask) -> Dialog | None:
    """None for a command that takes nothing, or has a form of its own."""
    argument = command.argument
    if argument is None or not argument.required or argument.takes is Takes.TO or command.name == "r":
        return None
    long = argument.takes in (Takes.TEXT, Takes.QUESTION)
    choices = tuple((choice, f"{argument.words}.{choice}") for choice in argument.choices)
    field = Field(
        "argument", f"argument.{argument.takes}", multiline=long, limit=3000 if long else SHORT, choices=choices
    )
    value = ticket_label(ask.ticket.id) if ask.ticket else ""
    return Dialog(command.name, value, f"dialog.{command.name}", "button.do", (field,))
