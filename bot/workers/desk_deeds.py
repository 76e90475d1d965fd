"""What the jobs for a desk do: threads brought up to their tickets, cards, boards, private messages.

All raise `SendError`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TypeVar

import structlog

from bot.present import Presenter, not_shown
from core import jobs as j
from core import owed
from core.errors import SendError, Unavailable
from core.ids import DeskName, TicketId
from core.model import PostRef, Thread, ThreadRef, Ticket
from core.ports import Blob, CardInThread, Desk, FindsPosts, ShowsBoards, Withdraws
from core.say import say
from core.settle import Settler
from core.views import Card, Post

HISTORY = 10
"""Entries a thread that is opened anew begins with."""
WORDS_REFUSED = frozenset({"platform_error", "bad_request", "too_long"})
"""What a desk says of a post rather than of its place or of us."""
FILE_REFUSED = WORDS_REFUSED | {"too_large", "media_refused", "unsupported_type", "empty"}
"""What a desk says of a file rather than of its place or of us."""

T = TypeVar("T")

_log = structlog.get_logger()


class DeskDeeds:
    def __init__(self, settler: Settler, desks: Mapping[DeskName, Desk], presenter: Presenter, blobs: Blob) -> None:
        self._settler, self._store = settler, settler.door.store
        self._policy = settler.door.policy
        self._desks = desks
        self._presenter = presenter
        self._blobs = blobs

    async def sync(self, job: j.Job, work: j.SyncThread) -> None:
        """One request a run: the thread, its card where that is a message of its own, then entry by entry."""
        ticket, desk = await self._ticket(work.ticket), self._desk(work.desk)
        queue = self._policy.queue(ticket.queue)
        place = queue.place(work.desk, ticket.id)
        if place is None:
            return await self._settler.done(job)
        thread = await self._store.thread(work.ticket, work.desk)
        if thread is None or thread.ref.place not in queue.places[work.desk]:
            await self._open(job, ticket, desk, place)
            return
        try:
            if isinstance(desk, CardInThread) and not thread.ref.card:
                await self._put_card(job, ticket, desk, thread)
            else:
                await self._post_next(job, ticket, desk, thread)
        except SendError as error:
            if error.code != "thread_gone":
                raise
            await self._open(job, ticket, desk, thread.ref.place)

    async def _open(self, job: j.Job, ticket: Ticket, desk: Desk, place: str) -> None:
        """A first thread, or a new one in another queue's place or for one that is gone, with the recent history."""
        before = [thread.posted for thread in await self._store.threads(ticket.id) if thread.ref.desk == desk.name]
        found = await desk.find(place, None, job.id) if job.uncertain and isinstance(desk, FindsPosts) else None
        if found is not None:
            ref = ThreadRef(desk.name, place, found.ref.post)
        else:
            ref = await _carded(await self._presenter.queue_card(ticket), lambda card: desk.open(place, card, job.id))
        posted = max(0, before[-1] - HISTORY) if before else 0
        await self._settler.opened(job, ticket.id, ref, posted)

    async def _put_card(self, job: j.Job, ticket: Ticket, desk: CardInThread, thread: Thread) -> None:
        view = await self._presenter.queue_card(ticket)
        card = await _carded(view, lambda card: desk.put_card(thread.ref, card, job.id))
        await self._settler.carded(job, thread.id, card)

    async def _post_next(self, job: j.Job, ticket: Ticket, desk: Desk, thread: Thread) -> None:
        """What the thread lacks next: one entry, or a customer's burst."""
        entries = await self._presenter.next_post(ticket, thread)
        if not entries:
            return await self._settler.done(job)
        view = await self._presenter.post(ticket, entries, desk.name, repeated=job.uncertain)
        found = None
        if job.uncertain and isinstance(desk, FindsPosts):
            found = await desk.find(thread.ref.place, thread.ref, view.job)
        if found is not None and found.upto is not None and found.upto <= entries[-1].seq:
            # What came since is a post of its own: an edit would ping nobody.
            entries = [entry for entry in entries if entry.seq < found.upto]
            view = await self._presenter.post(ticket, entries, desk.name)
        post = await _show_somehow(desk, thread, view, found.ref if found else None)
        seqs, upto = [entry.seq for entry in entries], entries[-1].seq + 1
        await self._settler.posted(job, thread.id, post, seqs, upto, more=await self._has_more(ticket.id, upto))

    async def _has_more(self, ticket: TicketId, upto: int) -> bool:
        """It is posted, and must not be posted again because we cannot look now: then there may be more."""
        try:
            return upto < (await self._ticket(ticket)).entries
        except Unavailable:
            return True

    async def edit_entry(self, job: j.Job, work: j.EditEntry) -> None:
        """Edit the post an entry stands in. One that is not posted yet will be shown as it is by then."""
        ticket, desk = await self._ticket(work.ticket), self._desk(work.desk)
        thread = await self._store.thread(work.ticket, work.desk)
        posts = await self._store.posts(work.ticket, work.desk, work.seq)
        if thread is not None and posts:
            entries = await self._store.entries_at(posts[-1])
            await _show_somehow(desk, thread, await self._presenter.post(ticket, entries, desk.name), posts[-1])
        await self._settler.done(job)

    async def edit_card(self, job: j.Job, work: j.EditCard) -> None:
        """Where the card is a message of its own, the thread may have lost that alone."""
        thread, desk = await self._store.thread(work.ticket, work.desk), self._desk(work.desk)
        if thread is None:
            return await self._settler.done(job)
        ticket = await self._ticket(work.ticket)
        try:
            view = await self._presenter.queue_card(ticket)
            more = await _carded(view, lambda card: desk.update(thread.ref, card))
        except SendError as error:
            if error.code != "thread_gone":
                raise
            return await self._card_gone(job, ticket, desk, thread)
        await (self._settler.again(job) if more else self._settler.done(job))

    async def _card_gone(self, job: j.Job, ticket: Ticket, desk: Desk, thread: Thread) -> None:
        try:
            if isinstance(desk, CardInThread):
                return await self._put_card(job, ticket, desk, thread)
        except SendError as error:
            if error.code != "thread_gone":
                raise
        await self._settler.lost(job, ticket.id, thread)

    async def post_file(self, job: j.Job, work: j.PostFile) -> None:
        file, thread = await self._store.file(work.file), await self._store.thread(work.ticket, work.desk)
        desk = self._desk(work.desk)
        if file is None or thread is None or await self._stands(job, desk, thread):
            return await self._settler.done(job)
        ticket, content = await self._ticket(work.ticket), await self._blobs.get(file.blob)
        repeated = self._policy.queue(ticket.queue).locale if job.uncertain else ""
        try:
            await desk.post_file(thread.ref, file, content, job.id, repeated)
        except SendError as error:
            if error.code == "thread_gone":
                return await self._settler.lost(job, work.ticket, thread, file.id)
            if error.code == "permission" and not job.lane.startswith(owed.ASIDE):
                return await self._settler.aside(job, ticket.id, desk.name, thread.ref.place, file.id, error.code)
            if error.code not in FILE_REFUSED:
                raise
            _log.warning("deeds.file_not_shown", job=job.id, code=error.code, detail=error.detail)
            await desk.post(thread.ref, self._presenter.hint(ticket, job.id))
        await self._settler.done(job)

    async def _stands(self, job: j.Job, desk: Desk, thread: Thread) -> bool:
        """Whether an attempt of which nobody knew how it ended is found to have arrived."""
        if not job.uncertain or not isinstance(desk, FindsPosts):
            return False
        return await desk.find(thread.ref.place, thread.ref, job.id) is not None

    async def close(self, job: j.Job, work: j.CloseThread) -> None:
        """The newest thread that stands where the ticket's queue does not. None, when the ticket has come back."""
        ticket = await self._ticket(work.ticket)
        places = self._policy.queue(ticket.queue).places.get(work.desk, ())
        threads = [thread for thread in await self._store.threads(work.ticket) if thread.ref.desk == work.desk]
        left = [thread for thread in threads if thread.ref.place not in places]
        if left:
            await self._desk(work.desk).close(left[-1].ref, await self._presenter.queue_card(ticket))
        await self._settler.done(job)

    async def tell(self, job: j.Job, work: j.TellPerson) -> None:
        """Where the desk does not let us, the ticket's thread pings them instead."""
        notice, person = await self._store.notice(work.notice), await self._store.person(work.person)
        identity = await self._store.identity_of(work.person, work.desk)
        if notice is not None and person is not None and identity is not None:
            zone, words = self._presenter.zone_of(person), notice.say
            if job.uncertain:
                words = replace(words, lines=(*words.lines, say("desk.repeated")))
            try:
                await self._desk(work.desk).tell(identity, words, person.locale, zone, job.id)
            except SendError as error:
                if error.code != "unreachable" or notice.ticket is None:
                    raise
                _log.warning("deeds.unreached", job=job.id, person=person.id, desk=work.desk)
                return await self._settler.unreached(job, notice.ticket, person.id, work.desk)
        await self._settler.done(job)

    async def edit_board(self, job: j.Job, work: j.EditBoard) -> None:
        desk, group = self._desk(work.desk), await self._store.group(work.desk, work.place)
        if not isinstance(desk, ShowsBoards) or group is None:
            return await self._settler.done(job)
        board = await self._presenter.board(work.queue, work.desk, work.place)
        await self._settler.boarded(job, work.desk, work.place, await desk.board(work.place, board, group.board))

    async def withdraw(self, job: j.Job, work: j.Withdraw) -> None:
        desk = self._desk(work.desk)
        if isinstance(desk, Withdraws):
            await desk.withdraw(PostRef(work.desk, work.place, work.post))
        await self._settler.done(job)

    async def _ticket(self, ticket: TicketId) -> Ticket:
        found = await self._store.ticket(ticket)
        if found is None:
            raise SendError("internal", detail="no ticket")
        return found

    def _desk(self, name: DeskName) -> Desk:
        desk = self._desks.get(name)
        if desk is None:
            raise SendError("desk_gone")
        return desk


