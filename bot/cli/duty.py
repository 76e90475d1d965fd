"""`dragoman people duty`: when somebody works, what they speak, how much they take, and who stands in for them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.shared import give_up, words
from core.ids import PersonId, QueueName
from core.people import Person
from core.say import Word

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config.settings import Settings
    from storage import SqlStore

NONE = "none"
"""Takes away what was said before."""
MOST = 10_000

Shifts = Annotated[list[str] | None, typer.Option("--shift", "-s", help=words("cli.people.shift"), show_default=False)]
Speaks = Annotated[list[str] | None, typer.Option("--speaks", help=words("cli.people.speaks"), show_default=False)]
Capacity = Annotated[str | None, typer.Option("--capacity", help=words("cli.people.capacity"), show_default=False)]
Substitute = Annotated[
    str | None, typer.Option("--substitute", help=words("cli.people.substitute"), show_default=False)
]


def shifts_of(settings: "Settings", names: Iterable[str]) -> tuple[str, ...]:
    """Each once. Ends the program when the configuration has no such shift."""
    known = [shift.name for shift in settings.shifts]
    wanted = [name for name in dict.fromkeys(names) if name != NONE]
    for name in wanted:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            allowed = words("config.not_one_of", allowed=", ".join(known)) if known else words("cli.people.no_shifts")
            if near:
                give_up(words("config.unknown_shift_near", given=name, near=near[0]), [allowed])
            give_up(words("config.unknown_shift", given=name), [allowed])
    return tuple(wanted)


def languages_of(tags: Iterable[str]) -> frozenset[str]:
    """Without their regions: who speaks `zh-CN` speaks `zh`. Ends the program on what is no language's code."""
    found = set()
    for tag in tags:
        language = re.split(r"[-_]", tag.strip().lower())[0]
        if tag != NONE and not re.fullmatch(r"[a-z]{2,3}", language):
            give_up(words("cli.people.no_language", given=tag))
        found.add(language)
    return frozenset(found - {NONE})


def capacity_of(text: str) -> int | None:
    if text == NONE:
        return None
    if not (text.isascii() and text.isdigit() and int(text) <= MOST):
        give_up(words("cli.people.no_capacity", given=text, most=MOST))
    return int(text)


def email_of(text: str) -> str:
    """Empty for `none`. Ends the program on what is no address."""
    if text == NONE:
        return ""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", text.strip()):
        give_up(words("config.bad_email", given=text))
    return text


def moment_of(text: str, now: "datetime", zone: str) -> "datetime":
    """As the clock of `zone` shows it. Ends the program on what is no moment ahead."""
    from core.durations import BadTime, parse_when

    try:
        return parse_when(text, now, zone)
    except BadTime:
        give_up(words("cli.people.no_moment", given=text))


def check_substitute(substitute: Person, queues: frozenset[QueueName], person: PersonId | None) -> None:
    """`queues` and `person`: of whom they are to stand in for. Ends the program when they could not."""
    if substitute.id == person:
        give_up(words("cli.people.substitute_self", name=substitute.name))
    if not substitute.active:
        give_up(words("cli.people.substitute_inactive", name=substitute.name))
    if not any(substitute.sees(queue) for queue in queues):
        give_up(words("cli.people.substitute_elsewhere", name=substitute.name))


async def lines(store: "SqlStore", people: Sequence[Person], now: "datetime") -> Sequence[str]:
    """People as they are listed: what was said of them, and nothing of what was not."""
    names = {person.id: person.name for person in await store.list_people()}
    counts = await store.open_counts([person.id for person in people if person.capacity is not None])
    return ["  ".join(_parts(person, names, counts.get(person.id, 0), now)) for person in people]


def line(person: Person) -> str:
    """Who it is."""
    queues, role = ", ".join(sorted(person.queues)) or "-", Word(f"console.role.{person.role}")
    return words("cli.people.line", person=str(person.id), name=person.name, role=role, queues=queues)


def _parts(person: Person, names: Mapping[PersonId, str], in_hand: int, now: "datetime") -> Iterator[str]:
    states = [words("cli.people.inactive")] if not person.active else []
    if person.is_away(now):
        until = person.away_until
        states.append(words("cli.people.away_until", until=until) if until else words("cli.people.away"))
    yield " ".join([line(person), *states])
    if person.shifts:
        yield words("cli.people.works", shifts=", ".join(person.shifts))
    if person.languages:
        yield words("cli.people.answers_in", languages=", ".join(sorted(person.languages)))
    if person.capacity is not None:
        yield words("cli.people.takes", open=in_hand, capacity=person.capacity)
    if person.substitute is not None and person.substitute in names:
        yield words("cli.people.stands_in", name=names[person.substitute])
