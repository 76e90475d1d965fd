"""What each kind of job does in the world: one request, then what came of it is settled. Raises `SendError`."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import assert_never

import structlog

from bot.present import Presenter, not_shown
from core import jobs as j
from core.errors import SendError
from core.ids import DeskName, InboxName, TicketId
from core.messages import File, FileState, Ladder, Message, Part
from core.model import PostRef, Thread, ThreadRef, Ticket
from core.ports import AUTHOR_LIMIT, Blob, Channel, Content, Desk, FetchesFiles, FindsPosts, Outgoing, ShowsTicks
from core.settle import Settler, refused, stored
from core.views import Post
from core.words import one_line, safe_name

NOT_YET = timedelta(seconds=1)
"""How long a reply waits for its attachment to be fetched before it looks again."""
HISTORY = 10
"""Entries a thread that is opened anew begins with."""
WORDS_REFUSED = frozenset({"platform_error", "bad_request", "too_long"})
"""What a desk says of a post rather than of its place or of us."""

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
        self._presenter = presenter
        self._blobs = blobs

    async def do(self, job: j.Job) -> None:
        match job.work:
            case j.SendReply():
                await self._send(job, job.work)
            case j.SyncThread():
                await self._sync(job, job.work)
            case j.EditEntry():
                await self._edit_entry(job, job.work)
            case j.EditCard():
                await self._edit_card(job, job.work)
            case j.PostFile():
                await self._post_file(job, job.work)
            case j.CloseThread():
                await self._close(job, job.work)
            case j.TellPerson():
                await self._tell(job, job.work)
            case j.FetchFile():
                await self._fetch(job, job.work)
            case j.MarkRead():
                await self._mark_read(job, job.work)
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
            case _:
                pass
        await self._settler.parked(job, code)

    async def next_part(self, work: j.SendReply) -> Part | None:
        """The first part of the reply that has not left."""
        message = await self._store.message(work.message)
        waiting = (Ladder.HELD, Ladder.QUEUED)
        return next((part for part in message.parts if part.state in waiting), None) if message else None

    async def _send(self, job: j.Job, work: j.SendReply) -> None:
        """What fails before the request has certainly not arrived; what fails after it may have."""
        part, message = await self.next_part(work), await self._store.message(work.message)
        if part is None or message is None:
            return await self._settler.done(job)
        channel = self._channel(work.inbox)
        try:
            out = await self._outgoing(message, part, channel)
        except (OSError, LookupError) as fault:
            raise SendError("internal", retry=True, detail=type(fault).__name__) from fault
        if out is None:
            return await self._settler.again(job, self._clock.now() + NOT_YET)
        try:
            sent = await channel.send(out)
        except SendError as error:
            if error.certain:
                raise
            _log.warning("deeds.uncertain", job=job.id, code=error.code, detail=error.detail)
            return await self._settler.part_uncertain(job, message.id, part)
        await self._settler.part_sent(job, message.id, part, sent.external)

    async def _outgoing(self, message: Message, part: Part, channel: Channel) -> Outgoing | None:
        """The request for a part; None while its file is still being fetched."""
        ticket, conversation = await self._ticket(message.ticket), await self._store.conversation(message.conversation)
        file = await self._store.file(part.file) if part.file is not None else None
        if file is not None and file.state is FileState.PENDING:
            return None
        if file is not None and file.state is FileState.REFUSED:
            raise SendError(file.reason or "media_gone")
        ends = ticket.window_ends(channel.caps.window)
        if channel.caps.window is not None and (ends is None or ends <= self._clock.now()):
            raise SendError("window_closed")
        content = await self._blobs.get(file.blob) if file is not None else b""
        address = conversation.address if conversation else ""
        author = await self._author(message, part)
        return Outgoing(address, part.text, file, content, author, message.ref(part.seq))

    async def _author(self, message: Message, part: Part) -> str:
        """The agent's public name above the first words of a reply, where the inbox shows it."""
        ticket = await self._ticket(message.ticket)
        inbox = self._policy.inboxes.get(ticket.inbox)
        if inbox is None or not inbox.shows_agent or part.seq > 0 or message.person is None:
            return ""
        person = await self._store.person(message.person)
        return one_line(person.public_name, AUTHOR_LIMIT) if person else ""

    async def _sync(self, job: j.Job, work: j.SyncThread) -> None:
        ticket, desk = await self._ticket(work.ticket), self._desk(work.desk)
        place = self._policy.queue(ticket.queue).places.get(work.desk)
        if place is None:
            return await self._settler.done(job)
        thread = await self._store.thread(work.ticket, work.desk)
        if thread is None or thread.ref.place != place:
            await self._open(job, ticket, desk, place)
            return
        try:
            await self._post_next(job, ticket, desk, thread)
        except SendError as error:
            if error.code != "thread_gone":
                raise
            await self._open(job, ticket, desk, place)

    async def _open(self, job: j.Job, ticket: Ticket, desk: Desk, place: str) -> None:
        """A first thread, or a new one in another queue's place or for one that is gone, with the recent history."""
        found = await desk.find(place, None, job.id) if job.uncertain and isinstance(desk, FindsPosts) else None
        if found is not None:
            ref = ThreadRef(desk.name, place, found.post)
        else:
            ref = await desk.open(place, await self._presenter.queue_card(ticket), job.id)
        before = [thread.posted for thread in await self._store.threads(ticket.id) if thread.ref.desk == desk.name]
        posted = max(0, before[-1] - HISTORY) if before else 0
        await self._settler.opened(job, ticket.id, ref, posted)

    async def _post_next(self, job: j.Job, ticket: Ticket, desk: Desk, thread: Thread) -> None:
        """What the thread lacks next: one entry, or a customer's burst."""
        entries = await self._presenter.next_post(ticket, thread)
        if not entries:
            return await self._settler.done(job)
        view = await self._presenter.post(ticket, entries, desk.name, repeated=job.uncertain)
        post: PostRef | None = None
        if job.uncertain and isinstance(desk, FindsPosts):
            post = await desk.find(thread.ref.place, thread.ref, view.job)
        try:
            post = await _show(desk, thread, view, post)
        except SendError as error:
            if error.code not in WORDS_REFUSED:
                raise
            # One post that the desk will never take must not keep all later ones from it.
            _log.warning("deeds.not_shown", job=job.id, code=error.code, detail=error.detail)
            post = await _show(desk, thread, not_shown(view), post)
        seqs, upto = [entry.seq for entry in entries], entries[-1].seq + 1
        latest = await self._ticket(ticket.id)
        await self._settler.posted(job, thread.id, post, seqs, upto, more=upto < latest.entries)

    async def _edit_entry(self, job: j.Job, work: j.EditEntry) -> None:
        """Edit the post an entry stands in. One that is not posted yet will be shown as it is by then."""
        ticket, desk = await self._ticket(work.ticket), self._desk(work.desk)
        thread = await self._store.thread(work.ticket, work.desk)
        posts = await self._store.posts(work.ticket, work.desk, work.seq)
        if thread is not None and posts:
            entries = await self._store.entries_at(posts[-1])
            await desk.edit(posts[-1], thread.ref, await self._presenter.post(ticket, entries, desk.name))
        await self._settler.done(job)

    async def _edit_card(self, job: j.Job, work: j.EditCard) -> None:
        thread = await self._store.thread(work.ticket, work.desk)
        if thread is not None:
            ticket = await self._ticket(work.ticket)
            await self._desk(work.desk).update(thread.ref, await self._presenter.queue_card(ticket))
        await self._settler.done(job)

    async def _post_file(self, job: j.Job, work: j.PostFile) -> None:
        file, thread = await self._store.file(work.file), await self._store.thread(work.ticket, work.desk)
        desk, found = self._desk(work.desk), None
        if file is not None and thread is not None:
            if job.uncertain and isinstance(desk, FindsPosts):
                found = await desk.find(thread.ref.place, thread.ref, job.id)
            if found is None:
                await desk.post_file(thread.ref, file, await self._blobs.get(file.blob), job.id)
        await self._settler.done(job)

    async def _close(self, job: j.Job, work: j.CloseThread) -> None:
        ticket = await self._ticket(work.ticket)
        for thread in await self._store.threads(work.ticket):
            if thread.ref.desk == work.desk and thread.ref.place == work.place:
                await self._desk(work.desk).close(thread.ref, await self._presenter.queue_card(ticket))
        await self._settler.done(job)

    async def _tell(self, job: j.Job, work: j.TellPerson) -> None:
        """On every desk the person is known on."""
        notice, person = await self._store.notice(work.notice), await self._store.person(work.person)
        if notice is not None and person is not None:
            zone = self._presenter.zone_of(person)
            for name, desk in self._desks.items():
                identity = await self._store.identity_of(person.id, name)
                if identity is not None:
                    await desk.tell(identity, notice.say, person.locale, zone, job.id)
        await self._settler.done(job)

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

    def _desk(self, name: DeskName) -> Desk:
        desk = self._desks.get(name)
        if desk is None:
            raise SendError("desk_gone")
        return desk


async def _show(desk: Desk, thread: Thread, view: Post, there: PostRef | None) -> PostRef | None:
    """Post it, or bring up to date what an earlier attempt left."""
    if there is None:
        return await desk.post(thread.ref, view)
    await desk.edit(there, thread.ref, replace(view, repeated=False))
    return there
