"""[[digests]]: when the people of a region are told how things stand."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from typing import Annotated, Any

from pydantic import Field

from bot.config.problems import Problem, near
from bot.config.table import Table
from bot.config.values import ClockTime, Country, Name, Text, Zone
from core.digests import Digest as Told
from core.ids import QueueName
from core.policy import QueuePolicy

TWICE = (time(9), time(17))


class Digest(Table):
    """How things stand, told twice a day to the people of a region: what is new, waits, is late or due, and what was
    promised. To those on shift then, and on working days to the queues' supervisors; nothing to tell is not told.

    Without any row: each queue at 09:00 and 17:00 on its own clock. `digests = []`: none.
    """

    region: Text
    """What it is called."""
    queues: tuple[Name, ...] = ()
    """Whose tickets, and whose people; empty: all queues. Everybody reads of their own queues."""
    countries: tuple[Country, ...] = ()
    """Only of customers from these; empty: from anywhere."""
    zone: Zone
    """On whose clock."""
    at: Annotated[tuple[ClockTime, ...], Field(min_length=1)] = TWICE
    """Times of day."""


def told(rows: Sequence[Digest] | None, queues: Mapping[QueueName, QueuePolicy]) -> tuple[Told, ...]:
    """As the core knows them. `rows`: None where dragoman.toml says nothing."""
    if rows is None:
        return tuple(Told(queue.title, (name,), queue.calendar.zone, TWICE) for name, queue in queues.items())
    return tuple(
        Told(
            row.region,
            tuple(QueueName(name) for name in row.queues) or tuple(queues),
            row.zone,
            tuple(sorted(set(row.at))),
            frozenset(row.countries),
        )
        for row in rows
    )


def check(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Iterator[Problem]:
    """Queues that do not exist."""
    for index, row in enumerate(rows):
        queues = row.get("queues")
        for nth, queue in enumerate(queues if isinstance(queues, list) else []):
            if isinstance(queue, str) and queue not in names:
                yield near(f"digests[{index}].queues[{nth}]", "config.unknown_queue", queue, names, given=queue)
