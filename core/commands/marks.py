"""Marking a ticket or its customer."""

from dataclasses import dataclass

from core.ids import PersonId
from core.model import Priority
from core.people import NOBODY, Roster, Tier


@dataclass(frozen=True, slots=True)
class SetPriority:
    by: PersonId
    priority: Priority


@dataclass(frozen=True, slots=True)
class SetTags:
    by: PersonId
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    roster: Roster = NOBODY
    """Given by the door."""


@dataclass(frozen=True, slots=True)
class SetTier:
    by: PersonId
    tier: Tier


@dataclass(frozen=True, slots=True)
class SetZone:
    """Of the contact; the door writes it there."""

    by: PersonId
    zone: str


@dataclass(frozen=True, slots=True)
class FollowContact:
    """The customer's tier or zone was set on another of their tickets."""

    tier: Tier
    zone: str | None
    country: str | None


@dataclass(frozen=True, slots=True)
class SetBlocked:
    """Of the contact; the door writes it there."""

    by: PersonId
    blocked: bool
    was: bool = False
    """Given by the door."""
