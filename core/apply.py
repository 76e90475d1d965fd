"""The one door: a customer's batch, an agent's command, the clock. Nothing else changes a ticket but `core.settle`.

Every entrance is one transaction of the store, begun again from the start when another changed the ticket meanwhile.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from core.commands import Command, Recount, Tick, Written
from core.errors import Duplicate
from core.events import ChannelEvent
from core.gather import gather
from core.ids import PersonId, TicketId
from core.ledger import Ledger
from core.model import Ticket
from core.policy import Policy
from core.ports import Clock, Speaks, Store, Tx
from core.receive import receive
from core.say import Say

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Door:
    store: Store
    clock: Clock
    policy: Policy
    speak: Speaks

    async def apply(self, ticket: TicketId, command: Command, *, once: str) -> Ticket:
        """A person's command. Raises `Refused` (nothing happened; the key stays free) and `Duplicate` (it happened)."""

        async def work(tx: Tx) -> Ticket:
            now = self.clock.now()
            if not (await tx.once([once], now))[0]:
                raise Duplicate(once)
            ledger = Ledger(tx, now, self.policy, self.speak)
            await ledger.load(ticket)
            full = await gather(ledger, ledger.tickets[ticket], command)
            draft = command.draft if isinstance(command, Written) else None
            ledger.change(ticket, full, draft.origin if draft else None)
            await ledger.flush()
            return ledger.tickets[ticket]

        return await self.store.atomic(work)

    async def receive(self, rows: Sequence[int], events: Sequence[ChannelEvent]) -> None:
        """A batch of customers' events and the raw rows they came in: all of it stands, or none."""

        async def work(tx: Tx) -> None:
            now = self.clock.now()
            ledger = Ledger(tx, now, self.policy, self.speak)
            await receive(ledger, events)
            await ledger.flush()
            await tx.raw_done(rows, now)

        await self.store.atomic(work)

    async def write(self, effect: Callable[[Ledger], Awaitable[T]]) -> T:
        """`effect` and all that follows from it, in one transaction. For `core.settle` and `core.troubles`."""

        async def work(tx: Tx) -> T:
            ledger = Ledger(tx, self.clock.now(), self.policy, self.speak)
            result = await effect(ledger)
            await ledger.flush()
            return result

        return await self.store.atomic(work)

    async def tell(self, person: PersonId, words: Say, once: str) -> None:
        """A notice to one of the team, once a key."""

        async def tell(ledger: Ledger) -> None:
            if (await ledger.tx.once([once], ledger.now))[0]:
                ledger.tell(person, words)

        await self.write(tell)

    async def tell_admins(self, words: Say, once: str) -> None:
        """A notice to every admin, once a key: something is stuck that no ticket shows."""
        await self.write(lambda ledger: ledger.tell_admins(words, once))

    async def tell_team(self, words: Say, once: str) -> None:
        """A notice to everybody who works here, once a key."""

        async def tell(ledger: Ledger) -> None:
            if (await ledger.tx.once([once], ledger.now))[0]:
                for person in (await ledger.roster()).people:
                    ledger.tell(person.id, words)

        await self.write(tell)

    async def tick(self, tickets: Sequence[TicketId], *, counted: bool = True, crowded: bool = False) -> None:
        """Whatever of the tickets' clocks is due, in one transaction. A step fires once: it is saved with the ticket's
        version. `counted`: their deadlines are this policy's; if not, they are counted again first. `crowded`: others
        are due behind these, and people shall be told of all of them together.

        Raises what any of them raises, and then none was done."""
        await self._internal(tickets, (Tick(),) if counted else (Recount(), Tick()), crowded=crowded)

    async def recount(self, tickets: Sequence[TicketId]) -> None:
        """The policy changed: the tickets' live deadlines are counted again, in one transaction. Raises as `tick`."""
        await self._internal(tickets, (Recount(),))

    async def _internal(
        self, tickets: Sequence[TicketId], commands: Sequence[Command], *, crowded: bool = False
    ) -> None:
        async def change(ledger: Ledger) -> None:
            ledger.crowded = crowded
            await ledger.load(*sorted(tickets))
            for ticket in sorted(tickets):
                for command in commands:
                    ledger.change(ticket, await gather(ledger, ledger.tickets[ticket], command))

        await self.write(change)
