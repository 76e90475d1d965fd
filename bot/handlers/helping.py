"""Help: what can be done here, now, by this person."""

from itertools import groupby

from bot.handlers.asking import Answer, Ask, refused
from core.say import Say, say
from core.words import one_line


async def help_(ask: Ask) -> Answer:
    if ask.text:
        return _about(ask, ask.text.split()[0].lstrip("!！/／"))
    offered = ask.house.book.offered(ask.person, ask.ticket)
    lines: list[Say] = []
    for theme, commands in groupby(offered, key=lambda command: command.theme):
        lines.append(Say(f"help.theme.{theme}", lines=tuple(Say(f"help.{c.name}.line") for c in commands)))
    if ask.person is None:
        return ask.tell("help.stranger", lines=tuple(lines))
    return ask.tell("help.title" if ask.ticket else "help.title_no_ticket", lines=tuple(lines))


def _about(ask: Ask, word: str) -> Answer:
    command = ask.house.book.find(word)
    if command is None:
        near = ask.house.book.nearest(word)
        if near is None:
            raise refused("refused.help_unknown", word=one_line(word, 40))
        raise refused("refused.help_unknown_near", word=one_line(word, 40), near=near.name)
    lines = [Say(f"help.{command.name}.more")]
    if others := ask.house.book.names(command)[1:]:
        lines.append(say("help.also", names=" ".join(f"!{name}" for name in others)))
    if not command.fits(ask.person, ask.ticket):
        lines.append(say("help.not_now"))
    return Answer((Say(f"help.{command.name}.line", lines=tuple(lines)),))
