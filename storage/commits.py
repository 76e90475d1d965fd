"""What a commit changed that somebody waits for: workers and console sockets of this process wake at once."""

from collections.abc import Callable
from dataclasses import dataclass

from core.ids import PersonId, TicketId
from core.ports import VisitorKey


@dataclass(frozen=True, slots=True)
class Commit:
    """`jobs`: some were enqueued or freed. `tickets`: what changed, with its new version. `people`: who was told.
    `visitors`: of site chats, whose log or marks changed."""

    jobs: bool = False
    clocks: bool = False
    raws: bool = False
    tickets: tuple[tuple[TicketId, int], ...] = ()
    people: frozenset[PersonId] = frozenset()
    visitors: frozenset[VisitorKey] = frozenset()


Listener = Callable[[Commit], None]


@dataclass(slots=True)
class Changes:
    """Gathers a Commit while its transaction runs."""

    jobs: bool = False
    clocks: bool = False
    raws: bool = False
    tickets: dict[TicketId, int] | None = None
    people: frozenset[PersonId] = frozenset()
    visitors: frozenset[VisitorKey] = frozenset()

    def ticket(self, ticket: TicketId, version: int) -> None:
        self.tickets = {**(self.tickets or {}), ticket: version}

    def commit(self) -> Commit | None:
        """None when nobody needs to wake."""
        if not (self.jobs or self.clocks or self.raws or self.tickets or self.people or self.visitors):
            return None
        tickets = tuple((self.tickets or {}).items())
        return Commit(self.jobs, self.clocks, self.raws, tickets, self.people, self.visitors)
