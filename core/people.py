"""Who there is: customers with the identities they are known by, and the team. What any of them did is elsewhere."""

from dataclasses import dataclass
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
    active: bool = True

    def sees(self, queue: QueueName) -> bool:
        """Whether tickets of `queue` are this person's business. Admins see all."""
        return self.role is Role.ADMIN or queue in self.queues


@dataclass(frozen=True, slots=True)
class Roster:
    """The active people of the house, as they stood when asked."""

    people: tuple[Person, ...] = ()

    def members(self, queue: QueueName) -> tuple[Person, ...]:
        """Agents of the queue who are not away."""
        return tuple(p for p in self.people if queue in p.queues and not p.away)

    def supervisors(self, queue: QueueName) -> tuple[Person, ...]:
        """Supervisors of the queue who are not away; else the admins: somebody must be told, and able to act on it."""
        own = (p for p in self.people if p.role is Role.SUPERVISOR and queue in p.queues and not p.away)
        return tuple(own) or self.admins()

    def admins(self) -> tuple[Person, ...]:
        return tuple(p for p in self.people if p.role is Role.ADMIN)


NOBODY = Roster()
"""Stands where the door puts the roster."""
