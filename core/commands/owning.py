"""Whose ticket it shall be."""

from dataclasses import dataclass

from core.ids import PersonId, QueueName


@dataclass(frozen=True, slots=True)
class Claim:
    by: PersonId
    take_over: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    by: PersonId


@dataclass(frozen=True, slots=True)
class Assign:
    by: PersonId
    to: PersonId


@dataclass(frozen=True, slots=True)
class HandOn:
    """The owner is not there. `to`: who takes it; None: the queue."""

    owner: PersonId
    to: PersonId | None
    why: str = "away"


@dataclass(frozen=True, slots=True)
class Move:
    by: PersonId
    queue: QueueName
