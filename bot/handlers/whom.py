"""A person and a moment in one argument, as people type them: `2d @bo`, `@bo until mon 9`, `me fri 18:00`."""

import re
from datetime import datetime

from bot.handlers.asking import OFF, Ask, refused
from bot.handlers.owning import ME, person_or_queue
from core.durations import BadTime, parse_when
from core.people import Person
from core.policy import QueuePolicy
from core.words import one_line

_UNTIL = re.compile(r"(?:until|till?|for)\s+|(?:直到|到)\s*", re.IGNORECASE)
_BEFORE = re.compile(r"(?:为止|之前|前)$")


def whom_and_when(text: str, ask: Ask) -> tuple[str, str]:
    """Either may be missing. A name may have blanks in it: it ends where a moment begins."""
    text = text.replace("＠", "@").strip()
    when, at, whom = text.partition("@")
    if when.strip(" <") and when.split()[0].casefold() not in ME:
        return f"<@{whom}" if when.endswith("<") else f"{at}{whom}", when.rstrip(" <")
    words = text.split()
    if not words:
        return "", ""
    if not words[0].startswith("@"):
        return words[0], " ".join(words[1:])
    for end in range(1, len(words)):
        rest = " ".join(words[end:])
        if rest.casefold() in OFF or is_moment(rest, ask):
            return " ".join(words[:end]), rest
    return text, ""


async def colleague(whom: str, ask: Ask) -> Person:
    """By a mention or a name. Raises Refused."""
    found = await person_or_queue(ask, whom)
    if isinstance(found, QueuePolicy):
        raise refused("refused.not_a_person", name=found.title)
    return found


def is_moment(text: str, ask: Ask) -> bool:
    """Whether it is meant for one, though perhaps not a possible one."""
    try:
        _moment(text, ask)
    except BadTime as bad:
        return bad.reason != "unreadable"
    return True


def moment(text: str, ask: Ask, command: str) -> datetime:
    """A length of time from now, or a moment on the asker's own clock. Raises Refused with the command's examples."""
    try:
        return _moment(text, ask)
    except BadTime as bad:
        raise refused(f"refused.until_{bad.reason}", text=one_line(text, 40), command=command) from None


def _moment(text: str, ask: Ask) -> datetime:
    plain = _BEFORE.sub("", _UNTIL.sub("", text.strip(), count=1) if _UNTIL.match(text.strip()) else text.strip())
    return parse_when(plain, ask.house.clock.now(), ask.zone)
