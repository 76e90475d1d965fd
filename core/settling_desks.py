"""How the jobs of the desks ended: threads, cards, boards, files that stand in a thread, people told in private."""

from collections.abc import Sequence
from dataclasses import dataclass

from core import owed, troubles
from core.commands import RecordUnreached
from core.ids import DeskName, FileId, PersonId, ThreadId, TicketId
from core.jobs import Job, JobState, Urgency
from core.ledger import Ledger
from core.model import PostRef, Thread, ThreadRef
from core.settling import Settling


@dataclass(frozen=True, slots=True)
class DeskSettling(Settling):
    """Endings by which something stands on a desk, or is known not to."""

    async def opened(self, job: Job, ticket: TicketId, ref: ThreadRef, posted: int) -> None:
        """The ticket has a thread; its entries below `posted` need not go there. Now post the rest."""

        async def effect(ledger: Ledger) -> None:
            await ledger.tx.save_thread(ticket, ref, posted)

        await self._finish(job, JobState.WAITING, effect)

    async def carded(self, job: Job, thread: ThreadId, card: str) -> None:
        """The card stands in its thread. Now post the rest."""

        async def effect(ledger: Ledger) -> None:
            await ledger.tx.save_card(thread, card)

        await self._finish(job, JobState.WAITING, effect)

    async def lost(self, job: Job, ticket: TicketId, thread: Thread, file: FileId | None = None) -> None:
        """The thread is gone: another is opened, with the recent history, and the file goes there after it."""

        async def effect(ledger: Ledger) -> None:
            await ledger.load(ticket)
            await ledger.tx.leave_thread(thread.id)
            desk, place, current = thread.ref.desk, thread.ref.place, ledger.tickets[ticket]
            ledger.owe(owed.sync_thread(current, desk, place, Urgency.THREAD, None))
            if file is not None:
                ledger.owe(owed.post_file(current, desk, place, file))

        await self._finish(job, JobState.DONE, effect)

    async def aside(self, job: Job, ticket: TicketId, desk: DeskName, place: str, file: FileId, code: str) -> None:
        """A file that the desk does not take yet waits until a person has mended that, and keeps no words waiting."""

        async def effect(ledger: Ledger) -> None:
            await ledger.load(ticket)
            ledger.owe(owed.post_file_aside(ledger.tickets[ticket], desk, place, file, ledger.now))
            await troubles.begin(ledger, troubles.place_of(job, code), code, troubles.words_of(job, code))

        await self._finish(job, JobState.DONE, effect)

    async def boarded(self, job: Job, desk: DeskName, place: str, post: str) -> None:
        """The overview stands in its place."""

        async def effect(ledger: Ledger) -> None:
            await ledger.tx.save_board(desk, place, post)

        await self._finish(job, JobState.DONE, effect)

    async def unreached(self, job: Job, ticket: TicketId, person: PersonId, desk: DeskName) -> None:
        """A person could not be told in private: the ticket's thread pings them instead."""

        async def effect(ledger: Ledger) -> None:
            await ledger.load(ticket)
            ledger.change(ticket, RecordUnreached(person, desk))

        await self._finish(job, JobState.DONE, effect)

    async def posted(
        self, job: Job, thread: ThreadId, post: PostRef | None, seqs: Sequence[int], upto: int, more: bool
    ) -> None:
        """Entries `seqs` stand at `post`; those below `upto` are done with."""

        async def effect(ledger: Ledger) -> None:
            await ledger.tx.advance_thread(thread, upto, post, seqs, ledger.now)

        await self._finish(job, JobState.WAITING if more else JobState.DONE, effect)
