"""Whose ticket it became."""

from dataclasses import dataclass

from core.ids import PersonId, QueueName


@dataclass(frozen=True, slots=True)
class Claimed:
    by: PersonId
    over: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Released:
    by: PersonId


@dataclass(frozen=True, slots=True)
class Assigned:
    by: PersonId
    to: PersonId


@dataclass(frozen=True, slots=True)
class HandedOn:
    """Its owner is not there: to somebody who is, or (None) back to the queue. `why`: away, left (works here no more),
    breach, or escalated (they are, but a step of its chain takes it from them)."""

    old: PersonId
    to: PersonId | None
    why: str = "away"


@dataclass(frozen=True, slots=True)
class Moved:
    """To another queue; `by` is None when a clock did it."""

    by: PersonId | None
    old: QueueName
    new: QueueName