async def _carded(card: Card, put: Callable[[Card], Awaitable[T]]) -> T:
    """A card that the desk does not take as it is drawn must not keep its ticket from the team."""
    try:
        return await put(card)
    except SendError as error:
        if error.code not in WORDS_REFUSED:
            raise
        _log.warning("deeds.card_not_drawn", ticket=card.ticket.id, code=error.code, detail=error.detail)
    return await put(replace(card, plain=True))


async def _show_somehow(desk: Desk, thread: Thread, view: Post, there: PostRef | None) -> PostRef | None:
    """As it is drawn, else in words alone, else where it is to be read: one post that the desk will never take must not
    keep all later ones from it."""
    for way in (view, replace(view, plain=True)):
        try:
            return await _show(desk, thread, way, there)
        except SendError as error:
            if error.code not in WORDS_REFUSED:
                raise
            _log.warning("deeds.not_shown", ticket=view.ticket, code=error.code, detail=error.detail, plain=way.plain)
    return await _show(desk, thread, replace(not_shown(view), plain=True), there)


async def _show(desk: Desk, thread: Thread, view: Post, there: PostRef | None) -> PostRef | None:
    """Post it, or bring up to date what an earlier attempt left."""
    if there is None:
        return await desk.post(thread.ref, view)
    await desk.edit(there, thread.ref, replace(view, repeated=False))
    return there
