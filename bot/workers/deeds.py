"""What each kind of job does in the world: one request, then what came of it is settled. Raises `SendError`.

The jobs for a desk are in `desk_deeds`.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import assert_never

import structlog

from bot.http import MB
from bot.present import Presenter
from bot.workers.desk_deeds import DeskDeeds
from bot.workers.luggage import Luggage
from core import jobs as j
from core import promises
from core.errors import Overtaken, SendError
from core.ids import DeskName, InboxName, TicketId
from core.messages import File, FileState, Ladder, Message, MessageKind, Part
from core.model import Ticket
from core.ports import (
    AUTHOR_LIMIT,
    Blob,
    Channel,
    Content,
    Desk,
    FetchesFiles,
    KnowsNames,
    Outgoing,
    ShowsTicks,
)
from core.settle import Settler, refused, stored
from core.speaking import is_whole
from core.staffing import Staffing
from core.words import one_line, safe_name

NAME_LIMIT = 200
NOT_YET = timedelta(seconds=1)
"""How long a reply waits for its attachment to be fetched before it looks again."""
READING = timedelta(minutes=5)
"""How long the house's own words wait at most for what came before them to be read."""

UNKNOWN = 25 * MB
"""What a file of the team's is taken for that does not say how large it is."""

_log = structlog.get_logger()


