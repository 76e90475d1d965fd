"""What a commit changed that somebody waits for: workers and sockets wake at once, of this process and of others."""

from collections.abc import Callable
from dataclasses import dataclass, field

from core.ids import PersonId, TicketId
from core.ports import VisitorKey


@dataclass(frozen=True, slots=True)
class Commit:
    """`jobs`: some were enqueued or freed. `tickets`: what changed, with its new version. `people`: who was told, or is
    to be. `visitors`: of site chats, whose log or marks changed. `roll`: the team or its places. `more`: what is named
    is not all; who needs to know looks."""

    jobs: bool = False
    clocks: bool = False
    raws: bool = False
    tickets: tuple[tuple[TicketId, int], ...] = ()
    people: frozenset[PersonId] = frozenset()
    visitors: frozenset[VisitorKey] = frozenset()
    roll: bool = False
    more: bool = False


ANYTHING = Commit(jobs=True, clocks=True, raws=True, roll=True, more=True)
"""Whatever may have been missed."""
Listener = Callable[[Commit], None]


@dataclass(slots=True)
class Changes:
    """Gathers a Commit while its transaction runs."""

    jobs: bool = False
    clocks: bool = False
    raws: bool = False
    tickets: dict[TicketId, int] = field(default_factory=dict)
    people: frozenset[PersonId] = frozenset()
    visitors: frozenset[VisitorKey] = frozenset()
    roll: bool = False

    def ticket(self, ticket: TicketId, version: int) -> None:
        self.tickets[ticket] = version

    def commit(self) -> Commit | None:
        """None when nobody needs to wake."""
        tickets = tuple(self.tickets.items())
        commit = Commit(self.jobs, self.clocks, self.raws, tickets, self.people, self.visitors, self.roll)
        return commit if commit != NOTHING else None


NOTHING = Commit()
