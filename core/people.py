"""Who there is: customers with the identities they are known by, and the team. What any of them did is elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from core.ids import AccountId, ContactId, PersonId, QueueName


class Tier(StrEnum):
    """The customer's worth to the house."""

    VIP = "vip"
    A = "a"
    STANDARD = "standard"


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"

    def covers(self, needed: "Role") -> bool:
        """An admin may do what a supervisor may, a supervisor what an agent may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Identity:
    """One way a customer or teammate is known: unique (kind, scope, value).

    `kind`: phone, bsuid, psid, email, visitor, slack, telegram, console. `scope`: page, portfolio or workspace within
    which the value is unique; empty where it is unique in the world.
    """

    kind: str
    scope: str
    value: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer. Name and identities are erasable."""

    id: ContactId
    name: str = ""
    company: str = ""
    account: AccountId | None = None
    tier: Tier = Tier.STANDARD
    language: str | None = None
    country: str | None = None
    zone: str | None = None
    zone_assumed: bool = True
    """The zone was guessed from phone prefix or BSUID country; `!tz` corrects it."""
    blocked: bool = False
    email: str = ""
    """As they gave it themselves: nobody has verified it, and nothing is linked by it."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the team."""

    id: PersonId
    name: str
    public_name: str = ""
    """Shown to customers; empty: the team's name."""
    email: str = ""
    role: Role = Role.AGENT
    queues: frozenset[QueueName] = frozenset()
    locale: str = "en"
    zone: str | None = None
    away: bool = False
    """As they said it themselves; `is_away` knows when they are back."""
    active: bool = True
    shifts: tuple[str, ...] = ()
    """When they work, by the names of the shifts in the configuration; none: the hours of their queues."""
    languages: frozenset[str] = frozenset()
    """What they answer in, without a region (`zh`); none: everything."""
    capacity: int | None = None
    """Open tickets with which they have enough: nothing is handed on to them any more. None: there is no limit."""
    substitute: PersonId | None = None
    """Who takes their tickets while they are away."""
    away_since: datetime | None = None
    away_until: datetime | None = None
    """None: until they say that they are back."""

    def sees(self, queue: QueueName) -> bool:
        """Whether tickets of `queue` are this person's business. Admins see all."""
        return self.role is Role.ADMIN or queue in self.queues

    def is_away(self, at: datetime) -> bool:
        """Whose time away is over is back, without saying so."""
        return self.away and (self.away_until is None or at < self.away_until)


@dataclass(frozen=True, slots=True)
class Stand:
    """Somebody is on call for a queue from `since` until `until`, whatever its rotation says."""

    queue: QueueName
    person: PersonId
    since: datetime
    until: datetime

    def covers(self, at: datetime) -> bool:
        return self.since <= at < self.until


@dataclass(frozen=True, slots=True)
class Roster:
    """The active people of the house, as they stood when asked."""

    people: tuple[Person, ...] = ()
    oncall: tuple[Stand, ...] = ()
    """What was said in place of the rotations, the latest word last."""
    room: Mapping[PersonId, int] = field(default_factory=dict, hash=False)
    """How many more open tickets those can take who have a limit."""

    @property
    def full(self) -> frozenset[PersonId]:
        """Who has as many as they can take."""
        return frozenset(person for person, left in self.room.items() if left <= 0)

    def handed(self, old: PersonId | None, new: PersonId | None) -> "Roster":
        """After a ticket went from one to the other."""
        moved = {person: left + (person == old) - (person == new) for person, left in self.room.items()}
        return self if moved == self.room else replace(self, room=moved)

    def person(self, person: PersonId | None) -> Person | None:
        return next((one for one in self.people if one.id == person), None)

    def by_email(self, email: str) -> Person | None:
        """However it is written; None: it is nobody's here."""
        return next((one for one in self.people if one.email and one.email == email.casefold()), None)

    def members(self, queue: QueueName, at: datetime) -> tuple[Person, ...]:
        """Agents of the queue who are not away."""
        return tuple(p for p in self.people if queue in p.queues and not p.is_away(at))

    def supervisors(self, queue: QueueName, at: datetime) -> tuple[Person, ...]:
        """Supervisors of the queue who are not away; else the admins: somebody must be told, and able to act on it."""
        own = (p for p in self.members(queue, at) if p.role is Role.SUPERVISOR)
        return tuple(own) or self.admins()

    def admins(self) -> tuple[Person, ...]:
        return tuple(p for p in self.people if p.role is Role.ADMIN)


NOBODY = Roster()
"""Stands where the door puts the roster."""
