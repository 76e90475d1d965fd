"""What a commit changed that somebody waits for: workers and console sockets of this process wake at once."""

from collections.abc import Callable
from dataclasses import dataclass

from core.ids import PersonId, TicketId


@dataclass(frozen=True, slots=True)
class Commit:
    """`jobs`: some were enqueued or freed. `tickets`: what changed, with its new version. `people`: who was told."""

    jobs: bool = False
    clocks: bool = False
    raws: bool = False
    tickets: tuple[tuple[TicketId, int], ...] = ()
    people: frozenset[PersonId] = frozenset()


Listener = Callable[[Commit], None]


@dataclass(slots=True)
class Changes:
    """Gathers a Commit while its transaction runs."""

    jobs: bool = False
    clocks: bool = False
    raws: bool = False
    tickets: dict[TicketId, int] | None = None
    people: frozenset[PersonId] = frozenset()

    def ticket(self, ticket: TicketId, version: int) -> None:
        self.tickets = {**(self.tickets or {}), ticket: version}

    def commit(self) -> Commit | None:
        """None when nobody needs to wake."""
        if not (self.jobs or self.clocks or self.raws or self.tickets or self.people):
            return None
        return Commit(self.jobs, self.clocks, self.raws, tuple((self.tickets or {}).items()), self.people)
