"""How outside work ended. The outbox alone calls these; each finishes its job in the transaction that has the effect.

What the desks' jobs leave behind is in `settling_desks`.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile

from core import speaking, troubles
from core.ids import MessageId, TicketId
from core.jobs import FetchFile, Job, JobState, SendReply
from core.ledger import Ledger
from core.messages import TAKEN, File, FileState, Ladder, Message, Part
from core.ports import Tx
from core.reports import record_move, with_early, with_part
from core.say import Word, say
from core.settling_desks import DeskSettling


@dataclass(frozen=True, slots=True)
class Settler(DeskSettling):
    """All endings. What is the same for every kind of job is in `settling`."""

    async def retry(self, job: Job, code: str, at: datetime, *, uncertain: bool = False) -> None:
        """It failed and is worth repeating. A reply shows that it waits. `uncertain`: it may have arrived already, and
        stays so however certainly the next attempt fails."""

        async def effect(ledger: Ledger) -> None:
            if isinstance(job.work, SendReply):
                await _queued(ledger, job.work)

        await self._finish(job, JobState.WAITING, effect, code=code, at=at, uncertain=uncertain or job.uncertain)

    async def stalled(self, job: Job, code: str, at: datetime) -> None:
        """It fails until a person mends something: it waits, and the admins are told of the trouble. The one whose
        reply it is reads in the thread why it waits."""

        async def effect(ledger: Ledger) -> None:
            if isinstance(job.work, SendReply):
                await _queued(ledger, job.work, code)
            await troubles.begin(ledger, troubles.place_of(job, code), code, troubles.words_of(job, code))

        await self._finish(job, JobState.WAITING, effect, code=code, at=at, uncertain=job.uncertain)

    async def mended(self, job: Job, codes: Iterable[str]) -> None:
        """A job was done that any of these would have stopped: what waits because of them is tried at once."""

        async def end(ledger: Ledger) -> None:
            for code in sorted(codes):
                where = troubles.place_of(job, code)
                if await troubles.end(ledger, where, [code]):
                    # What stands at the whole desk waits in all its places.
                    await ledger.tx.try_now(code, ledger.now, job.bucket if code != troubles.WHOLE_DESK else "")

        await self.door.write(end)

    async def try_again(self) -> None:
        """We were just started, perhaps because somebody mended something: nobody need wait for the next look."""
        standing = {trouble.code for trouble in await self.door.store.troubles()}

        async def work(tx: Tx) -> None:
            for code in standing:
                await tx.try_now(code, self.door.clock.now())

        if standing:
            await self.door.store.atomic(work)

    async def parked(self, job: Job, code: str) -> None:
        """It failed for good: admins see it, may retry it, and are told once a code and day."""

        async def effect(ledger: Ledger) -> None:
            words = say("tell.parked", where=job.bucket, reason=Word(f"send_error.{code}"))
            await ledger.tell_admins(words, f"parked|{job.bucket}|{code}|{ledger.now:%Y-%m-%d}")

        await self._finish(job, JobState.PARKED, effect, code=code)

    async def part_sent(
        self, job: Job, message: MessageId, part: Part, external: str, at: datetime | None = None
    ) -> None:
        """The channel took a part, asked at `at`. Reports that overtook its answer count from now on."""

        async def effect(ledger: Ledger) -> tuple[bool, JobState]:
            inbox = _reply(job).inbox
            sent = replace(part, state=Ladder.SENT, external=external, code="", sent_at=at or ledger.now)
            sent = await with_early(ledger, inbox, external, sent)
            return await self._move(ledger, message, sent), JobState.DONE

        await self._finish_part(job, effect)

    async def part_failed(self, job: Job, message: MessageId, part: Part, code: str) -> None:
        """The channel will never take it. The agent reads why and decides."""

        async def effect(ledger: Ledger) -> tuple[bool, JobState]:
            return await self._move(ledger, message, replace(part, state=Ladder.FAILED, code=code)), JobState.CANCELLED

        await self._finish_part(job, effect, code)

    async def not_true(self, job: Job, message: MessageId) -> None:
        """Something that the house says by itself waited for so long, or somebody answered meanwhile, that it must not
        be sent any more."""

        async def effect(ledger: Ledger) -> None:
            now = await ledger.tx.message(message)
            if now is not None and speaking.is_whole(now):
                await speaking.take_back(ledger, now)

        await self._finish(job, JobState.CANCELLED, effect)

    async def part_uncertain(self, job: Job, message: MessageId, part: Part) -> None:
        """The channel may have it. It is shown with "send again" and never repeated by itself.

        Unless a report has said meanwhile that the channel does have it: then the rest follows."""

        async def effect(ledger: Ledger) -> tuple[bool, JobState]:
            now = await ledger.tx.message(message)
            if now is not None and now.parts[part.seq].state in TAKEN:
                return _has_more(now), JobState.DONE
            return await self._move(ledger, message, replace(part, state=Ladder.UNCERTAIN)), JobState.UNCERTAIN

        await self._finish_part(job, effect, "uncertain")

    async def named(self, job: Job, ticket: TicketId, name: str) -> None:
        """The platform says what the customer is called. A name that is known by now stays."""

        async def effect(ledger: Ledger) -> None:
            await ledger.load(ticket)
            contact = await ledger.tx.contact(ledger.tickets[ticket].contact)
            if contact is not None and not contact.name:
                await ledger.tx.update_contact(contact, replace(contact, name=name))
                ledger.redraw(ticket)

        await self._finish(job, JobState.DONE, effect)

    async def file_settled(self, job: Job, file: File, ticket: TicketId) -> None:
        """An attachment is stored, or refused with its reason."""

        async def effect(ledger: Ledger) -> None:
            await ledger.tx.update_file(file)
            await ledger.load(ticket)
            message = await ledger.tx.message(file.message)
            desk = job.work.desk if isinstance(job.work, FetchFile) else None
            ledger.file_settled(ticket, file, desk, _to_post(message.files if message else (), file))

        await self._finish(job, JobState.DONE, effect)

    async def _move(self, ledger: Ledger, message_id: MessageId, part: Part) -> bool:
        """Save the part and tell the ticket; whether parts are left to send."""
        message = await ledger.tx.message(message_id)
        assert message is not None, "a reply that was sent has a row"
        standing = message.parts[part.seq]
        if (
            standing.external is not None
            and standing.external == part.external
            and not part.state.outranks(standing.state)
        ):
            return _has_more(message)  # a report was here first
        await ledger.tx.update_part(message.id, part)
        after = replace(message, parts=with_part(message, part))
        await record_move(ledger, message, part.seq, after)
        return _has_more(after)

    async def _finish_part(
        self, job: Job, effect: Callable[[Ledger], Awaitable[tuple[bool, JobState]]], code: str = ""
    ) -> None:
        """`effect` says whether parts are left to send, and how the job ends if none follows now."""

        async def finish(ledger: Ledger) -> None:
            more, end = await effect(ledger)
            goes_on = more and end is JobState.DONE
            state = JobState.WAITING if goes_on else end
            await ledger.tx.finish(job.id, job.attempt, state, "" if end is JobState.DONE else code, None, ledger.now)

        await self._settle(finish)


def stored(file: File, blob: str, size: int, mime: str, name: str) -> File:
    """The file, fetched."""
    return replace(file, state=FileState.STORED, blob=blob, size=size, mime=mime, name=name)


def refused(file: File, code: str) -> File:
    """The file, never to be had; `code` says why."""
    return replace(file, state=FileState.REFUSED, reason=code)


def _to_post(files: Sequence[File], settled: File) -> Sequence[File]:
    """The files that may be shown now: in their order, whichever came first."""
    at = next((i for i, file in enumerate(files) if file.id == settled.id), 0)
    if any(file.state is FileState.PENDING for file in files[:at]):
        return ()
    done = takewhile(lambda file: file.state is not FileState.PENDING, files[at:])
    return [file for file in done if file.state is FileState.STORED]


async def _queued(ledger: Ledger, work: SendReply, code: str = "") -> None:
    """The hold is over and the channel is not ready: the reply is queued, not held. `code`: what it waits for the end
    of, where that may take hours; its agent reads so once."""
    message = await ledger.tx.message(work.message)
    waiting = [part for part in message.parts if part.state in (Ladder.HELD, Ladder.QUEUED)] if message else []
    if message is None or not waiting or (message.ladder is not Ladder.HELD and code in ("", waiting[0].code)):
        return
    first = waiting[0]
    after = replace(
        message,
        parts=tuple(
            replace(part, state=Ladder.QUEUED, code=code if part is first else "") if part in waiting else part
            for part in message.parts
        ),
    )
    await ledger.tx.update_message(after)
    await record_move(ledger, message, first.seq, after, again=bool(code))


def _has_more(message: Message) -> bool:
    return any(part.state in (Ladder.HELD, Ladder.QUEUED) for part in message.parts)


def _reply(job: Job) -> SendReply:
    assert isinstance(job.work, SendReply)
    return job.work