class Deeds:
    def __init__(
        self,
        settler: Settler,
        channels: Mapping[InboxName, Channel],
        desks: Mapping[DeskName, Desk],
        presenter: Presenter,
        blobs: Blob,
    ) -> None:
        self._settler = settler
        self._store, self._clock = settler.door.store, settler.door.clock
        self._policy = settler.door.policy
        self._channels, self._desks = channels, desks
        self._blobs = blobs
        self._at_desks = DeskDeeds(settler, desks, presenter, blobs)
        self._luggage = Luggage()

    async def do(self, job: j.Job) -> None:
        """Raises `Overtaken` and `Unavailable` besides."""
        with self._luggage.with_more(await self._size(job.work)) as fits:
            if fits:
                await self._do(job)
            else:
                await self._settler.back(job, self._clock.now() + NOT_YET)

    async def _size(self, work: j.Work) -> int:
        """Bytes of the customer's or the team's file that it carries, or may."""
        if not isinstance(work, j.FetchFile | j.PostFile):
            return 0
        file = await self._store.file(work.file)
        channel = self._channels.get(work.inbox) if isinstance(work, j.FetchFile) and work.inbox else None
        if file is None or file.size is not None:
            return file.size or 0 if file else 0
        return channel.caps.file_limit(file.mime) if channel else UNKNOWN

    async def _do(self, job: j.Job) -> None:
        desks = self._at_desks
        match job.work:
            case j.SendReply():
                await self._send(job, job.work)
            case j.FetchFile():
                await self._fetch(job, job.work)
            case j.MarkRead():
                await self._mark_read(job, job.work)
            case j.LookUpName():
                await self._look_up_name(job, job.work)
            case j.SyncThread():
                await desks.sync(job, job.work)
            case j.EditEntry():
                await desks.edit_entry(job, job.work)
            case j.EditCard():
                await desks.edit_card(job, job.work)
            case j.PostFile():
                await desks.post_file(job, job.work)
            case j.CloseThread():
                await desks.close(job, job.work)
            case j.TellPerson():
                await desks.tell(job, job.work)
            case j.EditBoard():
                await desks.edit_board(job, job.work)
            case j.Withdraw():
                await desks.withdraw(job, job.work)
            case _:
                assert_never(job.work)

    async def give_up(self, job: j.Job, code: str) -> None:
        """It will never be done: the one concerned sees it, else the admins."""
        match job.work:
            case j.SendReply():
                part = await self.next_part(job.work)
                if part is not None:
                    return await self._settler.part_failed(job, job.work.message, part, code)
            case j.FetchFile():
                file, ticket = await self._file(job.work)
                return await self._settler.file_settled(job, refused(file, code), ticket.id)
            case j.MarkRead() | j.LookUpName() | j.Withdraw():
                return await self._settler.done(job)
            case _:
                pass
        await self._settler.parked(job, code)

    async def next_part(self, work: j.SendReply) -> Part | None:
        """The first part of the reply that has not left."""
        message = await self._store.message(work.message)
        waiting = (Ladder.HELD, Ladder.QUEUED)
        return next((part for part in message.parts if part.state in waiting), None) if message else None

    def repeatable(self, work: j.SendReply) -> bool:
        """Whether a reply of which nobody knows whether it arrived may be sent again without asking."""
        channel = self._channels.get(work.inbox)
        return channel is not None and channel.caps.repeatable

    async def _send(self, job: j.Job, work: j.SendReply) -> None:
        """What fails before the request has certainly not arrived; what fails after it may have."""
        part, message = await self.next_part(work), await self._store.message(work.message)
        if part is None or message is None:
            return await self._settler.done(job)
        if message.kind is MessageKind.AUTO and not await self._holds(message):
            return await self._settler.not_true(job, message.id)
        if message.kind is MessageKind.AUTO and await self._may_be_answered(message):
            return await self._settler.again(job, self._clock.now() + NOT_YET)
        channel = self._channel(work.inbox)
        try:
            out = await self._outgoing(message, part, channel)
        except LookupError as fault:
            raise SendError("internal", retry=True, detail=type(fault).__name__) from fault
        if out is None:
            return await self._settler.again(job, self._clock.now() + NOT_YET)
        if not await self._store.is_held(job.id, job.attempt):
            # We stood still for so long that it is shown as uncertain by now, and perhaps sent again by its agent.
            raise Overtaken
        asked_at = self._clock.now()
        try:
            sent = await channel.send(out)
        except SendError as error:
            if error.certain or channel.caps.repeatable:
                raise
            _log.warning("deeds.uncertain", job=job.id, code=error.code, detail=error.detail)
            return await self._settler.part_uncertain(job, message.id, part)
        await self._settler.part_sent(job, message.id, part, sent.external, asked_at)

    async def _holds(self, message: Message) -> bool:
        """Whether something that the house says by itself is still true, and may still be said. What has begun to leave
        is not broken off."""
        if not is_whole(message):
            return True
        ticket = await self._ticket(message.ticket)
        contact = await self._store.contact(ticket.contact)
        staffing = Staffing(self._policy, await self._store.roster())
        may = contact is not None and not contact.blocked
        return may and promises.holds(ticket, message, self._clock.now(), staffing)

    async def _may_be_answered(self, message: Message) -> bool:
        """Whether something lies unread that came before these words: after an outage the clocks may be first."""
        is_new = is_whole(message) and self._clock.now() - message.at < READING
        return is_new and await self._store.lies_unread(message.at)

    async def _outgoing(self, message: Message, part: Part, channel: Channel) -> Outgoing | None:
        """The request for a part; None while its file is still being fetched."""
        ticket, conversation = await self._ticket(message.ticket), await self._store.conversation(message.conversation)
        file = await self._store.file(part.file) if part.file is not None else None
        if file is not None and file.state is FileState.PENDING:
            return None
        if file is not None and file.state is FileState.REFUSED:
            raise SendError(file.reason or "media_gone")
        late = self._is_late(ticket, channel)
        if late and message.person is None:
            # Only a person may.
            raise SendError("window_closed")
        content = await self._blobs.get(file.blob) if file is not None else b""
        address = conversation.address if conversation else ""
        author = await self._author(message, part)
        return Outgoing(address, part.text, file, content, author, message.ref(part.seq), late)

    def _is_late(self, ticket: Ticket, channel: Channel) -> bool:
        """Whether the channel's window is over and only a person's words may still go. Raises `SendError` when not even
        those may."""
        caps, now = channel.caps, self._clock.now()
        ends, last = ticket.window_ends(caps.window), ticket.window_ends(caps.human_window)
        if caps.window is None or (ends is not None and ends > now):
            return False
        if last is None or last <= now:
            raise SendError("window_closed")
        return True

    async def _author(self, message: Message, part: Part) -> str:
        """The agent's public name above the first words of a reply, where the inbox shows it."""
        ticket = await self._ticket(message.ticket)
        inbox = self._policy.inboxes.get(ticket.inbox)
        if inbox is None or not inbox.shows_agent or part.seq > 0 or message.person is None:
            return ""
        person = await self._store.person(message.person)
        return one_line(person.public_name, AUTHOR_LIMIT) if person else ""

    async def _fetch(self, job: j.Job, work: j.FetchFile) -> None:
        file, ticket = await self._file(work)
        content = await self._content(work, file)
        blob = await self._blobs.put(content.body)
        named = stored(file, blob, len(content.body), content.mime, safe_name(file.name or content.name))
        await self._settler.file_settled(job, named, ticket.id)

    async def _content(self, work: j.FetchFile, file: File) -> Content:
        if work.inbox is not None:
            return await self._channel(work.inbox).fetch(file)
        desk = self._desks.get(work.desk) if work.desk is not None else None
        if not isinstance(desk, FetchesFiles):
            raise SendError("media_gone")
        return await desk.fetch(file)

    async def _mark_read(self, job: j.Job, work: j.MarkRead) -> None:
        message, channel = await self._store.message(work.message), self._channel(work.inbox)
        conversation = await self._store.conversation(message.conversation) if message else None
        if message is not None and message.external and conversation is not None and isinstance(channel, ShowsTicks):
            await channel.mark_read(conversation.address, message.external)
        await self._settler.done(job)

    async def _look_up_name(self, job: j.Job, work: j.LookUpName) -> None:
        conversation, channel = await self._store.conversation(work.conversation), self._channel(work.inbox)
        if conversation is None or conversation.ticket is None or not isinstance(channel, KnowsNames):
            return await self._settler.done(job)
        name = one_line(await channel.name_of(conversation.address), NAME_LIMIT)
        if not name:
            return await self._settler.done(job)
        await self._settler.named(job, conversation.ticket, name)

    async def _file(self, work: j.FetchFile) -> tuple[File, Ticket]:
        file = await self._store.file(work.file)
        message = await self._store.message(file.message) if file is not None else None
        if file is None or message is None:
            raise SendError("media_gone")
        return file, await self._ticket(message.ticket)

    async def _ticket(self, ticket: TicketId) -> Ticket:
        found = await self._store.ticket(ticket)
        if found is None:
            raise SendError("internal", detail="no ticket")
        return found

    def _channel(self, inbox: InboxName) -> Channel:
        channel = self._channels.get(inbox)
        if channel is None:
            raise SendError("inbox_gone")
        return channel
